"""The words of the e-mail door."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.store.people import Address

TEXT_LIMIT = 100_000
"""Characters of a message that a case holds; of a longer one, the whole is held beside it."""


class Outcome(StrEnum):
    """What a message was taken as."""

    RAISED = "raised"
    ADDED = "added"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    BOUNCE = "bounce"
    AUTO = "auto"
    EMPTY = "empty"
    REPEATED = "repeated"
    """It had been taken before."""


class Why(StrEnum):
    """Why a message is held."""

    UNREADABLE = "unreadable"
    SENDER = "sender"
    """It does not say who wrote, or says so twice."""
    ENCRYPTED = "encrypted"
    LONG = "long"
    LIST = "list"


@dataclass(frozen=True)
class Held:
    """A message that waits for staff."""

    reference: str
    why: Why
    at: datetime
    concern: str | None
    """The concern that was made of what could be read."""
    known: bool
    """Whether it says who wrote, so that it can be logged and answered."""


@dataclass(frozen=True)
class Opened:
    """A held message in staff's hands."""

    held: Held
    subject: str
    text: str = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to by e-mail."""

    address: Address
    person_id: int
    locale: str = ""
    """The language of their first letter, where it said; "" for none."""


class NoSuchMail(Exception):
    """No message of this guild that waits for staff has that reference."""
