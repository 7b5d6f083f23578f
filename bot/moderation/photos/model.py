"""What a guarded picture is, and where a server wants pictures guarded."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_CHANNELS = 20
LONGEST = 168
"""Hours that an author may be waited for."""


class Said(StrEnum):
    """What an author says of who is in a picture."""

    NOBODY = "nobody"
    """Nobody in it can be recognized."""
    AGREED = "agreed"
    """Everybody who can be recognized agreed."""


class State(StrEnum):
    """Where a picture stands."""

    SEEN = "seen"
    """It was posted; the desk is about to cover it."""
    COVERED = "covered"
    SHOWN = "shown"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"
    """Its author said nothing in time."""
    UNFIT = "unfit"
    """The desk could not cover it (too large, an animation, a film), and took it down."""


IN_SIGHT = frozenset({State.COVERED, State.SHOWN})


class NoSuchPhoto(Exception):
    """The desk knows no such picture, or not any more."""


class NotYours(Exception):
    """Somebody else posted this picture."""


class PhotoGone(Exception):
    """The picture is taken down."""


@dataclass(frozen=True)
class PhotoSetup:
    """A server's choice.

    Attributes:
        channels: the text channels and forums (with their threads) where pictures are guarded.
        hours: how long a picture stays covered before it is taken down.
    """

    channels: tuple[int, ...] = ()
    hours: int = 24


@dataclass(frozen=True)
class Photo:
    """One message with pictures.

    Attributes:
        message_id: the message that its author posted.
        text: what stood beside the pictures; None once it is forgotten.
        post: the desk's own message that shows them; None until there is one.
        said: what its author said of who is in them.
        located: whether a picture told where it was taken.
        ends_at: when it is taken down if its author says nothing.
    """

    guild_id: int
    channel_id: int
    message_id: int
    author: int | None = field(repr=False)
    text: str | None = field(repr=False)
    rule: str
    state: State
    said: Said | None
    post: int | None
    located: bool
    ends_at: datetime
