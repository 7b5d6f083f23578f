"""Voices: what the people who joined a concern can do, and what they are told."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.casefile import whole_of
from bot.concerns.conflicts import refuse_excluded
from bot.concerns.headcount import raised_by
from bot.concerns.joining.model import NoSuchVoice, Note, Voice, told
from bot.concerns.joining.offers import concern_topic, noted
from bot.concerns.joining.records import VoiceRow, unpacked
from bot.concerns.model import (
    CONSENT_VERSION,
    CloseReason,
    Consent,
    Door,
    Draft,
    Kind,
    Receipt,
    State,
)
from bot.concerns.records import ConcernRow, find
from bot.concerns.service import Concerns
from bot.concerns.troubles import NoSuchConcern
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

_GONE = Draft(Kind.OTHER, "")


class Voices:
    """The ledger, from the side of people who joined a concern."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        concerns: Concerns,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._concerns = concerns

    async def own(self, guild_ids: Sequence[int], user_id: int) -> tuple[Voice, ...]:
        """Return a person's voices in these guilds, the newest first."""

        async def work(session: AsyncSession) -> tuple[Voice, ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            found = await session.execute(
                select(VoiceRow, ConcernRow)
                .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
                .where(VoiceRow.person_id.in_(mine))
                .order_by(VoiceRow.id.desc())
            )
            return tuple([await self._voice(session, row, concern) for row, concern in found])

        return await self._store.read(work)

    async def own_one(self, guild_id: int, user_id: int, reference: str) -> Voice:
        """Return one of a person's voices.

        Raises:
            NoSuchVoice: no voice of this person has that reference.
        """

        async def work(session: AsyncSession) -> Voice:
            row, concern = await self._mine(session, guild_id, user_id, reference)
            return await self._voice(session, row, concern)

        return await self._store.read(work)

    async def withdraw(self, *, guild_id: int, user_id: int, reference: str) -> Voice:
        """Take a voice back: it no longer counts, and nothing of it is passed on.

        What was said stays for staff until retention or erasure. Twice is once.

        Raises:
            NoSuchVoice: no voice of this person has that reference.
        """

        async def work(session: AsyncSession) -> Voice:
            row, concern = await self._mine(session, guild_id, user_id, reference, lock=True)
            if row.withdrawn_at is None:
                await self._take_back(session, row, concern)
            return await self._voice(session, row, concern)

        return await self._store.write(work)

    async def allow(
        self, *, guild_id: int, user_id: int, reference: str, consent: Consent
    ) -> Voice:
        """Change what the desk may do with a voice, under today's wording.

        Raises:
            NoSuchVoice: no voice of this person has that reference, or it was withdrawn.
        """

        async def work(session: AsyncSession) -> Voice:
            row, concern = await self._mine(session, guild_id, user_id, reference, lock=True)
            if row.withdrawn_at is not None:
                raise NoSuchVoice(reference)
            row.consent, row.consent_version = consent, CONSENT_VERSION
            await self._touched(session, concern, "voice_consented")
            return await self._voice(session, row, concern)

        return await self._store.write(work)

    async def raise_own(
        self, *, guild_id: int, user_id: int, reference: str, receipt: bytes | None = None
    ) -> Receipt:
        """Log a voice's words as a concern of their own; the voice is taken back.

        Raises:
            NoSuchVoice: no voice of this person has that reference, or its words are gone.
        """
        key = self._vault.fingerprint("intake", "voice", guild_id, reference)

        async def work(session: AsyncSession) -> Receipt:
            row, concern = await self._mine(session, guild_id, user_id, reference, lock=True)
            draft = await self._draft(session, row)
            if not draft.what:
                raise NoSuchVoice(reference)
            logged = await self._concerns.log(
                session,
                guild_id=guild_id,
                reporter_id=user_id,
                draft=draft,
                key=key,
                receipt=receipt,
                door=Door.DISCORD,
            )
            if row.withdrawn_at is None:
                await self._take_back(session, row, concern)
            return logged

        return await self._store.write(work)

    async def notes(self, guild_id: int, reference: str, by: int) -> tuple[Note, ...]:
        """Return what people said with their voices, for staff; the audit says who looked.

        Raises:
            NoSuchConcern: this guild has no such reference.
            Excluded: they keep out of it.
        """

        async def work(session: AsyncSession) -> tuple[Note, ...]:
            concern = await find(session, guild_id, reference)
            if concern is None:
                raise NoSuchConcern(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await refuse_excluded(session, concern, [person.id])
            await self._audit.record(session, guild_id, person.id, "concern.voices", reference)
            rows = list(
                await session.scalars(
                    select(VoiceRow)
                    .where(VoiceRow.concern_id == concern.id, VoiceRow.withdrawn_at.is_(None))
                    .order_by(VoiceRow.id)
                )
            )
            notes = []
            for row in rows:
                draft = await self._draft(session, row)
                notes.append(Note(row.at, Consent(row.consent), draft.what, draft.link, draft.wish))
            return tuple(notes)

        return await self._store.write(work)

    async def recipient(self, guild_id: int, reference: str) -> tuple[int, Voice] | None:
        """Return whom to tell of a voice's concern, and what they see; None if nobody any more."""

        async def work(session: AsyncSession) -> tuple[int, Voice] | None:
            found = (
                await session.execute(
                    select(VoiceRow, ConcernRow)
                    .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
                    .where(VoiceRow.guild_id == guild_id, VoiceRow.reference == reference)
                )
            ).first()
            if found is None:
                return None
            row, concern = found
            who = await self._people.user_id(session, row.person_id)
            return None if who is None else (who, await self._voice(session, row, concern))

        return await self._store.read(work)

    async def _take_back(self, session: AsyncSession, row: VoiceRow, concern: ConcernRow) -> None:
        row.withdrawn_at = self._clock()
        row.consent, row.consent_version = Consent.NOTHING, CONSENT_VERSION
        await self._touched(session, concern, "voice_withdrew")

    async def _touched(self, session: AsyncSession, concern: ConcernRow, what: str) -> None:
        noted(session, concern, what, self._clock)
        await session.flush()
        await self._outbox.post(session, effects.card(concern))

    async def _mine(
        self,
        session: AsyncSession,
        guild_id: int,
        user_id: int,
        reference: str,
        *,
        lock: bool = False,
    ) -> tuple[VoiceRow, ConcernRow]:
        query = (
            select(VoiceRow, ConcernRow)
            .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
            .where(VoiceRow.guild_id == guild_id, VoiceRow.reference == reference)
        )
        found = (await session.execute(query.with_for_update() if lock else query)).first()
        mine = await self._people.ids_of(session, [guild_id], user_id)
        if found is None or found[0].person_id not in mine:
            raise NoSuchVoice(reference)
        return found[0], found[1]

    async def _draft(self, session: AsyncSession, row: VoiceRow) -> Draft:
        """Return what somebody said with their voice; nothing once it is gone."""
        text_key = await self._people.text_key(session, row.person_id)
        opened = self._people.open(row.content, text_key) if row.content else None
        return _GONE if opened is None else unpacked(opened)

    async def _voice(self, session: AsyncSession, row: VoiceRow, concern: ConcernRow) -> Voice:
        draft = await self._draft(session, row)
        whole = concern
        if concern.state == State.MERGED:
            # Where it stands is where the concern stands that it is part of.
            top = await whole_of(session, concern.id)
            whole = await session.get_one(ConcernRow, top)
        return Voice(
            guild_id=row.guild_id,
            reference=row.reference,
            kind=Kind(concern.kind),
            topic=concern_topic(concern),
            state=State(whole.state),
            close_reason=(None if whole.close_reason is None else CloseReason(whole.close_reason)),
            consent=Consent(row.consent),
            consent_version=row.consent_version,
            what=draft.what,
            link=draft.link,
            wish=draft.wish,
            at=row.at,
            people=told(await raised_by(session, whole.id)),
            withdrawn=row.withdrawn_at is not None,
        )
