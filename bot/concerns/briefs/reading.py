"""Reading a brief: rows joined with their concerns, texts opened, the document made of them."""

import json
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns.briefs.document import Document, Said
from bot.concerns.briefs.model import (
    COUNTED,
    Brief,
    Event,
    Gone,
    How,
    Item,
    NoSuchBrief,
    Signature,
    State,
    standing,
)
from bot.concerns.briefs.overlap import Groups, Overlap, Told, overlap_of
from bot.concerns.briefs.records import (
    BriefEventRow,
    BriefRow,
    ItemRow,
    NamingRow,
    SignatureRow,
    Words,
    unpacked_text,
)
from bot.concerns.briefs.redaction import prepared
from bot.concerns.briefs.suppression import Table, table_of
from bot.concerns.briefs.voices import BriefVoiceRow, voices_in, who
from bot.concerns.model import CloseReason, Consent, Kind
from bot.concerns.model import State as ConcernState
from bot.concerns.records import ConcernRow, Content
from bot.store.people import People, PersonRow
from bot.vault import Vault

UNUSABLE = frozenset({CloseReason.WITHDRAWN, CloseReason.ABUSIVE, CloseReason.DUPLICATE})

Pairs = Sequence[tuple[ItemRow, ConcernRow]]


class Reading:
    """Reads briefs within a unit of work."""

    def __init__(self, people: People, vault: Vault, clock: Clock, *, sender: str) -> None:
        self._people = people
        self._vault = vault
        self._clock = clock
        self._sender = sender

    async def _counts(self, session: AsyncSession, row: BriefRow) -> Table:
        """Return the numbers as they may be told today, beside the briefs that were sent."""
        groups = await self._groups(session, row)
        overlap = await self._overlap(session, row, groups)
        counts = {kind: len(there) for kind, there in groups.items()}
        return table_of(counts, overlap.kinds.keys(), total=not overlap.total)

    async def _overlap(self, session: AsyncSession, row: BriefRow, groups: Groups) -> Overlap:
        """Return what must not be told because of briefs that were sent before."""
        everybody = sorted(frozenset[int]().union(*groups.values()))
        raised = (
            select(ItemRow.brief_id)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .where(ConcernRow.reporter_id.in_(everybody))
        )
        joined = select(BriefVoiceRow.brief_id).where(BriefVoiceRow.person_id.in_(everybody))
        sent = await session.scalars(
            select(BriefRow)
            .where(
                BriefRow.guild_id == row.guild_id,
                BriefRow.id != row.id,
                BriefRow.sent_at.is_not(None),
                or_(BriefRow.id.in_(raised), BriefRow.id.in_(joined)),
            )
            .order_by(BriefRow.id)
        )
        earlier = []
        for one in list(sent):
            if one.frozen is None:
                continue
            told = self._frozen(one.frozen).counts
            kinds = frozenset(kind for kind, count in told.groups if count is not None)
            there = await self._groups(session, one)
            earlier.append(Told(one.reference, there, kinds, told.total is not None))
        return overlap_of(groups, earlier)

    async def _groups(self, session: AsyncSession, row: BriefRow) -> dict[str, frozenset[int]]:
        """Return the people a brief speaks for, by kind, in the order of kinds.

        Each is there once: under the kind of what was put in first of theirs.
        """
        people: dict[int, str] = {}
        for _, concern in await self._pairs(session, row):
            people.setdefault(concern.reporter_id, concern.kind)
        for voice, concern in await voices_in(session, row.id):
            people.setdefault(who(voice), concern.kind)
        return {
            str(kind): frozenset(one for one, of in people.items() if of == kind) for kind in Kind
        }

    def _frozen(self, frozen: bytes) -> Document:
        return Document.read(json.loads(self._vault.unseal(frozen)))

    async def _document(self, session: AsyncSession, row: BriefRow) -> Document:
        """Return what a recipient reads: the frozen text once there is one."""
        pairs = await self._pairs(session, row)
        if row.frozen is not None:
            return await self._thawed(session, row.frozen, pairs)
        text = unpacked_text(self._vault.unseal(row.content))
        counts = await self._counts(session, row)
        quotes: list[Said] = []
        for item, concern in self._in_order(pairs):
            words = await self._words(session, item, concern)
            if words is not None and item.passed_at is not None:
                kind = concern.kind if counts.suppressed == 0 else None
                item.number = len(quotes) + 1
                quotes.append(Said(item.number, words.shown, kind, words.name))
        return Document(
            reference=row.reference,
            sender=self._sender,
            to=text.to,
            title=text.title,
            ask=text.ask,
            background=text.background,
            reply_days=text.reply_days,
            counts=counts,
            quotes=tuple(quotes),
        )

    async def _thawed(
        self,
        session: AsyncSession,
        frozen: bytes,
        pairs: Pairs,
    ) -> Document:
        document = self._frozen(frozen)
        said: dict[int, tuple[str, str | None] | None] = {}
        for item, concern in pairs:
            if item.number is not None:
                words = await self._words(session, item, concern)
                said[item.number] = None if words is None else (words.shown, words.name)
        return document.with_people(said)

    def _in_order(self, pairs: Pairs) -> list[tuple[ItemRow, ConcernRow]]:
        """Return quotes in an order that says nothing of when or by whom they were raised."""
        quoted = [pair for pair in pairs if pair[0].how == How.QUOTE]
        return sorted(quoted, key=lambda pair: self._vault.fingerprint("quote", pair[0].id))

    async def _pairs(
        self, session: AsyncSession, row: BriefRow
    ) -> list[tuple[ItemRow, ConcernRow]]:
        found = await session.execute(
            select(ItemRow, ConcernRow)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .where(ItemRow.brief_id == row.id)
            .order_by(ItemRow.id)
        )
        return [(item, concern) for item, concern in found]

    async def _text_key(self, session: AsyncSession, concern: ConcernRow) -> bytes | None:
        return await session.scalar(
            select(PersonRow.text_key).where(PersonRow.id == concern.reporter_id)
        )

    async def _what(self, session: AsyncSession, concern: ConcernRow) -> str:
        """Return what a person wrote, as it may be quoted; "" if it is gone."""
        key = await self._text_key(session, concern)
        packed = self._people.open(concern.content, key) if concern.content else None
        return "" if packed is None else prepared(Content.unpacked(packed).what)

    async def _name(self, session: AsyncSession, concern: ConcernRow) -> str | None:
        """Return how a person asked to be named, while they allow being named at all."""
        if concern.consent != Consent.QUOTE_NAMED:
            return None
        naming = await session.get(NamingRow, concern.id)
        if naming is None or not naming.name:
            return None
        return self._people.open(naming.name, await self._text_key(session, concern))

    async def _words(
        self, session: AsyncSession, item: ItemRow, concern: ConcernRow
    ) -> Words | None:
        if not item.quote:
            return None
        packed = self._people.open(item.quote, await self._text_key(session, concern))
        return None if packed is None else Words.unpacked(packed)

    async def _keep(
        self, session: AsyncSession, item: ItemRow, concern: ConcernRow, words: Words
    ) -> None:
        key = await self._text_key(session, concern)
        if key is None:
            raise NoSuchBrief("its reporter has erased themselves")
        item.quote = self._people.seal(words.packed(), key)

    def _source(self, what: str) -> str:
        return self._vault.fingerprint("quoted", what)

    async def _whole(self, session: AsyncSession, row: BriefRow) -> Brief:
        await session.flush()
        pairs = await self._pairs(session, row)
        signatures = list(
            await session.scalars(
                select(SignatureRow)
                .where(SignatureRow.brief_id == row.id)
                .order_by(SignatureRow.id)
            )
        )
        events = list(
            await session.scalars(
                select(BriefEventRow)
                .where(BriefEventRow.brief_id == row.id)
                .order_by(BriefEventRow.id)
            )
        )
        acted: set[int | None] = {row.author_id, *(one.by_id for one in signatures)}
        acted |= {one.by_id for one in events}
        acted |= {item.passed_by_id for item, _ in pairs}
        names = await self._people.user_ids(session, {one for one in acted if one is not None})
        voices = await voices_in(session, row.id)
        named = set(
            await session.scalars(
                select(NamingRow.concern_id).where(
                    NamingRow.concern_id.in_([concern.id for _, concern in pairs]),
                    NamingRow.name.is_not(None),
                )
            )
        )

        def user(person_id: int | None) -> int | None:
            return None if person_id is None else names.get(person_id)

        if row.frozen is not None:
            counts, overlap = self._frozen(row.frozen).counts, Overlap({}, ())
        else:
            counts = await self._counts(session, row)
            overlap = await self._overlap(session, row, await self._groups(session, row))
        return Brief(
            guild_id=row.guild_id,
            reference=row.reference,
            state=standing(State(row.state), row.due_at, self._clock()),
            text=unpacked_text(self._vault.unseal(row.content)),
            author=user(row.author_id),
            counts=counts,
            overlap=overlap,
            items=tuple(
                item_of(item, concern, user(item.passed_by_id), named=concern.id in named)
                for item, concern in pairs
            ),
            voices=sum(voice.gone is None for voice, _ in voices),
            signatures=tuple(Signature(user(one.by_id), one.at, one.hash) for one in signatures),
            events=tuple(
                Event(
                    one.at,
                    one.what,
                    user(one.by_id),
                    dict(one.detail),
                    "" if one.note is None else self._vault.unseal(one.note).decode(),
                )
                for one in events
            ),
            frozen_hash=row.frozen_hash,
            created_at=row.created_at,
            changed_at=row.changed_at,
            sent_at=row.sent_at,
            due_at=row.due_at,
            replied_at=row.replied_at,
            published_at=row.published_at,
            version=row.version,
        )


def usable(concern: ConcernRow) -> bool:
    """Say whether a brief may count a concern at all."""
    closed = concern.state == ConcernState.CLOSED and concern.close_reason in UNUSABLE
    return Consent(concern.consent) in COUNTED and not closed


def item_of(item: ItemRow, concern: ConcernRow, passed_by: int | None, *, named: bool) -> Item:
    """Return a concern in a brief, without its words."""
    return Item(
        id=item.id,
        concern=concern.reference,
        kind=Kind(concern.kind),
        how=How(item.how),
        consent=Consent(item.consent),
        passed_by=passed_by,
        passed=item.passed_at is not None,
        named=named and concern.consent == Consent.QUOTE_NAMED,
        gone=None if item.gone is None else Gone(item.gone),
        gone_at=item.gone_at,
    )
