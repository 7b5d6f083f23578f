"""What staff can do with concerns: open, claim, move, reply, close."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects, timing
from bot.concerns.casefile import parts_of
from bot.concerns.conflicts import refuse_excluded
from bot.concerns.joining.news import tell_voices
from bot.concerns.model import (
    MOVES,
    REPLY_LIMIT,
    Case,
    CloseReason,
    Delivery,
    Direction,
    SignedAs,
    State,
    Told,
)
from bot.concerns.news import tell
from bot.concerns.parts import ConcernChanged, Parts, unheard
from bot.concerns.queue import FRESH, Queue
from bot.concerns.reading import CaseReader
from bot.concerns.records import IS_OPEN, ConcernRow, EventRow, LetterRow, find, staff_saw
from bot.concerns.troubles import (
    AlreadyClaimed,
    BadDraft,
    ChangedMeanwhile,
    IsMerged,
    NoSuchConcern,
    NotAllowedMove,
)
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

T = TypeVar("T")
_TOLD = {
    State.READ: Told.READ,
    State.WORKING: Told.READ,
    State.CLOSED: Told.CLOSED,
    State.REOPENED: Told.REOPENED,
}
"""What reporters are told when staff move a concern there."""

Change = Callable[[AsyncSession, ConcernRow, int], Awaitable[T]]


class Triage(Queue):
    """The ledger, from staff's side."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(store, CaseReader(people), people, clock)
        self._parts = Parts(outbox, people, clock)
        self.on_changed: ConcernChanged = unheard
        self._outbox = outbox
        self._audit = audit
        self._vault = vault
        self._clock = clock

    async def case(self, guild_id: int, reference: str, *, by: int | None = None) -> Case:
        """Return a case as it stands, to the desk itself or to staff member `by`.

        Raises:
            Excluded: they keep out of it.
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchConcern(reference)
            if by is not None:
                ids = await self._people.ids_of(session, [guild_id], by)
                await refuse_excluded(session, row, ids)
            return await self._reader.case(session, row)

        return await self._store.read(work)

    async def open(self, guild_id: int, reference: str, by: int) -> Case:
        """Return a case to the staff member who opens it; a received one is read from now on.

        The audit says who opened it, each time.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if row.state == State.RECEIVED:
                await self._move(session, row, State.READ, person_id)
            for one in (row.id, *await parts_of(session, [row.id])):
                await staff_saw(session, one)
            await self._audit.record(session, guild_id, person_id, "concern.opened", row.reference)

        return await self._changed(guild_id, reference, by, change, part=True)

    async def read_out(self, guild_id: int, reference: str) -> Case:
        """Return a case to whoever runs the desk, at the terminal; the audit says so.

        Raises:
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchConcern(reference)
            detail = {"at": "terminal"}
            await self._audit.record(session, guild_id, None, "concern.opened", reference, detail)
            return await self._reader.case(session, row)

        return await self._store.write(work)

    async def claim(self, guild_id: int, reference: str, by: int) -> Case:
        """Make a case this staff member's. Claiming one's own again changes nothing.

        Raises:
            AlreadyClaimed: somebody else has it; says who.
            NotAllowedMove: it is closed.
            NoSuchConcern: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if row.claimed_by_id == person_id:
                return
            if row.claimed_by_id is not None:
                holder = await self._people.user_id(session, row.claimed_by_id)
                if holder is not None:
                    raise AlreadyClaimed(holder)
            if row.state == State.CLOSED:
                raise NotAllowedMove(State.CLOSED, State.WORKING)
            row.claimed_by_id = person_id
            if State(row.state) in FRESH:
                await self._move(session, row, State.WORKING, person_id)
            await self._record(session, row, "claimed", person_id)

        return await self._changed(guild_id, reference, by, change)

    async def release(self, guild_id: int, reference: str, by: int) -> Case:
        """Let go of a case, so that somebody else can claim it.

        Raises:
            AlreadyClaimed: it is somebody else's.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if row.claimed_by_id is None:
                return
            if row.claimed_by_id != person_id:
                holder = await self._people.user_id(session, row.claimed_by_id)
                raise AlreadyClaimed(holder or 0)
            row.claimed_by_id = None
            await self._record(session, row, "released", person_id)

        return await self._changed(guild_id, reference, by, change)

    async def move(
        self,
        guild_id: int,
        reference: str,
        by: int,
        to: State,
        *,
        reason: CloseReason | None = None,
        seen: int | None = None,
    ) -> Case:
        """Move a case to another state; closing needs a reason, and the reporter is told it.

        `seen` is how many events the case had when the staff member looked at it: a letter that
        was delivered since is no reason to stop them.

        Raises:
            NotAllowedMove: the state machine has no such move; names those it has.
            ChangedMeanwhile: something happened to it since; says where it stands and who did it.
            NoSuchConcern: this guild has no such reference.
        """
        if (to is State.CLOSED) != (reason is not None):
            raise ValueError("closing takes a reason, and nothing else does")

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if seen is not None and seen != await self._happened(session, row):
                raise await self._meanwhile(session, row)
            if to is State.MERGED:
                raise NotAllowedMove(State(row.state), to)
            await self._move(session, row, to, person_id, reason)
            if to is State.CLOSED:
                await self._parts.closed(session, row, person_id)
                await self.on_changed(session, row.id)
            elif to is State.REOPENED:
                await self._parts.reopened(session, row, person_id)

        return await self._changed(guild_id, reference, by, change)

    async def reply(
        self,
        guild_id: int,
        reference: str,
        by: int,
        text: str,
        *,
        intake: str,
        then: State = State.ANSWERED,
        signed: SignedAs = SignedAs.DESK,
        signature: str = "",
    ) -> Case:
        """Write to the reporter. The letter is kept before it is sent, and sent exactly once.

        `intake` names the act (`interaction:123`), so that its repetition writes no second letter.
        `then` is the state afterwards: answered, waiting on the reporter, or working. `signature`
        is the name, of a person or a role, that the reporter reads above it; the desk has none.

        Raises:
            BadDraft: the text is empty or too long.
            NotAllowedMove: it is closed.
            NoSuchConcern: this guild has no such reference.
        """
        written = text.strip()
        if not any(character.isprintable() and not character.isspace() for character in written):
            raise BadDraft("triage.bad.empty_reply")
        if len(written) > REPLY_LIMIT:
            raise BadDraft("triage.bad.long_reply")
        key = self._vault.fingerprint("letter", intake)

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if await session.scalar(select(LetterRow.id).where(LetterRow.intake == key)):
                return
            if row.state == State.CLOSED:
                raise NotAllowedMove(State.CLOSED, then)
            text_key = await self._reader.text_key(session, row)
            if text_key is None:
                raise BadDraft("triage.bad.erased")
            anonymous = await self._reader.anonymous(session, row)
            letter = LetterRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                intake=key,
                direction=Direction.TO_REPORTER,
                by_id=person_id,
                content=self._people.seal(written, text_key),
                at=self._clock(),
                delivery=Delivery.MAILBOX if anonymous else Delivery.PENDING,
                signed=signed,
                signature=self._people.seal(signature, text_key) if signature else None,
            )
            session.add(letter)
            await session.flush()
            await self._parts.copies(
                session, row, letter, written, self._vault, signature=signature
            )
            for one in (row.id, *await parts_of(session, [row.id])):
                await staff_saw(session, one)
            if row.claimed_by_id is None:
                row.claimed_by_id = person_id
            if row.state != then:
                await self._move(session, row, then, person_id, silent=True)
            await timing.on_replied(session, row, letter.at)
            await self._record(session, row, "replied", person_id)
            if not anonymous:
                await self._outbox.post(session, effects.letter(row, letter))

        return await self._changed(guild_id, reference, by, change)

    async def reporter(self, guild_id: int, reference: str) -> int:
        """Return who raised a concern: read only to deliver to that person.

        Raises:
            NoSuchConcern: there is no such concern, or its reporter has erased themselves.
        """

        async def work(session: AsyncSession) -> int:
            row = await find(session, guild_id, reference)
            who = None if row is None else await self._people.user_id(session, row.reporter_id)
            if who is None:
                raise NoSuchConcern(reference)
            return who

        return await self._store.read(work)

    async def refresh_cards(
        self, guild_id: int, references: list[str] | None = None, *, again: str
    ) -> int:
        """Ask for the cards of these (or all open) concerns to be brought up to date.

        `again` names the occasion, such as a start of the desk; the same occasion asks once.
        A card that waits to be delivered is not asked for again, or each start would double what
        an earlier one left behind.
        """

        async def work(session: AsyncSession) -> int:
            query = select(ConcernRow).where(ConcernRow.guild_id == guild_id)
            query = query.where(
                IS_OPEN if references is None else ConcernRow.reference.in_(references)
            )
            rows = list(await session.scalars(query.order_by(ConcernRow.id)))
            wanted = [effects.card(row, again=f":{again}") for row in rows]
            coming = await self._outbox.hasten(session, [one.lane for one in wanted])
            await self._outbox.post(session, *(one for one in wanted if one.lane not in coming))
            return len(rows)

        return await self._store.write(work)

    async def _changed(
        self,
        guild_id: int,
        reference: str,
        by: int,
        change: Change[None],
        *,
        seen: int | None = None,
        part: bool = False,
        other: str = "",
    ) -> Case:
        """Run a change on a locked case; if it changed anything, the card follows.

        `seen` is how many events it had when the staff member looked at it; `part` says that the
        change is for concerns that are part of another one, too; `other` is a second case that it
        changes, locked with the first one.

        Raises:
            Excluded: this staff member keeps out of it.
            IsMerged: it is part of another concern.
            ChangedMeanwhile: something happened to it since.
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            if other:
                await self._parts.lock(session, guild_id, [reference, other])
            row = await self._parts.find(session, guild_id, reference)
            if row is None:
                raise NoSuchConcern(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await refuse_excluded(session, row, [person.id])
            if row.state == State.MERGED and not part:
                raise IsMerged((await self._parts.whole(session, row)).reference)
            if seen is not None and seen != await self._happened(session, row):
                raise await self._meanwhile(session, row)
            before, stood = row.version, row.state
            await change(session, row, person.id)
            if row.version != before:
                row.version = before + 1
                row.changed_at = self._clock()
                await session.flush()
                await self._outbox.post(session, effects.card(row))
                await tell_voices(session, self._outbox, row, stood)
            return await self._reader.case(session, row)

        return await self._store.write(work)

    async def _move(
        self,
        session: AsyncSession,
        row: ConcernRow,
        to: State,
        person_id: int,
        reason: CloseReason | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Move a case; its reporter is told, unless a letter tells them more (`silent`)."""
        now = State(row.state)
        if to not in MOVES[now]:
            raise NotAllowedMove(now, to)
        row.state = to
        row.close_reason = reason
        detail = {"from": str(now), "to": str(to)} | ({} if reason is None else {"reason": reason})
        await self._record(session, row, "moved", person_id, detail)
        await timing.on_moved(session, row, self._clock())
        told = _TOLD.get(to)
        if told is Told.READ and now is not State.RECEIVED:
            told = None
        if told is not None and not silent:
            once = "" if told is Told.READ else f"{told}:{row.version}"
            why = {} if reason is None else {"reason": str(reason)}
            await tell(session, self._outbox, row, told, at=self._clock(), once=once, detail=why)

    async def _record(
        self,
        session: AsyncSession,
        row: ConcernRow,
        what: str,
        person_id: int,
        detail: dict[str, str] | None = None,
    ) -> None:
        row.version += 1
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=self._clock(),
                what=what,
                by_id=person_id,
                detail=detail or {},
            )
        )
        await session.flush()
        await self._audit.record(
            session, row.guild_id, person_id, f"concern.{what}", row.reference, detail
        )

    async def _happened(self, session: AsyncSession, row: ConcernRow) -> int:
        query = select(func.count()).where(EventRow.concern_id == row.id)
        return await session.scalar(query) or 0

    async def _meanwhile(self, session: AsyncSession, row: ConcernRow) -> ChangedMeanwhile:
        last = await session.scalar(
            select(EventRow.by_id)
            .where(EventRow.concern_id == row.id)
            .order_by(EventRow.id.desc())
            .limit(1)
        )
        who = None if last is None else await self._people.user_id(session, last)
        return ChangedMeanwhile(State(row.state), who)
