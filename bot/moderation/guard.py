"""The guard: looks at messages, decides what follows, and keeps account of it without the texts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.metrics import VERDICTS
from bot.moderation.checks import Checks, Finding
from bot.moderation.keeping import TakenRow, VerdictRow
from bot.moderation.model import OPENS_CASE, TAKES_DOWN, Action, Check, Message, Mode, Step, Verdict
from bot.moderation.rules import Ruleset
from bot.moderation.settings import CheckSettings
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People
from bot.vault import Vault

TAKE = "guard.take"
"""Delete a message. The payload is `{"channel": id, "message": id}`."""

TELL = "guard.tell"
"""Tell a message's author, in private, what became of it. The payload is `{"message": id}`."""

HELD = "guard.held"
"""Show moderators a message that waits for them, or what they decided. As `TELL`."""

CASE = "guard.case"
"""Open the case of a verdict that warns or times out. As `TELL`, with `minutes`."""

_RANK = {action: place for place, action in enumerate(Action)}
_MOST_SHOWN = 200


class State(StrEnum):
    """Where a message stands that was taken down."""

    ASKED = "asked"
    TAKEN = "taken"
    HELD = "held"
    ALLOWED = "allowed"
    REFUSED = "refused"


class NoSuchMessage(Exception):
    """The desk keeps no such message, or not any more."""


class Decided(Exception):
    """Somebody else has decided this message meanwhile."""


@dataclass(frozen=True)
class Taken:
    """A message that was taken down, as its author and moderators see it."""

    guild_id: int
    message_id: int
    channel_id: int
    author: int | None = field(repr=False)
    text: str | None = field(repr=False)
    """None once it is erased, or if the message still stands."""
    at: datetime
    rule: str
    check: Check
    action: Action
    state: State
    evidence: str
    decided_by: int | None = None


@dataclass(frozen=True)
class Seen:
    """One message in the account of verdicts."""

    channel_id: int
    message_id: int
    at: datetime
    rule: str
    check_id: str
    action: Action
    dry: bool


@dataclass(frozen=True)
class Account:
    """What checks found in a time: by check (its id) how many, how many of them in dry run."""

    counts: dict[str, tuple[int, int]]
    people: int
    shown: tuple[Seen, ...]


