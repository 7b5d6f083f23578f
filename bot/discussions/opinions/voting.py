"""Saying things in an opinion map, and voting on what others said."""

import unicodedata
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.keeping import OpinionKeeping
from bot.discussions.opinions.model import (
    MOST_OF_ONE,
    MOST_STATEMENTS,
    STATEMENT_LIMIT,
    NoSuchStatement,
    SaidAlready,
    Stage,
    Statement,
    TooManyStatements,
    Turn,
)
from bot.discussions.opinions.records import (
    OpinionMapRow,
    StatementRow,
    VoterRow,
    plain,
    statements,
)
from bot.discussions.times import a_line
from bot.store.people import Person

_ALIKE = 8
"""Of so many statements that were seen least, one is served by chance."""


class Voting(OpinionKeeping):
    """What members do in a map, and how hosts look after it."""

    async def say(
        self, guild_id: int, reference: str, by: int, text: str, *, host: bool = False
    ) -> Statement:
        """Add a statement, for hosts to look at; a host's own is shown at once.

        Raises:
            BadPlan: it is empty or too long.
            SaidAlready: the map has it, in these words.
            TooManyStatements, MapIsClosed, NoSuchMap
        """
        text = a_line(text, STATEMENT_LIMIT, "opinion.bad.statement")

        async def work(store: AsyncSession) -> Statement:
            row = await self._open_row(store, guild_id, reference, lock=True)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            print_ = self._vault.fingerprint("opinion", row.id, _folded(text))
            same = (StatementRow.map_id == row.id, StatementRow.print == print_)
            if await store.scalar(select(StatementRow.id).where(*same)) is not None:
                raise SaidAlready(reference)
            mine = (StatementRow.map_id == row.id, StatementRow.author_id == person.id)
            if not host and await _count(store, *mine) >= MOST_OF_ONE:
                raise TooManyStatements(own=True)
            said = await _count(store, StatementRow.map_id == row.id)
            if said >= MOST_STATEMENTS:
                raise TooManyStatements(own=False)
            key = await self._people.ensure_text_key(store, person)
            statement = StatementRow(
                guild_id=guild_id,
                map_id=row.id,
                number=said + 1,
                author_id=person.id,
                content=self._people.seal(text, key),
                print=print_,
                stage=Stage.SHOWN if host else Stage.WAITING,
                seen=0,
                at=self._clock(),
            )
            store.add(statement)
            await store.flush()
            return Statement(statement.number, Stage(statement.stage), text)

        return await self._store.write(work)

    async def waiting(self, guild_id: int, reference: str, limit: int = 1) -> list[Statement]:
        """Return the statements that hosts have not looked at, the oldest first.

        Raises:
            NoSuchMap: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> list[Statement]:
            row = await self._row(store, guild_id, reference)
            wanted = StatementRow.stage == Stage.WAITING
            return await statements(store, self._people, row.id, wanted, limit=limit)

        return await self._store.read(work)

    async def moderate(
        self, guild_id: int, reference: str, number: int, by: int, *, show: bool
    ) -> bool:
        """Show a statement to everybody, or decline it. False if another host was there first.

        Raises:
            NoSuchStatement, MapIsClosed, NoSuchMap
        """

        async def work(store: AsyncSession) -> bool:
            row = await self._open_row(store, guild_id, reference, lock=True)
            said = await store.scalar(
                select(StatementRow).where(
                    StatementRow.map_id == row.id, StatementRow.number == number
                )
            )
            if said is None:
                raise NoSuchStatement(reference)
            if said.stage != Stage.WAITING:
                return False
            said.stage = Stage.SHOWN if show else Stage.DECLINED
            person = await self._people.ensure(store, guild_id, by, self._clock())
            what = "opinion.shown" if show else "opinion.declined"
            detail = {"statement": str(number)}
            await self._audit.record(store, guild_id, person.id, what, reference, detail)
            return True

        return await self._store.write(work)

    async def serve(
        self, guild_id: int, reference: str, user_id: int, *, number: int | None = None
    ) -> Turn:
        """Return what somebody votes on: what is in front of them, or `number`, or the next.

        The next is one of those that were put before people least often.

        Raises:
            NoSuchStatement, MapIsClosed, NoSuchMap
        """

        async def work(store: AsyncSession) -> Turn:
            row = await self._open_row(store, guild_id, reference)
            voter, votes, _key = await self._voter(store, row, user_id)
            if number is not None:
                voter.serving = (await self._votable(store, row, number)).number
            return await self._turn(store, row, voter, votes)

        return await self._store.write(work)

    async def vote(
        self, guild_id: int, reference: str, user_id: int, number: int, vote: Vote
    ) -> Turn:
        """Note what somebody thinks of a statement; a later vote on it takes the place of this.

        Raises:
            NoSuchStatement, MapIsClosed, NoSuchMap
        """

        async def work(store: AsyncSession) -> Turn:
            row = await self._open_row(store, guild_id, reference)
            await self._votable(store, row, number)
            voter, votes, key = await self._voter(store, row, user_id)
            votes.extend(bytes(max(number - len(votes), 0)))
            votes[number - 1] = vote
            voter.votes = self._people.seal_bytes(bytes(votes), key)
            voter.round = row.round
            if voter.serving == number:
                voter.serving = None
            return await self._turn(store, row, voter, votes, before=number)

        return await self._store.write(work)

    async def _turn(
        self,
        store: AsyncSession,
        row: OpinionMapRow,
        voter: VoterRow,
        votes: bytearray,
        before: int | None = None,
    ) -> Turn:
        done = {place + 1 for place, vote in enumerate(votes) if vote}
        shown = (StatementRow.map_id == row.id, StatementRow.stage == Stage.SHOWN)
        if voter.serving is not None:
            still = select(StatementRow.id).where(*shown, StatementRow.number == voter.serving)
            if await store.scalar(still) is None:
                voter.serving = None
        if voter.serving is None:
            voter.serving = await self._least_seen(store, shown, done)
        wanted = {one for one in (voter.serving, before) if one is not None}
        texts = {
            one.number: one
            for one in await statements(
                store, self._people, row.id, StatementRow.number.in_(wanted)
            )
        }
        votable = await _count(store, *shown)
        return Turn(
            plain(row),
            texts.get(voter.serving) if voter.serving is not None else None,
            min(len(done), votable),
            votable,
            texts.get(before) if before is not None else None,
            Vote(votes[before - 1]) if before is not None else Vote.NONE,
        )

    async def _least_seen(
        self, store: AsyncSession, shown: tuple[Any, ...], done: set[int]
    ) -> int | None:
        rows = await store.execute(
            select(StatementRow.id, StatementRow.number, StatementRow.seen)
            .where(*shown, StatementRow.number.not_in(done))
            .order_by(StatementRow.seen, StatementRow.number)
            .limit(_ALIKE)
        )
        found = rows.all()
        if not found:
            return None
        alike = [one for one in found if one.seen == found[0].seen]
        chosen = alike[self._randomness.randrange(len(alike))]
        seen = update(StatementRow).where(StatementRow.id == chosen.id)
        await store.execute(seen.values(seen=StatementRow.seen + 1))
        return int(chosen.number)

    async def _voter(
        self, store: AsyncSession, row: OpinionMapRow, user_id: int
    ) -> tuple[VoterRow, bytearray, bytes]:
        """Return somebody's row in a map, locked, their votes, and the key these are under."""
        person = await self._people.ensure(store, row.guild_id, user_id, self._clock())
        key = await self._people.ensure_text_key(store, person)
        mine = select(VoterRow).where(VoterRow.map_id == row.id, VoterRow.person_id == person.id)
        locked = mine.with_for_update().execution_options(populate_existing=True)
        voter = await store.scalar(locked)
        if voter is None:
            voter = await self._new_voter(store, row, person, key, locked)
        return voter, bytearray(self._people.open_bytes(voter.votes, key) or b""), key

    async def _new_voter(
        self,
        store: AsyncSession,
        row: OpinionMapRow,
        person: Person,
        key: bytes,
        locked: Select[Any],
    ) -> VoterRow:
        voter = VoterRow(
            map_id=row.id,
            person_id=person.id,
            guild_id=row.guild_id,
            votes=self._people.seal_bytes(b"", key),
        )
        try:
            async with store.begin_nested():
                store.add(voter)
        except IntegrityError:
            # Another process was asked by the same person at the same instant.
            theirs: VoterRow | None = await store.scalar(locked)
            if theirs is None:
                raise
            return theirs
        return voter

    async def _votable(self, store: AsyncSession, row: OpinionMapRow, number: int) -> StatementRow:
        found = await store.scalar(
            select(StatementRow).where(
                StatementRow.map_id == row.id,
                StatementRow.number == number,
                StatementRow.stage == Stage.SHOWN,
            )
        )
        if found is None:
            raise NoSuchStatement(row.reference)
        return found


def _folded(text: str) -> str:
    """Return the words of a text, so that the same said in another spelling is found."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split()) or plain


async def _count(store: AsyncSession, *conditions: Any) -> int:
    return await store.scalar(select(func.count(StatementRow.id)).where(*conditions)) or 0
