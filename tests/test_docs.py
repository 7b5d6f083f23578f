"""What the documents say is what there is: settings, metrics, permissions, terminal commands.

The commands on Discord are compared in tests/cogs/test_commands.py, with the real client's.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot import metrics
from bot.cli import _parser
from bot.platform.access import INVITE, INVITED_FOR, permission_name
from bot.settings import Settings
from tests.conftest import ROOT

SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
OPERATORS = (ROOT / "docs" / "operators.md").read_text("utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

SECRETS = {"token", "keys", "index_key", "mail_password", "mail_hook_secret"}


def rows(text: str, heading: str = "") -> dict[str, list[str]]:
    """Return the tables' rows below a heading: the first cell's code, and all cells."""
    part = text.split(f"\n{heading}\n", 1)[1] if heading else text
    part = re.split(r"\n## ", part, maxsplit=1)[0]
    lines = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells] for cells in lines}


def settings(part: type[BaseModel] = Settings, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting's name in full, with its default."""
    for name, field in part.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation, f"{above}{name}.")
        elif above or name not in SECRETS:
            yield f"{above}{name}", field.default


def test_every_setting_is_documented_with_its_default_and_no_other_is():
    documented = rows(SETTINGS)
    known = dict(settings())
    in_files = {name for name in documented if name.replace(".", "_").islower()}
    in_files -= {name for name in in_files if name.startswith("commonplace_")}
    assert in_files == set(known)
    for name, default in known.items():
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        text = {"": "empty", True: "true", False: "false", None: "none"}.get(shown, str(shown))
        assert documented[name][1].strip("`") == text, name


def test_every_secret_variable_is_documented():
    documented = rows(SETTINGS, "## Only from the environment")
    assert set(documented) == {
        "DISCORD_TOKEN",
        "COMMONPLACE_KEYS",
        "COMMONPLACE_INDEX_KEY",
        "COMMONPLACE_MAIL_PASSWORD",
        "COMMONPLACE_MAIL_HOOK_SECRET",
        "COMMONPLACE_CONFIG",
    }


def test_every_metric_is_documented_and_no_other_is():
    documented = rows(SETTINGS, "## Metrics")
    known = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in metrics.REGISTRY.collect()
    }
    assert set(documented) == known


def test_the_invitation_asks_for_the_permissions_that_are_listed():
    (number,) = re.findall(r"oauth2/authorize\?\S*permissions=(\S+)", OPERATORS)
    assert number == str(INVITE.value)
    table = re.findall(r"^\| (.+?) \| (.+?) \|$", OPERATORS.split("permissions=", 1)[1], re.M)
    assert table[0] == ("permission", "why")
    listed = table[1 : 1 + len(INVITED_FOR)]
    assert listed == [(permission_name(flag), why) for flag, why in INVITED_FOR.items()]


def test_no_document_has_a_blank_left_to_fill():
    for file in DOCUMENTS:
        assert not re.findall(r"PERMISSIONS_\w+|TODO|FIXME|TBD", file.read_text("utf-8")), file


def _commands(parser: argparse.ArgumentParser, above: str) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _commands(below, f"{above} {name}")
            return
    yield above


def test_every_terminal_command_is_documented_and_no_other_is():
    assert set(rows(COMMANDS, "## In the terminal")) == set(_commands(_parser(), "commonplace"))


TERMINAL = set(_commands(_parser(), "commonplace"))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_terminal_commands_in_documents_are_ones_there_are(file: Path):
    starts = {" ".join(command.split()[1:n]) for command in TERMINAL for n in (2, 3)}
    for said in re.findall(r"`commonplace ((?:[a-z]+(?:-[a-z]+)* ?)+)", file.read_text("utf-8")):
        words = said.split()
        assert words[0] in starts or "|" in said, f"{file.name}: commonplace {said}"
        below = {
            start.split()[1] for start in starts if start.split()[0] == words[0] and " " in start
        }
        assert not below or len(words) == 1 or words[1] in below, f"{file.name}: {said}"


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_links_between_documents_lead_somewhere(file: Path):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (file.parent / target).exists(), f"{file.name} links to {target}"


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_files_and_targets_that_a_document_names_are_there(file: Path):
    text = file.read_text("utf-8")
    for name in re.findall(r"`((?:bot|cogs|tests|deploy|locks|docs|config)/[\w./-]+)`", text):
        assert "NNNN" in name or (ROOT / name).exists(), f"{file.name}: {name}"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?:`|^|&& )make ([a-z-]+)", text, re.M)) <= targets


def test_pictures_are_small():
    for picture in (ROOT / "docs" / "images").glob("*.png"):
        assert picture.stat().st_size < 300_000, picture.name
