"""What a reporter can change of their concern: withdraw it, allow more or less, open it again."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects, timing
from bot.concerns.joining.news import tell_voices
from bot.concerns.model import (
    CONSENT_VERSION,
    REOPEN_DAYS,
    REPORTER_MOVES,
    CloseReason,
    Consent,
    State,
)
from bot.concerns.records import ConcernRow, EventRow
from bot.concerns.service import Concerns
from bot.concerns.troubles import BadDraft, NotAllowedMove, TooLate
from bot.store.people import Who

_Act = Callable[[AsyncSession, ConcernRow], Awaitable[None]]


class OwnConcerns(Concerns):
    """The ledger from the reporter's side, with what they may change.

    `intake` names the act (`interaction:123`). `receipt`, if given, is a sealed delivery address:
    the confirmation then reaches the person even if this process dies right after the commit.
    """

    async def withdraw(
        self,
        *,
        guild_id: int,
        user_id: Who,
        reference: str,
        intake: str,
        receipt: bytes | None = None,
    ) -> None:
        """Close one's concern as withdrawn; nothing of it may leave the desk any more.

        A brief reads what is allowed when it is made, so a draft of one loses it at once. What was
        said stays for staff until retention or erasure. Withdrawing twice is withdrawing once.

        Raises:
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def act(session: AsyncSession, row: ConcernRow) -> None:
            if row.state != State.CLOSED:
                _move(row, State.CLOSED)
            elif row.close_reason == CloseReason.WITHDRAWN:
                return
            row.close_reason = CloseReason.WITHDRAWN
            row.consent, row.consent_version = Consent.NOTHING, CONSENT_VERSION
            await self._parts.left(session, row)
            self._noted(session, row, "withdrew")
            await self.on_changed(session, row.id)

        await self._change(act, "withdrawn", guild_id, user_id, reference, intake, receipt)

    async def allow(
        self,
        *,
        guild_id: int,
        user_id: Who,
        reference: str,
        consent: Consent,
        intake: str,
        receipt: bytes | None = None,
    ) -> None:
        """Change what the desk may do with one's concern, under today's wording.

        The history keeps what was allowed before, and under which version of the wording.

        Raises:
            NotAllowedMove: it was withdrawn; opening it again comes first.
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def act(session: AsyncSession, row: ConcernRow) -> None:
            if row.close_reason == CloseReason.WITHDRAWN:
                raise NotAllowedMove(State(row.state), State.REOPENED)
            before, version = row.consent, row.consent_version
            if (before, version) == (consent, CONSENT_VERSION):
                return
            row.consent, row.consent_version = consent, CONSENT_VERSION
            detail = {
                "from": before,
                "to": str(consent),
                "version_from": str(version),
                "version_to": str(CONSENT_VERSION),
            }
            self._noted(session, row, "consented", detail)
            await self.on_changed(session, row.id)

        await self._change(act, "consented", guild_id, user_id, reference, intake, receipt)

    async def reopen(
        self,
        *,
        guild_id: int,
        user_id: Who,
        reference: str,
        intake: str,
        receipt: bytes | None = None,
    ) -> None:
        """Open one's closed concern again. Opening an open one changes nothing.

        What a withdrawn one allowed stays withdrawn until it is allowed anew.

        Raises:
            TooLate: it was closed too long ago.
            BadDraft: the person has erased its text.
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def act(session: AsyncSession, row: ConcernRow) -> None:
            if row.state != State.CLOSED:
                return
            if await self._reader.text_key(session, row) is None or not row.content:
                raise BadDraft("concern.bad.erased")
            await check_reopening(session, row, self._clock())
            _move(row, State.REOPENED)
            row.close_reason = None
            # What was closed with others is opened again by itself, with its own parts.
            await self._parts.out(session, row)
            await self._parts.reopened(session, row, None)
            self._noted(session, row, "reopened")

        await self._change(act, "reopened", guild_id, user_id, reference, intake, receipt)

    async def _change(
        self,
        act: _Act,
        what: str,
        guild_id: int,
        user_id: Who,
        reference: str,
        intake: str,
        receipt: bytes | None,
    ) -> None:
        """Do it on the locked concern; card and confirmation follow in the same transaction."""
        once = self._vault.fingerprint("act", intake)

        async def work(session: AsyncSession) -> None:
            row = await self._mine(session, guild_id, user_id, reference, lock=True)
            before, stood = row.version, row.state
            await act(session, row)
            if row.state != stood:
                await timing.on_moved(session, row, self._clock())
            await session.flush()
            if row.version != before:
                await self._outbox.post(session, effects.card(row))
                await tell_voices(session, self._outbox, row, stood)
            if receipt is not None:
                await self._outbox.post(session, effects.done(row, what, receipt, once=once))

        await self._store.write(work)

    def _noted(
        self,
        session: AsyncSession,
        row: ConcernRow,
        what: str,
        detail: dict[str, str] | None = None,
    ) -> None:
        row.version += 1
        row.changed_at = self._clock()
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=row.changed_at,
                what=what,
                by_id=None,
                detail=detail or {},
            )
        )


def _move(row: ConcernRow, to: State) -> None:
    now = State(row.state)
    if to not in REPORTER_MOVES[now]:
        raise NotAllowedMove(now, to)
    row.state = to


async def check_reopening(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """Let a closed concern be opened again by its reporter if it was closed lately.

    Raises:
        TooLate: it was closed too long ago.
    """
    closed_at = await session.scalar(
        select(EventRow.at)
        .where(EventRow.concern_id == row.id, EventRow.what.in_(("moved", "withdrew")))
        .order_by(EventRow.id.desc())
        .limit(1)
    )
    if now > (closed_at or row.changed_at) + timedelta(days=REOPEN_DAYS):
        raise TooLate(REOPEN_DAYS)
