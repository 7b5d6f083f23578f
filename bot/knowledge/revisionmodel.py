"""What a revision is, and why one may be refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class RevisionState(StrEnum):
    """draft -> review -> published -> superseded or rolled back; a draft may be discarded."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    BACK = "back"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Revision:
    """An edit of one entry, of one server. `data` is the entry as a file would hold it.

    `author` and `publisher` are Discord ids; None once that person erased themselves.
    """

    guild_id: int
    reference: str
    entry_id: str
    section: str
    state: RevisionState
    data: Mapping[str, Any]
    base: str
    reason: str
    gap: str | None
    author: int | None
    publisher: int | None
    changed_at: datetime
    published_at: datetime | None

    @property
    def retires(self) -> bool:
        """Whether it takes the entry out of sight."""
        return self.data.get("status") != "published"


@dataclass(frozen=True)
class Published:
    """What publishing did: the revision, and how many people who asked will be told."""

    revision: Revision
    told: int


@dataclass
class NoSuchRevision(Exception):
    """This server has no such revision, or no longer in that state."""

    reference: str


class FourEyes(Exception):
    """Whoever wrote an entry of a legal section may not publish it."""


@dataclass
class NotReady(Exception):
    """A draft has faults; it is kept, and goes no further until they are mended."""

    faults: tuple[str, ...]
