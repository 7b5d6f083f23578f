"""Merging concerns about the same, and taking them apart again."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import timing
from bot.concerns.casefile import MergeRow, parts_of
from bot.concerns.conflicts import refuse_excluded, spread
from bot.concerns.model import MOVES, OPEN, Case, CloseReason, State, Told
from bot.concerns.naming import Naming
from bot.concerns.news import tell
from bot.concerns.parts import came_out, joined
from bot.concerns.records import ConcernRow, find
from bot.concerns.troubles import BadDraft, NoSuchConcern, NotAllowedMove


class Casework(Naming):
    """The whole of staff's side of the ledger."""

    async def merge(
        self, guild_id: int, reference: str, by: int, into: str, *, seen: int | None = None
    ) -> Case:
        """Make a concern part of another one (of the whole, if that is a part itself).

        Every reporter stays, with their own consent, and is told once, without the others. What
        staff write to the whole from now on reaches all of them.

        Raises:
            BadDraft: they are one already, or its reporter took it back, or the other is closed.
            Excluded, ChangedMeanwhile, IsMerged, NotAllowedMove, NoSuchConcern: as for any move.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            other = await find(session, guild_id, into, lock=True)
            if other is None:
                raise NoSuchConcern(into)
            whole = await self._parts.whole(session, other)
            await refuse_excluded(session, whole, [person_id])
            await refuse_excluded(session, other, [person_id])
            if whole.id == row.id:
                raise BadDraft("casework.bad.one_already")
            if whole.state == State.CLOSED:
                raise BadDraft("casework.bad.into_closed")
            if row.close_reason == CloseReason.WITHDRAWN or not row.content:
                raise BadDraft("casework.bad.taken_back")
            if State.MERGED not in MOVES[State(row.state)]:
                raise NotAllowedMove(State(row.state), State.MERGED)
            alone = not await parts_of(session, [whole.id])
            session.add(
                MergeRow(
                    concern_id=row.id,
                    guild_id=guild_id,
                    into_id=whole.id,
                    was_state=row.state,
                    was_reason=row.close_reason,
                    into_priority=whole.priority,
                    into_urgent=whole.urgent,
                    at=self._clock(),
                )
            )
            row.state, row.close_reason = State.MERGED, None
            joined(whole, row)
            await timing.on_moved(session, row, self._clock())
            await session.flush()
            await self._parts.reopened(session, row, person_id)
            await spread(session, [whole, *await self._parts.rows(session, whole)])
            await self._record(session, row, "merged", person_id, {"into": whole.reference})
            await self._parts.note(session, whole, "took_in", person_id, {"part": row.reference})
            await self._tell(session, row, Told.MERGED, once=f"merged:{row.version}")
            if alone:
                await self._tell(session, whole, Told.MERGED, once=f"merged:{whole.version}")

        return await self._changed(guild_id, reference, by, change, seen=seen, other=into)

    async def split(
        self, guild_id: int, reference: str, by: int, *, seen: int | None = None
    ) -> Case:
        """Take a concern out of the one it is part of: it stands again where it stood before.

        Raises:
            BadDraft: it is part of none.
            Excluded, ChangedMeanwhile, NoSuchConcern: as for any move.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            merge = await session.get(MergeRow, row.id)
            if merge is None:
                raise BadDraft("casework.bad.no_part")
            whole = await session.get(ConcernRow, merge.into_id, with_for_update=True)
            told = row.state == State.MERGED
            if told:
                came_out(row, merge)
                await timing.on_came_out(session, row, self._clock())
            await self._parts.forget(session, merge)
            name = "" if whole is None else whole.reference
            await self._record(session, row, "split", person_id, {"from": name})
            if whole is not None:
                await self._parts.note(
                    session, whole, "let_out", person_id, {"part": row.reference}
                )
            if told:
                await self._tell(session, row, Told.SPLIT, once=f"split:{row.version}")
            if (
                whole is not None
                and whole.state in OPEN
                and not await parts_of(session, [whole.id])
            ):
                await self._tell(session, whole, Told.SPLIT, once=f"split:{whole.version}")

        return await self._changed(guild_id, reference, by, change, seen=seen, part=True)

    async def _tell(
        self, session: AsyncSession, row: ConcernRow, what: Told, *, once: str = ""
    ) -> None:
        await tell(session, self._outbox, row, what, at=self._clock(), once=once)
