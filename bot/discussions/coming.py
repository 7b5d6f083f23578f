"""Who comes and who follows: only they are written to, and everybody sees only how many come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.model import NoSuchSession, NotAllowedMove, Session, State
from bot.discussions.planning import Planning
from bot.discussions.records import ComingRow, FollowerRow, SessionRow, find, whole

_BETWEEN_COUNTS = 30
"""Seconds within which the number on a session's card is brought up to date once."""

_COMING = frozenset({State.ANNOUNCED, State.OPEN})


class Coming(Planning):
    """What people say about coming."""

    async def come(self, guild_id: int, reference: str, user_id: int, *, comes: bool) -> Session:
        """Note that somebody comes, or does not after all. Saying it twice is saying it once.

        Raises:
            NotAllowedMove: it is over, or not announced.
            NoSuchSession: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Session:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchSession(reference)
            if State(row.state) not in _COMING:
                raise NotAllowedMove(State(row.state), State.OPEN)
            at = self._clock()
            person = await self._people.ensure(session, guild_id, user_id, at)
            there = await session.get(ComingRow, (row.id, person.id), with_for_update=True)
            changed = comes is not (there is not None and there.asked)
            if comes and there is None:
                session.add(_coming(row, person.id, asked=True, at=at))
            elif comes and there is not None:
                there.asked = True
            elif there is not None:
                await session.delete(there)
            if changed:
                # Many press at once: the card follows now and then, not at each press.
                now = f":{int(at.timestamp()) // _BETWEEN_COUNTS}"
                await self._outbox.post(session, effects.show(row, again=now))
            return await whole(session, self._people, row)

        return await self._store.write(work)

    async def tell_interested(
        self, session: AsyncSession, guild_id: int, reference: str, users: Sequence[int], what: str
    ) -> int:
        """Write to the accounts who are interested in Discord's event, if not told already.

        In the caller's transaction, which is that of the effect that found them.
        """
        row = await find(session, guild_id, reference)
        if row is None:
            return 0
        at, told = self._clock(), 0
        for user_id in users:
            person = await self._people.ensure(session, guild_id, user_id, at)
            if await session.get(ComingRow, (row.id, person.id)) is None:
                session.add(_coming(row, person.id, asked=False, at=at))
                await session.flush()
            await self._outbox.post(session, effects.message(row, person.id, what))
            told += 1
        return told

    async def follow(self, guild_id: int, user_id: int, *, follows: bool) -> bool:
        """Tell somebody of every session that is announced, or no more; say whether that is new."""

        async def work(session: AsyncSession) -> bool:
            person = await self._people.ensure(session, guild_id, user_id, self._clock())
            there = await session.get(FollowerRow, (guild_id, person.id))
            if follows and there is None:
                session.add(FollowerRow(guild_id=guild_id, person_id=person.id, at=self._clock()))
            elif not follows and there is not None:
                await session.delete(there)
            return follows is (there is None)

        return await self._store.write(work)

    async def follows(self, guild_id: int, user_id: int) -> bool:
        """Say whether somebody is told of every session."""

        async def work(session: AsyncSession) -> bool:
            mine = await self._people.ids_of(session, [guild_id], user_id)
            found = await session.scalar(
                select(func.count()).where(
                    FollowerRow.guild_id == guild_id, FollowerRow.person_id.in_(mine)
                )
            )
            return bool(found)

        return await self._store.read(work)

    async def comes(self, session_id: int, guild_id: int, user_id: int) -> bool:
        """Say whether somebody pressed that they come."""

        async def work(session: AsyncSession) -> bool:
            mine = await self._people.ids_of(session, [guild_id], user_id)
            found = await session.scalar(
                select(func.count()).where(
                    ComingRow.session_id == session_id,
                    ComingRow.asked,
                    ComingRow.person_id.in_(mine),
                )
            )
            return bool(found)

        return await self._store.read(work)

    async def reader(self, person_id: int) -> tuple[int, str | None] | None:
        """Return the account of a row in person, to write to, and the language they were last
        seen to use; None if they were erased.
        """

        async def work(session: AsyncSession) -> tuple[int, str | None] | None:
            user_id = await self._people.user_id(session, person_id)
            if user_id is None:
                return None
            return user_id, await self._people.locale_of(session, person_id)

        return await self._store.read(work)


def _coming(row: SessionRow, person_id: int, *, asked: bool, at: datetime) -> ComingRow:
    return ComingRow(
        session_id=row.id, person_id=person_id, guild_id=row.guild_id, asked=asked, at=at
    )
