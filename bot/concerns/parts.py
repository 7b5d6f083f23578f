"""Merged concerns: what happens to a whole when a part changes, and to the parts with the whole.

A concern that is merged keeps its reporter, their words and what they allow. Whoever changes
several locks the whole first and its parts after it, in the order of their row ids.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, to_the_hour
from bot.concerns import effects, timing
from bot.concerns.casefile import MergeRow, parts_of, whole_of
from bot.concerns.conflicts import gather
from bot.concerns.locking import lock_all, locked
from bot.concerns.model import REPORTER_MOVES, CloseReason, Delivery, Direction, State, Told
from bot.concerns.news import tell
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, EventRow, LetterRow, find
from bot.concerns.troubles import NotAllowedMove
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

ConcernChanged = Callable[[AsyncSession, int], Awaitable[None]]
"""Hears, in the transaction that does it, that less may be done with a concern (its row id)."""


async def unheard(_session: AsyncSession, _concern_id: int) -> None:
    """Nobody asked to hear of it."""


class Parts:
    """Keeps wholes and parts in step, within the caller's unit of work."""

    def __init__(
        self, outbox: Outbox, people: People, clock: Clock, *, coarse: bool = False
    ) -> None:
        self._outbox = outbox
        self._people = people
        self._clock: Clock = (lambda: to_the_hour(clock())) if coarse else clock
        self._coarse = coarse
        """Whoever acts is anonymous: the minute could give them away."""
        self._reader = Reader(people)

    async def find(self, session: AsyncSession, guild_id: int, reference: str) -> ConcernRow | None:
        """Return a reference's row locked, the whole it is part of locked before it."""
        await self.lock(session, guild_id, [reference])
        return await find(session, guild_id, reference, lock=True)

    async def lock(self, session: AsyncSession, guild_id: int, references: Sequence[str]) -> None:
        """Lock several concerns, all wholes that they are part of before them.

        Whoever changes merged concerns takes their whole first, so nobody waits crosswise.
        """
        query = select(ConcernRow.id).where(
            ConcernRow.guild_id == guild_id, ConcernRow.reference.in_(references)
        )
        await lock_all(session, list(await session.scalars(query)))

    async def whole(self, session: AsyncSession, row: ConcernRow) -> ConcernRow:
        """Return the concern that staff work on for this one, locked; itself if it is no part."""
        return await self._top(session, row.id) or row

    async def rows(self, session: AsyncSession, row: ConcernRow) -> list[ConcernRow]:
        """Return all parts of a concern, and theirs, locked."""
        ids = await parts_of(session, [row.id])
        return [one for one in [await locked(session, id_) for id_ in sorted(ids)] if one]

    async def _top(self, session: AsyncSession, concern_id: int) -> ConcernRow | None:
        """Return, locked, what this concern is part of in the end; None if of nothing."""
        top = await whole_of(session, concern_id)
        return None if top == concern_id else await locked(session, top)

    async def wrote(self, session: AsyncSession, row: ConcernRow) -> None:
        """Move on what waited for this reporter: their concern, or the one it is part of.

        Raises:
            NotAllowedMove: it is closed.
        """
        if row.state == State.CLOSED:
            raise NotAllowedMove(State.CLOSED, State.WORKING)
        whole = await self.whole(session, row) if row.state == State.MERGED else row
        if State.WORKING in REPORTER_MOVES[State(whole.state)]:
            whole.state = State.WORKING
        if whole is not row:
            await timing.on_wrote(session, whole, self._clock())
            await self._show(session, whole)

    async def copies(
        self,
        session: AsyncSession,
        row: ConcernRow,
        letter: LetterRow,
        text: str,
        vault: Vault,
        *,
        signature: str = "",
    ) -> None:
        """Write a letter to the reporter of each part as well; none of them sees the others."""
        for part in await self.rows(session, row):
            key = await self._reader.text_key(session, part)
            if part.state != State.MERGED or key is None:
                continue
            anonymous = await self._reader.anonymous(session, part)
            copy = LetterRow(
                concern_id=part.id,
                guild_id=part.guild_id,
                intake=vault.fingerprint("copy", letter.id, part.id),
                direction=Direction.TO_REPORTER,
                by_id=letter.by_id,
                content=self._people.seal(text, key),
                at=letter.at,
                delivery=Delivery.MAILBOX if anonymous else Delivery.PENDING,
                copy_of_id=letter.id,
                signed=letter.signed,
                signature=self._people.seal(signature, key) if signature else None,
            )
            session.add(copy)
            await session.flush()
            await self._show(session, part)
            if not anonymous:
                await self._outbox.post(session, effects.letter(part, copy))

    async def closed(self, session: AsyncSession, row: ConcernRow, by_id: int | None) -> None:
        """Close the parts of a concern that was closed; their reporters are told as well."""
        for part in await self.rows(session, row):
            if part.state != State.MERGED:
                continue
            part.state, part.close_reason = State.CLOSED, row.close_reason
            detail = {"from": str(State.MERGED), "to": str(State.CLOSED)}
            await self.note(
                session, part, "moved", by_id, detail | {"reason": row.close_reason or ""}
            )
            told, why = f"closed:{part.version}", {"reason": row.close_reason or ""}
            at = self._clock()
            await tell(session, self._outbox, part, Told.CLOSED, at=at, once=told, detail=why)

    async def reopened(self, session: AsyncSession, row: ConcernRow, by_id: int | None) -> None:
        """Take the parts along that were closed with a concern that is opened again."""
        for part in await self.rows(session, row):
            if part.state != State.CLOSED or part.close_reason == CloseReason.WITHDRAWN:
                continue
            if not part.content:
                continue
            part.state, part.close_reason = State.MERGED, None
            detail = {"from": str(State.CLOSED), "to": str(State.MERGED)}
            await self.note(session, part, "moved", by_id, detail)
            told, at = f"reopened:{part.version}", self._clock()
            await tell(session, self._outbox, part, Told.REOPENED, at=at, once=told)

    async def out(self, session: AsyncSession, row: ConcernRow) -> None:
        """Let a concern be part of nothing any more; its state is for the caller to say."""
        merge = await session.get(MergeRow, row.id)
        if merge is not None:
            whole = await self.whole(session, row)
            await self.forget(session, merge)
            await self._show(session, whole)

    async def left(self, session: AsyncSession, row: ConcernRow) -> None:
        """Let go of a concern that its reporter took back.

        What was part of it stands where it stood before: other people's concerns do not go away
        with one person's.
        """
        await self.out(session, row)
        merges = await session.scalars(select(MergeRow).where(MergeRow.into_id == row.id))
        for one in list(merges):
            part = await session.get(ConcernRow, one.concern_id, with_for_update=True)
            if part is not None and part.state == State.MERGED:
                came_out(part, one)
                await timing.on_came_out(session, part, self._clock())
                await self.note(session, part, "split", None, {"from": row.reference})
                once, at = f"split:{part.version}", self._clock()
                await tell(session, self._outbox, part, Told.SPLIT, at=at, once=once)
            await self.forget(session, one)

    async def forget(self, session: AsyncSession, merge: MergeRow) -> None:
        """Undo one merge; the whole is as urgent as it was, or as what is still part of it."""
        await session.execute(delete(MergeRow).where(MergeRow.concern_id == merge.concern_id))
        session.expunge(merge)
        whole = await session.get(ConcernRow, merge.into_id, with_for_update=True)
        part = await session.get(ConcernRow, merge.concern_id)
        if whole is None or part is None:
            return
        inside = [part.id, *await parts_of(session, [part.id])]
        top = await self.whole(session, whole)
        outside = [top.id, *await parts_of(session, [top.id])]
        await gather(session, inside, outside)
        if whole.priority != min(merge.into_priority, part.priority):
            # Somebody chose another priority since.
            return
        rest = [one for one in await self.rows(session, whole) if one.state == State.MERGED]
        now = [(merge.into_priority, merge.into_urgent)]
        now += [(one.priority, one.urgent) for one in rest]
        whole.priority, whole.urgent = min(now, key=lambda one: one[0])
        await timing.on_prioritized(session, whole, self._clock())

    async def note(
        self,
        session: AsyncSession,
        row: ConcernRow,
        what: str,
        by_id: int | None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """Write into a concern's history, and bring its card up to date."""
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=self._clock(),
                what=what,
                by_id=by_id,
                detail=detail or {},
            )
        )
        await self._show(session, row)

    async def _show(self, session: AsyncSession, row: ConcernRow) -> None:
        row.version += 1
        row.changed_at = max(row.changed_at, self._clock())
        await session.flush()
        await self._outbox.post(session, replace(effects.card(row), coarse=self._coarse))


def came_out(part: ConcernRow, merge: MergeRow) -> None:
    """Put a part back where it stood before it was merged."""
    part.state, part.close_reason = merge.was_state, merge.was_reason


def joined(whole: ConcernRow, part: ConcernRow) -> None:
    """Let a whole be as urgent as the most urgent of its parts, and due as early as they are."""
    if part.priority < whole.priority:
        whole.priority, whole.urgent = part.priority, part.urgent
    if part.due_at is not None and (whole.due_at is None or part.due_at < whole.due_at):
        whole.due_at, whole.clock_from = part.due_at, part.clock_from
        whole.clock_left = part.clock_left
