"""Planning sessions: what hosts do with them, from the first plan to the round-up."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.keeping import SessionKeeping, write_plan
from bot.discussions.model import (
    MOST_HOSTS,
    MOST_UPCOMING,
    REASON_LIMIT,
    UPCOMING,
    BadPlan,
    Mover,
    NotAllowedMove,
    Plan,
    Session,
    State,
    TooManyUpcoming,
)
from bot.discussions.records import (
    ComingRow,
    FollowerRow,
    SessionHostRow,
    SessionRow,
    host_ids,
    plan_of,
    whole,
)
from bot.discussions.times import a_text, checked, words_of


class Planning(SessionKeeping):
    """What hosts do."""

    async def plan(self, guild_id: int, by: int, plan: Plan, *, intake: str) -> Session:
        """Plan a session, which nobody but hosts sees yet; who plans it hosts it.

        The same act (`interaction:123`) delivered again finds the session it made.

        Raises:
            BadPlan: a part of it cannot be.
            TooManyUpcoming: the server has planned as many as it can.
        """
        plan = checked(plan, self._clock())
        key = self._vault.fingerprint("session", "planned", guild_id, intake)

        async def work(session: AsyncSession) -> Session:
            row = await session.scalar(select(SessionRow).where(SessionRow.intake == key))
            if row is None:
                await self._room(session, guild_id)
                person = await self._people.ensure(session, guild_id, by, self._clock())
                row = await self._new(session, guild_id, key, plan, [person.id], person.id)
            return await whole(session, self._people, row)

        return await self._store.write(work)

    async def reword(
        self, guild_id: int, reference: str, by: int, plan: Plan, *, seen: int | None = None
    ) -> Session:
        """Change the words of a session (kind, topic, guests, prompts, rules), not its time.

        Raises:
            BadPlan: a part of it cannot be.
            NotAllowedMove: it is over.
            ChangedMeanwhile: it is not at the version `seen` any more.
            NoSuchSession: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            now = State(row.state)
            if now not in UPCOMING | {State.OPEN}:
                raise NotAllowedMove(now, now)
            before = plan_of(row)
            wanted = replace(plan, starts=before.starts, zone=before.zone, minutes=before.minutes)
            wanted = words_of(wanted)
            if wanted == before:
                return
            if row.announced_at is not None:
                row.sequence += 1
            write_plan(row, wanted)
            await self._record(session, row, "reworded", person_id)
            await self._bring(session, row)

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def reschedule(
        self,
        guild_id: int,
        reference: str,
        by: int,
        plan: Plan,
        *,
        why: str = "",
        seen: int | None = None,
    ) -> Session:
        """Move a session to another time; everybody who said they come is told, and why.

        Of `plan` the time counts: when, where in the world, how long.

        Raises:
            BadPlan: the time cannot be, or `why` is too long.
            NotAllowedMove: it has begun, or is over.
            ChangedMeanwhile, NoSuchSession: as for `reword`.
        """
        why = a_text(why, REASON_LIMIT, "discussion.bad.reason")

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            now = State(row.state)
            if now not in UPCOMING:
                raise NotAllowedMove(now, now)
            before = plan_of(row)
            wanted = replace(before, starts=plan.starts, zone=plan.zone, minutes=plan.minutes)
            wanted = checked(wanted, self._clock())
            if wanted == before:
                return
            write_plan(row, wanted)
            self._schedule(row)
            told = now is State.ANNOUNCED
            if told:
                row.sequence += 1
            detail = {"from": before.starts.isoformat(), "to": wanted.starts.isoformat()}
            await self._record(session, row, "rescheduled", person_id, detail, why)
            if told:
                await self._tell_coming(session, row, "moved")
            await self._bring(session, row)

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def cancel(
        self, guild_id: int, reference: str, by: int, *, why: str = "", seen: int | None = None
    ) -> Session:
        """Call a session off; everybody who said they come is told, and why.

        Raises:
            BadPlan: `why` is too long.
            NotAllowedMove: it has begun, or is over.
            ChangedMeanwhile, NoSuchSession: as for `reword`.
        """
        why = a_text(why, REASON_LIMIT, "discussion.bad.reason")

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            await self._move(session, row, State.CANCELLED, Mover.HOST, person_id, note=why)
            if row.announced_at is not None:
                await self._tell_coming(session, row, "cancelled")
                await self._bring(session, row)
                await self._outbox.post(session, effects.gate(row))

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def announce(
        self, guild_id: int, reference: str, by: int, *, seen: int | None = None
    ) -> Session:
        """Announce a session: its post, its event, and word to those who follow.

        Raises:
            BadPlan: its time has passed meanwhile.
            NotAllowedMove: it was announced before, or called off.
            ChangedMeanwhile, NoSuchSession: as for `reword`.
        """

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            if row.state == State.PLANNED:
                checked(plan_of(row), self._clock())
            await self._announce(session, row, Mover.HOST, person_id)

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def move(
        self, guild_id: int, reference: str, by: int, to: State, *, seen: int | None = None
    ) -> Session:
        """Open, close, sum up or archive a session by hand, as the machine allows.

        Raises:
            NotAllowedMove: the machine has no such move for hosts; names those it has.
            ChangedMeanwhile, NoSuchSession: as for `reword`.
        """
        if to is State.ANNOUNCED:
            return await self.announce(guild_id, reference, by, seen=seen)
        if to is State.CANCELLED:
            return await self.cancel(guild_id, reference, by, seen=seen)

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            await self._move(session, row, to, Mover.HOST, person_id)
            await self._moved(session, row)

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def sum_up(self, session: AsyncSession, row: SessionRow, person_id: int) -> None:
        """Move a closed session on, in the transaction that publishes its round-up.

        Raises:
            NotAllowedMove: it is not closed.
        """
        await self._move(session, row, State.SUMMED_UP, Mover.HOST, person_id)
        await self._moved(session, row)

    async def set_hosts(
        self, guild_id: int, reference: str, by: int, hosts: Sequence[int]
    ) -> Session:
        """Say who hosts a session (accounts); those who are new get the checklist.

        Raises:
            BadPlan: nobody would, or too many.
            NoSuchSession: this guild has no such reference.
        """
        wanted = list(dict.fromkeys(hosts))
        if not 1 <= len(wanted) <= MOST_HOSTS:
            raise BadPlan("discussion.bad.hosts", {"most": str(MOST_HOSTS)})

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            at = self._clock()
            before = set(await host_ids(session, row.id))
            people = [await self._people.ensure(session, guild_id, one, at) for one in wanted]
            await session.execute(delete(SessionHostRow).where(SessionHostRow.session_id == row.id))
            for place, person in enumerate(people):
                session.add(
                    SessionHostRow(
                        session_id=row.id, person_id=person.id, guild_id=guild_id, place=place
                    )
                )
            await self._record(session, row, "hosts", person_id)
            for person in people:
                if person.id not in before and person.id != person_id:
                    once = f"host.named.{row.version}"
                    await self._outbox.post(session, effects.message(row, person.id, once))
            if row.announced_at is not None:
                await self._outbox.post(session, effects.show(row))

        return await self._changed(guild_id, reference, by, change)

    async def _announce(
        self, session: AsyncSession, row: SessionRow, mover: Mover, person_id: int | None
    ) -> None:
        await self._move(session, row, State.ANNOUNCED, mover, person_id)
        await self._bring(session, row)
        await self._outbox.post(session, effects.gate(row))
        followers = await session.scalars(
            select(FollowerRow.person_id).where(FollowerRow.guild_id == row.guild_id)
        )
        for follower in list(followers):
            await self._outbox.post(session, effects.message(row, follower, "announced"))
        await self._tell_hosts(session, row, "announced")

    async def _moved(self, session: AsyncSession, row: SessionRow, *, late: int = 0) -> None:
        """Let Discord and the hosts hear that a session was opened, closed, or put away."""
        await self._bring(session, row)
        await self._outbox.post(session, effects.gate(row))
        if row.state in (State.OPEN, State.CLOSED):
            what = "opened" if row.state == State.OPEN else "closed"
            await self._outbox.post(session, effects.tell(row, what, late=late))
            if row.state == State.CLOSED:
                await self._tell_hosts(session, row, "closed")

    async def _bring(self, session: AsyncSession, row: SessionRow) -> None:
        """Bring the post and Discord's event up to date, once there are any."""
        if row.announced_at is not None:
            await self._outbox.post(session, effects.show(row), effects.event(row))

    async def _tell_coming(self, session: AsyncSession, row: SessionRow, what: str) -> None:
        """Tell everybody who said that they come; those on Discord's event are found later."""
        coming = await session.scalars(
            select(ComingRow.person_id).where(ComingRow.session_id == row.id)
        )
        for person_id in list(coming):
            await self._outbox.post(session, effects.message(row, person_id, what))
        await self._tell_hosts(session, row, what)
        await self._outbox.post(session, effects.tell(row, what, everybody=True))

    async def _room(self, session: AsyncSession, guild_id: int) -> None:
        query = select(func.count()).where(
            SessionRow.guild_id == guild_id, SessionRow.state.in_(UPCOMING)
        )
        if (await session.scalar(query) or 0) >= MOST_UPCOMING:
            raise TooManyUpcoming
