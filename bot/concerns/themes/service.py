"""Themes of a guild's open concerns, as one staff member may see them.

Nothing is kept: themes are made when somebody looks, of the newest open concerns that this staff
member may see, within bounds that the ledger's size does not move. They are found by keyed tokens
alone. Only of those that are shown some concerns are opened, for words to call them by, and the
audit says so.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns.conflicts import may_see
from bot.concerns.finding.records import TokenRow
from bot.concerns.finding.stems import spelled
from bot.concerns.headcount import people_of
from bot.concerns.listing import Summary
from bot.concerns.model import Kind, Priority
from bot.concerns.reader import Reader
from bot.concerns.records import IS_OPEN, ConcernRow, Content
from bot.concerns.themes.grouping import grouped, likeness
from bot.concerns.troubles import ConcernTrouble
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.people import People
from bot.vault import Vault

MOST = 600
"""Concerns that are looked through, the newest."""
OPENED = 12
"""Concerns of a theme that are opened for words to call it by."""
_LITTLE = frozenset(
    {
        "again",
        "against",
        "between",
        "both",
        "during",
        "each",
        "everybody",
        "made",
        "make",
        "many",
        "much",
        "nobody",
        "none",
        "others",
        "still",
        "through",
        "whose",
        "within",
        "without",
        "alors",
        "chez",
        "depuis",
        "donc",
        "encore",
        "entre",
        "même",
        "parce",
        "pendant",
        "quelqu",
        "quelque",
        "sous",
        "trop",
        "très",
    }
)
"""Words that are kept to be found by, and name nothing by themselves."""
WORDS = 4
PAGE = 5

_MARK = 10
_TWO = 2


@dataclass
class ThemeChanged(ConcernTrouble):
    """The theme is not what was looked at any more: a concern came or went."""


@dataclass(frozen=True)
class Theme:
    """Open concerns about the same.

    `key` is the reference of its oldest concern, and `mark` says which concerns are in it, so that
    whoever presses a button means those and no others. `words` were used by several people in it;
    `topics` are those that staff gave, with how many concerns have each, the most first.
    """

    key: str
    mark: str
    references: tuple[str, ...]
    people: int
    kinds: tuple[tuple[Kind, int], ...]
    topics: tuple[tuple[str, int], ...]
    words: tuple[str, ...]
    summaries: tuple[Summary, ...]
    """The concerns themselves, oldest first, as far as they are shown."""

    @property
    def unnamed(self) -> int:
        """How many of its concerns have no topic."""
        return len(self.references) - sum(count for _, count in self.topics)

    @property
    def name(self) -> str:
        """What it may be called: the topic that most of it has, or its words."""
        return self.topics[0][0] if self.topics else " ".join(self.words)


@dataclass(frozen=True)
class ThemePage:
    """Themes, the largest first. `looked` is how many concerns were looked through, and `all_`
    whether those are all that this staff member may see. `alone` are like no other.
    """

    themes: tuple[Theme, ...]
    first: int
    total: int
    looked: int
    alone: int
    all_: bool


@dataclass(frozen=True)
class _Pool:
    rows: list[ConcernRow]
    groups: list[list[ConcernRow]]
    all_: bool


class Themes:
    """Finds themes among open concerns."""

    def __init__(
        self, store: Store, people: People, vault: Vault, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._people = people
        self._reader = Reader(people)
        self._vault = vault
        self._audit = audit
        self._clock = clock

    async def page(
        self, guild_id: int, by: int, *, kind: Kind | None = None, first: int = 0
    ) -> ThemePage:
        """Return a page of themes, from the `first` on, for staff member `by`."""
        pool = await self._pool(guild_id, by, kind)
        shown = pool.groups[first : first + PAGE]
        themes = await self._opened(guild_id, by, shown)
        alone = len(pool.rows) - sum(map(len, pool.groups))
        return ThemePage(themes, first, len(pool.groups), len(pool.rows), alone, pool.all_)

    async def theme(
        self, guild_id: int, by: int, key: str, *, kind: Kind | None = None, mark: str = ""
    ) -> Theme:
        """Return the theme that a concern is in, among concerns of this kind if one is given.

        Raises:
            ThemeChanged: there is none, or it is not that of `mark` any more.
        """
        pool = await self._pool(guild_id, by, kind)
        for group in pool.groups:
            if key in {row.reference for row in group}:
                (theme,) = await self._opened(guild_id, by, [group], most=None)
                if mark in ("", theme.mark):
                    return theme
        raise ThemeChanged

    async def _pool(self, guild_id: int, by: int, kind: Kind | None) -> _Pool:
        async def work(
            session: AsyncSession,
        ) -> tuple[list[ConcernRow], dict[int, dict[int, int]], bool]:
            rows = await self._newest(session, guild_id, by, kind)
            all_ = len(rows) <= MOST
            rows = rows[:MOST]
            tokens: dict[int, dict[int, int]] = defaultdict(dict)
            query = select(TokenRow.concern_id, TokenRow.token, TokenRow.weight).where(
                TokenRow.concern_id.in_([row.id for row in rows])
            )
            for concern_id, token, weight in await session.execute(query):
                tokens[concern_id][token] = weight
            return rows, tokens, all_

        rows, tokens, all_ = await self._store.read(work)
        rows.sort(key=lambda row: (row.raised_at, row.id))
        texts = [tokens.get(row.id, {}) for row in rows]
        groups = await asyncio.to_thread(lambda: grouped(likeness(texts)))
        return _Pool(rows, [[rows[one] for one in group] for group in groups], all_)

    async def _newest(
        self, session: AsyncSession, guild_id: int, by: int, kind: Kind | None
    ) -> list[ConcernRow]:
        """Return the newest open concerns, one more than are looked through if there are more.

        Asked for by priority, each along its index, so that the database sorts few.
        """
        found: list[ConcernRow] = []
        for priority in Priority:
            wanted: list[ColumnElement[bool]] = [
                ConcernRow.guild_id == guild_id,
                IS_OPEN,
                ConcernRow.priority == int(priority),
                may_see(self._people, guild_id, by),
            ]
            if kind is not None:
                wanted.append(ConcernRow.kind == kind)
            query = select(ConcernRow).where(*wanted)
            query = query.order_by(ConcernRow.raised_at.desc(), ConcernRow.id.desc())
            found += await session.scalars(query.limit(MOST + 1))
        found.sort(key=lambda row: (row.raised_at, row.id), reverse=True)
        return [row for row in found if row.content][: MOST + 1]

    async def _opened(
        self,
        guild_id: int,
        by: int,
        groups: Sequence[Sequence[ConcernRow]],
        *,
        most: int | None = 0,
    ) -> tuple[Theme, ...]:
        """Return groups as themes, with the words of some of their concerns; the audit says so."""

        async def work(session: AsyncSession) -> tuple[Theme, ...]:
            person = await self._people.ensure(session, guild_id, by, self._clock())
            made = []
            for group in groups:
                theme = await self._theme(session, group, most)
                detail = {"concerns": str(len(group))}
                await self._audit.record(
                    session, guild_id, person.id, "concern.theme", theme.key, detail
                )
                made.append(theme)
            return tuple(made)

        return await self._store.write(work) if groups else ()

    async def _theme(
        self, session: AsyncSession, group: Sequence[ConcernRow], most: int | None
    ) -> Theme:
        references = tuple(row.reference for row in group)
        behind = await people_of(session, [row.id for row in group])
        kinds = Counter(Kind(row.kind) for row in group)
        topics = Counter(row.topic for row in group if row.topic)
        shown = group if most is None else group[:most]
        return Theme(
            key=references[0],
            mark=self._vault.fingerprint("theme", *references)[:_MARK],
            references=references,
            people=len(frozenset[int]().union(*behind.values())),
            kinds=tuple(kinds.most_common()),
            topics=tuple(topics.most_common()),
            words=await self._words(session, group),
            summaries=await self._reader.summaries(session, shown) if shown else (),
        )

    async def _words(self, session: AsyncSession, group: Sequence[ConcernRow]) -> tuple[str, ...]:
        """Return the words that most of some concerns share, each used by several people."""
        users: dict[str, set[int]] = defaultdict(set)
        often = Counter[str]()
        place: dict[str, int] = {}
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for row in group[-OPENED:]:
            key = await self._people.text_key(session, row.reporter_id)
            packed = self._people.open(row.content, key)
            if packed is None:
                continue
            content = Content.unpacked(packed)
            for number, (stem, word) in enumerate(
                spelled(f"{content.what}\n{content.wish}").items()
            ):
                users[stem].add(row.reporter_id)
                place[stem] = number
                often[stem] += 1
                written[stem][word] += 1
        shared = [
            stem
            for stem in often
            if len(users[stem]) >= _TWO
            and not stem.isdecimal()
            and not written[stem].keys() & _LITTLE
        ]
        shared.sort(key=lambda stem: (-often[stem], -len(stem), stem))
        # The words that are most shared, in the order in which the newest concern has them.
        chosen = sorted(shared[:WORDS], key=lambda stem: place[stem])
        return tuple(min(written[one], key=lambda w: (-written[one][w], w)) for one in chosen)
