"""The word index of the ledger: keyed tokens, so that nothing on disk can be read as words.

A token is 64 bits of HMAC-SHA-256, under the desk's index key, of the guild, a salt of that guild
and a stem (docs/decisions/0027-token-index.md). What stands in the index is written in the
transaction that writes the text. The number of tokens is rounded up with random ones, so that it
says little of how long a text is.
"""

import base64
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.finding.records import GenerationRow, TokenRow
from bot.concerns.finding.stems import stems
from bot.concerns.model import Direction
from bot.concerns.records import ConcernRow, Content, LetterRow
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.people import People, PersonRow
from bot.vault import Vault

MOST = 256
"""Different words of one concern that are kept, the most frequent first."""

_SALT_BYTES = 16
_LEAST = 8
_AT_ONCE = 50
_MANY = 4


class TokenIndex:
    """Writes what the ledger's texts can be found by, within a unit of work."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def put(self, session: AsyncSession, row: ConcernRow, *texts: str) -> None:
        """Add the words of these texts to a concern's tokens."""
        salt = await self._newest(session, row.guild_id)
        counts = Counter[str]()
        for text in texts:
            counts += stems(text)
        await self._write(session, row.guild_id, row.id, self._weighed(row.guild_id, salt, counts))

    async def tokens(
        self, session: AsyncSession, guild_id: int, words: Iterable[Iterable[str]]
    ) -> list[frozenset[int]]:
        """Return, for each word, the tokens that any of its stems may stand under."""
        salts = await self._salts(session, guild_id)
        return [
            frozenset(self._token(guild_id, salt, stem) for salt in salts for stem in each)
            for each in words
        ]

    async def weighed(
        self, session: AsyncSession, guild_id: int, text: str
    ) -> list[dict[int, int]]:
        """Return a text that is not kept, as tokens with weights: once for each generation."""
        counts = stems(text)
        salts = await self._salts(session, guild_id)
        return [self._weighed(guild_id, salt, counts) for salt in salts]

    async def renew(self, session: AsyncSession, guild_id: int) -> None:
        """Begin a new generation; `Rebuilding` then brings everything over."""
        # Whoever is writing under the last one finishes first, so that the walk meets it.
        last: int | None = await session.scalar(_last(guild_id).with_for_update())
        await self._begin(session, guild_id, (last or 0) + 1)

    async def replace(self, session: AsyncSession, row: ConcernRow, texts: Sequence[str]) -> None:
        """Write a concern's tokens anew, under the newest generation."""
        await forget(session, row.id)
        if texts:
            await self.put(session, row, *texts)

    async def _write(
        self, session: AsyncSession, guild_id: int, concern_id: int, weighed: Mapping[int, int]
    ) -> None:
        await session.flush()
        there: dict[int, int] = dict(
            iter(
                await session.execute(
                    select(TokenRow.token, TokenRow.weight).where(TokenRow.concern_id == concern_id)
                )
            )
        )
        fresh = {token: weight for token, weight in weighed.items() if token not in there}
        room = max(MOST - len(there), 0)
        kept = dict(sorted(fresh.items(), key=lambda one: -one[1])[:room])
        for _ in range(rounded(len(there) + len(kept)) - len(there) - len(kept)):
            kept.setdefault(secrets.randbits(64) - (1 << 63), 1)
        if kept:
            rows = [
                {"guild_id": guild_id, "token": token, "concern_id": concern_id, "weight": weight}
                for token, weight in sorted(kept.items())
            ]
            await session.execute(insert(TokenRow), rows)

    def _weighed(self, guild_id: int, salt: str, counts: Counter[str]) -> dict[int, int]:
        return {
            self._token(guild_id, salt, stem): 1 + (often > 1) + (often >= _MANY)
            for stem, often in counts.most_common(MOST)
        }

    def _token(self, guild_id: int, salt: str, stem: str) -> int:
        print_ = self._vault.fingerprint("word", guild_id, salt, stem)
        return int.from_bytes(base64.urlsafe_b64decode(f"{print_}=")[:8], "big", signed=True)

    async def _newest(self, session: AsyncSession, guild_id: int) -> str:
        await session.scalar(_last(guild_id).with_for_update(read=True, key_share=True))
        salts = await self._salts(session, guild_id)
        return salts[0] if salts else await self._begin(session, guild_id, 1)

    async def _salts(self, session: AsyncSession, guild_id: int) -> list[str]:
        """Return the salts that tokens of this guild are under, the newest first."""
        sealed = await session.scalars(
            select(GenerationRow.salt)
            .where(GenerationRow.guild_id == guild_id)
            .order_by(GenerationRow.number.desc())
        )
        return [self._vault.unseal(one).hex() for one in sealed]

    async def _begin(self, session: AsyncSession, guild_id: int, number: int) -> str:
        salt = secrets.token_bytes(_SALT_BYTES)
        row = GenerationRow(
            guild_id=guild_id,
            number=number,
            salt=self._vault.seal(salt),
            walked_to=0,
            complete=False,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process began the same one at this instant: its salt is the one.
            (theirs, *_) = await self._salts(session, guild_id)
            return theirs
        return salt.hex()


class Rebuilding:
    """Brings all texts of the ledger under the newest generation, while it is in use."""

    def __init__(self, store: Store, people: People, index: TokenIndex) -> None:
        self._store = store
        self._people = people
        self._index = index

    async def renew(self) -> int:
        """Begin a new generation for every guild and build it; return how many concerns it has."""

        for guild_id in await self._store.read(self._guild_ids):

            async def work(session: AsyncSession, guild_id: int = guild_id) -> None:
                await self._index.renew(session, guild_id)

            await self._store.write(work)
        return await self.build()

    async def day(self, _turn: Turn) -> None:
        """Go on with what is not built, once a day (`bot.store.daily.Job`)."""
        await self.build()

    async def build(self) -> int:
        """Build what is not built to its end; return how many concerns were brought over.

        Each batch is a transaction of its own, and the next start goes on after the last one.
        """
        brought = 0
        for guild_id in await self._store.read(self._guild_ids):

            async def work(session: AsyncSession, guild_id: int = guild_id) -> int | None:
                return await self._batch(session, guild_id)

            while (some := await self._store.write(work)) is not None:
                brought += some
        return brought

    async def _batch(self, session: AsyncSession, guild_id: int) -> int | None:
        """Bring a batch over; None when there is none left."""
        newest = await session.scalar(
            select(GenerationRow)
            .where(GenerationRow.guild_id == guild_id)
            .order_by(GenerationRow.number.desc())
            .limit(1)
            .with_for_update(key_share=True)
        )
        if newest is None:
            await self._index.renew(session, guild_id)
            return 0
        if newest.complete:
            return None
        rows = list(
            await session.scalars(
                select(ConcernRow)
                .where(ConcernRow.guild_id == guild_id, ConcernRow.id > newest.walked_to)
                .order_by(ConcernRow.id)
                .limit(_AT_ONCE)
                .with_for_update()
            )
        )
        for row in rows:
            await self._index.replace(session, row, await texts_of(session, self._people, row))
            newest.walked_to = row.id
        if len(rows) < _AT_ONCE:
            newest.complete = True
            await session.execute(
                delete(GenerationRow).where(
                    GenerationRow.guild_id == guild_id, GenerationRow.number < newest.number
                )
            )
        return len(rows)

    async def _guild_ids(self, session: AsyncSession) -> list[int]:
        return list(
            await session.scalars(
                select(ConcernRow.guild_id).distinct().order_by(ConcernRow.guild_id)
            )
        )


def _last(guild_id: int) -> Select[int]:
    return (
        select(GenerationRow.number)
        .where(GenerationRow.guild_id == guild_id)
        .order_by(GenerationRow.number.desc())
        .limit(1)
    )


async def texts_of(session: AsyncSession, people: People, row: ConcernRow) -> list[str]:
    """Return the reporter's words: what was raised, and what was added."""
    key = await session.scalar(select(PersonRow.text_key).where(PersonRow.id == row.reporter_id))
    letters = await session.scalars(
        select(LetterRow.content)
        .where(
            LetterRow.concern_id == row.id,
            LetterRow.direction == Direction.FROM_REPORTER,
        )
        .order_by(LetterRow.id)
    )
    packed = people.open(row.content, key) if row.content else None
    opened = [] if packed is None else words_of(Content.unpacked(packed))
    return opened + [text for one in letters if one and (text := people.open(one, key))]


def words_of(content: Content) -> list[str]:
    """Return the texts of a concern that it is found by."""
    return [content.what, content.link, content.wish]


async def forget(session: AsyncSession, concern_id: int) -> None:
    """Take a concern out of the index, in the transaction that takes its words away."""
    await session.execute(delete(TokenRow).where(TokenRow.concern_id == concern_id))


def rounded(count: int) -> int:
    """Return how many tokens a concern with this many has in the index: 8, 16, 32 … 256, or 0."""
    if count == 0:
        return 0
    size = _LEAST
    while size < count:
        size *= 2
    return size
