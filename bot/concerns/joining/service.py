"""Joining, built once: offers to join, and the voices that come of them."""

from bot.clock import Clock
from bot.concerns.finding.likeness import Likeness
from bot.concerns.joining.offers import Offers
from bot.concerns.joining.voices import Voices
from bot.concerns.service import Concerns
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault


class Joining:
    """What people can do instead of repeating what others raised."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        likeness: Likeness,
        concerns: Concerns,
        *,
        minutes: int,
    ) -> None:
        """`minutes` is how long an offer stands; 0 makes none."""
        self.offers = Offers(
            store,
            outbox,
            people,
            vault,
            clock,
            randomness,
            likeness,
            concerns,
            minutes=minutes,
        )
        self.voices = Voices(store, outbox, people, vault, audit, clock, concerns)
