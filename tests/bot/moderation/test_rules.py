"""The file of rules: read whole, every fault by its line, edits taken up while the desk runs."""

import shutil
import time
from pathlib import Path

import pytest

from bot.moderation.checks import Checks
from bot.moderation.model import Action, Check, Message
from bot.moderation.rules import RuleFaults, Rules, load
from tests.conftest import ROOT

SHIPPED = ROOT / "config" / "moderation.yaml"
ONE = """rules:
  - id: kind
    title: Be kind
    text: Please be kind.
checks:
  - id: flood
    check: flood
    rule: kind
    ladder: [{action: remove}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "moderation.yaml"
    file.write_text(ONE, "utf-8")
    return file


def test_the_file_that_comes_with_the_desk_has_no_fault_and_uses_every_check_but_patterns():
    ruleset = load(SHIPPED)
    assert {one.check for one in ruleset.checks} == set(Check) - {Check.PATTERNS}
    assert all(ruleset.rule(one.rule) for one in ruleset.checks)
    assert all(rule.said("fr") != (rule.title, rule.text) for rule in ruleset.rules)
    slurs = ruleset.check("slurs")
    assert slurs is not None
    assert slurs.ladder[0].action is Action.HOLD


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("check: flood", "check: floood", 7, "there is no check `floood`"),
        ("rule: kind", "rule: kinds", 8, "there is no rule `kinds`"),
        ("{action: remove}", "{action: timeout}", 9, "a timeout needs them"),
        ("check: flood", "check: patterns\n    patterns: ['(a+', 'ok']", 8, "missing )"),
        ("check: flood", "check: patterns\n    patterns: ['(?:a{999}){999}']", 8, "pattern"),
        ("check: flood", "check: patterns\n    patterns: ['(a)\\1']", 8, "pattern"),
        ("check: flood", "check: patterns\n    patterns: ['(a?){400}']", 8, "too large"),
        ("check: flood", "check: words\n    files: [../x.txt]", 8, "must be the name of a .txt"),
        ("check: flood", "check: words", 6, "has no words"),
        ("checks:", "chekcs:", 5, "there is no `chekcs`"),
        ("check: flood", "check: flood\n    messages: 1", 8, "greater than or equal to 3"),
    ],
)
def test_every_fault_has_its_line(file: Path, old: str, new: str, line: int, said: str):
    file.write_text(ONE.replace(old, new), "utf-8")
    with pytest.raises(RuleFaults) as raised:
        load(file)
    (fault, *_) = raised.value.faults
    assert (fault.file, fault.line) == (file, line)
    assert said in str(raised.value)


async def test_a_broken_edit_leaves_the_last_good_rules_in_force(file: Path):
    rules = Rules(file)
    before = rules.signature()
    file.write_text(ONE.replace("flood\n    rule", "no\n    rule"), "utf-8")

    assert not await rules.reload()
    assert rules.signature() != before
    assert [one.id for one in rules.ruleset.checks] == ["flood"]
    assert rules.faults[0].line == 7

    file.write_text(ONE.replace("id: flood", "id: other"), "utf-8")
    assert await rules.reload()
    assert [one.id for one in rules.ruleset.checks] == ["other"]
    assert rules.faults == ()


async def test_a_catastrophic_pattern_that_is_taken_up_while_running_stalls_nothing(file: Path):
    rules = Rules(file)
    check = "id: evil\n    check: patterns\n    patterns: ['((a+)+b?)+$', '(.*)(.*)(.*)=']"
    file.write_text(ONE.replace("id: flood\n    check: flood", check), "utf-8")
    assert await rules.reload()
    checks = Checks(rules.ruleset)
    started = time.process_time()
    checks.look(Message(1, 1, 1, 1, "a" * 3_999 + "!", 0.0))
    assert time.process_time() - started < 0.2

    file.write_text(file.read_text("utf-8").replace("(.*)(.*)(.*)=", r"(a+)\1"), "utf-8")
    assert not await rules.reload()  # only an engine that can run back could look for that
    assert rules.faults


def test_an_edit_of_a_word_list_is_seen(tmp_path: Path):
    shutil.copy(SHIPPED, tmp_path)
    shutil.copytree(SHIPPED.with_suffix(""), tmp_path / "moderation")
    rules = Rules(tmp_path / "moderation.yaml")
    (tmp_path / "moderation" / "slurs.txt").write_text("other words\n", "utf-8")
    assert rules.signature() != rules.opened
