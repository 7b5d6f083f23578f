"""Who is who, kept apart: the one table that can lead back to a Discord account.

A person's row is found by a keyed fingerprint of the account in that guild; the account's id
itself is sealed and opened only to deliver to that person (or, for staff, to name who did what).
Every text a person writes is sealed under the text key in this row, so destroying the row's key
destroys the text everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import DESK, Row, RowId, Snowflake, UtcDateTime
from bot.vault import Shredded, Vault


class PersonRow(Row):
    """One person in one guild."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("guild_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    fingerprint: Mapped[str] = mapped_column(String(43))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    text_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Person:
    """A person's row id and sealed text key (None once erased)."""

    id: int
    text_key: bytes | None


class People:
    """Finds, makes and names people, within a unit of work."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def fingerprint(self, guild_id: int, user_id: int) -> str:
        """Return the fingerprint a person is found by. Unrelated between guilds."""
        return self._vault.fingerprint("person", guild_id, user_id)

    async def find(self, session: AsyncSession, guild_id: int, user_id: int) -> Person | None:
        """Return the person behind a Discord account in a guild, if the desk knows them."""
        row = await session.scalar(
            select(PersonRow).where(
                PersonRow.guild_id == guild_id,
                PersonRow.fingerprint == self.fingerprint(guild_id, user_id),
            )
        )
        return None if row is None else Person(row.id, row.text_key)

    async def ids_of(
        self, session: AsyncSession, guild_ids: Sequence[int], user_id: int
    ) -> list[int]:
        """Return the row ids of one Discord account in these guilds, where the desk knows it."""
        prints = [self.fingerprint(guild_id, user_id) for guild_id in guild_ids]
        found = await session.scalars(
            select(PersonRow.id).where(
                PersonRow.guild_id.in_(guild_ids), PersonRow.fingerprint.in_(prints)
            )
        )
        return list(found)

    async def ensure(
        self, session: AsyncSession, guild_id: int, user_id: int, now: datetime
    ) -> Person:
        """Return the person behind a Discord account in a guild, known from now on."""
        known = await self.find(session, guild_id, user_id)
        if known is not None:
            return known
        row = PersonRow(
            guild_id=guild_id,
            fingerprint=self.fingerprint(guild_id, user_id),
            identity=self._vault.seal(str(user_id).encode()),
            text_key=self._vault.new_text_key(),
            since=now,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process made the same person at the same instant: theirs is the one.
            made = await self.find(session, guild_id, user_id)
            if made is None:
                raise
            return made
        return Person(row.id, row.text_key)

    async def user_id(self, session: AsyncSession, person_id: int) -> int | None:
        """Open a person's Discord id, to deliver to them; None once erased."""
        sealed = await session.scalar(select(PersonRow.identity).where(PersonRow.id == person_id))
        return None if sealed is None else int(self._vault.unseal(sealed))

    async def user_ids(self, session: AsyncSession, person_ids: set[int]) -> dict[int, int]:
        """Open several people's Discord ids at once (staff named in a case's history)."""
        if not person_ids:
            return {}
        rows = await session.execute(
            select(PersonRow.id, PersonRow.identity).where(PersonRow.id.in_(person_ids))
        )
        return {
            person_id: int(self._vault.unseal(sealed))
            for person_id, sealed in rows
            if sealed is not None
        }

    async def ensure_text_key(self, session: AsyncSession, person: Person) -> bytes:
        """Return the person's sealed text key; someone who erased and came back gets a new one."""
        if person.text_key is not None:
            return person.text_key
        fresh = self._vault.new_text_key()
        await session.execute(
            update(PersonRow).where(PersonRow.id == person.id).values(text_key=fresh)
        )
        return fresh

    def seal(self, text: str, text_key: bytes) -> bytes:
        """Seal a person's text under their key."""
        return self._vault.seal_text(text, text_key)

    def open(self, sealed: bytes, text_key: bytes | None) -> str | None:
        """Open a person's text; None if it was erased."""
        try:
            return self._vault.open_text(sealed, text_key)
        except Shredded:
            return None
