"""A whole desk without Discord, on both databases."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.ids import Randomness
from bot.settings import Settings
from tests.conftest import ROOT, StandingClock


@pytest.fixture
def small_knowledge(tmp_path: Path) -> Path:
    """A directory with a small knowledge base."""
    directory = tmp_path / "knowledge"
    directory.mkdir()
    shutil.copy(ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml", directory)
    return directory


@pytest.fixture
def desk_settings(database_url: str, tmp_path: Path, small_knowledge: Path) -> Settings:
    """Settings for a desk of this test's own; its web server takes any free port."""
    return Settings.model_validate(
        {
            "database_url": database_url,
            "key_file": tmp_path / "desk.key",
            "knowledge": small_knowledge,
            "locale": ROOT / "config" / "locale",
            "web": {"port": 0},
        }
    )


@pytest.fixture
async def whole_desk(
    desk_settings: Settings, clock: StandingClock, randomness: Randomness
) -> AsyncIterator[Desk]:
    """A real desk."""
    desk = await Desk.open(desk_settings, clock=clock, randomness=randomness)
    yield desk
    await desk.close()
