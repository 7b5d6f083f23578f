"""Offering a concern to join, and what becomes of what was typed: joined, or logged on its own.

While an offer stands, what was typed is kept, sealed under its author's key. It is logged as a
concern of its own when its author says so, and by itself when they say nothing: so an offer can
delay a concern, and never lose one.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.drafts import checked
from bot.concerns.finding.likeness import SHARED, SURE, Likeness
from bot.concerns.finding.stems import stems
from bot.concerns.headcount import raised_by
from bot.concerns.joining.model import OFFERABLE, PREFIX, NoSuchOffer, Offer, told
from bot.concerns.joining.records import OfferRow, VoiceRow, packed, unpacked
from bot.concerns.model import (
    CONSENT_VERSION,
    OPEN,
    URGENT_KINDS,
    Door,
    Draft,
    Kind,
    Receipt,
    State,
)
from bot.concerns.records import IS_OPEN, ConcernRow, EventRow
from bot.concerns.service import Along, Concerns, nothing_along
from bot.ids import Randomness
from bot.store.engine import Store
from bot.store.keeper import free_reference
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.watching import looking
from bot.vault import Vault

EVERY = 15.0
"""Seconds between looks for offers whose time is over."""

_AT_ONCE = 50
_MOST_IDS = 2**53
_NEAREST = 4

log = structlog.stdlib.get_logger(__name__)


class Offers:
    """Offers to join, from the first to the last of them."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        clock: Clock,
        randomness: Randomness,
        likeness: Likeness,
        concerns: Concerns,
        *,
        minutes: int,
    ) -> None:
        """`minutes` is how long an offer stands; 0 makes none."""
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._clock = clock
        self._randomness = randomness
        self._likeness = likeness
        self._concerns = concerns
        self._stands = timedelta(minutes=minutes)

    async def offer(
        self,
        *,
        guild_id: int,
        reporter_id: int,
        draft: Draft,
        intake: str,
        receipt: bytes,
        along: Along = nothing_along,
    ) -> Offer | None:
        """Keep a draft and offer a concern to join, if there is one that surely is the same.

        None if there is none: the caller logs the draft. What is urgent waits for nobody.
        The same act delivered again gets the same offer. `along` is done in the transaction that
        keeps the draft.

        Raises:
            BadDraft: there is nothing to log, or a part is too long.
            TooMany: this person has reached the hourly limit.
            StoreUnavailable: nothing was kept; the caller still holds the draft.
        """
        draft = checked(draft)
        if not self._stands or draft.kind in URGENT_KINDS:
            return None
        key = self._vault.fingerprint("intake", intake)

        async def look(session: AsyncSession) -> int | None:
            known = select(OfferRow.concern_id).where(OfferRow.intake == key)
            if (offered := await session.scalar(known)) is not None:
                return offered
            if await session.scalar(select(ConcernRow.id).where(ConcernRow.intake == key)):
                return None
            return await self._same(session, guild_id, reporter_id, draft)

        concern_id = await self._store.read(look)
        if concern_id is None:
            return None

        async def work(session: AsyncSession) -> Offer | None:
            row = await session.scalar(select(OfferRow).where(OfferRow.intake == key))
            concern = await _locked(session, concern_id)
            if concern is None or not _offerable(concern):
                return None
            if row is None:
                now = self._clock()
                person = await self._people.ensure(session, guild_id, reporter_id, now)
                await self._concerns.spare(session, person.id, now)
                text_key = await self._people.ensure_text_key(session, person)
                row = OfferRow(
                    # Never one that an earlier offer had: its card may still be there to press.
                    id=1 + self._randomness.randrange(_MOST_IDS),
                    guild_id=guild_id,
                    concern_id=concern.id,
                    person_id=person.id,
                    intake=key,
                    content=self._people.seal(packed(draft), text_key),
                    receipt=receipt,
                    at=now,
                    due_at=now + self._stands,
                )
                session.add(row)
                await session.flush()
            await along(session)
            people = told(await raised_by(session, concern.id))
            return Offer(row.id, Kind(concern.kind), concern_topic(concern), people, row.due_at)

        return await self._store.write(work)

    async def join(
        self, *, guild_id: int, user_id: int, offer_id: int, receipt: bytes
    ) -> str | None:
        """Add what was typed to the concern that was offered, as this person's voice.

        Return the voice's reference; None if the concern can no longer be joined: what was typed
        is then logged on its own.

        Raises:
            NoSuchOffer: it is over, or was made to somebody else.
        """

        async def work(session: AsyncSession) -> str | None:
            offer = await self._mine(session, guild_id, user_id, offer_id)
            concern = await _locked(session, offer.concern_id)
            if concern is None or not _offerable(concern):
                await self._log(session, offer, receipt)
                return None
            text_key = await self._people.text_key(session, offer.person_id)
            opened = self._people.open(offer.content, text_key)
            if opened is None:
                raise NoSuchOffer
            now = self._clock()
            voice = VoiceRow(
                guild_id=guild_id,
                reference=await free_reference(session, guild_id, PREFIX, self._randomness, _voice),
                concern_id=concern.id,
                person_id=offer.person_id,
                intake=offer.intake,
                content=offer.content,
                consent=unpacked(opened).consent,
                consent_version=CONSENT_VERSION,
                at=now,
            )
            session.add(voice)
            await session.delete(offer)
            noted(session, concern, "joined", self._clock)
            await session.flush()
            await self._outbox.post(
                session, effects.card(concern), effects.joined(voice.person_id, voice, receipt)
            )
            return voice.reference

        return await self._store.write(work)

    async def log(self, *, guild_id: int, user_id: int, offer_id: int, receipt: bytes) -> Receipt:
        """Log what was typed as a concern of its own.

        Raises:
            NoSuchOffer: it is over, or was made to somebody else.
        """

        async def work(session: AsyncSession) -> Receipt:
            offer = await self._mine(session, guild_id, user_id, offer_id)
            return await self._log(session, offer, receipt)

        return await self._store.write(work)

    async def look(self) -> int:
        """Log what nobody said anything about until its offer was over; return how many.

        It is the desk's own daily bread: every process looks, and each offer is one process's.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> int:
            due = list(
                await session.scalars(
                    select(OfferRow)
                    .where(OfferRow.due_at <= now)
                    .order_by(OfferRow.due_at, OfferRow.id)
                    .limit(_AT_ONCE)
                    .with_for_update(skip_locked=True)
                )
            )
            for offer in due:
                await self._log(session, offer, offer.receipt)
            return len(due)

        logged = 0
        while (some := await self._store.write(work)) > 0:
            logged += some
        return logged

    @contextlib.asynccontextmanager
    async def watching(self, every: float = EVERY) -> AsyncIterator[None]:
        """Look now and then for as long as this is held open."""
        async with looking("offers", self.look, every):
            yield

    async def _same(
        self, session: AsyncSession, guild_id: int, reporter_id: int, draft: Draft
    ) -> int | None:
        """Return the open concern that surely says the same, with the most people behind it."""
        counts = stems(f"{draft.what}\n{draft.wish}")
        if len(counts) < SHARED:
            return None
        mine = await self._people.ids_of(session, [guild_id], reporter_id)
        only = [
            ConcernRow.kind == draft.kind,
            IS_OPEN,
            ConcernRow.consent.in_(OFFERABLE),
            ConcernRow.reporter_id.not_in(mine),
            ConcernRow.id.not_in(select(VoiceRow.concern_id).where(VoiceRow.person_id.in_(mine))),
        ]
        found = await self._likeness.alike(session, guild_id, counts, only, limit=_NEAREST)
        sure = [one for one in found if one.likeness >= SURE and one.shared >= SHARED]
        people = {one: await raised_by(session, one.concern_id) for one in sure}
        best = max(sure, key=lambda one: (people[one], one.likeness), default=None)
        return None if best is None else best.concern_id

    async def _mine(
        self, session: AsyncSession, guild_id: int, user_id: int, offer_id: int
    ) -> OfferRow:
        offer = await session.scalar(
            select(OfferRow)
            .where(OfferRow.id == offer_id, OfferRow.guild_id == guild_id)
            .with_for_update()
        )
        mine = await self._people.ids_of(session, [guild_id], user_id)
        if offer is None or offer.person_id not in mine:
            raise NoSuchOffer
        return offer

    async def _log(self, session: AsyncSession, offer: OfferRow, receipt: bytes | None) -> Receipt:
        """Log an offer's draft, in the transaction that ends the offer."""
        text_key = await self._people.text_key(session, offer.person_id)
        opened = self._people.open(offer.content, text_key)
        who = await self._people.user_id(session, offer.person_id)
        if opened is None or who is None:
            # Its author has been erased since.
            await session.delete(offer)
            raise NoSuchOffer
        logged = await self._concerns.log(
            session,
            guild_id=offer.guild_id,
            reporter_id=who,
            draft=unpacked(opened),
            key=offer.intake,
            receipt=receipt,
            door=Door.DISCORD,
        )
        await session.delete(offer)
        await session.flush()
        return logged


def concern_topic(concern: ConcernRow) -> str:
    """Return the topic that staff gave a concern; "" if they gave it none."""
    return concern.topic or ""


def noted(session: AsyncSession, concern: ConcernRow, what: str, clock: Clock) -> None:
    """Note in a concern's history what people did around it, without who."""
    concern.version += 1
    concern.changed_at = clock()
    session.add(
        EventRow(
            concern_id=concern.id,
            guild_id=concern.guild_id,
            at=concern.changed_at,
            what=what,
            by_id=None,
            detail={},
        )
    )


def _offerable(concern: ConcernRow) -> bool:
    return State(concern.state) in OPEN and concern.consent in OFFERABLE and bool(concern.content)


async def _locked(session: AsyncSession, concern_id: int) -> ConcernRow | None:
    return await session.scalar(
        select(ConcernRow).where(ConcernRow.id == concern_id).with_for_update()
    )


async def _voice(session: AsyncSession, guild_id: int, reference: str) -> int | None:
    return await session.scalar(
        select(VoiceRow.id).where(VoiceRow.guild_id == guild_id, VoiceRow.reference == reference)
    )
