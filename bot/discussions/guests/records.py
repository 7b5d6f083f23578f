"""How guests are kept. What they say of themselves is sealed under their keys."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class GuestRow(Row):
    """One guest of one session."""

    __tablename__ = "session_guest"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(8))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    shown: Mapped[bool]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    has_role: Mapped[bool]
    """Whether the desk last asked for their role, and not for its end."""
    missed: Mapped[bool]
    """Whether hosts were told that they have not come."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class GuestReplyRow(Row):
    """What a guest replies about the matter of a session."""

    __tablename__ = "guest_reply"

    guest_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("session_guest.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    placed: Mapped[str] = mapped_column(String(12))
    """The topic page it was put on; "" while it waits."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuestRoleRow(Row):
    """The role that a server's guests have for as long as they are guests."""

    __tablename__ = "guest_role"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    role_id: Mapped[int] = mapped_column(Snowflake)
