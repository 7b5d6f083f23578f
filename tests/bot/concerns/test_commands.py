"""`commonplace concerns …`, on a database that a desk has written."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.concerns.model import Draft, Kind, State
from bot.desk import Desk
from bot.settings import load
from tests.conftest import ROOT, StandingClock

GUILD, ANA, SAM = 10_000_000_001, 20_000_000_002, 30_000_000_003
HOSTILE = "first line\n\x1b[31mred\x1b[0m \u202etxt \ud800 end"


@pytest.fixture
def config(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """A settings file for a desk of this test's own."""
    shutil.copy(migrated_sqlite, tmp_path / "desk.db")
    file = tmp_path / "commonplace.yaml"
    file.write_text(
        f"operator: {{name: Shelf, contact: desk@example.org}}\n"
        f"database_url: sqlite+aiosqlite:///{tmp_path / 'desk.db'}\n"
        f"key_file: {tmp_path / 'desk.key'}\n"
        f"knowledge: {ROOT / 'tests' / 'cogs' / 'knowledge'}\n"
        f"locale: {ROOT / 'config' / 'locale'}\n",
        "utf-8",
    )
    return file


def _raise(config: Path, clock: StandingClock, *drafts: Draft) -> list[str]:
    async def act() -> list[str]:
        desk = await Desk.open(load(config, {}), clock=clock)
        try:
            references = []
            for number, draft in enumerate(drafts):
                receipt = await desk.concerns.raise_(
                    guild_id=GUILD, reporter_id=ANA, draft=draft, intake=f"t:{number}"
                )
                references.append(receipt.reference)
                clock.move(minutes=5)
            await desk.triage.reply(
                GUILD, references[0], SAM, "We asked them.", intake="r", then=State.WORKING
            )
            return references
        finally:
            await desk.close()

    return asyncio.run(act())


@pytest.fixture
def raised(config: Path, clock: StandingClock) -> list[str]:
    """Two concerns; the first has a letter and somebody who has it."""
    return _raise(
        config,
        clock,
        Draft(Kind.SURVEILLANCE, HOSTILE.replace("\ud800", ""), wish="Stop it"),
        Draft(Kind.OTHER, "x", link="https://example.org"),
    )


def test_the_list_is_an_aligned_table(
    config: Path, raised: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config), "concerns", "list"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "REFERENCE  KIND          STATE     RAISED (UTC)      CLAIMED  SERVER",
        f"{raised[0]}  surveillance  working   2026-03-13 09:00  yes      {GUILD}",
        f"{raised[1]}  other         received  2026-03-13 09:05  no       {GUILD}",
    ]


def test_the_list_as_json_is_an_object_a_line_and_holds_no_texts(
    config: Path, raised: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config), "concerns", "list", "--json"]) == 0

    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["reference"] for line in lines] == raised
    assert lines[1] == {
        "guild": str(GUILD),
        "reference": raised[1],
        "kind": "other",
        "state": "received",
        "raised_at": "2026-03-13T09:05:00+00:00",
        "claimed": False,
    }
    assert "example.org" not in out


def test_an_empty_list_prints_no_results(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(config), "concerns", "list"]) == 0

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "No concern is open.\n"


def test_a_concern_is_shown_without_what_a_terminal_acts_on(
    config: Path, raised: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config), "concerns", "show", raised[0].lower()]) == 0

    out = capsys.readouterr().out
    assert out == (
        f"{raised[0]}\n"
        "  kind     surveillance\n"
        "  state    working\n"
        "  raised   2026-03-13 09:00 UTC\n"
        "  claimed  yes\n"
        "  consent  nothing\n"
        f"  server   {GUILD}\n"
        "\n"
        "What happened\n"
        "  first line\n"
        "  [31mred[0m txt  end\n"
        "\n"
        "What they would like\n"
        "  Stop it\n"
        "\n"
        "To the reporter (pending), 2026-03-13 09:10 UTC\n"
        "  We asked them.\n"
    )
    assert str(ANA) not in out


def test_a_concern_as_json_is_exact(
    config: Path, raised: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config), "concerns", "show", raised[0], "--json"]) == 0

    out = capsys.readouterr().out
    shown = json.loads(out)
    assert out.isascii()
    assert "\x1b" not in out
    assert shown["what"] == HOSTILE.replace("\ud800", "")
    assert shown["letters"][0]["delivery"] == "pending"
    assert str(ANA) not in out


@pytest.mark.parametrize(
    ("typed", "said"),
    [("C-00000-0", "There is no concern C-0000-00."), ("hello", "'hello' is not a reference")],
)
def test_what_is_not_there_is_said(
    config: Path, raised: list[str], capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    assert main(["--config", str(config), "concerns", "show", typed]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
