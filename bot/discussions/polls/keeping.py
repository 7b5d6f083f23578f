"""What all work on polls stands on: opening and finding them, and casting ballots."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.attaching import attachable, show_session
from bot.discussions.model import BadPlan
from bot.discussions.polls.counting import Ballot
from bot.discussions.polls.model import (
    LONGEST,
    MOST_OPEN,
    MOST_OPTIONS,
    OPTION_LIMIT,
    PREFIX,
    QUESTION_LIMIT,
    SHORTEST,
    Asked,
    BadBallot,
    Kind,
    NoSuchPoll,
    Poll,
    PollIsClosed,
    State,
    TooManyPolls,
)
from bot.discussions.polls.records import BallotRow, PollRow, find, whole
from bot.discussions.times import a_line
from bot.store.keeper import Keeper, free_reference


class PollKeeping(Keeper):
    """Keeps polls, each server's apart from the others."""

    async def open(
        self,
        guild_id: int,
        by: int,
        asked: Asked,
        *,
        intake: str,
        channel_id: int,
        closes_at: datetime,
        native: bool = False,
        session: str = "",
    ) -> Poll:
        """Open a poll; it is posted in the session's post, or else in the channel.

        `native` asks for a poll of Discord's own, where that can ask it. The same act
        (`interaction:123`) delivered again finds the poll it opened.

        Raises:
            BadPlan: question or options cannot be so.
            NoSuchSession: there is none, or it is over.
            TooManyPolls: the server has as many open as it can.
        """
        asked = checked(asked)
        now = self._clock()
        closes_at = min(max(closes_at, now + SHORTEST), now + LONGEST)
        key = self._vault.fingerprint("poll", "opened", guild_id, intake)

        async def work(store: AsyncSession) -> Poll:
            row = await store.scalar(select(PollRow).where(PollRow.intake == key))
            if row is not None:
                return await whole(store, row)
            live = select(func.count()).where(
                PollRow.guild_id == guild_id, PollRow.state == State.OPEN
            )
            if (await store.scalar(live) or 0) >= MOST_OPEN:
                raise TooManyPolls(guild_id)
            held = await attachable(store, guild_id, session)
            person = await self._people.ensure(store, guild_id, by, now)
            row = PollRow(
                guild_id=guild_id,
                reference=await free_reference(store, guild_id, PREFIX, self._randomness, find),
                intake=key,
                session_id=None if held is None else held.id,
                question=asked.question,
                options=list(asked.options),
                kind=asked.kind,
                hidden=asked.hidden,
                native=native and asked.fits_discord,
                state=State.OPEN,
                channel_id=(held and held.channel_id) or channel_id,
                opened_at=now,
                closes_at=closes_at,
                version=0,
            )
            store.add(row)
            await store.flush()
            await self._outbox.post(store, boards.at_once(boards.POLL, row))
            await show_session(store, self._outbox, held, row.reference)
            detail = {"session": session} if session else {}
            await self._audit.record(
                store, guild_id, person.id, "poll.opened", row.reference, detail
            )
            return await whole(store, row)

        return await self._store.write(work)

    async def poll(self, guild_id: int, reference: str) -> Poll:
        """Return a poll.

        Raises:
            NoSuchPoll: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Poll:
            return await whole(store, await self._row(store, guild_id, reference))

        return await self._store.read(work)

    async def polls(
        self, guild_id: int, *, session_id: int | None = None, limit: int = 50
    ) -> list[Poll]:
        """Return a server's polls, or a session's, the latest first."""
        query = select(PollRow).where(PollRow.guild_id == guild_id)
        if session_id is not None:
            query = query.where(PollRow.session_id == session_id)

        async def work(store: AsyncSession) -> list[Poll]:
            rows = await store.scalars(query.order_by(PollRow.id.desc()).limit(limit))
            return [await whole(store, row) for row in rows.all()]

        return await self._store.read(work)

    async def cast(self, guild_id: int, reference: str, user_id: int, ballot: Ballot) -> Poll:
        """Keep somebody's ballot in place of any they cast before; an empty one takes it back.

        Raises:
            BadBallot: the poll has no such options, or not so many may be chosen.
            PollIsClosed, NoSuchPoll
        """

        async def work(store: AsyncSession) -> Poll:
            row = await self._row(store, guild_id, reference)
            if row.native or row.state != State.OPEN or self._clock() >= row.closes_at:
                raise PollIsClosed(reference)
            _check(ballot, Kind(row.kind), len(row.options))
            person = await self._people.ensure(store, guild_id, user_id, self._clock())
            mine = (BallotRow.poll_id == row.id, BallotRow.person_id == person.id)
            if not ballot:
                await store.execute(delete(BallotRow).where(*mine))
            else:
                key = await self._people.ensure_text_key(store, person)
                sealed = self._people.seal_bytes(bytes(ballot), key)
                query = select(BallotRow).where(*mine).with_for_update()
                found = await store.scalar(query)
                if found is None:
                    made = BallotRow(
                        poll_id=row.id, person_id=person.id, guild_id=guild_id, ballot=sealed
                    )
                    try:
                        async with store.begin_nested():
                            store.add(made)
                    except IntegrityError:
                        # Another process kept one of the same person at the same instant.
                        found = await store.scalar(query)
                if found is not None:
                    found.ballot = sealed
            await store.flush()
            return await whole(store, row)

        return await self._store.write(work)

    async def ballot(self, guild_id: int, reference: str, user_id: int) -> Ballot:
        """Return somebody's own ballot; empty if they have not voted, or it is counted.

        Raises:
            NoSuchPoll: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Ballot:
            row = await self._row(store, guild_id, reference)
            person = await self._people.find(store, guild_id, user_id)
            found = None if person is None else await store.get(BallotRow, (row.id, person.id))
            if found is None or person is None:
                return ()
            return tuple(self._people.open_bytes(found.ballot, person.text_key) or b"")

        return await self._store.read(work)

    async def _row(
        self, store: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
    ) -> PollRow:
        row = await find(store, guild_id, reference, lock=lock)
        if row is None:
            raise NoSuchPoll(reference)
        return row


def checked(asked: Asked) -> Asked:
    """Return a question and its options, tidied up.

    Raises:
        BadPlan: the question or an option is empty or too long, or there are too few or too many.
    """
    question = a_line(asked.question, QUESTION_LIMIT, "poll.bad.question")
    options = [a_line(one, OPTION_LIMIT, "poll.bad.option") for one in asked.options if one.strip()]
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise BadPlan("poll.bad.options")
    if len({one.casefold() for one in options}) < len(options):
        raise BadPlan("poll.bad.twice")
    return Asked(question, tuple(options), asked.kind, asked.hidden)


def _check(ballot: Sequence[int], kind: Kind, options: int) -> None:
    fits = all(0 <= one < options for one in ballot) and len(set(ballot)) == len(ballot)
    if not fits or (kind is Kind.ONE and len(ballot) > 1):
        raise BadBallot
