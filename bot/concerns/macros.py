"""Macros: replies that staff write once and use again, with blanks that are filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.concerns.drafts import legible
from bot.concerns.model import REPLY_LIMIT
from bot.concerns.troubles import BadDraft, ConcernTrouble
from bot.store.audit import Audit
from bot.store.base import Row, RowId, Snowflake, UtcDateTime
from bot.store.engine import Store
from bot.store.people import People

NAME_LIMIT = 50
MOST = 25
"""Macros of one server: as many as a menu shows."""

BLANKS = ("reference", "kind", "topic", "days", "state", "server")
"""What may stand in braces in a macro."""

_BLANK = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass
class UnknownBlank(ConcernTrouble):
    """A macro has something in braces that the desk cannot fill in."""

    blank: str


@dataclass
class MacroChanged(ConcernTrouble):
    """Somebody changed or removed it since this person looked."""

    name: str


class MacroRow(Row):
    """One macro of one server. Its text is the server's own and about nobody."""

    __tablename__ = "macro"
    __table_args__ = (UniqueConstraint("guild_id", "name"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    name: Mapped[str] = mapped_column(String(50))
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


@dataclass(frozen=True)
class Macro:
    """A macro as staff see it."""

    id: int
    name: str
    text: str
    version: int

    def filled(self, values: Mapping[str, str]) -> str:
        """Return its text with the blanks filled in, no longer than a reply may be."""
        return _BLANK.sub(lambda found: values.get(found[1].strip(), found[0]), self.text)[
            :REPLY_LIMIT
        ]


class Macros:
    """A server's macros."""

    def __init__(self, store: Store, people: People, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._clock = clock

    async def all(self, guild_id: int) -> tuple[Macro, ...]:
        """Return a server's macros, by name."""

        async def work(session: AsyncSession) -> tuple[Macro, ...]:
            query = select(MacroRow).where(MacroRow.guild_id == guild_id).order_by(MacroRow.name)
            return tuple(_macro(row) for row in await session.scalars(query))

        return await self._store.read(work)

    async def get(self, guild_id: int, macro_id: int) -> Macro | None:
        """Return one macro of this server; None if there is none (any more)."""

        async def work(session: AsyncSession) -> Macro | None:
            row = await _find(session, guild_id, macro_id)
            return None if row is None else _macro(row)

        return await self._store.read(work)

    async def add(self, guild_id: int, by: int, name: str, text: str) -> Macro:
        """Keep a new macro.

        Raises:
            BadDraft: a part is empty or too long, the name is taken, or there are too many.
            UnknownBlank: something in braces cannot be filled in; says what.
        """
        name, text = _checked(name, text)

        async def work(session: AsyncSession) -> Macro:
            await self._free(session, guild_id, name, None)
            count = await session.scalar(select(func.count()).where(MacroRow.guild_id == guild_id))
            if (count or 0) >= MOST:
                raise BadDraft("casework.bad.many_macros")
            row = MacroRow(
                guild_id=guild_id, name=name, text=text, changed_at=self._clock(), version=1
            )
            session.add(row)
            await session.flush()
            await self._record(session, guild_id, by, "macro.added", row)
            return _macro(row)

        return await self._store.write(work)

    async def edit(
        self, guild_id: int, by: int, macro_id: int, name: str, text: str, *, seen: int
    ) -> Macro:
        """Change a macro; `seen` is its version when this person looked at it.

        Raises:
            BadDraft, UnknownBlank: as for `add`.
            MacroChanged: somebody changed or removed it since.
        """
        name, text = _checked(name, text)

        async def work(session: AsyncSession) -> Macro:
            row = await _find(session, guild_id, macro_id, lock=True)
            if row is None or row.version != seen:
                raise MacroChanged(name if row is None else row.name)
            await self._free(session, guild_id, name, macro_id)
            row.name, row.text = name, text
            row.version += 1
            row.changed_at = self._clock()
            await session.flush()
            await self._record(session, guild_id, by, "macro.edited", row)
            return _macro(row)

        return await self._store.write(work)

    async def remove(self, guild_id: int, by: int, macro_id: int, *, seen: int) -> None:
        """Remove a macro; removing it twice is removing it once.

        Raises:
            MacroChanged: somebody changed it since.
        """

        async def work(session: AsyncSession) -> None:
            row = await _find(session, guild_id, macro_id, lock=True)
            if row is None:
                return
            if row.version != seen:
                raise MacroChanged(row.name)
            await session.delete(row)
            await session.flush()
            await self._record(session, guild_id, by, "macro.removed", row)

        await self._store.write(work)

    async def _free(self, session: AsyncSession, guild_id: int, name: str, own: int | None) -> None:
        taken = await session.scalars(
            select(MacroRow.id).where(
                MacroRow.guild_id == guild_id, func.lower(MacroRow.name) == name.lower()
            )
        )
        if [one for one in taken if one != own]:
            raise BadDraft("casework.bad.macro_taken")

    async def _record(
        self, session: AsyncSession, guild_id: int, by: int, what: str, row: MacroRow
    ) -> None:
        person = await self._people.ensure(session, guild_id, by, self._clock())
        await self._audit.record(session, guild_id, person.id, what, f"macro:{row.id}")


def _checked(name: str, text: str) -> tuple[str, str]:
    name, text = " ".join(name.split()), text.strip()
    if not legible(name) or not legible(text):
        raise BadDraft("casework.bad.empty_macro")
    if len(name) > NAME_LIMIT or len(text) > REPLY_LIMIT:
        raise BadDraft("casework.bad.long_macro")
    for found in _BLANK.finditer(text):
        if found[1].strip() not in BLANKS:
            raise UnknownBlank(found[1].strip())
    return name, text


async def _find(
    session: AsyncSession, guild_id: int, macro_id: int, *, lock: bool = False
) -> MacroRow | None:
    query = select(MacroRow).where(MacroRow.guild_id == guild_id, MacroRow.id == macro_id)
    return await session.scalar(query.with_for_update() if lock else query)


def _macro(row: MacroRow) -> Macro:
    return Macro(row.id, row.name, row.text, row.version)
