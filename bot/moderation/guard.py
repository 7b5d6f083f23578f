"""The guard: looks at messages, decides what follows, and keeps account of it without the texts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.metrics import VERDICTS
from bot.moderation.checks import Checks, Finding
from bot.moderation.keeping import TakenRow, VerdictRow
from bot.moderation.model import (
    OPENS_CASE,
    TAKES_DOWN,
    Action,
    Check,
    Message,
    Mode,
    Step,
    Verdict,
)
from bot.moderation.rules import Ruleset
from bot.moderation.settings import CheckSettings
from bot.moderation.storms import first
from bot.moderation.taken import CASE, HELD, TELL, State, TakenDown, effect_of, takings
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People
from bot.vault import Vault

_RANK = {
    action: place
    for place, action in enumerate(
        (
            Action.NOTE,
            Action.ASK,
            Action.REMOVE,
            Action.HOLD,  # above `remove`: of what sets off both, moderators hear
            Action.WARN,
            Action.TIMEOUT,
        )
    )
}
_MOST_SHOWN = 200


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


class Guard(TakenDown):
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
        super().__init__(store, outbox, people, clock)
        self._vault = vault
        self._dry_run = dry_run
        self._checks = Checks(ruleset)
        self.look, self.first = self._checks.look, self._checks.first

    async def take_up(self, ruleset: Ruleset) -> None:
        """Work by these rules from now on; they are made ready away from the loop."""
        self._checks = await asyncio.to_thread(Checks, ruleset)
        self.look, self.first = self._checks.look, self._checks.first

    async def act(self, message: Message, findings: Sequence[Finding]) -> list[Verdict]:
        """Record what was found and post what follows; the same message again changes nothing.

        What moderators allowed its author before is left alone.
        """
        return await self.act_on([(message, findings)])

    async def act_on(self, found: Sequence[tuple[Message, Sequence[Finding]]]) -> list[Verdict]:
        """As `act`, for several messages in one transaction: a raid brings more than a database
        takes one by one.
        """

        async def work(session: AsyncSession) -> list[Verdict]:
            made: list[Verdict] = []
            down: list[TakenRow] = []
            effects: list[Effect] = []
            for message, findings in found:
                verdicts, row, follows = await self._judge(session, message, findings)
                made += verdicts
                effects += follows
                if row is not None and row.action in TAKES_DOWN:
                    down.append(row)
            # What is taken down goes first.
            await self._outbox.post(session, *takings(down), *effects)
            return made

        verdicts = await self._store.write(work)
        for verdict in verdicts:
            VERDICTS.labels(verdict.check, verdict.action, "dry" if verdict.dry else "on").inc()
        return verdicts

    async def _judge(
        self, session: AsyncSession, message: Message, findings: Sequence[Finding]
    ) -> tuple[list[Verdict], TakenRow | None, list[Effect]]:
        """Record what was found in one message; return the copy, if one is kept, and what follows
        but for taking it down.
        """
        evidence = self._vault.fingerprint("evidence", message.guild_id, message.text)
        if await self._is_allowed(session, message, evidence):
            return [], None, []
        made: list[Verdict] = []
        live: list[tuple[Verdict, bool, CheckSettings]] = []
        for finding in findings:
            if finding.check.check is Check.FIRST and not await self._waits(session, message):
                continue
            recorded = await self._record(session, message, finding.check, evidence)
            if recorded is None:
                continue
            verdict, again = recorded
            made.append(verdict)
            if not verdict.dry:
                live.append((verdict, again, finding.check))
        if not live:
            return made, None, []
        worst, again, check = max(live, key=_weight)
        return made, *await self._follow(session, message, check, worst, again=again)

    async def blocked(self, message: Message, check: CheckSettings) -> None:
        """Record what Discord's AutoMod blocked before anybody saw it; its ladder climbs as ever.

        `message.id` is a number below 0 that no message has. Its author was told by Discord, and
        has the text still; a case is opened where the ladder says so.
        """
        evidence = self._vault.fingerprint("evidence", message.guild_id, message.text)

        async def work(session: AsyncSession) -> None:
            recorded = await self._record(session, message, check, evidence)
            if recorded is None:
                return
            verdict, again = recorded
            if verdict.dry or again or verdict.action not in OPENS_CASE:
                return
            row = await self._copy(session, message, check, verdict)
            await self._outbox.post(session, _case(row, verdict))

        await self._store.write(work)
        VERDICTS.labels(check.check, "blocked", "on").inc()

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
    ) -> tuple[TakenRow | None, list[Effect]]:
        """Keep a copy, and return it with what follows but for taking the message down. Of the same
        occasion, only the message goes; nobody is told twice.
        """
        action = verdict.action
        if action is Action.NOTE:
            return None, []
        if await session.scalar(
            select(TakenRow.id).where(
                TakenRow.guild_id == message.guild_id, TakenRow.message_id == message.id
            )
        ):
            return None, []  # it was edited after its author was asked
        row = await self._copy(session, message, check, verdict)
        if again:
            return row, []
        if check.check is Check.FIRST:
            return row, await first.follow(session, row)
        effects = [effect_of(TELL, row, "")]
        if action is Action.HOLD:
            effects.append(effect_of(HELD, row, ""))
        if action in OPENS_CASE:
            effects.append(_case(row, verdict))
        return row, effects

    async def _copy(
        self, session: AsyncSession, message: Message, check: CheckSettings, verdict: Verdict
    ) -> TakenRow:
        """Keep a message for its author and for moderators, with its text if it is taken down."""
        now, takes = self._clock(), verdict.action in TAKES_DOWN
        person = await self._people.ensure(session, message.guild_id, message.author_id, now)
        key = await self._people.ensure_text_key(session, person)
        state = State.TAKEN if takes else State.ASKED
        row = TakenRow(
            guild_id=message.guild_id,
            message_id=message.id,
            channel_id=message.channel_id,
            author_id=person.id,
            content=self._people.seal(message.text, key) if takes else None,
            evidence=verdict.evidence,
            at=now,
            rule=check.rule,
            check_id=check.check,
            action=verdict.action,
            state=State.HELD if verdict.action is Action.HOLD else state,
        )
        session.add(row)
        await session.flush()
        return row

    async def _waits(self, session: AsyncSession, message: Message) -> bool:
        """Say whether a newcomer's message waits: the storm may be over, or its author known."""
        guild_id, author_id = message.guild_id, message.author_id
        return await first.holding(
            session, guild_id
        ) is not None and not await first.was_let_through(
            session, self._people, guild_id, author_id
        )

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


def _weight(live: tuple[Verdict, bool, CheckSettings]) -> tuple[bool, int]:
    """Say which of several findings counts: that a newcomer wrote it, only if there is no other."""
    verdict, _again, check = live
    return check.check is not Check.FIRST and verdict.action in TAKES_DOWN, _RANK[verdict.action]


def _case(row: TakenRow, verdict: Verdict) -> Effect:
    effect = effect_of(CASE, row, "")
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
