"""What exporting, erasing and retention return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Preview:
    """What erasing somebody would take away, and what it would leave.

    `goes` and `stays` map a catalog key's last part (`concerns`) to how many there are.
    """

    servers: int
    goes: Mapping[str, int] = field(default_factory=dict)
    stays: Mapping[str, int] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Say whether the desk knows this person at all."""
        return self.servers > 0


@dataclass(frozen=True)
class Erased:
    """The receipt of an erasure; it exists only after the commit."""

    reference: str
    at: datetime
    goes: Mapping[str, int]
    stays: Mapping[str, int]


@dataclass(frozen=True)
class Export:
    """Everything the desk keeps of one person, as JSON takes it."""

    made_at: datetime
    servers: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the whole as one JSON object."""
        return {"made_at": self.made_at.isoformat(), "servers": [dict(one) for one in self.servers]}


@dataclass(frozen=True)
class Outcome:
    """What a retention rule did, or would do."""

    rule: str
    days: int
    count: int


class NothingKept(Exception):
    """The desk knows nothing of this person where it was asked."""
