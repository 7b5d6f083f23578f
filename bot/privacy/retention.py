"""What is not kept for ever, once a day.

The rules come from the domains (`bot.store.personal.Rule`), their days from the settings; the
inventory (inventory.py) says which tables each rule is about, and a test that no table is left
without one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.privacy.erasures import listed
from bot.privacy.model import Outcome
from bot.privacy.service import Privacy
from bot.store.audit import Audit, AuditRow
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.people import People, PersonRow
from bot.store.personal import Holder, Rule
from bot.store.scrub import scrub

JOB = "retention"

_AT_ONCE = 500

log = structlog.stdlib.get_logger(__name__)


class Retention:
    """Removes what is past its time."""

    def __init__(self, store: Store, clock: Clock, privacy: Privacy, rules: Sequence[Rule]) -> None:
        self._store = store
        self._clock = clock
        self._privacy = privacy
        self.rules = tuple(rules)

    async def plan(self) -> list[Outcome]:
        """Return how many things are past their time now, rule by rule; change nothing.

        What one rule removes may put more past its time for the next, so it is a lower bound.
        """
        found = []
        for rule in self.rules:
            cutoff = self._cutoff(rule)

            async def work(
                session: AsyncSession, rule: Rule = rule, cutoff: datetime = cutoff
            ) -> int:
                return await rule.count(session, cutoff)

            found.append(Outcome(rule.name, rule.days, await self._store.read(work)))
        return found

    async def enforce(self) -> list[Outcome]:
        """Remove what is past its time, in small transactions; return how much, rule by rule."""
        done = []
        for rule in self.rules:
            cutoff = self._cutoff(rule)

            async def work(
                session: AsyncSession, rule: Rule = rule, cutoff: datetime = cutoff
            ) -> int:
                return await rule.enforce(session, cutoff)

            total = 0
            while removed := await self._store.write(work):
                total += removed
            done.append(Outcome(rule.name, rule.days, total))
            if total:
                log.info("privacy.removed", kind=rule.name, count=total)
        return done

    async def day(self, turn: Turn) -> None:
        """Do a day's work: catch up with erasures, remove what is past its time, and scrub.

        The database is written anew only when something was erased or removed since the last day.
        """
        again = await self._privacy.catch_up()
        removed = sum(outcome.count for outcome in await self.enforce())
        erased = await self._store.read(listed)
        fresh = [at for at in erased.values() if turn.before is None or at >= turn.before]
        if again or removed or fresh:
            await scrub(self._store)

    def _cutoff(self, rule: Rule) -> datetime:
        return self._clock() - timedelta(days=rule.days)


def idle_people(people: People, holders: Sequence[Holder], days: int) -> Rule:
    """Return the rule for people of whom nothing is left that the desk needs to know them for."""

    def idle(cutoff: datetime) -> list[ColumnElement[bool]]:
        acted = select(AuditRow.actor_id).where(
            AuditRow.actor_id.is_not(None), AuditRow.at >= cutoff
        )
        needed = [query for holder in holders for query in holder.in_use(cutoff)]
        return [
            PersonRow.since < cutoff,
            PersonRow.identity.is_not(None) | PersonRow.text_key.is_not(None),
            *(PersonRow.id.not_in(query) for query in (*needed, acted)),
        ]

    async def count(session: AsyncSession, cutoff: datetime) -> int:
        query = select(func.count()).select_from(PersonRow).where(*idle(cutoff))
        return await session.scalar(query) or 0

    async def forget(session: AsyncSession, cutoff: datetime) -> int:
        some = await people.matching(session, *idle(cutoff), limit=_AT_ONCE)
        for known in some:
            await people.erase(session, known)
        return len(some)

    return Rule("people", days, count, forget)


def old_audit(audit: Audit, days: int) -> Rule:
    """Return the rule for audit entries: the chain is shortened from its beginning."""

    async def forget(session: AsyncSession, cutoff: datetime) -> int:
        return sum(
            [
                await audit.forget_before(session, guild_id, cutoff)
                for guild_id in await audit.guild_ids(session)
            ]
        )

    return Rule("audit", days, audit.count_before, forget)
