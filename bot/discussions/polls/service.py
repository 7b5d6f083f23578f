"""The polls of every server: counting them, closing them, and what happens by itself."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.attaching import live_of
from bot.discussions.polls.counting import Ballot, plurality, runoff
from bot.discussions.polls.keeping import PollKeeping
from bot.discussions.polls.model import Kind, NoSuchPoll, Poll, PollIsClosed, Result, State
from bot.discussions.polls.records import BallotRow, PollRow
from bot.store.outbox import Effect
from bot.store.people import PersonRow

END = "poll.end"
"""The effect that ends a poll of Discord's own and fetches its result."""

_LIVE = (State.OPEN, State.CLOSING)


class Polls(PollKeeping):
    """Polls, and what becomes of them as time goes on.

    A poll that is being closed says so in its row before it is counted: a desk that stops in
    between goes on with that when it is back. Once counted, its ballots are deleted.
    """

    def __init__(self, *arguments: Any) -> None:
        """Take what `PollKeeping` takes."""
        super().__init__(*arguments)
        self._opened: dict[int, dict[int, tuple[bytes, Ballot]]] = {}
        self._shown: dict[int, tuple[int, ...]] = {}

    async def standing(self, poll: Poll) -> Result | None:
        """Return how an open poll stands; None if that is hidden, or Discord's own to show."""
        if poll.result is not None:
            return poll.result
        if poll.native or poll.asked.hidden or poll.asked.kind is Kind.RANKED:
            return None
        return await self._counted(poll.id)

    async def close(self, guild_id: int, reference: str, by: int) -> Poll:
        """Close a poll now, and count it.

        Raises:
            PollIsClosed, NoSuchPoll
        """

        async def work(store: AsyncSession) -> int:
            row = await self._row(store, guild_id, reference, lock=True)
            if row.state != State.OPEN:
                raise PollIsClosed(reference)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            await self._begin_closing(store, row, person.id)
            return row.id

        await self._finish(await self._store.write(work))
        return await self.poll(guild_id, reference)

    async def look(self) -> None:
        """Close what is due, or whose session is over, and finish what was being closed; then
        bring boards up to date."""

        async def due(store: AsyncSession) -> Sequence[int]:
            return (await store.scalars(live_of(PollRow, _LIVE, self._clock()))).all()

        async def begin(store: AsyncSession, poll_id: int) -> None:
            row = await store.get(PollRow, poll_id, with_for_update=True)
            if row is not None and row.state == State.OPEN:
                await self._begin_closing(store, row, None)

        for poll_id in await self._store.read(due):
            await self._store.write(partial(begin, poll_id=poll_id))
            await self._finish(poll_id)
        await self._bring()

    async def _bring(self) -> None:
        voted = select(func.count(BallotRow.person_id)).where(BallotRow.poll_id == PollRow.id)
        query = select(PollRow, voted.scalar_subquery()).where(
            PollRow.state == State.OPEN, PollRow.native.is_(False)
        )

        async def read(store: AsyncSession) -> list[tuple[PollRow, int]]:
            return [(row, voters) for row, voters in await store.execute(query)]

        found, shown = await self._store.read(read), dict[int, tuple[int, ...]]()
        for row, voters in found:
            live = not row.hidden and row.kind != Kind.RANKED
            counts = (await self._counted(row.id)).counts if live and voters else ()
            shown[row.id] = (voters, *counts)
        late = [row for row, _voters in found if self._shown.get(row.id) != shown[row.id]]
        if late:
            effects = [boards.once_more(boards.POLL, row, self._clock()) for row in late]
            await self._store.write(lambda store: self._outbox.post(store, *effects))
        self._shown = shown

    async def told(
        self, store: AsyncSession, guild_id: int, reference: str, result: Result
    ) -> None:
        """Keep the result of a poll of Discord's own, in the transaction of what fetched it.

        Raises:
            NoSuchPoll: this guild has no such reference.
        """
        row = await self._row(store, guild_id, reference, lock=True)
        if row.state == State.CLOSING:
            await self._keep(store, row, result)

    async def _begin_closing(
        self, store: AsyncSession, row: PollRow, person_id: int | None
    ) -> None:
        row.state, row.closed_at = State.CLOSING, self._clock()
        row.version += 1
        if row.native:
            await self._outbox.post(store, _end(row))
        await self._audit.record(store, row.guild_id, person_id, "poll.closed", row.reference)

    async def _finish(self, poll_id: int) -> None:
        row = await self._store.read(lambda store: store.get(PollRow, poll_id))
        if row is None or row.state != State.CLOSING or row.native:
            return
        result = await self._counted(poll_id)

        async def keep(store: AsyncSession) -> None:
            row = await store.get(PollRow, poll_id, with_for_update=True)
            if row is not None and row.state == State.CLOSING:
                await self._keep(store, row, result)

        await self._store.write(keep)
        self._opened.pop(poll_id, None)

    async def _keep(self, store: AsyncSession, row: PollRow, result: Result) -> None:
        row.result, row.state = result.as_json(), State.CLOSED
        row.version += 1
        await store.execute(delete(BallotRow).where(BallotRow.poll_id == row.id))
        await self._outbox.post(store, boards.at_once(boards.POLL, row))

    async def _counted(self, poll_id: int) -> Result:
        async def read(store: AsyncSession) -> tuple[PollRow, list[Any]]:
            row = await store.get(PollRow, poll_id)
            if row is None:
                raise NoSuchPoll(poll_id)
            sealed = await store.execute(
                select(BallotRow.person_id, BallotRow.ballot, PersonRow.text_key)
                .join(PersonRow, PersonRow.id == BallotRow.person_id)
                .where(BallotRow.poll_id == poll_id)
            )
            return row, list(sealed)

        row, sealed = await self._store.read(read)
        kind, options = Kind(row.kind), len(row.options)
        return await asyncio.to_thread(self._result, poll_id, kind, options, sealed)

    def _result(self, poll_id: int, kind: Kind, options: int, sealed: Sequence[Any]) -> Result:
        before, now = self._opened.get(poll_id, {}), {}
        for person_id, content, key in sealed:
            known = before.get(person_id)
            if known is None or known[0] != content:
                # A board is counted again and again: what was opened once is not opened again.
                known = (content, tuple(self._people.open_bytes(content, key) or b""))
            now[person_id] = known
        self._opened[poll_id] = now
        return counted(kind, options, [ballot for _content, ballot in now.values() if ballot])


def counted(kind: Kind, options: int, ballots: Sequence[Ballot]) -> Result:
    """Return what comes of ballots."""
    if kind is not Kind.RANKED:
        counts, winners = plurality(options, ballots)
        return Result(len(ballots), tuple(counts), winners)
    counts, _most = plurality(options, [ballot[:1] for ballot in ballots])
    outcome = runoff(options, ballots)
    return Result(len(ballots), tuple(counts), outcome.winners, outcome.rounds)


def _end(row: PollRow) -> Effect:
    return Effect(
        kind=END,
        guild_id=row.guild_id,
        lane=f"{boards.POLL}:{row.guild_id}:{row.reference}",
        key=f"{END}:{row.guild_id}:{row.reference}",
        payload={"reference": row.reference},
    )
