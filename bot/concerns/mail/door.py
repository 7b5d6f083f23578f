"""The e-mail door as the faces hold it: what waits for staff, and whom to write to."""

import asyncio
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.drafts import checked
from bot.concerns.mail.message import raw_text, read_mail
from bot.concerns.mail.model import TEXT_LIMIT, Held, NoSuchMail, Opened, Recipient, Why
from bot.concerns.mail.naming import id_of
from bot.concerns.mail.records import HeldRow
from bot.concerns.mail.service import NOTHING_TO_READ, MailIntake
from bot.concerns.model import Delivery, Door, Draft, Kind, News, Receipt
from bot.concerns.newsrows import NewsRow, news_from
from bot.concerns.records import ConcernRow, find
from bot.store.audit import Audit
from bot.store.people import Door as FoundBy
from bot.store.people import PersonRow

_SHOWN = 25


class MailDoor(MailIntake):
    """E-mail, both ways."""

    async def recipient(self, person_id: int) -> Recipient | None:
        """Return whom to write to by e-mail; None if this person is not one of those."""

        async def work(session: AsyncSession) -> Recipient | None:
            address = await self._people.address(session, person_id)
            locale = await self._people.locale_of(session, person_id)
            return None if address is None else Recipient(address, person_id, locale or "")

        return await self._store.read(work)

    async def is_by_mail(self, person_id: int) -> bool:
        """Say whether a person is known by an e-mail address, or was until they were erased."""

        async def work(session: AsyncSession) -> bool:
            door = await session.scalar(select(PersonRow.door).where(PersonRow.id == person_id))
            return door == FoundBy.MAIL

        return await self._store.read(work)

    def message_id(self, guild_id: int, reference: str, what: str, domain: str) -> str:
        """Return the id of a letter of the desk's (`bot.concerns.mail.naming`)."""
        return id_of(self._vault, guild_id, reference, what, domain)

    async def news(self, guild_id: int, news_id: int) -> News | None:
        """Return news that is to be brought; None if it was brought already."""

        async def work(session: AsyncSession) -> News | None:
            row = await session.scalar(
                select(NewsRow).where(NewsRow.id == news_id, NewsRow.guild_id == guild_id)
            )
            return None if row is None or row.delivery != Delivery.PENDING else news_from(row)

        return await self._store.read(work)

    async def not_delivered(self, guild_id: int, reference: str, letter_id: int) -> None:
        """Note on the card that a mail server refused a letter for good."""

        async def work(session: AsyncSession) -> None:
            row = await find(session, guild_id, reference, lock=True)
            if row is not None:
                await self._undelivered(session, row, letter_id)
                row.version += 1
                await session.flush()
                await self._outbox.post(session, effects.card(row))

        await self._store.write(work)

    async def held(self, guild_id: int) -> tuple[tuple[Held, ...], int]:
        """Return messages that wait for staff, the oldest first, and how many there are."""

        async def work(session: AsyncSession) -> tuple[tuple[Held, ...], int]:
            waiting = HeldRow.guild_id == guild_id, HeldRow.done_at.is_(None)
            rows = await session.scalars(
                select(HeldRow).where(*waiting).order_by(HeldRow.id).limit(_SHOWN)
            )
            count = await session.scalar(select(func.count()).where(*waiting))
            return tuple([await self._held(session, row) for row in rows]), count or 0

        return await self._store.read(work)

    async def open_held(self, audit: Audit, guild_id: int, reference: str, by: int) -> Opened:
        """Return a held message to the staff member who opens it; the audit says so.

        Raises:
            NoSuchMail: none of this guild has that reference, or it is gone.
        """

        async def work(session: AsyncSession) -> tuple[Held, str]:
            row = await self._waiting(session, guild_id, reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await audit.record(session, guild_id, person.id, "mail.opened", reference)
            return await self._held(session, row), await self._words(session, row)

        held, words = await self._store.write(work)
        raw = words.encode("latin-1", "replace")
        subject, text = await asyncio.to_thread(_shown, raw)
        return Opened(held, subject, text, raw)

    async def log_held(self, audit: Audit, guild_id: int, reference: str, by: int) -> Receipt:
        """Log a held message as a concern of who sent it, and be done with it.

        Raises:
            NoSuchMail: there is none, or nobody knows who sent it.
            TooMany: its sender raised too many concerns this hour.
        """

        async def work(session: AsyncSession) -> Receipt:
            row = await self._waiting(session, guild_id, reference, lock=True)
            sender = await self._people.address(session, row.person_id)
            if sender is None:
                raise NoSuchMail(reference)
            subject, text = _shown((await self._words(session, row)).encode("latin-1", "replace"))
            what = "\n\n".join(part for part in (subject, text) if part.strip()) or NOTHING_TO_READ
            draft = checked(Draft(Kind.OTHER, what[:TEXT_LIMIT]), TEXT_LIMIT)
            key = self._vault.fingerprint("mail held", guild_id, reference)
            receipt = await self._raise(
                session, guild_id, sender, draft, key, Door.MAIL, self._vault.seal(b'["", ""]')
            )
            concern = await find(session, guild_id, receipt.reference)
            row.concern_id = None if concern is None else concern.id
            await self._finish(session, audit, row, by, "mail.logged")
            return receipt

        return await self._store.write(work)

    async def done_held(self, audit: Audit, guild_id: int, reference: str, by: int) -> None:
        """Be done with a held message; it is removed with time.

        Raises:
            NoSuchMail: none of this guild has that reference.
        """

        async def work(session: AsyncSession) -> None:
            row = await self._waiting(session, guild_id, reference, lock=True)
            await self._finish(session, audit, row, by, "mail.done")

        await self._store.write(work)

    async def _finish(
        self, session: AsyncSession, audit: Audit, row: HeldRow, by: int, what: str
    ) -> None:
        now: datetime = self._clock()
        row.done_at = now
        person = await self._people.ensure(session, row.guild_id, by, now)
        await session.flush()
        await audit.record(session, row.guild_id, person.id, what, row.reference)

    async def _waiting(
        self, session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
    ) -> HeldRow:
        query = select(HeldRow).where(
            HeldRow.guild_id == guild_id,
            HeldRow.reference == reference,
            HeldRow.done_at.is_(None),
        )
        row = await session.scalar(query.with_for_update() if lock else query)
        if row is None:
            raise NoSuchMail(reference)
        return row

    async def _held(self, session: AsyncSession, row: HeldRow) -> Held:
        concern = None
        if row.concern_id is not None:
            concern = await session.scalar(
                select(ConcernRow.reference).where(ConcernRow.id == row.concern_id)
            )
        known = await self._people.address(session, row.person_id) is not None
        return Held(row.reference, Why(row.why), row.at, concern, known)

    async def _words(self, session: AsyncSession, row: HeldRow) -> str:
        key = await session.scalar(select(PersonRow.text_key).where(PersonRow.id == row.person_id))
        words = self._people.open(row.content, key)
        if words is None:
            raise NoSuchMail(row.reference)
        return words


def _shown(raw: bytes) -> tuple[str, str]:
    """Return subject and text as far as they can be read; the whole source, if they cannot."""
    try:
        mail = read_mail(raw)
    except Exception:
        # What the parser of the standard library trips over is shown as it came.
        return "", raw_text(raw)
    return mail.subject, mail.text
