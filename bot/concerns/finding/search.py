"""Search over the ledger's words, newest first, within bounds that its size does not move."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.conflicts import may_see
from bot.concerns.finding.index import TokenIndex
from bot.concerns.finding.records import TokenRow
from bot.concerns.finding.stems import wanted
from bot.concerns.listing import Summary
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow
from bot.store.engine import Store
from bot.store.people import People

REACH = 2000
"""How many concerns with the rarest word are looked through for the others at a time."""

MOST_WORDS = 12
"""Words of a query that are looked for; more narrow nothing down."""

CAP = 256
"""Up to how many concerns a word is counted in: beyond that it is simply common."""


@dataclass(frozen=True)
class Found:
    """A page of what was found. `older` leads to the next one; None if there is none.

    `words` is how many words were looked for. `unknown` is how many of them nobody has used: they
    are left out, so that one slip does not hide everything.
    """

    summaries: tuple[Summary, ...]
    words: int
    unknown: int
    older: int | None


class Searching:
    """Finds concerns by words. Texts stay sealed; only tokens are compared."""

    def __init__(self, store: Store, reader: Reader, people: People, index: TokenIndex) -> None:
        self._store = store
        self._people = people
        self._reader = reader
        self._index = index

    async def search(
        self,
        guild_id: int,
        query: str,
        *,
        older: int | None = None,
        by: int | None = None,
        limit: int = 10,
    ) -> Found:
        """Return the concerns, open or closed, whose reporters used all of these words.

        `by` is the staff member who looks: what they keep out of is not found.
        """

        async def work(session: AsyncSession) -> Found:
            words = await self._index.tokens(session, guild_id, wanted(query)[:MOST_WORDS])
            counts = await frequencies(session, guild_id, words)
            known = sorted(
                (one for one in words if counts[one]), key=lambda one: (counts[one], sorted(one))
            )
            unknown = len(words) - len(known)
            if not known:
                return Found((), len(words), unknown, None)
            rarest = _postings(guild_id, known[0], older)
            query_ = (
                select(ConcernRow)
                .where(
                    ConcernRow.id.in_(select(rarest.c.concern_id)),
                    ConcernRow.guild_id == guild_id,
                    *(_has(guild_id, tokens) for tokens in known[1:]),
                    *([] if by is None else [may_see(self._people, guild_id, by)]),
                )
                .order_by(ConcernRow.id.desc())
                .limit(limit + 1)
            )
            rows = list(await session.scalars(query_))
            shown = rows[:limit]
            if len(rows) > limit:
                further: int | None = shown[-1].id
            else:
                further = await _end(session, guild_id, known[0], older)
            summaries = await self._reader.summaries(session, shown)
            return Found(summaries, len(words), unknown, further)

        return await self._store.read(work)


async def frequencies(
    session: AsyncSession, guild_id: int, words: Collection[frozenset[int]]
) -> dict[frozenset[int], int]:
    """Return in how many concerns each word is, counted up to `CAP` for each of its tokens."""
    tokens = sorted({token for word in words for token in word})
    if not tokens:
        return dict.fromkeys(words, 0)
    counted = select(
        *(
            select(func.count())
            .select_from(
                select(TokenRow.concern_id)
                .where(TokenRow.guild_id == guild_id, TokenRow.token == token)
                .limit(CAP)
                .subquery()
            )
            .scalar_subquery()
            .label(f"n{number}")
            for number, token in enumerate(tokens)
        )
    )
    row = (await session.execute(counted)).one()
    found = dict(zip(tokens, row, strict=True))
    return {word: sum(found[token] for token in word) for word in words}


def newest(guild_id: int, token: int, older: int | None, limit: int) -> Select[int]:
    """Return the newest concerns with a token, as a query that reads no further than `limit`."""
    query = select(TokenRow.concern_id).where(
        TokenRow.guild_id == guild_id, TokenRow.token == token
    )
    if older is not None:
        query = query.where(TokenRow.concern_id < older)
    return query.order_by(TokenRow.concern_id.desc()).limit(limit)


def _postings(guild_id: int, tokens: frozenset[int], older: int | None) -> Subquery:
    each = [newest(guild_id, token, older, REACH).subquery() for token in sorted(tokens)]
    return union(*(select(one.c.concern_id) for one in each)).subquery()


def _has(guild_id: int, tokens: frozenset[int]) -> ColumnElement[bool]:
    return (
        select(TokenRow.token)
        .where(
            TokenRow.guild_id == guild_id,
            TokenRow.token.in_(sorted(tokens)),
            TokenRow.concern_id == ConcernRow.id,
        )
        .exists()
    )


async def _end(
    session: AsyncSession, guild_id: int, tokens: frozenset[int], older: int | None
) -> int | None:
    """Return where the next stretch of the rarest word's concerns begins; None at the end."""
    ends = []
    for token in sorted(tokens):
        stretch = newest(guild_id, token, older, REACH).subquery()
        count, last = (
            await session.execute(select(func.count(), func.min(stretch.c.concern_id)))
        ).one()
        if count == REACH:
            ends.append(int(last))
    return max(ends, default=None)
