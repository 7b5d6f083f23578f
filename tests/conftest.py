"""What all tests share: a clock that stands still, seeded randomness, a real SQLite file."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import Randomness, seeded_randomness
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault, new_keys

ROOT = Path(__file__).parent.parent


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """Move on by a `timedelta(**delta)`."""
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> StandingClock:
    """A clock at 13 March 2026, 09:00 UTC."""
    return StandingClock()


@pytest.fixture
def randomness() -> Randomness:
    """Repeatable randomness."""
    return seeded_randomness(20190313)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """A vault with fresh keys."""
    sealing, index = new_keys()
    import base64

    return Vault([sealing.encode()], base64.urlsafe_b64decode(index))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A SQLite file of this test's own."""
    return f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store."""
    await migrate(database_url)
    store = Store(database_url)
    yield store
    await store.close()


@pytest.fixture
def outbox(store: Store, clock: StandingClock) -> Outbox:
    """The store's outbox."""
    return Outbox(store, clock)


@pytest.fixture
def people(vault: Vault) -> People:
    """The people of the desk."""
    return People(vault)
