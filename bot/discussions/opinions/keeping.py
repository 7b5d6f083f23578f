"""What all work on opinion maps stands on: opening and finding them."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.attaching import attachable, show_session
from bot.discussions.opinions.model import (
    LONGEST,
    MOST_OPEN,
    PREFIX,
    QUESTION_LIMIT,
    MapIsClosed,
    NoSuchMap,
    OpinionMap,
    State,
    TooManyMaps,
)
from bot.discussions.opinions.records import OpinionMapRow, find, whole
from bot.discussions.times import a_line
from bot.store.keeper import Keeper, free_reference

SHORTEST = timedelta(minutes=5)


class OpinionKeeping(Keeper):
    """Keeps opinion maps, each server's apart from the others."""

    async def open(
        self,
        guild_id: int,
        by: int,
        question: str,
        *,
        intake: str,
        channel_id: int,
        closes_at: datetime,
        session: str = "",
    ) -> OpinionMap:
        """Open a map; its board is posted in the session's post, or else in the channel.

        The same act (`interaction:123`) delivered again finds the map it opened.

        Raises:
            BadPlan: the question is empty or too long, or it cannot close then.
            NoSuchSession: there is none, or it is over.
            TooManyMaps: the server has as many open as it can.
        """
        question = a_line(question, QUESTION_LIMIT, "opinion.bad.question")
        now = self._clock()
        closes_at = min(max(closes_at, now + SHORTEST), now + LONGEST)
        key = self._vault.fingerprint("opinion", "opened", guild_id, intake)

        async def work(store: AsyncSession) -> OpinionMap:
            row = await store.scalar(select(OpinionMapRow).where(OpinionMapRow.intake == key))
            if row is not None:
                return await whole(store, row)
            live = select(func.count()).where(
                OpinionMapRow.guild_id == guild_id, OpinionMapRow.state == State.OPEN
            )
            if (await store.scalar(live) or 0) >= MOST_OPEN:
                raise TooManyMaps(guild_id)
            held = await attachable(store, guild_id, session)
            person = await self._people.ensure(store, guild_id, by, now)
            row = OpinionMapRow(
                guild_id=guild_id,
                reference=await free_reference(store, guild_id, PREFIX, self._randomness, find),
                intake=key,
                session_id=None if held is None else held.id,
                question=question,
                state=State.OPEN,
                channel_id=(held and held.channel_id) or channel_id,
                opened_at=now,
                closes_at=closes_at,
                round=0,
                late=False,
                version=0,
            )
            store.add(row)
            await store.flush()
            await self._outbox.post(store, boards.at_once(boards.OPINION, row))
            await show_session(store, self._outbox, held, row.reference)
            detail = {"session": session} if session else {}
            await self._audit.record(
                store, guild_id, person.id, "opinion.opened", row.reference, detail
            )
            return await whole(store, row)

        return await self._store.write(work)

    async def map(self, guild_id: int, reference: str) -> OpinionMap:
        """Return a map.

        Raises:
            NoSuchMap: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> OpinionMap:
            return await whole(store, await self._row(store, guild_id, reference))

        return await self._store.read(work)

    async def maps(
        self, guild_id: int, *, session_id: int | None = None, limit: int = 50
    ) -> list[OpinionMap]:
        """Return a server's maps, or a session's, the latest first."""
        query = select(OpinionMapRow).where(OpinionMapRow.guild_id == guild_id)
        if session_id is not None:
            query = query.where(OpinionMapRow.session_id == session_id)

        async def work(store: AsyncSession) -> list[OpinionMap]:
            rows = await store.scalars(query.order_by(OpinionMapRow.id.desc()).limit(limit))
            return [await whole(store, row) for row in rows.all()]

        return await self._store.read(work)

    async def _row(
        self,
        store: AsyncSession,
        guild_id: int,
        reference: str,
        *,
        lock: bool = False,
        figures: bool = True,
    ) -> OpinionMapRow:
        row = await find(store, guild_id, reference, lock=lock, figures=figures)
        if row is None:
            raise NoSuchMap(reference)
        return row

    async def _open_row(
        self, store: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
    ) -> OpinionMapRow:
        """Return a map that can be said and voted something in, without its figures."""
        row = await self._row(store, guild_id, reference, lock=lock, figures=False)
        if row.state != State.OPEN or self._clock() >= row.closes_at:
            raise MapIsClosed(reference)
        return row
