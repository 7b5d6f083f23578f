"""What staff can do with concerns: open, claim, move, reply, close."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects, timing
from bot.concerns.acting import Acting
from bot.concerns.casefile import parts_of
from bot.concerns.model import (
    REPLY_LIMIT,
    Case,
    CloseReason,
    Delivery,
    Direction,
    SignedAs,
    State,
)
from bot.concerns.queue import FRESH
from bot.concerns.records import ConcernRow, LetterRow, find, staff_saw
from bot.concerns.troubles import (
    AlreadyClaimed,
    BadDraft,
    NoSuchConcern,
    NotAllowedMove,
)


class Triage(Acting):
    """The ledger, from staff's side."""

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
