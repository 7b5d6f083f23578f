"""The words of guests: where an invitation stands, and what can go wrong."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

INTRODUCTION_LIMIT = 800
MOST_GUESTS = 10
ROLE_BEFORE = timedelta(hours=1)
"""How long before a session its guests get their role."""
EXPECTED = timedelta(minutes=10)
"""How long after the opening a guest who has not said that they are there is missed."""


class Invitation(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    HERE = "here"
    """They said so once the session was open."""
    DECLINED = "declined"
    REMOVED = "removed"


COMING = frozenset({Invitation.ACCEPTED, Invitation.HERE})


class GuestTrouble(Exception):
    """The desk cannot do what was asked about a guest; subclasses say why."""


class NoSuchGuest(GuestTrouble):
    """No guest of this session, or the invitation is not this person's."""


class TooManyGuests(GuestTrouble):
    """A session has as many guests as it can."""


@dataclass(frozen=True)
class Guest:
    """A guest. `introduction` is in their own words; `shown` says that hosts let it be posted."""

    id: int
    session: str
    user_id: int
    state: Invitation
    introduction: str
    shown: bool
    message_id: int | None
    has_role: bool
