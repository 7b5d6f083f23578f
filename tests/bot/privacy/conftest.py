"""A desk of one's own, on SQLite and on PostgreSQL, with people who have said things."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.concerns.model import Consent, Draft, Kind
from bot.desk import Desk
from bot.ids import Randomness
from bot.settings import Settings
from tests.conftest import ROOT, StandingClock

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
ANA, BEN, SAM = 720_000_000_000_000_003, 720_000_000_000_000_004, 720_000_000_000_000_005
CANARY = "CANARY-the-words-of-ana-CANARY"
LINK = "https://example.org/CANARY-link"
ABOUT = "https://discord.com/channels/1/2/CANARY"
ANSWER = "CANARY-what-staff-answered-ana"

Open = Callable[..., Awaitable[Desk]]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a desk of this test's own."""
    return Settings.model_validate(
        {
            "database_url": database_url,
            "key_file": tmp_path / "desk.key",
            "knowledge": ROOT / "tests" / "cogs" / "knowledge",
            "locale": ROOT / "config" / "locale",
        }
    )


@pytest.fixture
async def open_desk(
    settings: Settings, clock: StandingClock, randomness: Randomness
) -> AsyncIterator[Open]:
    """Open a desk, as often as a test wants; each is closed at the end."""
    opened: list[Desk] = []

    async def open_(**options: object) -> Desk:
        options = {"settings": settings, "clock": clock, "randomness": randomness, **options}
        opened.append(await Desk.open(**options))  # type: ignore[arg-type] # as the test says
        return opened[-1]

    yield open_
    for desk in opened:
        await desk.close()


@pytest.fixture
async def desk(open_desk: Open) -> Desk:
    """A desk."""
    return await open_desk()


@dataclass(frozen=True)
class Said:
    """The references of what was raised."""

    anas: str
    bens: str
    anas_elsewhere: str


async def raise_one(
    desk: Desk, who: int, what: str, guild_id: int = GUILD, kind: Kind = Kind.PRIVACY
) -> str:
    """Raise a concern; return its reference."""
    link, about = (LINK, ABOUT) if who == ANA else ("", "")
    draft = Draft(kind, what, link, f"wish {what}", Consent.QUOTE_NAMED, about)
    raised = await desk.concerns.raise_(
        guild_id=guild_id,
        reporter_id=who,
        draft=draft,
        intake=f"{guild_id}:{who}:{what}",
        receipt=desk.vault.seal(b"token"),
    )
    return raised.reference


@pytest.fixture
async def said(desk: Desk) -> Said:
    """Ana and Ben have raised concerns, Sam has answered Ana and claimed Ben's."""
    said = Said(
        await raise_one(desk, ANA, CANARY),
        await raise_one(desk, BEN, "what ben says"),
        await raise_one(desk, ANA, "what ana says elsewhere", OTHER),
    )
    await desk.triage.reply(GUILD, said.anas, SAM, ANSWER, intake="answer")
    await desk.triage.claim(GUILD, said.bens, SAM)
    return said
