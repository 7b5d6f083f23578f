"""What staff narrow the queue down to, and the views they keep of it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    delete,
    false,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.concerns.casefile import LabelRow
from bot.concerns.model import Kind, Priority, State
from bot.concerns.records import IS_OPEN, ConcernRow
from bot.concerns.troubles import ConcernTrouble
from bot.store.base import DESK, Row, RowId, Snowflake, UtcDateTime
from bot.store.engine import Store
from bot.store.people import People
from bot.vault import Vault

NAME_LIMIT = 40
MOST_NAMED = 20
MOST_RECENT = 20
"""Views without a name that are kept for a person, so that the buttons of a page go on working."""


class NoSuchView(ConcernTrouble):
    """There is no such view of this person's (any more)."""


class TooManyViews(ConcernTrouble):
    """This person keeps as many views as they may."""


@dataclass(frozen=True)
class Filter:
    """What a page of the queue shows. Nothing chosen is every open concern."""

    kind: Kind | None = None
    state: State | None = None
    claimed_by: int | None = None
    """The Discord user id of who has it; 0 for nobody."""
    priority: Priority | None = None
    label: str = ""
    topic: str = ""
    older_days: int = 0
    """Raised at least so many days ago."""
    quiet_days: int = 0
    """Unchanged for at least so many days; the longest quiet come first."""

    @property
    def plain(self) -> bool:
        """Whether it is of states and kinds alone, which the tally knows."""
        return self == Filter(kind=self.kind, state=self.state)


ALL = Filter()


@dataclass(frozen=True)
class View:
    """A filter that is kept. `name` is staff's own; "" if it is only a page's."""

    id: int
    name: str
    filter: Filter


class ViewRow(Row):
    """One kept filter of one staff member; name and filter are sealed under the desk's key."""

    __tablename__ = "triage_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "intake"),
        Index("ix_triage_view_owner", "owner_id", "used_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    owner_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    intake: Mapped[str] = mapped_column(String(43))
    named: Mapped[bool]
    content: Mapped[bytes] = mapped_column(LargeBinary, info=DESK)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Views:
    """The views that staff keep."""

    def __init__(self, store: Store, people: People, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._vault = vault
        self._clock = clock

    async def keep(self, guild_id: int, by: int, chosen: Filter, name: str = "") -> View:
        """Keep a filter, under a name or only for the buttons of a page; one of that name goes.

        Raises:
            TooManyViews: this person keeps as many named ones as they may.
        """
        name = " ".join(name.split())[:NAME_LIMIT]
        packed = json.dumps([name, {k: v for k, v in asdict(chosen).items() if v is not None}])
        key = self._vault.fingerprint("view", guild_id, packed)

        async def work(session: AsyncSession) -> View:
            now = self._clock()
            person = await self._people.ensure(session, guild_id, by, now)
            rows = list(
                await session.scalars(
                    select(ViewRow)
                    .where(ViewRow.owner_id == person.id)
                    .order_by(ViewRow.used_at.desc(), ViewRow.id.desc())
                )
            )
            for row in rows:
                if row.intake == key:
                    row.used_at = now
                    return self._view(row)
            if name:
                for row in [one for one in rows if self._view(one).name == name]:
                    rows.remove(row)
                    await session.delete(row)
                if sum(row.named for row in rows) >= MOST_NAMED:
                    raise TooManyViews
            else:
                unnamed = [row.id for row in rows if not row.named]
                await session.execute(
                    delete(ViewRow).where(ViewRow.id.in_(unnamed[MOST_RECENT - 1 :]))
                )
            row = ViewRow(
                guild_id=guild_id,
                owner_id=person.id,
                intake=key,
                named=bool(name),
                content=self._vault.seal(packed.encode()),
                used_at=now,
            )
            session.add(row)
            await session.flush()
            return self._view(row)

        return await self._store.write(work)

    async def named(self, guild_id: int, by: int) -> tuple[View, ...]:
        """Return the views that somebody keeps under a name, in the names' order."""

        async def work(session: AsyncSession) -> tuple[View, ...]:
            mine = await self._people.ids_of(session, [guild_id], by)
            rows = await session.scalars(
                select(ViewRow).where(ViewRow.owner_id.in_(mine), ViewRow.named.is_(True))
            )
            return tuple(sorted((self._view(row) for row in rows), key=lambda one: one.name))

        return await self._store.read(work)

    async def view(self, guild_id: int, by: int, view_id: int) -> View:
        """Return one of somebody's views.

        Raises:
            NoSuchView: there is none, or it is another person's.
        """

        async def work(session: AsyncSession) -> View:
            return self._view(await self._mine(session, guild_id, by, view_id))

        return await self._store.read(work)

    async def drop(self, guild_id: int, by: int, view_id: int) -> View:
        """Keep a view no longer.

        Raises:
            NoSuchView: there is none, or it is another person's.
        """

        async def work(session: AsyncSession) -> View:
            row = await self._mine(session, guild_id, by, view_id)
            await session.delete(row)
            return self._view(row)

        return await self._store.write(work)

    async def _mine(self, session: AsyncSession, guild_id: int, by: int, view_id: int) -> ViewRow:
        mine = await self._people.ids_of(session, [guild_id], by)
        row = await session.scalar(
            select(ViewRow).where(ViewRow.id == view_id, ViewRow.owner_id.in_(mine))
        )
        if row is None:
            raise NoSuchView
        return row

    def _view(self, row: ViewRow) -> View:
        name, chosen = json.loads(self._vault.unseal(row.content))
        return View(row.id, name, _read(chosen))


def conditions(
    guild_id: int, chosen: Filter, holder_ids: list[int], now: datetime
) -> list[ColumnElement[bool]]:
    """Return what a filter asks of a concern; `holder_ids` are the rows of `claimed_by`."""
    wanted: list[ColumnElement[bool]] = [ConcernRow.guild_id == guild_id]
    wanted.append(IS_OPEN if chosen.state is None else ConcernRow.state == chosen.state)
    if chosen.kind is not None:
        wanted.append(ConcernRow.kind == chosen.kind)
    if chosen.claimed_by == 0:
        wanted.append(ConcernRow.claimed_by_id.is_(None))
    elif len(holder_ids) == 1:
        wanted.append(ConcernRow.claimed_by_id == holder_ids[0])
    elif chosen.claimed_by is not None:
        # The desk has never met this person, so they have nothing.
        wanted.append(false())
    if chosen.priority is not None:
        wanted.append(ConcernRow.priority == chosen.priority)
    if chosen.topic:
        wanted.append(ConcernRow.topic == chosen.topic)
    if chosen.label:
        labelled = select(LabelRow.concern_id).where(
            LabelRow.guild_id == guild_id, LabelRow.label == chosen.label
        )
        wanted.append(ConcernRow.id.in_(labelled))
    if chosen.older_days:
        wanted.append(ConcernRow.raised_at <= now - timedelta(days=chosen.older_days))
    if chosen.quiet_days:
        wanted.append(ConcernRow.changed_at <= now - timedelta(days=chosen.quiet_days))
    return wanted


def _read(chosen: dict[str, Any]) -> Filter:
    kind, state, priority = (chosen.pop(name, None) for name in ("kind", "state", "priority"))
    return Filter(
        kind=None if kind is None else Kind(kind),
        state=None if state is None else State(state),
        priority=None if priority is None else Priority(priority),
        **chosen,
    )
