"""The words of joining: an offer, and the voice somebody adds."""

from dataclasses import dataclass
from datetime import datetime

from bot.concerns.briefs.suppression import FLOOR
from bot.concerns.model import CloseReason, Consent, Kind, State
from bot.concerns.troubles import ConcernTrouble

PREFIX = "V"
"""Begins the reference of a voice, such as V-7K4Q-2M."""

OFFERABLE = frozenset({Consent.COUNT, Consent.QUOTE_UNNAMED, Consent.QUOTE_NAMED})
"""Only who lets themselves be counted is spoken of to others at all."""


class NoSuchOffer(ConcernTrouble):
    """There is no such offer any more: what was typed is logged, or was joined to a concern."""


class NoSuchVoice(ConcernTrouble):
    """No voice of this person has that reference."""


@dataclass(frozen=True)
class Offer:
    """A concern to join, as it is offered: nothing of what anybody said about it.

    `people` is how many raised it; None if fewer than five, which could point at them. What was
    typed is kept, and logged at `due_at` if nothing is chosen until then.
    """

    id: int
    kind: Kind
    topic: str
    people: int | None
    due_at: datetime


@dataclass(frozen=True)
class Voice:
    """A voice, as the person who added it sees it. The concern itself stays the reporter's."""

    guild_id: int
    reference: str
    kind: Kind
    topic: str
    state: State
    close_reason: CloseReason | None
    consent: Consent
    consent_version: int
    what: str
    link: str
    wish: str
    at: datetime
    people: int | None
    withdrawn: bool


@dataclass(frozen=True)
class Note:
    """A voice as staff see it: what was said with it, and what it allows. Never whose it is."""

    at: datetime
    consent: Consent
    what: str
    link: str
    wish: str


def told(people: int) -> int | None:
    """Return a number of people as it may be told; None for fewer than five."""
    return people if people >= FLOOR else None
