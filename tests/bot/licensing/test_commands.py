"""The terminal says what Discord says."""

import pytest

from bot import cli
from bot.licensing import commands
from bot.words import Words
from tests.bot.licensing.conftest import TOOLKIT
from tests.conftest import ROOT

ENGLISH = Words.load(ROOT / "config" / "locale").english


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_every_tool_is_explained_in_words_without_blanks() -> None:
    for tool in TOOLKIT.tools:
        text = commands.explain(TOOLKIT, ENGLISH, tool.id)

        assert text.startswith(f"{tool.identifier}\n")
        assert "{" not in text


def test_explain_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["license", "explain", "cc by-sa 3.0 de"]) == cli.OK

    out = capsys.readouterr().out
    assert out.startswith("CC BY-SA 3.0 DE\n")
    assert "https://creativecommons.org/licenses/by-sa/3.0/de/legalcode.de" in out


def test_what_does_not_exist_is_an_error_that_names_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["license", "explain", "CC BY-ND-SA 9.0"]) == cli.WRONG

    said = capsys.readouterr()
    assert not said.out
    assert "The nearest that exist: CC BY-SA 4.0" in said.err


def test_remix_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["license", "remix", "by-sa 4.0", "gplv3", "by-nd 2.0"]) == cli.OK
    out = capsys.readouterr().out
    assert "No: CC BY-SA 4.0 + CC BY-ND 2.0." in out
    assert "Yes: CC BY-SA 4.0 + GPLv3." in out

    assert cli.main(["license", "remix", "by-sa 4.0"]) == cli.USAGE


def test_attribution_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    done = cli.main(["license", "attribution", "CC BY 3.0", "--creator", "Ana", "--title", "Cat"])

    said = capsys.readouterr()
    assert done == cli.OK
    assert said.out.startswith("“Cat” by Ana is licensed under CC BY 3.0 (")
    assert "Still missing: The source’s address" in said.err
