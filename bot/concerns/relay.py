"""Letters after they were sent: edited, taken back, and following what their reader does.

A letter of staff's that is changed changes in the reporter's direct messages too, through the
outbox; one that still waits in the mailbox simply changes. What it said before is kept, sealed,
for staff. What a reporter changes or deletes of their own messages is followed at once, and their
earlier words are not kept: they are theirs to take back.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects, timing
from bot.concerns.attachments import FileKeeper
from bot.concerns.drafts import legible
from bot.concerns.finding.index import TokenIndex, texts_of
from bot.concerns.hearing import tell_claimant
from bot.concerns.keeping import PastLetterRow
from bot.concerns.merging import Casework
from bot.concerns.model import (
    REPLY_LIMIT,
    WHAT_LIMIT,
    Case,
    Delivery,
    Direction,
    Letter,
    SignedAs,
    State,
)
from bot.concerns.personal import NOTHING_LEFT
from bot.concerns.reading import letters_of
from bot.concerns.records import ConcernRow, EventRow, LetterRow, find
from bot.concerns.troubles import BadDraft, ConcernTrouble, NoSuchConcern
from bot.vault import KeyTrouble

LOOKED_BACK = timedelta(days=30)
MOST_CHANNELS = 100
"""What is caught up after the desk was away: so many people's direct messages, of so long."""


class TakenBack(ConcernTrouble):
    """The letter was taken back already."""


@dataclass
class SomebodyElses(ConcernTrouble):
    """It was written under another staff member's name, so only they may change its words."""

    by: int | None


@dataclass(frozen=True)
class Place:
    """Where in somebody's direct messages a letter stands."""

    channel_id: int
    message_id: int


@dataclass(frozen=True)
class Carried:
    """A letter in a courier's hands: the case, the letter, whom it is for, where it stands."""

    case: Case
    letter: Letter
    recipient: int
    place: Place | None


