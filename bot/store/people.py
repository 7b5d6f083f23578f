"""Who is who, kept apart: the one table that can lead back to an account or an e-mail address.

A person's row is found by a keyed fingerprint of the account (or address) in that guild; the
account's id itself is sealed and opened only to deliver to that person (or, for staff, to name who
did what).
Every text a person writes is sealed under the text key in this row, so destroying the row's key
destroys the text everywhere.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, LargeBinary, String, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import DESK, Row, RowId, Snowflake, UtcDateTime
from bot.vault import Shredded, Vault


class Door(StrEnum):
    """What a person is found by."""

    ACCOUNT = "account"
    """A Discord account."""
    CODE = "code"
    """A return code that the person holds; the desk does not know who they are."""
    MAIL = "mail"
    """An e-mail address."""


@dataclass(frozen=True)
class Address:
    """An e-mail address as somebody's identity, in the one form the desk compares."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


Who = int | Address
"""Whom the desk may know: a Discord account by its id, or an e-mail address."""


class PersonRow(Row):
    """One person in one guild."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("guild_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    fingerprint: Mapped[str] = mapped_column(String(43))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    text_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    door: Mapped[str] = mapped_column(String(10), default="account", server_default="account")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    locale: Mapped[str | None] = mapped_column(String(8))
    """The language of their Discord, as it told it last; None if it never did."""


@dataclass(frozen=True)
class Person:
    """A person's row id and sealed text key (None once erased)."""

    id: int
    text_key: bytes | None


@dataclass(frozen=True)
class Known:
    """A person in one guild, as erasing and exporting need to know them."""

    guild_id: int
    person: Person
    fingerprint: str
    since: datetime


