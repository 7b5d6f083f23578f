"""What a domain says of the people in its tables, so that privacy can be kept in one place.

A domain that keeps anything of people has a `Holder` (to export it and to erase it) and, for what
must not be kept for ever, `Rule`s. The composition root hands both to bot/privacy. A test finds
every column that points at a person and asks which holder answers for it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.people import Person

Count = Callable[[AsyncSession, datetime], Awaitable[int]]
"""Takes a session and a cutoff; returns how many things are older (or were removed)."""


@dataclass(frozen=True)
class Share:
    """What erasing one person takes away, and what it leaves: catalog key -> how many.

    Keys are plurals of the catalogs, `privacy.goes.<what>` and `privacy.stays.<what>`.
    """

    goes: Mapping[str, int] = field(default_factory=dict)
    stays: Mapping[str, int] = field(default_factory=dict)


class Holder(Protocol):
    """A domain that keeps something of people.

    Attributes:
        columns: the columns that point at a person and that this holder answers for, such as
            `concern.reporter_id`.
    """

    columns: frozenset[str]

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return what is kept of a person, for that person, as JSON takes it."""

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away, and what it would leave."""

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take it away, in the caller's transaction, and post what that changes on Discord.

        The person's identity and text key are destroyed right after, by whoever calls this.
        """

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return queries for the ids of people whom this domain needs to know still.

        `cutoff` is the time before which having done something is no reason any more.
        """


class EraseList(Protocol):
    """What keeps rows of people erased, whichever backup is restored.

    A domain that destroys a row's key by itself puts the row on it, in the same transaction.
    """

    async def note(self, session: AsyncSession, prints: Iterable[str], at: datetime) -> None:
        """Put the prints of rows (`People.print_of`) on the list."""

    async def settle(self, prints: Sequence[str], at: datetime) -> None:
        """Do what can only be done once that is committed."""


@dataclass(frozen=True)
class Rule:
    """What is not kept for ever. `name` is what the inventory calls it.

    `count` says how many things are past the cutoff; `enforce` removes some of them, in a
    transaction of its own, and says how many: it is called until there are none.
    """

    name: str
    days: int
    count: Count
    enforce: Count
