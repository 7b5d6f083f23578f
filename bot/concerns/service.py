"""What a person can do with a concern: raise it, and see what became of it."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cleaning import CleanFile, Refusal
from bot.concerns import effects, timing
from bot.concerns.drafts import checked, legible
from bot.concerns.hearing import tell_claimant
from bot.concerns.joining.records import OfferRow, VoiceRow
from bot.concerns.model import WHAT_LIMIT, Delivery, Direction, Door, Draft, Receipt
from bot.concerns.own import Own
from bot.concerns.records import ConcernRow, EventRow, LetterRow
from bot.concerns.troubles import BadDraft, TooMany
from bot.store.people import Who

_HOUR = timedelta(hours=1)


Along = Callable[[AsyncSession], Awaitable[None]]


async def nothing_along(_session: AsyncSession) -> None:
    """Nothing else is done with it."""


class Concerns(Own):
    """The ledger, from the reporter's side."""

    async def raise_(
        self,
        *,
        guild_id: int,
        reporter_id: Who,
        draft: Draft,
        intake: str,
        receipt: bytes | None = None,
        door: Door = Door.DISCORD,
        along: Along = nothing_along,
    ) -> Receipt:
        """Log a concern; when this returns it is committed, and only then may anybody say so.

        `intake` names the act that raises it (`interaction:123`): the same act delivered again
        finds the concern it made the first time. `receipt`, if given, is a sealed delivery
        address for the outbox: the receipt then reaches the person even if this process dies
        right after the commit. `along` is done in the same transaction.

        Raises:
            BadDraft: there is nothing to log, or a part is too long.
            TooMany: this person has reached the hourly limit.
            StoreUnavailable: nothing was kept; the caller still holds the draft.
        """
        draft = checked(draft)
        key = self._vault.fingerprint("intake", intake)

        async def work(session: AsyncSession) -> Receipt:
            made = await self._raise(session, guild_id, reporter_id, draft, key, door, receipt)
            await along(session)
            return made

        try:
            return await self._store.write(work)
        except IntegrityError:
            # On PostgreSQL the same act may be delivered twice at the very same instant: one
            # transaction wins, and this one now finds what it made.
            return await self._store.write(work)

    async def log(
        self,
        session: AsyncSession,
        *,
        guild_id: int,
        reporter_id: int,
        draft: Draft,
        key: str,
        receipt: bytes | None,
        door: Door,
    ) -> Receipt:
        """Log a checked draft that was held to the limit already, in the caller's transaction.

        `key` is the act's fingerprint.
        """
        return await self._raise(
            session, guild_id, reporter_id, draft, key, door, receipt, limited=False
        )

    async def add(
        self,
        *,
        guild_id: int,
        user_id: Who,
        reference: str,
        text: str,
        intake: str,
        receipt: bytes | None = None,
        files: Sequence[CleanFile] = (),
        refused: Sequence[Refusal] = (),
        place: tuple[int, int] | None = None,
    ) -> None:
        """Add a letter to one's own concern, such as the answer that staff wait for.

        When this returns it is committed; the same act delivered again adds nothing. A concern
        that waited for its reporter is staff's to work on again. `receipt`, if given, is a sealed
        delivery address: the confirmation then reaches the person even if this process dies right
        after the commit. With `files` the text may be empty; `refused` says why others that the
        person sent are not among them. `place` is the channel and id of the direct message that
        brought it, kept sealed so that what becomes of it while the desk is away is caught up.

        Raises:
            BadDraft: there is no text and no file, the text is too long, or the person has erased
                themselves.
            TooMany: this person has written as many letters as they may raise concerns in an hour.
            NotAllowedMove: the concern is closed.
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """
        written = text.strip()
        if not legible(written) and not files:
            raise BadDraft("concern.bad.empty")
        if len(written) > WHAT_LIMIT:
            raise BadDraft("concern.bad.long")
        key = self._vault.fingerprint("letter", intake)

        async def work(session: AsyncSession) -> None:
            row = await self._mine(session, guild_id, user_id, reference, lock=True)
            await self._add(
                session, row, written, key, receipt, files=files, refused=refused, place=place
            )

        await self._store.write(work)

    async def _raise(
        self,
        session: AsyncSession,
        guild_id: int,
        reporter_id: Who,
        draft: Draft,
        key: str,
        door: Door,
        receipt: bytes | None,
        detail: dict[str, str] | None = None,
        *,
        limited: bool = True,
    ) -> Receipt:
        """Log a concern in the caller's transaction; `detail` is for its first event."""
        known = await session.scalar(select(ConcernRow).where(ConcernRow.intake == key))
        if known is not None:
            return Receipt(known.reference, repeated=True)
        row = await self._insert(session, guild_id, reporter_id, draft, key, door, limited=limited)
        session.add(_event(row, "raised", row.raised_at, detail))
        posted = [effects.card(row), *effects.alerts(row)]
        if receipt is not None:
            posted.insert(0, effects.receipt(row, receipt))
        await self._outbox.post(session, *posted)
        return Receipt(row.reference, repeated=False)

    async def _add(
        self,
        session: AsyncSession,
        row: ConcernRow,
        written: str,
        key: str,
        receipt: bytes | None,
        detail: dict[str, str] | None = None,
        *,
        files: Sequence[CleanFile] = (),
        refused: Sequence[Refusal] = (),
        place: tuple[int, int] | None = None,
    ) -> None:
        """Add a letter to a locked concern, in the caller's transaction."""
        if await session.scalar(select(LetterRow.id).where(LetterRow.intake == key)):
            return
        await self._parts.wrote(session, row)
        text_key = await self._reader.text_key(session, row)
        if text_key is None:
            raise BadDraft("concern.bad.erased")
        now = self._clock()
        await self._spare(session, row.reporter_id, now)
        letter = LetterRow(
            concern_id=row.id,
            guild_id=row.guild_id,
            intake=key,
            direction=Direction.FROM_REPORTER,
            by_id=None,
            content=self._people.seal(written, text_key),
            at=now,
            delivery=Delivery.PENDING,
            place=None if place is None else self._vault.seal(json.dumps(place).encode()),
        )
        row.version += 1
        row.changed_at = now
        session.add_all([letter, _event(row, "wrote", now, detail)])
        await timing.on_wrote(session, row, now)
        await self._index.put(session, row, written)
        await session.flush()
        kept, extra = await self._files.keep(session, row, letter.id, files, text_key)
        await self._outbox.post(session, effects.card(row))
        await tell_claimant(session, self._outbox, row, letter)
        if receipt is not None:
            done = effects.added(row, letter, receipt, files=kept, refused=[*refused, *extra])
            await self._outbox.post(session, done)

    async def spare(self, session: AsyncSession, person_id: int, now: datetime) -> None:
        """Hold one person to the hourly limit of concerns, those that wait for a choice included.

        Raises:
            TooMany: they have reached it.
        """
        raised = select(func.count()).where(
            ConcernRow.reporter_id == person_id, ConcernRow.raised_at > now - _HOUR
        )
        waiting = select(func.count()).where(OfferRow.person_id == person_id)
        joined = select(func.count()).where(
            VoiceRow.person_id == person_id, VoiceRow.at > now - _HOUR
        )
        recent = [await session.scalar(query) or 0 for query in (raised, waiting, joined)]
        if sum(recent) >= self._per_hour:
            raise TooMany(self._per_hour)

    async def _spare(self, session: AsyncSession, person_id: int, now: datetime) -> None:
        """Hold one person to the hourly limit, so that nobody can bury staff in letters."""
        written = await session.scalar(
            select(func.count())
            .select_from(LetterRow)
            .join(ConcernRow, ConcernRow.id == LetterRow.concern_id)
            .where(
                ConcernRow.reporter_id == person_id,
                LetterRow.direction == Direction.FROM_REPORTER,
                LetterRow.at > now - _HOUR,
            )
        )
        if (written or 0) >= self._per_hour:
            raise TooMany(self._per_hour)

    async def _insert(
        self,
        session: AsyncSession,
        guild_id: int,
        reporter_id: Who,
        draft: Draft,
        intake: str,
        door: Door,
        *,
        limited: bool,
    ) -> ConcernRow:
        now = self._clock()
        person = await self._people.ensure(session, guild_id, reporter_id, now)
        if limited:
            await self.spare(session, person.id, now)
        return await self._inserting.insert(
            session, guild_id, person, draft, intake=intake, door=door, at=now
        )


def _event(
    row: ConcernRow, what: str, at: datetime, detail: dict[str, str] | None = None
) -> EventRow:
    """Return an event of the reporter's own doing."""
    return EventRow(
        concern_id=row.id, guild_id=row.guild_id, at=at, what=what, by_id=None, detail=detail or {}
    )