class People:
    """Finds, makes and names people, within a unit of work."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def fingerprint(self, guild_id: int, user_id: Who) -> str:
        """Return the fingerprint a person is found by. Unrelated between guilds."""
        kind = "person" if isinstance(user_id, int) else "mail"
        return self._vault.fingerprint(kind, guild_id, str(user_id))

    async def find(
        self, session: AsyncSession, guild_id: int, user_id: Who, *, lock: bool = False
    ) -> Person | None:
        """Return the person behind an account or address in a guild, if the desk knows them.

        `lock` keeps them from being erased until the caller's transaction ends.
        """
        query = select(PersonRow).where(
            PersonRow.guild_id == guild_id,
            PersonRow.fingerprint == self.fingerprint(guild_id, user_id),
        )
        if lock:
            query = query.with_for_update(read=True, key_share=True)
        row = await session.scalar(query)
        return None if row is None else Person(row.id, row.text_key)

    async def ids_of(
        self, session: AsyncSession, guild_ids: Sequence[int], user_id: Who
    ) -> list[int]:
        """Return the row ids of one account or address in these guilds, where it is known."""
        prints = [self.fingerprint(guild_id, user_id) for guild_id in guild_ids]
        found = await session.scalars(
            select(PersonRow.id).where(
                PersonRow.guild_id.in_(guild_ids), PersonRow.fingerprint.in_(prints)
            )
        )
        return list(found)

    async def ensure(
        self, session: AsyncSession, guild_id: int, user_id: Who, now: datetime
    ) -> Person:
        """Return the person behind an account or address in a guild, known from now on."""
        # Locked, so that nothing is sealed under a key that is being destroyed.
        known = await self.find(session, guild_id, user_id, lock=True)
        if known is not None:
            return known
        row = PersonRow(
            guild_id=guild_id,
            fingerprint=self.fingerprint(guild_id, user_id),
            identity=self._vault.seal(str(user_id).encode()),
            text_key=self._vault.new_text_key(),
            door=Door.ACCOUNT if isinstance(user_id, int) else Door.MAIL,
            since=now,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process made the same person at the same instant: theirs is the one.
            made = await self.find(session, guild_id, user_id, lock=True)
            if made is None:
                raise
            return made
        return Person(row.id, row.text_key)

    async def new_with_code(
        self, session: AsyncSession, guild_id: int, code: str, now: datetime
    ) -> Person:
        """Make a person of whom nothing is known but a keyed hash of the code they hold."""
        row = PersonRow(
            guild_id=guild_id,
            fingerprint=self.code_print(guild_id, code),
            identity=None,
            text_key=self._vault.new_text_key(),
            door=Door.CODE,
            since=now,
        )
        session.add(row)
        await session.flush()
        return Person(row.id, row.text_key)

    async def new_unknown(
        self, session: AsyncSession, guild_id: int, print_: str, now: datetime
    ) -> Person:
        """Make a person of whom nothing is known, for the key that seals what they sent."""
        row = PersonRow(
            guild_id=guild_id,
            fingerprint=self._vault.fingerprint("unknown", guild_id, print_),
            identity=None,
            text_key=self._vault.new_text_key(),
            door=Door.MAIL,
            since=now,
        )
        session.add(row)
        await session.flush()
        return Person(row.id, row.text_key)

    async def with_code(
        self, session: AsyncSession, guild_id: int, code: str, *, lock: bool = False
    ) -> Person | None:
        """Return the person who holds this code in a guild."""
        wanted = self.code_print(guild_id, code)
        query = select(PersonRow).where(
            PersonRow.guild_id == guild_id, PersonRow.fingerprint == wanted
        )
        row = await session.scalar(query.with_for_update() if lock else query)
        # The database finds by the keyed hash; what it found is compared in constant time.
        if row is None or not hmac.compare_digest(row.fingerprint, wanted):
            return None
        return Person(row.id, row.text_key)

    async def forget_text_key(self, session: AsyncSession, person: Person) -> None:
        """Destroy the key to a person's texts, and with it every copy of them."""
        await session.execute(
            update(PersonRow).where(PersonRow.id == person.id).values(text_key=None)
        )

    def code_print(self, guild_id: int, code: str) -> str:
        """Return the keyed hash that a return code is known by."""
        return self._vault.fingerprint("return", guild_id, code)

    async def locale_of(self, session: AsyncSession, person_id: int) -> str | None:
        """Return the language a person was last seen to use; None if the desk never saw any."""
        return await session.scalar(select(PersonRow.locale).where(PersonRow.id == person_id))

    async def speaks(self, session: AsyncSession, person_ids: Sequence[int], locale: str) -> None:
        """Keep the language that a person's Discord or letter told; of anonymous people none."""
        await session.execute(
            update(PersonRow)
            .where(
                PersonRow.id.in_(person_ids),
                PersonRow.door != Door.CODE,
                PersonRow.identity.is_not(None),
                PersonRow.locale.is_distinct_from(locale),
            )
            .values(locale=locale[:8])
        )

    async def user_id(self, session: AsyncSession, person_id: int) -> int | None:
        """Open a person's Discord id, to deliver to them; None once erased, or if none is known."""
        sealed = await session.scalar(
            select(PersonRow.identity).where(
                PersonRow.id == person_id, PersonRow.door == Door.ACCOUNT
            )
        )
        return None if sealed is None else int(self._vault.unseal(sealed))

    async def address(self, session: AsyncSession, person_id: int) -> Address | None:
        """Open a person's e-mail address, to write to them; None once erased, or without one."""
        sealed = await session.scalar(
            select(PersonRow.identity).where(PersonRow.id == person_id, PersonRow.door == Door.MAIL)
        )
        return None if sealed is None else Address(self._vault.unseal(sealed).decode())

    async def text_key(self, session: AsyncSession, person_id: int) -> bytes | None:
        """Return the sealed key of a person's texts; None once erased."""
        return await session.scalar(select(PersonRow.text_key).where(PersonRow.id == person_id))

    async def user_ids(self, session: AsyncSession, person_ids: set[int]) -> dict[int, int]:
        """Open several people's Discord ids at once (staff named in a case's history)."""
        if not person_ids:
            return {}
        rows = await session.execute(
            select(PersonRow.id, PersonRow.identity).where(
                PersonRow.id.in_(person_ids), PersonRow.door == Door.ACCOUNT
            )
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

    async def known(
        self, session: AsyncSession, user_id: Who, guild_id: int | None = None
    ) -> list[Known]:
        """Return where the desk knows an account or address, locked: in one guild, or wherever."""
        guilds = [guild_id] if guild_id is not None else await self.guild_ids(session)
        found = []
        for one in guilds:
            row = await session.scalar(
                select(PersonRow)
                .where(
                    PersonRow.guild_id == one,
                    PersonRow.fingerprint == self.fingerprint(one, user_id),
                )
                .with_for_update()
            )
            if row is not None:
                found.append(_known(row))
        return found

    async def guild_ids(self, session: AsyncSession) -> list[int]:
        """Return the guilds in which the desk knows anybody."""
        query = select(PersonRow.guild_id).distinct().order_by(PersonRow.guild_id)
        return list(await session.scalars(query))

    async def every(self, session: AsyncSession) -> list[Known]:
        """Return everybody who is not erased."""
        return await self.matching(
            session, PersonRow.identity.is_not(None) | PersonRow.text_key.is_not(None)
        )

    async def matching(
        self, session: AsyncSession, *conditions: ColumnElement[bool], limit: int | None = None
    ) -> list[Known]:
        """Return the people, locked, whose rows meet all conditions."""
        query = select(PersonRow).where(*conditions).order_by(PersonRow.id).limit(limit)
        return [_known(row) for row in await session.scalars(query.with_for_update())]

    def print_of(self, known: Known) -> str:
        """Return the keyed fingerprint of this row of a person, and of no later row of theirs.

        Even with the key nobody can ask of it whether a given account was erased: it has the
        instant in it at which the desk met them.
        """
        row, since = known.person.id, known.since.isoformat()
        return self._vault.fingerprint("erased", known.guild_id, row, known.fingerprint, since)

    async def erase(self, session: AsyncSession, known: Known) -> str:
        """Destroy who a person is and the key to their texts; return the print of their row.

        The row stays, for what points at it, and leads to nobody: somebody who comes back is a
        new person to the desk.
        """
        print_ = self.print_of(known)
        await session.execute(
            update(PersonRow)
            .where(PersonRow.id == known.person.id)
            .values(fingerprint=print_, identity=None, text_key=None, locale=None)
        )
        return print_

    def seal(self, text: str, text_key: bytes) -> bytes:
        """Seal a person's text under their key."""
        return self._vault.seal_text(text, text_key)

    async def text_key_of(self, session: AsyncSession, person_id: int) -> bytes | None:
        """Return the sealed key of a person's texts; None once erased."""
        return await session.scalar(select(PersonRow.text_key).where(PersonRow.id == person_id))

    def seal_bytes(self, content: bytes, text_key: bytes) -> bytes:
        """Seal a file of a person's under their key."""
        return self._vault.seal_bytes(content, text_key)

    def open_bytes(self, sealed: bytes, text_key: bytes | None) -> bytes | None:
        """Open a file of a person's; None if it was erased."""
        try:
            return self._vault.open_bytes(sealed, text_key)
        except Shredded:
            return None

    def open(self, sealed: bytes, text_key: bytes | None) -> str | None:
        """Open a person's text; None if it was erased."""
        try:
            return self._vault.open_text(sealed, text_key)
        except Shredded:
            return None


def _known(row: PersonRow) -> Known:
    return Known(row.guild_id, Person(row.id, row.text_key), row.fingerprint, row.since)
