"""Files that reporters send: kept cleaned and sealed, opened by staff only, each opening audited.

Every door that takes files uses the same two steps: `Attachments.clean` on what came (outside of
any transaction: it is slow), then `FileKeeper.keep` in the transaction that writes the letter, or
`Concerns.add(files=…, refused=…)`, which does that.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cleaning import CleanFile, Form, Refusal, cleaned
from bot.clock import Clock, to_the_hour
from bot.concerns.casefile import parts_of
from bot.concerns.conflicts import refuse_excluded
from bot.concerns.keeping import AttachmentRow
from bot.concerns.model import State
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, find
from bot.concerns.troubles import NoSuchConcern
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.people import People
from bot.store.personal import Rule
from bot.vault import Vault

MOST_A_LETTER = 4
MOST_A_CONCERN = 20

_FORGOTTEN_AT_ONCE = 50


class NoSuchFile(NoSuchConcern):
    """This concern has no such file, or no longer."""


@dataclass(frozen=True)
class OpenFile:
    """A file as staff get it. `name` is the desk's own: the sender's may tell who they are."""

    name: str
    form: Form
    data: bytes = field(repr=False)


class FileKeeper:
    """Keeps clean files, within the transaction that writes what they came with."""

    def __init__(self, people: People, vault: Vault, clock: Clock) -> None:
        self._people = people
        self._vault = vault
        self._clock = clock

    async def keep(
        self,
        session: AsyncSession,
        row: ConcernRow,
        letter_id: int | None,
        files: Sequence[CleanFile],
        text_key: bytes,
        *,
        anonymous: bool = False,
    ) -> tuple[int, list[Refusal]]:
        """Keep files of a concern, sealed under its reporter's key.

        Returns how many are kept, and a refusal for each that is one too many. The same file
        (`origin`) again is kept once. Of an anonymous person's the hour is kept only.
        """
        if not files:
            return 0, []
        there = await session.scalar(select(func.count()).where(AttachmentRow.concern_id == row.id))
        room = min(MOST_A_LETTER, MOST_A_CONCERN - (there or 0))
        kept, now = 0, self._clock()
        for file in files[: max(room, 0)]:
            origin = self.origin_of(file.origin)
            known = await session.scalar(
                select(AttachmentRow.id).where(AttachmentRow.origin == origin)
            )
            kept += 1
            if known is not None:
                continue
            session.add(
                AttachmentRow(
                    guild_id=row.guild_id,
                    concern_id=row.id,
                    letter_id=letter_id,
                    origin=origin,
                    form=file.form,
                    size=len(file.data),
                    at=to_the_hour(now) if anonymous else now,
                    content=self._people.seal_bytes(file.data, text_key),
                )
            )
            await session.flush()
        return kept, [Refusal.MANY] * (len(files) - kept)

    def origin_of(self, origin: str) -> str:
        """Return the keyed fingerprint that a file is known by."""
        return self._vault.fingerprint("attachment", origin)

    async def drop(self, session: AsyncSession, letter_id: int, *, but: Sequence[str] = ()) -> int:
        """Delete the files of a letter, except those whose origins are given; return how many."""
        kept = [self.origin_of(origin) for origin in but]
        gone = await session.scalars(
            delete(AttachmentRow)
            .where(AttachmentRow.letter_id == letter_id, AttachmentRow.origin.not_in(kept))
            .returning(AttachmentRow.id)
        )
        return len(list(gone))


class Attachments:
    """Cleaning what came, and opening what is kept."""

    def __init__(self, store: Store, people: People, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._clock = clock
        self._reader = Reader(people)
        # A picture may take 200 MB while it is decoded: one at a time.
        self._one = asyncio.Semaphore(1)

    async def clean(self, data: bytes, *, origin: str) -> CleanFile:
        """Return a file as it may be kept, without holding up the event loop.

        Raises:
            Unfit: it cannot be kept; says why.
        """
        async with self._one:
            return await asyncio.to_thread(cleaned, data, origin=origin)

    async def open(self, guild_id: int, reference: str, by: int, file_id: int) -> OpenFile:
        """Return a file to the staff member who opens it; the audit says who and which.

        Raises:
            NoSuchFile: this concern has no such file, or no longer.
            Excluded: this staff member keeps out of it.
        """

        async def work(session: AsyncSession) -> OpenFile:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchFile(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await refuse_excluded(session, row, [person.id])
            whole = [row.id, *await parts_of(session, [row.id])]
            file = await session.scalar(
                select(AttachmentRow).where(
                    AttachmentRow.id == file_id, AttachmentRow.concern_id.in_(whole)
                )
            )
            of = None if file is None else await session.get(ConcernRow, file.concern_id)
            if file is None or of is None:
                raise NoSuchFile(reference)
            key = await self._reader.text_key(session, of)
            data = self._people.open_bytes(file.content, key)
            if data is None:
                raise NoSuchFile(reference)
            detail = {"file": str(file_id)}
            await self._audit.record(
                session, guild_id, person.id, "concern.file_opened", reference, detail
            )
            form = Form(file.form)
            return OpenFile(f"{reference}-{file_id}.{form.ending}", form, data)

        return await self._store.write(work)


def old_files(days: int) -> Rule:
    """Return the rule for files whose concern was closed long enough ago."""
    return Rule("attachments", days, _count_old, _forget_old)


async def _count_old(session: AsyncSession, cutoff: datetime) -> int:
    query = (
        select(func.count())
        .select_from(AttachmentRow)
        .join(ConcernRow, ConcernRow.id == AttachmentRow.concern_id)
        .where(ConcernRow.state == State.CLOSED, ConcernRow.changed_at < cutoff)
    )
    return await session.scalar(query) or 0


async def _forget_old(session: AsyncSession, cutoff: datetime) -> int:
    some = (
        select(AttachmentRow.id)
        .join(ConcernRow, ConcernRow.id == AttachmentRow.concern_id)
        .where(ConcernRow.state == State.CLOSED, ConcernRow.changed_at < cutoff)
        .limit(_FORGOTTEN_AT_ONCE)
    )
    gone = await session.scalars(
        delete(AttachmentRow).where(AttachmentRow.id.in_(some)).returning(AttachmentRow.id)
    )
    return len(list(gone))
