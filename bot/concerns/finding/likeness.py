"""Which concerns are like a text: found by shared rare words, then compared text by text.

The index proposes: of the text's rarest words, the newest concerns with each. The best of them are
opened and compared by the cosine of their words, weighed by how rare each is (TF-IDF; Salton and
Buckley, 1988), because the index also holds tokens that are no words. All of it is bounded, so that
it takes the same time whatever the ledger's size.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.conflicts import may_see
from bot.concerns.finding.index import TokenIndex
from bot.concerns.finding.search import CAP, frequencies, newest
from bot.concerns.finding.stems import stems
from bot.concerns.listing import Summary
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, Content
from bot.concerns.troubles import NoSuchConcern
from bot.store.engine import Store
from bot.store.people import People

RAREST = 8
"""Words of the text that propose concerns."""
EACH = 64
"""Concerns that each of them proposes, the newest."""
COMPARED = 12
"""Concerns that are opened and compared."""

FAIR = 0.25
"""From this likeness on a concern is worth showing to staff, who decide."""
SURE = 0.52
"""From this likeness on, with `SHARED` words in common, people are asked whether it is theirs."""
SHARED = 3

_COUNTED = 4 * CAP
_UNKNOWN = 50
_AT_LEAST = 50
"""Concerns that there are taken to be besides: among very few, no word is common or rare."""


@dataclass(frozen=True)
class Alike:
    """A concern like another. `likeness` is from 0 to 1; `shared` is how many words they share."""

    concern_id: int
    likeness: float
    shared: int


@dataclass(frozen=True)
class Similar:
    """A concern like another, as staff see it."""

    summary: Summary
    likeness: float


class Likeness:
    """Finds concerns like a text, or like another concern."""

    def __init__(self, store: Store, reader: Reader, people: People, index: TokenIndex) -> None:
        self._store = store
        self._reader = reader
        self._people = people
        self._index = index

    async def similar(
        self,
        guild_id: int,
        reference: str,
        *,
        by: int | None = None,
        limit: int = 5,
    ) -> tuple[Similar, ...]:
        """Return the concerns most like this one, open or closed, for staff to look at.

        `by` is the staff member who looks: what they keep out of is not there for them.

        Raises:
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> tuple[Similar, ...]:
            only = [] if by is None else [may_see(self._people, guild_id, by)]
            row = await session.scalar(
                select(ConcernRow).where(
                    ConcernRow.guild_id == guild_id, ConcernRow.reference == reference, *only
                )
            )
            if row is None:
                raise NoSuchConcern(reference)
            counts = stems(await self._said(session, row))
            found = await self.alike(
                session, guild_id, counts, [ConcernRow.id != row.id, *only], limit=limit
            )
            near = {one.concern_id: one.likeness for one in found if one.likeness >= FAIR}
            rows = list(await session.scalars(select(ConcernRow).where(ConcernRow.id.in_(near))))
            rows.sort(key=lambda one: (-near[one.id], -one.id))
            summaries = await self._reader.summaries(session, rows)
            return tuple(
                Similar(summary, near[one.id]) for one, summary in zip(rows, summaries, strict=True)
            )

        return await self._store.read(work)

    async def alike(
        self,
        session: AsyncSession,
        guild_id: int,
        counts: Counter[str],
        only: Sequence[ColumnElement[bool]],
        *,
        limit: int,
    ) -> list[Alike]:
        """Return the concerns most like a text whose words are counted, among those that `only`
        lets through; the likest first.
        """
        words = list(counts)
        tokens = await self._index.tokens(session, guild_id, [[word] for word in words])
        often = await frequencies(session, guild_id, tokens)
        rarity = await _rarities(
            session, guild_id, {w: often[t] for w, t in zip(words, tokens, strict=True)}
        )
        proposed = await self._proposed(
            session,
            guild_id,
            {t: rarity[w] for w, t in zip(words, tokens, strict=True) if often[t]},
            only,
        )
        found = []
        for row in proposed:
            theirs = stems(await self._said(session, row))
            likeness = cosine(counts, theirs, rarity)
            found.append(Alike(row.id, likeness, len(counts.keys() & theirs.keys())))
        found.sort(key=lambda one: (-one.likeness, -one.concern_id))
        return found[:limit]

    async def _said(self, session: AsyncSession, row: ConcernRow) -> str:
        """Return what a concern is compared by: its link and later letters would only blur it."""
        key = await self._people.text_key(session, row.reporter_id)
        packed = self._people.open(row.content, key) if row.content else None
        content = Content("", "", "") if packed is None else Content.unpacked(packed)
        return f"{content.what}\n{content.wish}"

    async def _proposed(
        self,
        session: AsyncSession,
        guild_id: int,
        rarities: Mapping[frozenset[int], float],
        only: Sequence[ColumnElement[bool]],
    ) -> list[ConcernRow]:
        """Return the concerns that share most of the rarest words."""
        rarest = sorted(rarities, key=lambda one: (-rarities[one], sorted(one)))[:RAREST]
        each = [
            (number, newest(guild_id, token, None, EACH).subquery())
            for number, tokens in enumerate(rarest)
            for token in sorted(tokens)
        ]
        if not each:
            return []
        places = await session.execute(
            union_all(*(select(literal(n), one.c.concern_id) for n, one in each))
        )
        scores: dict[int, float] = defaultdict(float)
        for number, concern_id in places:
            scores[concern_id] += rarities[rarest[number]]
        best = sorted(scores, key=lambda one: (-scores[one], -one))[: RAREST * EACH]
        rows = list(
            await session.scalars(
                select(ConcernRow).where(
                    ConcernRow.id.in_(best), ConcernRow.guild_id == guild_id, *only
                )
            )
        )
        rows.sort(key=lambda one: (-scores[one.id], -one.id))
        return rows[:COMPARED]


async def _rarities(
    session: AsyncSession, guild_id: int, often: Mapping[str, int]
) -> dict[str, float]:
    """Return how rare each word is among a guild's concerns (smoothed idf); "" for a word of which
    it is not known.
    """
    some = select(ConcernRow.id).where(ConcernRow.guild_id == guild_id).limit(_COUNTED).subquery()
    total = await session.scalar(select(func.count()).select_from(some)) or 0

    known = {word: rarity_of(total, count) for word, count in often.items()}
    return {"": rarity_of(total, total // _UNKNOWN), **known}


def rarity_of(total: int, count: int) -> float:
    """Return how rare a word is that is in `count` of so many texts (smoothed idf)."""
    return 1 + math.log((_AT_LEAST + total) / (1 + min(count, total)))


def cosine(mine: Counter[str], theirs: Counter[str], rarity: Mapping[str, float]) -> float:
    """Return how like two texts are, from 0 to 1; `rarity[""]` is that of an unknown word."""

    def weights(counts: Counter[str]) -> dict[str, float]:
        return {
            word: (1 + math.log(often)) * rarity.get(word, rarity[""])
            for word, often in counts.items()
        }

    one, other = weights(mine), weights(theirs)
    both = sum(weight * other[word] for word, weight in one.items() if word in other)
    size = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return both / size if size else 0.0
