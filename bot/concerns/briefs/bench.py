"""What all work on briefs stands on: reading one, and keeping it true to what people allow.

Every piece of work begins by settling: each concern's consent is looked at again, in the same
transaction, whoever changed it and however. What is no longer allowed leaves a brief that was not
sent, and voids its signatures; in one that was, it is recorded. So nothing depends on being told.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns.briefs.model import (
    LEAST,
    MOVES,
    QUOTED,
    UNSENT,
    Brief,
    Gone,
    How,
    NoSuchBrief,
    NotAllowedMove,
    NotYet,
    State,
    standing,
)
from bot.concerns.briefs.reading import Reading, usable
from bot.concerns.briefs.records import (
    NOTHING_LEFT,
    BriefEventRow,
    BriefRow,
    ItemRow,
    SignatureRow,
    Words,
    find,
    items_of,
)
from bot.concerns.briefs.suppression import most_quotes
from bot.concerns.briefs.voices import BriefVoiceRow, no_longer
from bot.concerns.model import CloseReason, Consent
from bot.concerns.records import ConcernRow
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.history import write_down
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

T = TypeVar("T")
Change = Callable[[AsyncSession, BriefRow, int], Awaitable[T]]


class Bench(Reading):
    """Reads briefs, settles them, and runs changes on them."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        *,
        sender: str,
    ) -> None:
        super().__init__(people, vault, clock, sender=sender)
        self._store = store
        self._outbox = outbox
        self._audit = audit
        self._randomness = randomness

    async def brief(self, guild_id: int, reference: str) -> Brief:
        """Return a brief as it stands, after settling it.

        Raises:
            NoSuchBrief: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Brief:
            row = await self._find(session, guild_id, reference)
            await self._settle(session, row)
            return await self._whole(session, row)

        return await self._store.write(work)

    async def day(self, _turn: Turn) -> None:
        """Settle every brief, once a day (`bot.store.daily.Job`)."""
        await self.settle_all()

    async def settle_all(self) -> int:
        """Settle every brief, so that staff hear the same day; return how many changed."""

        async def every(session: AsyncSession) -> list[tuple[int, str]]:
            found = await session.execute(
                select(BriefRow.guild_id, BriefRow.reference).order_by(BriefRow.id)
            )
            return [(guild_id, reference) for guild_id, reference in found]

        changed = 0
        for guild_id, reference in await self._store.read(every):

            async def work(
                session: AsyncSession, guild_id: int = guild_id, reference: str = reference
            ) -> bool:
                return await self._settle(session, await self._find(session, guild_id, reference))

            changed += await self._store.write(work)
        return changed

    async def concern_changed(self, session: AsyncSession, concern_id: int) -> None:
        """Settle the briefs a concern is in, in the transaction that changes it."""
        rows = await session.scalars(
            select(BriefRow)
            .join(ItemRow, ItemRow.brief_id == BriefRow.id)
            .where(ItemRow.concern_id == concern_id)
            .order_by(BriefRow.id)
            .with_for_update(of=BriefRow)
        )
        for row in list(rows):
            await self._settle(session, row)

    async def erased(self, session: AsyncSession, concern_id: int) -> None:
        """Take a concern out of every brief: its reporter is being erased in this transaction."""
        found = await session.execute(
            select(BriefRow, ItemRow, ConcernRow)
            .join(ItemRow, ItemRow.brief_id == BriefRow.id)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .where(ItemRow.concern_id == concern_id, ItemRow.gone.is_(None))
            .order_by(BriefRow.id)
            .with_for_update(of=BriefRow)
        )
        for row, item, concern in list(found):
            unsent = State(row.state) in UNSENT
            await self._lose(session, row, item, concern, Gone.ERASED, unsent=unsent)
            if unsent:
                await self._step_back(session, row, None)

    async def voices_erased(self, session: AsyncSession, person_id: int) -> None:
        """Take a person's voices out of every brief: they are being erased in this transaction."""
        found = await session.execute(
            select(BriefRow, BriefVoiceRow, ConcernRow)
            .join(BriefVoiceRow, BriefVoiceRow.brief_id == BriefRow.id)
            .join(ConcernRow, ConcernRow.id == BriefVoiceRow.concern_id)
            .where(BriefVoiceRow.person_id == person_id)
            .order_by(BriefRow.id, BriefVoiceRow.id)
            .with_for_update(of=BriefRow)
        )
        for row, voice, concern in list(found):
            unsent = State(row.state) in UNSENT
            if voice.gone is not None:
                voice.voice_id = voice.person_id = None
                continue
            await self._lose_voice(session, row, voice, concern, Gone.ERASED, unsent=unsent)
            if unsent:
                await self._step_back(session, row, None)

    async def _find(self, session: AsyncSession, guild_id: int, reference: str) -> BriefRow:
        row = await find(session, guild_id, reference, lock=True)
        if row is None:
            raise NoSuchBrief(reference)
        return row

    async def _changed(self, guild_id: int, reference: str, by: int, change: Change[T]) -> T:
        """Settle a brief, and commit that; then run a change on it, locked and settled again."""
        await self.brief(guild_id, reference)

        async def work(session: AsyncSession) -> T:
            row = await self._find(session, guild_id, reference)
            await self._settle(session, row)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            return await change(session, row, person.id)

        return await self._store.write(work)

    async def _record(
        self,
        session: AsyncSession,
        row: BriefRow,
        what: str,
        person_id: int | None,
        detail: dict[str, str] | None = None,
        note: str = "",
    ) -> None:
        """Write into the brief's history and the audit, together with the change itself."""
        event = BriefEventRow(
            brief_id=row.id,
            guild_id=row.guild_id,
            at=self._clock(),
            what=what,
            by_id=person_id,
            detail=detail or {},
            note=self._vault.seal(note.encode()) if note else None,
        )
        await write_down(session, self._audit, "brief", row, event)

    async def _move(
        self, session: AsyncSession, row: BriefRow, to: State, person_id: int | None
    ) -> None:
        now = standing(State(row.state), row.due_at, self._clock())
        if to is now:
            return
        if to not in MOVES[now]:
            raise NotAllowedMove(now, to)
        row.state = to
        await self._record(session, row, "moved", person_id, {"from": now, "to": to})

    async def _settle(self, session: AsyncSession, row: BriefRow) -> bool:
        """Look at every consent again; say whether anything had to change."""
        unsent = State(row.state) in UNSENT
        changed = False
        for item, concern in await self._pairs(session, row):
            if item.gone is not None:
                continue
            gone = await self._no_longer(session, item, concern)
            if gone is not None:
                await self._lose(session, row, item, concern, gone, unsent=unsent)
                changed = True
            elif unsent and await self._renewed(session, item, concern):
                changed = True
        for voice, concern, gone in await no_longer(session, row.id):
            await self._lose_voice(session, row, voice, concern, gone, unsent=unsent)
            changed = True
        if unsent and not changed and await self._outdated(session, row):
            await self._record(session, row, "recounted", None)
            changed = True
        if changed and unsent:
            await self._step_back(session, row, None)
        return changed

    async def _outdated(self, session: AsyncSession, row: BriefRow) -> bool:
        """Say whether what was signed is not what may be told any more: an overlapping brief was
        sent since, or a concern is of another kind now."""
        if row.frozen is not None:
            return self._frozen(row.frozen).counts != await self._counts(session, row)
        signed = await session.scalars(
            select(SignatureRow.hash).where(SignatureRow.brief_id == row.id)
        )
        hashes = set(signed)
        return bool(hashes) and hashes != {(await self._document(session, row)).hash()}

    async def _no_longer(
        self, session: AsyncSession, item: ItemRow, concern: ConcernRow
    ) -> Gone | None:
        if await self._text_key(session, concern) is None:
            return Gone.ERASED
        if item.how == How.QUOTE and not concern.content:
            return Gone.ERASED
        if not usable(concern):
            withdrawn = concern.close_reason == CloseReason.WITHDRAWN
            return Gone.WITHDRAWN if withdrawn else Gone.CONSENT
        if item.how == How.QUOTE and Consent(concern.consent) not in QUOTED:
            return Gone.CONSENT
        return None

    async def _lose(
        self,
        session: AsyncSession,
        row: BriefRow,
        item: ItemRow,
        concern: ConcernRow,
        gone: Gone,
        *,
        unsent: bool,
    ) -> None:
        detail = {"concern": concern.reference, "why": str(gone)}
        stays = unsent and gone is Gone.CONSENT and usable(concern)
        if stays:
            # They still let themselves be counted.
            item.how, item.quote, item.consent = How.COUNT, None, concern.consent
            item.passed_by_id = item.passed_at = None
            item.version += 1
        elif unsent:
            await session.delete(item)
        else:
            item.gone, item.gone_at = gone, self._clock()
            if gone is Gone.ERASED:
                item.quote = NOTHING_LEFT
        await self._record(session, row, "taken_out" if unsent else "gone", None, detail)
        notice = staff_notice(
            row.guild_id,
            "brief.notice.taken_out" if unsent else "brief.notice.gone",
            once=f"brief:{row.reference}:{concern.reference}:{gone}:{row.version}",
            reference=row.reference,
            concern=concern.reference,
        )
        await self._outbox.post(session, notice)

    async def _lose_voice(
        self,
        session: AsyncSession,
        row: BriefRow,
        voice: BriefVoiceRow,
        concern: ConcernRow,
        gone: Gone,
        *,
        unsent: bool,
    ) -> None:
        number = voice.id
        if unsent:
            await session.delete(voice)
        else:
            voice.gone, voice.gone_at = gone, self._clock()
            if gone is Gone.ERASED:
                voice.voice_id = voice.person_id = None
        detail = {"concern": concern.reference, "why": str(gone), "voice": "yes"}
        await self._record(session, row, "taken_out" if unsent else "gone", None, detail)
        notice = staff_notice(
            row.guild_id,
            "brief.notice.voice_out" if unsent else "brief.notice.voice_gone",
            once=f"brief:{row.reference}:voice:{number}:{gone}",
            reference=row.reference,
            concern=concern.reference,
        )
        await self._outbox.post(session, notice)

    async def _renewed(self, session: AsyncSession, item: ItemRow, concern: ConcernRow) -> bool:
        """Reopen the pass of a quote whose text, or whose name, is not what was passed."""
        if item.consent != concern.consent:
            item.consent = concern.consent
            item.version += 1
        if item.how != How.QUOTE or item.quote is None:
            return False
        words = await self._words(session, item, concern)
        what = await self._what(session, concern)
        name = await self._name(session, concern)
        if words is None or (self._source(what) == item.source and words.name == name):
            return False
        if self._source(what) != item.source:
            item.quote = None
        else:
            await self._keep(session, item, concern, Words(words.text, words.marks, name))
        item.passed_by_id = item.passed_at = None
        item.version += 1
        return True

    async def _step_back(self, session: AsyncSession, row: BriefRow, person_id: int | None) -> None:
        """Void what rested on a text that is no more: signatures, and the state they gave."""
        await session.flush()
        await session.execute(delete(SignatureRow).where(SignatureRow.brief_id == row.id))
        row.frozen = row.frozen_hash = None
        now = State(row.state)
        if now is State.DRAFT:
            return
        items = await items_of(session, row.id)
        for item in items:
            item.number = None
        if await self._unfit(session, row) is not None:
            to = State.DRAFT
        elif any(item.how == How.QUOTE and item.passed_at is None for item in items):
            to = State.CHECKED
        else:
            to = State.REVIEWED
        await self._move(session, row, to, person_id)

    async def _unfit(self, session: AsyncSession, row: BriefRow) -> NotYet | None:
        """Say why these numbers and quotes would point at people, if they would."""
        pairs = await self._pairs(session, row)
        groups = await self._groups(session, row)
        counts = {kind: len(there) for kind, there in groups.items()}
        if sum(counts.values()) < LEAST:
            return NotYet("brief.not_yet.few", LEAST)
        most = most_quotes(counts, await self._counts(session, row))
        if most is not None and sum(item.how == How.QUOTE for item, _ in pairs) > most:
            return NotYet("brief.not_yet.telling", most)
        return None
