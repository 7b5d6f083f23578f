"""The file of promises: what ships is fine, and what is wrong is named by its line."""

from datetime import date
from pathlib import Path

import pytest

from bot.promises.model import Ledger
from bot.promises.shipped import PromiseFaults, load
from tests.conftest import ROOT

TODAY = date(2026, 3, 13)
FINE = """\
promises:
  - id: answer-letters
    text: Answer everybody who writes a letter.
    source: https://example.org/statement
    made_on: 2019-03-13
    owner: Staff
    first_due_days: 30
    evidence: [concerns]
"""


def test_the_promises_that_come_with_the_desk_name_the_statement_they_are_from():
    shipped = load(ROOT / "config" / "promises.yaml", TODAY)
    assert {one.id for one in shipped} >= {"pass-concerns-on", "keep-faq-current"}
    for one in shipped:
        assert one.words.made_on == date(2019, 3, 13)
        assert one.source.startswith("https://creativecommons.org/2019/03/13/")


def test_what_a_promise_says_is_read(tmp_path: Path):
    file = tmp_path / "promises.yaml"
    file.write_text(FINE, "utf-8")
    (one,) = load(file, TODAY)
    assert (one.id, one.owner, one.evidence) == ("answer-letters", "Staff", (Ledger.CONCERNS,))
    file.write_text("", "utf-8")
    assert load(file, TODAY) == ()


@pytest.mark.parametrize(
    ("line", "before", "after", "said"),
    [
        (2, "id: answer-letters", "id: Answer letters", "id"),
        (3, "Answer everybody who writes a letter.", "Soon", "text"),
        (4, "https://example.org/statement", "example.org", "source"),
        (5, "2019-03-13", "soon", "made_on"),
        (5, "2019-03-13", "2031-03-13", "after today"),
        (7, "30", "0", "first_due_days"),
        (8, "[concerns]", "[rumors]", "evidence"),
        (8, "[concerns]", "[concerns, concerns]", "twice"),
        (6, "owner:", "onwer:", "onwer"),
        (1, "promises:", "promise:", "promise"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(
    tmp_path: Path, line: int, before: str, after: str, said: str
):
    file = tmp_path / "promises.yaml"
    file.write_text(FINE.replace(before, after), "utf-8")
    with pytest.raises(PromiseFaults) as caught:
        load(file, TODAY)
    assert (file, line) in [(fault.file, fault.line) for fault in caught.value.faults]
    assert said in str(caught.value)


def test_a_promise_stands_in_the_file_once(tmp_path: Path):
    file = tmp_path / "promises.yaml"
    file.write_text(FINE + FINE.split("\n", 1)[1], "utf-8")
    with pytest.raises(PromiseFaults, match=r":9: .*second time"):
        load(file, TODAY)
