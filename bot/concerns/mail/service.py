"""The e-mail door: what comes in is taken once, and nothing that a person wrote is lost.

One message is one transaction: what it comes to, and that it was taken, are committed together.
Whoever moves the message out of the way does so after that (bot/concerns/mail/boxes.py).
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cleaning import CleanFile, Unfit, cleaned
from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.attachments import MOST_A_LETTER
from bot.concerns.changing import OwnConcerns
from bot.concerns.drafts import checked, legible
from bot.concerns.mail.message import Mail, raw_text, read_mail
from bot.concerns.mail.model import TEXT_LIMIT, Outcome, Why
from bot.concerns.mail.naming import named_by
from bot.concerns.mail.quoting import answer_of
from bot.concerns.mail.recognize import Machine, Recognized, recognize, wants_no_receipt
from bot.concerns.mail.records import HeldRow, TakenRow
from bot.concerns.model import CloseReason, Delivery, Direction, Door, Draft, Kind, State
from bot.concerns.records import ConcernRow, EventRow, LetterRow, find
from bot.concerns.troubles import BadDraft, NoSuchConcern, NotAllowedMove, TooLate, TooMany
from bot.ids import Randomness, new_reference
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import Address, People, Person
from bot.throttle import Throttle
from bot.vault import Vault

PREFIX = "M"
NOTHING_TO_READ = "(no text)"
WITHDRAW = frozenset({"withdraw", "please withdraw", "retirer", "je retire", "retirez"})
"""What the first line of an answer says, alone, to take a concern back."""

_RECEIPTS = 5
"""Receipts that one address gets in an hour: a sender can be forged, and must not be flooded."""
_KNOWN_TYPES = 120

log = structlog.stdlib.get_logger(__name__)


class MailIntake(OwnConcerns):
    """Takes messages in."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        clock: Clock,
        randomness: Randomness,
        *,
        per_hour: int,
        mails_per_hour: int,
        own_address: str = "",
        keeps_files: bool = False,
    ) -> None:
        super().__init__(store, outbox, people, vault, clock, randomness, per_hour=per_hour)
        hour = timedelta(hours=1)
        self._mails_per_hour = mails_per_hour
        self._own_address = own_address.lower()
        self._keeps_files = keeps_files
        # A picture may take 200 MB while it is decoded: one at a time.
        self._one = asyncio.Semaphore(1)
        self._came = Throttle(clock, each=mails_per_hour, everybody=mails_per_hour, per=hour)
        self._thanked = Throttle(clock, each=_RECEIPTS, everybody=mails_per_hour, per=hour)

    async def take(self, guild_id: int, raw: bytes) -> Outcome:
        """Take a message; when this returns it is committed, and may be moved out of the way.

        Raises:
            TooMany: too much came lately; it can be taken later.
            StoreUnavailable: nothing was kept.
        """
        if self._came.full("mail"):
            raise TooMany(self._mails_per_hour)
        mail = await asyncio.to_thread(_readable, raw)
        digest = mail.digest if mail is not None else raw_text(raw)
        key = self._vault.fingerprint("mail", guild_id, digest)
        machine = None if mail is None else recognize(mail)
        files, left = list[CleanFile](), list[str]()
        if mail is not None and machine is None and mail.sender is not None:
            await self._prepare(guild_id, mail, key)
            files, left = await self._cleaned(mail, key)

        async def work(session: AsyncSession) -> Outcome:
            if await session.get(TakenRow, key) is not None:
                return Outcome.REPEATED
            what = await self._take(session, guild_id, raw, mail, machine, key, files, left)
            session.add(TakenRow(intake=key, guild_id=guild_id, what=what, at=self._clock()))
            await session.flush()
            return what

        try:
            outcome = await self._store.write(work)
        except IntegrityError:
            # Another process took the same message at the same instant.
            outcome = await self._store.write(work)
        self._came.count("mail")
        log.info("mail.taken", outcome=str(outcome), guild=guild_id)
        return outcome

    async def _cleaned(self, mail: Mail, key: str) -> tuple[list[CleanFile], list[str]]:
        """Return what is attached as it may be kept, and the types of what may not."""
        files, left = list[CleanFile](), list[str]()
        for number, (kind, data) in enumerate(zip(mail.attachments, mail.files, strict=True)):
            if not self._keeps_files or len(files) >= MOST_A_LETTER:
                left.append(kind)
                continue
            try:
                async with self._one:
                    origin = f"mail:{key}:{number}"
                    files.append(await asyncio.to_thread(cleaned, data, origin=origin))
            except Unfit:
                left.append(kind)
        return files, left

    async def _prepare(self, guild_id: int, mail: Mail, key: str) -> None:
        """Do what has to be done to a concern before an answer to it can be added.

        Both may be repeated: withdrawing twice, or opening what is open, changes nothing.
        """
        sender = mail.sender
        if sender is None:
            return

        async def look(session: AsyncSession) -> tuple[ConcernRow | None, bool]:
            if await session.get(TakenRow, key) is not None:
                return None, False
            return await self._answered(session, guild_id, mail, sender)

        row, proven = await self._store.read(look)
        if row is None:
            return
        if proven and _withdraws(mail):
            await self.withdraw(
                guild_id=guild_id,
                user_id=sender,
                reference=row.reference,
                intake=f"mail:{key}",
                receipt=self._address(mail),
            )
        elif row.state == State.CLOSED and row.close_reason != CloseReason.WITHDRAWN:
            try:
                await self.reopen(
                    guild_id=guild_id,
                    user_id=sender,
                    reference=row.reference,
                    intake=f"mail:{key}",
                )
            except (TooLate, BadDraft, NotAllowedMove, NoSuchConcern):
                return

    async def _take(
        self,
        session: AsyncSession,
        guild_id: int,
        raw: bytes,
        mail: Mail | None,
        machine: Recognized | None,
        key: str,
        files: Sequence[CleanFile],
        left: Sequence[str],
    ) -> Outcome:
        if mail is None:
            await self._hold(session, guild_id, raw, key, None, Why.UNREADABLE)
            return Outcome.HELD
        if machine is not None and machine.machine is Machine.BOUNCE:
            for message_id in machine.failed:
                await self._bounced(session, guild_id, message_id)
            return Outcome.BOUNCE
        if machine is not None and machine.machine is Machine.AUTO:
            return Outcome.AUTO
        if mail.sender is not None and str(mail.sender) == self._own_address:
            return Outcome.AUTO
        if mail.sender is None or machine is not None:
            why = Why.SENDER if mail.sender is None else Why.LIST
            await self._hold(session, guild_id, raw, key, mail.sender, why)
            return Outcome.HELD
        return await self._from_person(session, guild_id, raw, mail, mail.sender, key, files, left)

    async def _from_person(
        self,
        session: AsyncSession,
        guild_id: int,
        raw: bytes,
        mail: Mail,
        sender: Address,
        key: str,
        files: Sequence[CleanFile],
        left: Sequence[str],
    ) -> Outcome:
        row, proven = await self._answered(session, guild_id, mail, sender, lock=True)
        if row is not None and proven and _withdraws(mail):
            return Outcome.WITHDRAWN
        text = _said(answer_of(mail.text) if proven or mail.tokens else mail.text)
        if not text and not mail.subject and not mail.attachments and not mail.encrypted:
            return Outcome.EMPTY
        why = Why.ENCRYPTED if mail.encrypted else Why.LONG if len(text) > TEXT_LIMIT else None
        detail = _detail(left)
        if row is not None and row.state != State.CLOSED:
            shown = text or mail.subject or NOTHING_TO_READ
            confirm = self._address(mail) if left and self._may_thank(mail) else None
            await self._add(session, row, shown[:TEXT_LIMIT], key, confirm, detail, files=files)
            outcome = Outcome.ADDED
        else:
            what = "\n\n".join(part for part in (mail.subject, text) if part) or NOTHING_TO_READ
            draft = checked(
                Draft(Kind.OTHER, what[:TEXT_LIMIT], about=next(iter(mail.tokens), "")), TEXT_LIMIT
            )
            confirm = self._address(mail) if self._may_thank(mail) else None
            receipt = await self._raise(
                session, guild_id, sender, draft, key, Door.MAIL, confirm, detail
            )
            row = await find(session, guild_id, receipt.reference)
            text_key = None if row is None else await self._reader.text_key(session, row)
            if row is not None and text_key is not None:
                await self._files.keep(session, row, None, files, text_key)
            outcome = Outcome.RAISED
        if why is not None and row is not None:
            await self._hold(session, guild_id, raw, key, sender, why, row)
        return outcome

    async def _answered(
        self,
        session: AsyncSession,
        guild_id: int,
        mail: Mail,
        sender: Address,
        *,
        lock: bool = False,
    ) -> tuple[ConcernRow | None, bool]:
        """Return the sender's own concern that a message answers, and whether that is proven.

        Proven is that they had a letter of the desk's about it. A reference in the subject is
        enough to add to one's own concern, never to get at somebody else's.
        """
        named = [named_by(self._vault, guild_id, one) for one in mail.references]
        proven = [one.reference for one in named if one is not None]
        mine = await self._people.ids_of(session, [guild_id], sender)
        for reference in dict.fromkeys([*mail.tokens, *reversed(proven)]):
            look = self._parts.find if lock else find
            row = await look(session, guild_id, reference)
            if row is not None and row.reporter_id in mine:
                return row, reference in proven
        return None, False

    async def _bounced(self, session: AsyncSession, guild_id: int, message_id: str) -> None:
        """Note that a letter of the desk's came back; the card and a notice say so, once."""
        named = named_by(self._vault, guild_id, message_id)
        row = None if named is None else await find(session, guild_id, named.reference, lock=True)
        if named is None or row is None:
            return
        known = await session.scalars(
            select(EventRow.detail).where(EventRow.concern_id == row.id, EventRow.what == "bounced")
        )
        if any(detail.get("letter") == named.what for detail in known):
            return
        if named.letter_id is not None:
            await self._undelivered(session, row, named.letter_id)
        await self._note_bounce(session, row, named.what)

    async def _undelivered(self, session: AsyncSession, row: ConcernRow, letter_id: int) -> None:
        await session.execute(
            update(LetterRow)
            .where(
                LetterRow.id == letter_id,
                LetterRow.concern_id == row.id,
                LetterRow.direction == Direction.TO_REPORTER,
            )
            .values(delivery=Delivery.BOUNCED)
        )

    async def _note_bounce(self, session: AsyncSession, row: ConcernRow, what: str) -> None:
        self._noted(session, row, "bounced", {"letter": what})
        await session.flush()
        await self._outbox.post(
            session,
            effects.card(row),
            staff_notice(
                row.guild_id,
                "notice.mail.bounced",
                once=f"bounced:{row.reference}:{what}",
                reference=row.reference,
            ),
        )

    async def _hold(
        self,
        session: AsyncSession,
        guild_id: int,
        raw: bytes,
        key: str,
        sender: Address | None,
        why: Why,
        concern: ConcernRow | None = None,
    ) -> None:
        """Keep a message whole, sealed under its sender's key, and tell staff that it waits."""
        now = self._clock()
        person: Person
        if sender is not None:
            person = await self._people.ensure(session, guild_id, sender, now)
        else:
            person = await self._people.new_unknown(session, guild_id, key, now)
        text_key = await self._people.ensure_text_key(session, person)
        session.add(
            HeldRow(
                guild_id=guild_id,
                reference=new_reference(PREFIX, self._randomness),
                person_id=person.id,
                concern_id=None if concern is None else concern.id,
                why=why,
                content=self._people.seal(raw_text(raw), text_key),
                at=now,
            )
        )
        await session.flush()
        # Staff hear of it once a day, however many come: a wave of newsletters is no wave of cards.
        notice = staff_notice(guild_id, "notice.mail.held", once=f"mail:{now:%Y-%m-%d}")
        await self._outbox.post(session, notice)

    def _may_thank(self, mail: Mail) -> bool:
        """Say whether the sender gets a receipt, and count it."""
        source = str(mail.sender)
        if wants_no_receipt(mail) or self._thanked.full(source):
            return False
        self._thanked.count(source)
        return True

    def _address(self, mail: Mail) -> bytes:
        """Return what an answer to this message needs, sealed, for the outbox."""
        return self._vault.seal(json.dumps([mail.message_id, mail.language]).encode())


def _readable(raw: bytes) -> Mail | None:
    try:
        return read_mail(raw)
    except Exception as error:
        # Whatever else the parser of the standard library trips over: the message is held.
        log.warning("mail.unreadable", error=type(error).__name__)
        return None


def _withdraws(mail: Mail) -> bool:
    first = next((line for line in _said(answer_of(mail.text)).split("\n") if line.strip()), "")
    return " ".join(first.strip(" .!*_\u00a0").casefold().split()) in WITHDRAW


def _said(text: str) -> str:
    """Return what somebody wrote; nothing if nothing in it can be read."""
    said = text.strip()
    return said if legible(said) else ""


def _detail(left: Sequence[str]) -> dict[str, str]:
    """Return what the history says of a message: what was attached and not kept."""
    if not left:
        return {}
    shown = ", ".join(one for one in dict.fromkeys(left) if one.isascii() and len(one) < 80)
    return {"attachments": str(len(left)), "types": shown[:_KNOWN_TYPES]}
