"""A ledger on a real SQLite file."""

import pytest

from bot.concerns.relay import Relay
from bot.concerns.service import Concerns
from bot.ids import Randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock


@pytest.fixture
def concerns(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    clock: StandingClock,
    randomness: Randomness,
) -> Concerns:
    """The ledger as reporters use it."""
    return Concerns(store, outbox, people, vault, clock, randomness, per_hour=20)


@pytest.fixture
def audit(vault: Vault, clock: StandingClock) -> Audit:
    """The audit."""
    return Audit(vault, clock)


@pytest.fixture
def triage(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    audit: Audit,
    clock: StandingClock,
) -> Relay:
    """The ledger as staff use it."""
    return Relay(store, outbox, people, vault, audit, clock)