class Relay(Casework):
    """The ledger, from staff's side, with what may be done to a letter that was sent."""

    async def edit(
        self, guild_id: int, reference: str, by: int, letter_id: int, text: str, *, seen: int
    ) -> Case:
        """Change the words of a letter. `seen` is the revision that the staff member looked at.

        Whoever else was sent the same, because their concern is merged, gets the change too.

        Raises:
            BadDraft: the text is empty or too long, or its reader has erased themselves.
            ChangedMeanwhile: somebody changed it since.
            SomebodyElses: it is signed by another staff member.
            TakenBack: it was taken back.
            Excluded: this staff member keeps out of it.
            NoSuchConcern: this guild has no such reference, or the case no such letter.
        """
        written = text.strip()
        if not legible(written):
            raise BadDraft("triage.bad.empty_reply")
        if len(written) > REPLY_LIMIT:
            raise BadDraft("triage.bad.long_reply")

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            letter = await self._letter(session, row, letter_id)
            text_key = await self._reader.text_key(session, row)
            if text_key is None:
                raise BadDraft("triage.bad.erased")
            if letter.signed == SignedAs.NAMED and letter.by_id not in (None, person_id):
                raise SomebodyElses(await self._people.user_id(session, letter.by_id))
            if self._people.open(letter.content, text_key) == written:
                return
            if letter.revision != seen:
                raise await self._meanwhile(session, row)
            for concern, one in await self._same(session, row, letter):
                key = await self._reader.text_key(session, concern)
                if key is None:
                    continue
                self._keep_past(session, one, person_id)
                one.content = self._people.seal(written, key)
                one.edited_at = self._clock()
                if one.delivery == Delivery.SEEN:
                    one.delivery = Delivery.MAILBOX
                await self._changed_on_discord(session, concern, one)
            await self._record(session, row, "edited", person_id)

        return await self._changed(guild_id, reference, by, change, part=True)

    async def take_back(self, guild_id: int, reference: str, by: int, letter_id: int) -> Case:
        """Take a letter back: out of the mailbox, or out of the reporter's direct messages.

        If that leaves the reporter without any answer to what they wrote last, the case is in
        progress again, and its service clock runs: nobody waits for staff unnoticed.

        Raises:
            TakenBack: it was taken back already.
            Excluded: this staff member keeps out of it.
            NoSuchConcern: this guild has no such reference, or the case no such letter.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            letter = await self._letter(session, row, letter_id)
            for concern, one in await self._same(session, row, letter):
                self._keep_past(session, one, person_id)
                one.content = NOTHING_LEFT
                one.taken_back_at = self._clock()
                if one.delivery == Delivery.SEEN:
                    # They know of it, so they are shown that it is gone.
                    one.shown = max(one.shown, 1)
                if one.delivery in (Delivery.SEEN, Delivery.MAILBOX):
                    one.delivery = Delivery.TAKEN_BACK
                await self._changed_on_discord(session, concern, one)
            await self._record(session, row, "took_back", person_id)
            await self._unanswered(session, row, person_id)

        return await self._changed(guild_id, reference, by, change, part=True)

    async def _unanswered(self, session: AsyncSession, row: ConcernRow, person_id: int) -> None:
        """Let a case wait for staff again if no reply of theirs stands to what was written last."""
        standing = (LetterRow.concern_id == row.id, LetterRow.taken_back_at.is_(None))
        ours = LetterRow.direction == Direction.TO_REPORTER
        last = select(func.max(LetterRow.id)).where(*standing)
        answer = await session.scalar(last.where(ours))
        if answer is None:
            row.first_reply_at = None
        elif answer > (await session.scalar(last.where(~ours)) or 0):
            return
        if row.state in (State.WAITING, State.ANSWERED):
            await self._move(session, row, State.WORKING, person_id, silent=True)
        await timing.on_taken_back(session, row, self._clock())

    async def carried(self, guild_id: int, reference: str, letter_id: int) -> Carried | None:
        """Return a letter as it stands now, to deliver it; None if there is nobody to bring it to.

        Nobody knows who raised an anonymous concern, and who has erased themselves is not told.
        """
        try:
            case = await self.case(guild_id, reference)
            recipient = await self.reporter(guild_id, reference)
        except NoSuchConcern:
            return None
        found = next((one for one in case.letters if one.id == letter_id), None)
        if found is None or case.erased or case.anonymous:
            return None

        async def work(session: AsyncSession) -> bytes | None:
            return await session.scalar(select(LetterRow.place).where(LetterRow.id == letter_id))

        return Carried(case, found, recipient, self._opened(await self._store.read(work)))

    async def staffed(
        self, guild_id: int, reference: str, letter_id: int
    ) -> tuple[Case, Letter] | None:
        """Return a letter and its case, to tell staff of it; None if it is gone."""
        try:
            case = await self.case(guild_id, reference)
        except NoSuchConcern:
            return None
        found = next((one for one in case.letters if one.id == letter_id), None)
        return None if found is None else (case, found)

    async def brought(
        self,
        session: AsyncSession,
        carried: Carried,
        how: Delivery,
        place: Place | None,
    ) -> None:
        """Record, in the courier's transaction, what became of a letter; the card shows it.

        `place` is where it stands now, if it does: kept sealed, for a channel leads to a person.
        """
        row = await find(session, carried.case.guild_id, carried.case.reference, lock=True)
        letter = await session.get(LetterRow, carried.letter.id)
        if row is None or letter is None:
            return
        letter.delivery = how
        if how is Delivery.DELIVERED:
            letter.shown = max(carried.letter.revision, letter.shown)
        letter.place = None
        if place is not None and not (await self._erased(session, row)):
            where = json.dumps([place.channel_id, place.message_id])
            letter.place = self._vault.seal(where.encode())
        row.version += 1
        await session.flush()
        await self._outbox.post(session, effects.card(row))

    async def channels(self) -> dict[int, frozenset[int]]:
        """Return the direct messages in which letters of open cases stand, the latest first.

        For each channel: the ids of the messages that reporters sent there and that became
        letters. At most `MOST_CHANNELS`, of the last `LOOKED_BACK`.
        """
        since = self._clock() - LOOKED_BACK

        async def work(session: AsyncSession) -> list[tuple[bytes | None, str]]:
            found = await session.execute(
                select(LetterRow.place, LetterRow.direction)
                .join(ConcernRow, ConcernRow.id == LetterRow.concern_id)
                .where(
                    ConcernRow.state != State.CLOSED,
                    LetterRow.at >= since,
                    LetterRow.place.is_not(None),
                    LetterRow.taken_back_at.is_(None),
                )
                .order_by(LetterRow.id.desc())
                .limit(MOST_CHANNELS * 20)
            )
            return [(place, direction) for place, direction in found]

        channels: dict[int, set[int]] = {}
        for sealed, direction in await self._store.read(work):
            place = self._opened(sealed)
            if place is None:
                continue
            if place.channel_id not in channels and len(channels) >= MOST_CHANNELS:
                continue
            theirs = channels.setdefault(place.channel_id, set())
            if direction == Direction.FROM_REPORTER:
                theirs.add(place.message_id)
        return {channel: frozenset(theirs) for channel, theirs in channels.items()}

    async def rewritten(self, origin: str, text: str, *, files: Sequence[str] = ()) -> bool:
        """Follow a reporter who edited a message of theirs; say whether it was a letter.

        `origin` is what named the act that brought the letter (`message:123`); `files` the
        origins of the files that are still there.

        Raises:
            BadDraft: it is longer now than can be kept; the letter stays as it was.
        """
        written = text.strip()
        if len(written) > WHAT_LIMIT:
            raise BadDraft("concern.bad.long")

        async def work(session: AsyncSession) -> bool:
            found = await self._from_reporter(session, origin)
            if found is None:
                return False
            row, letter = found
            key = await self._reader.text_key(session, row)
            if letter.taken_back_at is not None or key is None or not letter.content:
                return True
            gone = await self._keeper.drop(session, letter.id, but=files)
            same = self._people.open(letter.content, key) == written
            if same and not gone:
                return True
            letter.content = self._people.seal(written, key)
            letter.edited_at = self._clock()
            letter.revision += 1
            letter.delivery = Delivery.PENDING
            await self._followed(session, row, "rewrote")
            await tell_claimant(session, self._outbox, row, letter)
            return True

        return await self._store.write(work)

    async def removed(self, origin: str) -> bool:
        """Follow a reporter who deleted a message of theirs; say whether it was a letter."""

        async def work(session: AsyncSession) -> bool:
            found = await self._from_reporter(session, origin)
            if found is None:
                return False
            row, letter = found
            if letter.taken_back_at is not None:
                return True
            letter.content = NOTHING_LEFT
            letter.taken_back_at = self._clock()
            letter.revision += 1
            letter.delivery = Delivery.SEEN
            await self._keeper.drop(session, letter.id)
            await self._followed(session, row, "removed")
            return True

        return await self._store.write(work)

    @property
    def _keeper(self) -> FileKeeper:
        return FileKeeper(self._people, self._vault, self._clock)

    async def _letter(self, session: AsyncSession, row: ConcernRow, letter_id: int) -> LetterRow:
        letter = await session.get(LetterRow, letter_id)
        outward = letter is not None and letter.direction == Direction.TO_REPORTER
        if letter is None or letter.concern_id != row.id or not outward:
            raise NoSuchConcern(row.reference)
        if letter.taken_back_at is not None:
            raise TakenBack
        return letter

    async def _same(
        self, session: AsyncSession, row: ConcernRow, letter: LetterRow
    ) -> list[tuple[ConcernRow, LetterRow]]:
        """Return a letter and those that repeat it for the reporters of merged concerns."""
        found = [(row, letter)]
        for copy in await letters_of(session, letter.id):
            concern = await session.get(ConcernRow, copy.concern_id, with_for_update=True)
            if concern is not None and copy.taken_back_at is None:
                found.append((concern, copy))
        return found

    def _keep_past(self, session: AsyncSession, letter: LetterRow, person_id: int) -> None:
        session.add(
            PastLetterRow(
                guild_id=letter.guild_id,
                concern_id=letter.concern_id,
                letter_id=letter.id,
                by_id=person_id,
                at=self._clock(),
                content=letter.content,
            )
        )
        letter.revision += 1

    async def _changed_on_discord(
        self, session: AsyncSession, row: ConcernRow, letter: LetterRow
    ) -> None:
        """Have the change brought to direct messages, if the letter is there or on its way."""
        if letter.delivery == Delivery.DELIVERED:
            letter.shown = max(letter.shown, 1)
            letter.delivery = Delivery.PENDING
        if letter.delivery == Delivery.PENDING:
            await session.flush()
            await self._outbox.post(session, effects.letter_changed(row, letter))

    async def _from_reporter(
        self, session: AsyncSession, origin: str
    ) -> tuple[ConcernRow, LetterRow] | None:
        key = self._vault.fingerprint("letter", origin)
        letter = await session.scalar(
            select(LetterRow).where(
                LetterRow.intake == key, LetterRow.direction == Direction.FROM_REPORTER
            )
        )
        if letter is None:
            return None
        about = await session.get_one(ConcernRow, letter.concern_id)
        row = await self._parts.find(session, about.guild_id, about.reference)
        return None if row is None else (row, letter)

    async def _followed(self, session: AsyncSession, row: ConcernRow, what: str) -> None:
        row.version += 1
        row.changed_at = self._clock()
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=row.changed_at,
                what=what,
                by_id=None,
                detail={},
            )
        )
        await session.flush()
        texts = await texts_of(session, self._people, row)
        await TokenIndex(self._vault).replace(session, row, texts)
        await self._outbox.post(session, effects.card(row))

    async def _erased(self, session: AsyncSession, row: ConcernRow) -> bool:
        return await self._reader.text_key(session, row) is None

    def _opened(self, place: bytes | None) -> Place | None:
        try:
            return None if place is None else Place(*json.loads(self._vault.unseal(place)))
        except KeyTrouble:
            return None
