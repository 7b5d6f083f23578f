"""What the desk's own ledger shows for a promise: briefs, FAQ changes, concerns, sessions held.

Each `Provider` speaks for one part of the ledger. Everybody can read what it returns, so a
provider says nothing that its part would not say to everybody, and counts people only as
`at_least` tells them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from bot.concerns.answered import answered
from bot.concerns.briefs.service import Briefs
from bot.concerns.briefs.suppression import at_least
from bot.discussions.model import Session, State
from bot.discussions.service import Sessions
from bot.knowledge.revisions import Revisions
from bot.knowledge.service import Knowledge
from bot.promises.model import Ledger
from bot.store.engine import Store

LATEST = 5
"""How many things are named; the others are counted."""


@dataclass(frozen=True)
class Item:
    """One thing in the ledger. `what` is a catalog key; `name` is public and may be markup."""

    what: str
    at: datetime
    name: str


@dataclass(frozen=True)
class Drawn:
    """What one part of the ledger shows.

    Attributes:
        count: how many there are; where they are people, "at least" so many, and None if they
            are too few to tell.
        of_people: whether people are counted.
        latest: the latest of them, newest first, where they can be named.
    """

    ledger: Ledger
    count: int | None
    latest: tuple[Item, ...] = ()
    of_people: bool = False

    @property
    def shows(self) -> bool:
        """Say whether there is anything that may be told."""
        return bool(self.count)


class Provider(Protocol):
    """One part of the ledger."""

    ledger: Ledger

    async def of(self, guild_id: int, since: date) -> Drawn:
        """Return what it shows in a server since a day."""


class Evidence:
    """Everything the ledger can show."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._providers = {one.ledger: one for one in providers}

    @classmethod
    def of_the_ledger(
        cls,
        store: Store,
        briefs: Briefs,
        revisions: Revisions,
        knowledge: Knowledge,
        sessions: Sessions,
    ) -> "Evidence":
        """Return what this desk's ledger shows."""
        return cls(
            (
                SentBriefs(briefs),
                PublishedEntries(revisions, knowledge),
                Answered(store),
                HeldSessions(sessions),
            )
        )

    async def of(self, guild_id: int, kinds: Sequence[Ledger], since: date) -> tuple[Drawn, ...]:
        """Return what these parts of the ledger show in a server since a day."""
        found = [self._providers[kind] for kind in kinds if kind in self._providers]
        return tuple([await one.of(guild_id, since) for one in found])


class SentBriefs:
    """Briefs that were sent. Title and recipient are told of those that are public."""

    ledger = Ledger.BRIEFS

    def __init__(self, briefs: Briefs) -> None:
        self._briefs = briefs

    async def of(self, guild_id: int, since: date) -> Drawn:
        """Return the briefs that were sent."""
        start = _start(since)
        items = []
        for one in await self._briefs.passed_on(guild_id):
            if one.sent_at is None or one.sent_at < start:
                continue
            if one.published_at is None:
                items.append(Item("promises.drawn.sent", one.sent_at, one.reference))
            else:
                name = f"{one.reference}, {one.title}, {one.to}"
                items.append(Item("promises.drawn.published", one.published_at, name))
        return Drawn(self.ledger, len(items), tuple(items[:LATEST]))


class PublishedEntries:
    """What a server changed in the FAQ; everybody can read it in `/changes`, too."""

    ledger = Ledger.KNOWLEDGE

    def __init__(self, revisions: Revisions, knowledge: Knowledge) -> None:
        self._revisions = revisions
        self._knowledge = knowledge

    async def of(self, guild_id: int, since: date) -> Drawn:
        """Return the changes that were published."""
        start = _start(since)
        changes = [
            one
            for one in await self._revisions.changes(guild_id, limit=10_000)
            if one.published_at is not None and one.published_at >= start
        ]
        items = [
            Item("promises.drawn.entry", one.published_at, self._name(guild_id, one.entry_id))
            for one in changes[:LATEST]
            if one.published_at is not None
        ]
        return Drawn(self.ledger, len(changes), tuple(items))

    def _name(self, guild_id: int, entry_id: str) -> str:
        entry = self._knowledge.of(guild_id).get(entry_id)
        return entry_id if entry is None else entry.question


class Answered:
    """People who let themselves be counted and whose concern staff answered."""

    ledger = Ledger.CONCERNS

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, guild_id: int, since: date) -> Drawn:
        """Return about how many were answered."""
        start = _start(since)
        found = await self._store.read(lambda session: answered(session, guild_id, start))
        return Drawn(self.ledger, at_least(found), of_people=True)


class HeldSessions:
    """Sessions that took place; what was called off or slept through is none."""

    ledger = Ledger.SESSIONS

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def of(self, guild_id: int, since: date) -> Drawn:
        """Return the sessions that were held."""
        held = await self._sessions.held(guild_id, _start(since))
        items = [
            Item(_held(one), one.opened_at, f"{one.reference}, {one.plan.topic}")
            for one in held[:LATEST]
            if one.opened_at is not None
        ]
        return Drawn(self.ledger, len(held), tuple(items))


def _held(session: Session) -> str:
    summed_up = session.state in (State.SUMMED_UP, State.ARCHIVED)
    return "promises.drawn.summed_up" if summed_up else "promises.drawn.session"


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
