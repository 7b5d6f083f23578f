"""Concerns of people whom nobody knows, and who come back with a code.

Nothing is kept that leads to the person: no account, no hash of one, no address, no interaction,
and of the time only the hour. Whoever raises such a concern is a row of `person` of their own,
found by a keyed hash of the return code and by nothing else. The code is derived from a secret of
the act that raised it (docs/decisions/0017-return-codes.md), so that the same act delivered again
makes one concern and shows the same code, without the code being stored.
"""

import base64
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, to_the_hour
from bot.concerns import effects, timing
from bot.concerns.drafts import checked, legible
from bot.concerns.finding.index import TokenIndex
from bot.concerns.hearing import tell_claimant
from bot.concerns.inserting import Inserting
from bot.concerns.joining.news import tell_voices
from bot.concerns.model import (
    CONSENT_VERSION,
    UNNAMED_CONSENTS,
    WHAT_LIMIT,
    CloseReason,
    Consent,
    Delivery,
    Direction,
    Door,
    Draft,
    OwnConcern,
    Receipt,
    Source,
    State,
)
from bot.concerns.news import saw_news
from bot.concerns.parts import ConcernChanged, Parts, unheard
from bot.concerns.personal import overwrite
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, EventRow, LetterRow
from bot.concerns.troubles import BadDraft, TooMany, TooManyTries, WrongCode
from bot.ids import Randomness, code_from, read_code
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People, Person, PersonRow
from bot.store.personal import EraseList
from bot.throttle import Throttle
from bot.vault import Vault

WRONG_CODES = 10
ALL_WRONG_CODES = 2000
"""Wrong codes in ten minutes: from one source, and from everybody. A code has 95 random bits."""

_HOUR = timedelta(hours=1)


