"""What a person can do with a concern: raise it, and see what became of it."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects, timing
from bot.concerns.attachments import FileKeeper
from bot.concerns.cleaning import CleanFile, Refusal
from bot.concerns.drafts import checked, legible
from bot.concerns.finding.index import TokenIndex
from bot.concerns.hearing import tell_claimant
from bot.concerns.inserting import Inserting
from bot.concerns.joining.records import OfferRow, VoiceRow
from bot.concerns.model import WHAT_LIMIT, Delivery, Direction, Door, Draft, OwnConcern, Receipt
from bot.concerns.news import saw_news
from bot.concerns.newsrows import NewsRow
from bot.concerns.parts import ConcernChanged, Parts, unheard
from bot.concerns.records import ConcernRow, EventRow, LetterRow, Reader, find
from bot.concerns.troubles import BadDraft, NoSuchConcern, TooMany
from bot.ids import Randomness
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People, Who
from bot.vault import Vault

_HOUR = timedelta(hours=1)
_WITH_MAIL = select(LetterRow.concern_id).where(LetterRow.delivery == Delivery.MAILBOX)
_WITH_NEWS = select(NewsRow.concern_id).where(
    NewsRow.person_id == ConcernRow.reporter_id, NewsRow.delivery == Delivery.MAILBOX
)

Along = Callable[[AsyncSession], Awaitable[None]]


async def nothing_along(_session: AsyncSession) -> None:
    """Nothing else is done with it."""


class Concerns:
    """The ledger, from the reporter's side."""

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
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._clock = clock
        self._randomness = randomness
        self._per_hour = per_hour
        self._reader = Reader(people)
        self._files = FileKeeper(people, vault, clock)
        self._parts = Parts(outbox, people, clock)
        self.on_changed: ConcernChanged = unheard
        self._index = TokenIndex(vault)
        self._inserting = Inserting(people, self._index, randomness)

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
            await along(session)
            return await self._raise(session, guild_id, reporter_id, draft, key, door, receipt)

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

    async def own(
        self, guild_ids: Sequence[int], user_id: Who, *, skip: int = 0, limit: int = 25
    ) -> tuple[OwnConcern, ...]:
        """Return a person's own concerns in these guilds: waiting replies first, then newest."""

        async def work(session: AsyncSession) -> tuple[OwnConcern, ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            rows = await session.scalars(
                select(ConcernRow)
                .where(ConcernRow.reporter_id.in_(mine))
                .order_by(
                    case((ConcernRow.id.in_(_WITH_MAIL), 0), else_=1),
                    ConcernRow.raised_at.desc(),
                    ConcernRow.id.desc(),
                )
                .offset(skip)
                .limit(limit)
            )
            return await self._reader.own(session, list(rows))

        return await self._store.read(work)

    async def own_one(self, guild_id: int, user_id: Who, reference: str) -> OwnConcern:
        """Return one of a person's own concerns.

        Raises:
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def work(session: AsyncSession) -> OwnConcern:
            row = await self._mine(session, guild_id, user_id, reference)
            (own,) = await self._reader.own(session, [row])
            return own

        return await self._store.read(work)

    async def count(self, guild_ids: Sequence[int], user_id: Who) -> int:
        """Return how many concerns a person has raised in these guilds."""

        async def work(session: AsyncSession) -> int:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            query = select(func.count()).where(ConcernRow.reporter_id.in_(mine))
            return await session.scalar(query) or 0

        return await self._store.read(work)

    async def waiting_letters(
        self, guild_ids: Sequence[int], user_id: Who
    ) -> tuple[tuple[int, str], ...]:
        """Return guild and reference of a person's concerns with replies that wait for them."""

        async def work(session: AsyncSession) -> tuple[tuple[int, str], ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            if not mine:
                return ()
            found = await session.execute(
                select(ConcernRow.guild_id, ConcernRow.reference)
                .where(
                    ConcernRow.reporter_id.in_(mine),
                    or_(ConcernRow.id.in_(_WITH_MAIL), ConcernRow.id.in_(_WITH_NEWS)),
                )
                .order_by(ConcernRow.id)
            )
            return tuple((guild_id, reference) for guild_id, reference in found)

        return await self._store.read(work)

    async def mark_seen(
        self,
        guild_id: int,
        user_id: Who,
        reference: str,
        letter_ids: Sequence[int],
        news_ids: Sequence[int] = (),
    ) -> None:
        """Record that the person has been shown these replies and this news, which waited.

        Raises:
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def work(session: AsyncSession) -> None:
            row = await self._mine(session, guild_id, user_id, reference, lock=True)
            changed = await session.scalars(
                update(LetterRow)
                .where(
                    LetterRow.concern_id == row.id,
                    LetterRow.id.in_(letter_ids),
                    LetterRow.delivery == Delivery.MAILBOX,
                )
                .values(delivery=Delivery.SEEN)
                .returning(LetterRow.id)
            )
            news = await saw_news(session, row, row.reporter_id, news_ids)
            if list(changed) or news:
                row.version += 1
                await self._outbox.post(session, effects.card(row))

        await self._store.write(work)

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

    async def _mine(
        self,
        session: AsyncSession,
        guild_id: int,
        user_id: Who,
        reference: str,
        *,
        lock: bool = False,
    ) -> ConcernRow:
        look = self._parts.find if lock else find
        row = await look(session, guild_id, reference)
        mine = await self._people.ids_of(session, [guild_id], user_id)
        if row is None or row.reporter_id not in mine:
            raise NoSuchConcern(reference)
        return row

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
