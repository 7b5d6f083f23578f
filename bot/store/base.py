"""What every table shares: naming, column types, and the base class."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

RowId = BigInteger().with_variant(Integer, "sqlite")
"""An automatic row id: SQLite counts only columns declared exactly INTEGER."""

Snowflake = BigInteger
"""A Discord id (https://discord.com/developers/docs/reference#snowflakes): 64 bits."""

DESK: dict[str, str] = {"sealed": "desk"}
"""`info` of a column whose bytes are sealed under the desk's key: rotating keys seals them anew."""

PERSON: dict[str, str] = {"sealed": "person"}
"""`info` of a column whose bytes are sealed under the text key of the person they are of."""


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: timezone-aware UTC in Python, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; SQLite, which has no zones, gets UTC without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a timezone was about to be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give times back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Literals are written as bound values are."""
        return self.process_bind_param(value, dialect)


class Row(DeclarativeBase):
    """The base of every table. Rows never leave their domain: services return dataclasses."""

    metadata = MetaData(naming_convention=NAMING)