class Anonymous:
    """The ledger, from the side of whoever holds a return code."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        clock: Clock,
        randomness: Randomness,
        erase_list: EraseList,
        *,
        per_hour: int,
        everybody_per_hour: int = 500,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._clock = clock
        self._randomness = randomness
        self._erase_list = erase_list
        self._per_hour = per_hour
        self._reader = Reader(people)
        self._parts = Parts(outbox, people, clock, coarse=True)
        self.on_changed: ConcernChanged = unheard
        self._index = TokenIndex(vault)
        self._inserting = Inserting(people, self._index, randomness)
        self._raised = Throttle(clock, each=per_hour, everybody=everybody_per_hour, per=_HOUR)
        self._wrong = Throttle(
            clock, each=WRONG_CODES, everybody=ALL_WRONG_CODES, per=timedelta(minutes=10)
        )

    def code_for(self, *act: int | str) -> str:
        """Return the return code of an act; `act` must hold a secret nobody can guess later."""
        digest = self._vault.fingerprint("return code", *act)
        return code_from(base64.urlsafe_b64decode(f"{digest}="))

    async def raise_(
        self,
        *,
        guild_id: int,
        draft: Draft,
        code: str,
        door: Door,
        source: str,
        receipt: bytes | None = None,
    ) -> Receipt:
        """Log a concern of somebody whom nobody will know; committed when this returns.

        `code` comes from `code_for` and names the act as well: the same one again finds the
        concern it made. `source` (an account, an address) is held to the hourly limit, in memory
        only. `receipt`, if given, is a sealed delivery address with the code in it.

        Raises:
            BadDraft: there is nothing to log, a part is too long, or it allows to be named.
            TooMany: too much came from this source, or from everybody.
            StoreUnavailable: nothing was kept.
        """
        draft = _unnamed(checked(draft))

        async def work(session: AsyncSession) -> Receipt:
            known = await self._by_intake(session, code)
            if known is not None:
                return Receipt(known.reference, repeated=True)
            if self._raised.full(source):
                raise TooMany(self._per_hour)
            at = to_the_hour(self._clock())
            row = await self._insert(session, guild_id, draft, code, door)
            session.add(_event(row, "raised", at))
            posted = [effects.card(row), *effects.alerts(row)]
            if receipt is not None:
                posted.insert(0, effects.receipt(row, receipt))
            await self._post(session, *posted)
            return Receipt(row.reference, repeated=False)

        made = await self._once(work)
        if not made.repeated:
            self._raised.count(source)
        return made

    async def enter(
        self, *, guild_id: int, draft: Draft, code: str, by: int, source: Source
    ) -> Receipt:
        """Log what somebody told staff, on their behalf; the code is for staff to pass on.

        Raises:
            BadDraft: there is nothing to log, a part is too long, or it allows to be named.
            StoreUnavailable: nothing was kept.
        """
        draft = _unnamed(checked(draft))

        async def work(session: AsyncSession) -> Receipt:
            known = await self._by_intake(session, code)
            if known is not None:
                return Receipt(known.reference, repeated=True)
            staff = await self._people.ensure(session, guild_id, by, self._clock())
            row = await self._insert(session, guild_id, draft, code, Door.STAFF)
            event = _event(row, "raised", row.raised_at)
            event.by_id, event.detail = staff.id, {"source": str(source)}
            session.add(event)
            await self._post(session, effects.card(row), *effects.alerts(row))
            return Receipt(row.reference, repeated=False)

        return await self._once(work)

    async def own(self, guild_ids: Sequence[int], code: str, *, source: str) -> OwnConcern:
        """Return the concern that this code leads to, in whichever of these guilds it is.

        Raises:
            WrongCode: there is none.
            TooManyTries: too many wrong codes came from this source, or from everybody.
        """

        async def work(session: AsyncSession) -> OwnConcern:
            row, _person = await self._find(session, guild_ids, code)
            (own,) = await self._reader.own(session, [row])
            return own

        if self._wrong.full(source):
            raise TooManyTries
        try:
            return await self._store.read(work)
        except WrongCode:
            self._wrong.count(source)
            raise

    async def mark_seen(
        self,
        guild_id: int,
        code: str,
        letter_ids: Sequence[int],
        news_ids: Sequence[int] = (),
    ) -> None:
        """Record that the person has been shown these replies and this news.

        Raises:
            WrongCode: there is no such concern.
        """

        async def work(session: AsyncSession) -> None:
            row, _person = await self._find(session, [guild_id], code)
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
                await self._post(session, effects.card(row))

        await self._store.write(work)

    async def add(self, *, guild_id: int, code: str, text: str, intake: str) -> None:
        """Add a letter to the concern of this code; the same act (`intake`) again adds nothing.

        Raises:
            BadDraft: the text is empty or too long, or the words were taken back.
            TooMany: as many letters came this hour as one person may write.
            NotAllowedMove: the concern is closed.
            WrongCode: there is no such concern.
        """
        written = text.strip()
        if not legible(written):
            raise BadDraft("concern.bad.empty")
        if len(written) > WHAT_LIMIT:
            raise BadDraft("concern.bad.long")
        key = self._vault.fingerprint("letter", code, intake)

        async def work(session: AsyncSession) -> None:
            row, person = await self._find(session, [guild_id], code, lock=True)
            if await session.scalar(select(LetterRow.id).where(LetterRow.intake == key)):
                return
            await self._parts.wrote(session, row)
            if person.text_key is None:
                raise BadDraft("concern.bad.erased")
            at = to_the_hour(self._clock())
            written_already = await session.scalar(
                select(func.count()).where(
                    LetterRow.concern_id == row.id,
                    LetterRow.direction == Direction.FROM_REPORTER,
                    LetterRow.at >= at,
                )
            )
            if (written_already or 0) >= self._per_hour:
                raise TooMany(self._per_hour)
            letter = LetterRow(
                concern_id=row.id,
                guild_id=guild_id,
                intake=key,
                direction=Direction.FROM_REPORTER,
                by_id=None,
                content=self._people.seal(written, person.text_key),
                at=at,
                delivery=Delivery.PENDING,
            )
            session.add(letter)
            await self._index.put(session, row, written)
            await timing.on_wrote(session, row, at)
            await self._did(session, row, "wrote")
            await tell_claimant(session, self._outbox, row, letter, coarse=True)

        await self._store.write(work)

    async def change_consent(self, *, guild_id: int, code: str, consent: Consent) -> None:
        """Change what the desk may do with the concern of this code.

        Raises:
            BadDraft: it allows to be named; nobody knows the name.
            WrongCode: there is no such concern.
        """
        if consent not in UNNAMED_CONSENTS:
            raise BadDraft("concern.bad.unnamed")

        async def work(session: AsyncSession) -> None:
            row, _person = await self._find(session, [guild_id], code, lock=True)
            if row.consent == consent:
                return
            row.consent, row.consent_version = consent, CONSENT_VERSION
            await self._did(session, row, "consented")
            await self.on_changed(session, row.id)

        await self._store.write(work)

    async def withdraw(self, *, guild_id: int, code: str) -> None:
        """Take the concern of this code back: it is closed, and its words are destroyed.

        It is on the erase list from then on, so no older backup brings it back.

        Raises:
            WrongCode: there is no such concern.
        """
        at = to_the_hour(self._clock())

        async def work(session: AsyncSession) -> list[str]:
            row, person = await self._find(session, [guild_id], code, lock=True)
            if person.text_key is None:
                return []
            known = await self._people.matching(session, PersonRow.id == person.id)
            prints = [self._people.print_of(one) for one in known]
            await self._erase_list.note(session, prints, at)
            stood = row.state
            if row.state != State.CLOSED:
                row.state, row.close_reason = State.CLOSED, CloseReason.WITHDRAWN
            row.consent = Consent.NOTHING
            await self._parts.left(session, row)
            await overwrite(session, row)
            timing.stop(row)
            await self._people.forget_text_key(session, person)
            await self._outbox.withdraw(session, effects.lane_of(person.id))
            await self._did(session, row, "erased")
            await tell_voices(session, self._outbox, row, stood, coarse=True)
            await self.on_changed(session, row.id)
            return prints

        await self._erase_list.settle(await self._store.write(work), at)

    async def _once(self, work: Callable[[AsyncSession], Awaitable[Receipt]]) -> Receipt:
        try:
            return await self._store.write(work)
        except IntegrityError:
            # On PostgreSQL the same act may be delivered twice at the very same instant: one
            # transaction wins, and this one now finds what it made.
            return await self._store.write(work)

    async def _insert(
        self, session: AsyncSession, guild_id: int, draft: Draft, code: str, door: Door
    ) -> ConcernRow:
        at = to_the_hour(self._clock())
        person = await self._people.new_with_code(session, guild_id, code, at)
        return await self._inserting.insert(
            session, guild_id, person, draft, intake=self._intake(code), door=door, at=at
        )

    async def _by_intake(self, session: AsyncSession, code: str) -> ConcernRow | None:
        return await session.scalar(
            select(ConcernRow).where(ConcernRow.intake == self._intake(code))
        )

    def _intake(self, code: str) -> str:
        # Of the code, never of the interaction: with the desk's key and Discord's list of
        # interactions, one could otherwise try them all.
        return self._vault.fingerprint("intake", "code", code)

    async def _find(
        self, session: AsyncSession, guild_ids: Sequence[int], typed: str, *, lock: bool = False
    ) -> tuple[ConcernRow, Person]:
        code = read_code(typed)
        for guild_id in guild_ids if code is not None else ():
            person = await self._people.with_code(session, guild_id, code or "", lock=lock)
            if person is None:
                continue
            query = select(ConcernRow).where(ConcernRow.reporter_id == person.id)
            row = await session.scalar(query)
            if row is not None and lock:
                row = await self._parts.find(session, guild_id, row.reference)
            if row is not None:
                return row, person
        raise WrongCode

    async def _did(self, session: AsyncSession, row: ConcernRow, what: str) -> None:
        at = to_the_hour(self._clock())
        row.version += 1
        row.changed_at = max(row.changed_at, at)
        session.add(_event(row, what, at))
        await session.flush()
        await self._post(session, effects.card(row))

    async def _post(self, session: AsyncSession, *posted: Effect) -> None:
        coarse = [dataclasses.replace(effect, coarse=True) for effect in posted]
        await self._outbox.post(session, *coarse)


def _event(row: ConcernRow, what: str, at: datetime) -> EventRow:
    return EventRow(
        concern_id=row.id, guild_id=row.guild_id, at=at, what=what, by_id=None, detail={}
    )


def _unnamed(draft: Draft) -> Draft:
    if draft.consent not in UNNAMED_CONSENTS:
        raise BadDraft("concern.bad.unnamed")
    return draft