class Guard:
    """What reads messages to keep people safe."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        clock: Clock,
        ruleset: Ruleset,
        *,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._clock = clock
        self._dry_run = dry_run
        self._checks = Checks(ruleset)
        self.look = self._checks.look

    async def take_up(self, ruleset: Ruleset) -> None:
        """Work by these rules from now on; they are made ready away from the loop."""
        self._checks = await asyncio.to_thread(Checks, ruleset)
        self.look = self._checks.look

    async def act(self, message: Message, findings: Sequence[Finding]) -> list[Verdict]:
        """Record what was found and post what follows; the same message again changes nothing.

        What moderators allowed its author before is left alone.
        """
        evidence = self._vault.fingerprint("evidence", message.guild_id, message.text)

        async def work(session: AsyncSession) -> list[Verdict]:
            if await self._is_allowed(session, message, evidence):
                return []
            made: list[Verdict] = []
            live: list[tuple[Verdict, bool, CheckSettings]] = []
            for finding in findings:
                recorded = await self._record(session, message, finding.check, evidence)
                if recorded is None:
                    continue
                verdict, again = recorded
                made.append(verdict)
                if not verdict.dry:
                    live.append((verdict, again, finding.check))
            if live:
                worst, again, check = max(live, key=lambda one: _RANK[one[0].action])
                await self._follow(session, message, check, worst, again=again)
            return made

        verdicts = await self._store.write(work)
        for verdict in verdicts:
            VERDICTS.labels(verdict.check, verdict.action, "dry" if verdict.dry else "on").inc()
        return verdicts

    async def account(self, guild_id: int, days: int) -> Account:
        """Return what checks found in the last days, the latest messages first."""
        since = self._clock() - timedelta(days=days)

        async def work(session: AsyncSession) -> Account:
            here = (VerdictRow.guild_id == guild_id, VerdictRow.at >= since)
            rows = await session.execute(
                select(VerdictRow.check_id, VerdictRow.dry, func.count())
                .where(*here)
                .group_by(VerdictRow.check_id, VerdictRow.dry)
            )
            counts: dict[str, tuple[int, int]] = {}
            for check_id, dry, count in rows:
                total, tried = counts.get(check_id, (0, 0))
                counts[check_id] = (total + count, tried + (count if dry else 0))
            query = select(func.count(func.distinct(VerdictRow.author))).where(*here)
            people = await session.scalar(query)
            latest = await session.scalars(
                select(VerdictRow).where(*here).order_by(VerdictRow.id.desc()).limit(_MOST_SHOWN)
            )
            return Account(counts, people or 0, tuple(map(_seen, latest)))

        return await self._store.read(work)

    async def taken(self, guild_id: int, message_id: int) -> Taken:
        """Return a message that was taken down.

        Raises:
            NoSuchMessage: there is none, or not any more.
        """

        async def work(session: AsyncSession) -> Taken:
            return await self._whole(session, await _find(session, guild_id, message_id))

        return await self._store.read(work)

    async def taken_from(self, guild_id: int, user_id: int) -> list[Taken]:
        """Return what was taken down of a person's and is kept for them, the latest first."""

        async def work(session: AsyncSession) -> list[Taken]:
            person = await self._people.find(session, guild_id, user_id)
            if person is None:
                return []
            rows = await session.scalars(
                select(TakenRow)
                .where(TakenRow.author_id == person.id, TakenRow.content.is_not(None))
                .order_by(TakenRow.id.desc())
                .limit(10)
            )
            return [await self._whole(session, row) for row in rows]

        return await self._store.read(work)

    async def ask_again(self, guild_id: int, message_id: int, user_id: int) -> Taken:
        """Put a message that was taken down before moderators, as its author wishes.

        Raises:
            NoSuchMessage: it is not kept any more, or not this person's.
            Decided: moderators have looked at it already.
        """

        async def work(session: AsyncSession) -> Taken:
            row = await _find(session, guild_id, message_id, lock=True)
            person = await self._people.find(session, guild_id, user_id)
            if person is None or person.id != row.author_id:
                raise NoSuchMessage(message_id)
            if row.state in (State.ALLOWED, State.REFUSED):
                raise Decided(message_id)
            if row.state != State.HELD:
                row.state = State.HELD
                await self._outbox.post(session, _effect(HELD, row, "asked"))
            return await self._whole(session, row)

        return await self._store.write(work)

    async def decide(self, guild_id: int, message_id: int, by: int, *, allow: bool) -> Taken:
        """Say whether a held message may be posted again; its author is told.

        Raises:
            NoSuchMessage: it is not kept any more.
            Decided: somebody else decided it otherwise.
        """
        wanted = State.ALLOWED if allow else State.REFUSED

        async def work(session: AsyncSession) -> Taken:
            row = await _find(session, guild_id, message_id, lock=True)
            if row.state in (State.ALLOWED, State.REFUSED):
                if row.state != wanted:
                    raise Decided(message_id)
                return await self._whole(session, row)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            row.state, row.decided_by_id = wanted, person.id
            await self._outbox.post(
                session, _effect(TELL, row, "decided"), _effect(HELD, row, "decided")
            )
            return await self._whole(session, row)

        return await self._store.write(work)

    async def _record(
        self, session: AsyncSession, message: Message, check: CheckSettings, evidence: str
    ) -> tuple[Verdict, bool] | None:
        """Record one verdict; None if this message's is recorded. True: of the same occasion."""
        known = await session.scalar(
            select(VerdictRow.id).where(
                VerdictRow.guild_id == message.guild_id,
                VerdictRow.message_id == message.id,
                VerdictRow.check_id == check.id,
            )
        )
        if known is not None:
            return None
        now = self._clock()
        dry = self._dry_run or check.mode is Mode.DRY
        author = self._people.fingerprint(message.guild_id, message.author_id)
        step, again = await self._step(session, message.guild_id, author, check, now)
        verdict = Verdict(
            rule=check.rule,
            check=check.check,
            action=step.action,
            evidence=evidence,
            guild_id=message.guild_id,
            channel_id=message.channel_id,
            message_id=message.id,
            author_id=message.author_id,
            minutes=step.minutes,
            dry=dry,
        )
        session.add(
            VerdictRow(
                guild_id=message.guild_id,
                at=now,
                rule=check.rule,
                check_id=check.id,
                action=step.action,
                dry=dry,
                again=again,
                channel_id=message.channel_id,
                message_id=message.id,
                author=author,
                evidence=evidence,
            )
        )
        await session.flush()
        return verdict, again

    async def _step(
        self, session: AsyncSession, guild_id: int, author: str, check: CheckSettings, now: datetime
    ) -> tuple[Step, bool]:
        """Return the step of the ladder that comes now, and whether the occasion is an old one."""
        mine = (
            VerdictRow.guild_id == guild_id,
            VerdictRow.author == author,
            VerdictRow.check_id == check.id,
        )
        query = select(func.max(VerdictRow.at)).where(*mine)
        last = await session.scalar(query)
        again = last is not None and now - last < timedelta(seconds=check.cool_down_seconds)
        before = await session.scalar(
            select(func.count()).where(
                *mine,
                VerdictRow.again.is_(False),
                VerdictRow.at > now - timedelta(hours=check.forget_hours),
            )
        )
        place = (before or 0) - (1 if again else 0)
        return check.ladder[min(max(place, 0), len(check.ladder) - 1)].step, again

    async def _follow(
        self,
        session: AsyncSession,
        message: Message,
        check: CheckSettings,
        verdict: Verdict,
        *,
        again: bool,
    ) -> None:
        """Post what follows. Of the same occasion, only the message goes; nobody is told twice."""
        action = verdict.action
        if action is Action.NOTE:
            return
        takes = action in TAKES_DOWN
        person = await self._people.ensure(
            session, message.guild_id, message.author_id, self._clock()
        )
        key = await self._people.ensure_text_key(session, person)
        row = TakenRow(
            guild_id=message.guild_id,
            message_id=message.id,
            channel_id=message.channel_id,
            author_id=person.id,
            content=self._people.seal(message.text, key) if takes else None,
            evidence=verdict.evidence,
            at=self._clock(),
            rule=check.rule,
            check_id=check.check,
            action=action,
            state=State.HELD if action is Action.HOLD else (State.TAKEN if takes else State.ASKED),
        )
        if await session.scalar(
            select(TakenRow.id).where(
                TakenRow.guild_id == message.guild_id, TakenRow.message_id == message.id
            )
        ):
            return  # it was edited after its author was asked
        session.add(row)
        await session.flush()
        effects = [_effect(TAKE, row, "")] if takes else []
        if not again:
            effects.append(_effect(TELL, row, ""))
            if action is Action.HOLD:
                effects.append(_effect(HELD, row, ""))
            if action in OPENS_CASE:
                effects.append(_case(row, verdict))
        await self._outbox.post(session, *effects)

    async def _is_allowed(self, session: AsyncSession, message: Message, evidence: str) -> bool:
        person = await self._people.find(session, message.guild_id, message.author_id)
        if person is None:
            return False
        found = await session.scalar(
            select(TakenRow.id)
            .where(
                TakenRow.author_id == person.id,
                TakenRow.evidence == evidence,
                TakenRow.state == State.ALLOWED,
            )
            .limit(1)
        )
        return found is not None

    async def _whole(self, session: AsyncSession, row: TakenRow) -> Taken:
        text = None
        if row.content is not None:
            text = self._people.open(
                row.content, await self._people.text_key(session, row.author_id)
            )
        by = None
        if row.decided_by_id is not None:
            by = await self._people.user_id(session, row.decided_by_id)
        return Taken(
            guild_id=row.guild_id,
            message_id=row.message_id,
            channel_id=row.channel_id,
            author=await self._people.user_id(session, row.author_id),
            text=text,
            at=row.at,
            rule=row.rule,
            check=Check(row.check_id),
            action=Action(row.action),
            state=State(row.state),
            evidence=row.evidence,
            decided_by=by,
        )


async def _find(
    session: AsyncSession, guild_id: int, message_id: int, *, lock: bool = False
) -> TakenRow:
    query = select(TakenRow).where(TakenRow.guild_id == guild_id, TakenRow.message_id == message_id)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NoSuchMessage(message_id)
    return row


def _effect(kind: str, row: TakenRow, occasion: str) -> Effect:
    payload = {"message": row.message_id, "channel": row.channel_id}
    # What is taken down goes first and waits for nobody's direct messages.
    lane = f"{kind}:{row.message_id}"
    return Effect(kind, row.guild_id, lane, f"{kind}:{row.message_id}:{occasion}", payload)


def _case(row: TakenRow, verdict: Verdict) -> Effect:
    effect = _effect(CASE, row, "")
    return replace(effect, payload={**effect.payload, "minutes": verdict.minutes})


def _seen(row: VerdictRow) -> Seen:
    return Seen(
        row.channel_id,
        row.message_id,
        row.at,
        row.rule,
        row.check_id,
        Action(row.action),
        row.dry,
    )
