"""How the word index is kept: keyed tokens, and the salts they are made with."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import DESK, Row, RowId, Snowflake


class TokenRow(Row):
    """One word of one concern, as a keyed token. `weight` is 1 to 3: once, a few times, often."""

    __tablename__ = "concern_token"
    __table_args__ = (
        Index("ix_concern_token_concern", "concern_id", "token", "weight"),
        {"sqlite_with_rowid": False},
    )

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    concern_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("concern.id"), primary_key=True, autoincrement=False
    )
    weight: Mapped[int] = mapped_column(SmallInteger)


class GenerationRow(Row):
    """One generation of a guild's tokens. The newest writes; while it is being built, all find."""

    __tablename__ = "concern_index"
    __table_args__ = (UniqueConstraint("guild_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    number: Mapped[int]
    salt: Mapped[bytes] = mapped_column(LargeBinary, info=DESK)
    walked_to: Mapped[int] = mapped_column(RowId)
    complete: Mapped[bool]
