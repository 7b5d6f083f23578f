"""What the checks find and leave alone; the labeled messages have the breadth, this the edges."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks._messages import labeled, second, third
from benchmarks.moderation_quality import measured
from bot.moderation.checks import Checks
from bot.moderation.literals import needed
from bot.moderation.model import Check, Message
from bot.moderation.rules import load
from tests.conftest import ROOT

SHIPPED = load(ROOT / "config" / "moderation.yaml")
EVERY = Checks(SHIPPED)


def said(text: str, *, number: int = 1, at: float = 0.0, **more: Any) -> Message:
    """Return a message."""
    known = {"guild_id": 1, "channel_id": 5, "author_id": 7, **more}
    return Message(id=number, text=text, at=at, **known)


def found(checks: Checks, message: Message) -> set[Check]:
    """Return which checks a message sets off."""
    return {one.check.check for one in checks.look(message)}


def made(folder: Path, *checks: dict[str, Any]) -> Checks:
    """Return the checks of a file of their own."""
    given = [{"rule": "kind", "ladder": [{"action": "remove"}], **one} for one in checks]
    rules = [{"id": "kind", "title": "Be kind", "text": "Please be kind."}]
    file = folder / "moderation.yaml"
    file.write_text(yaml.safe_dump({"rules": rules, "checks": given}), "utf-8")
    return Checks(load(file))


def test_a_flood_is_seen_by_person_and_time():
    checks = Checks(SHIPPED)
    slow = [found(checks, said(f"hello {n}", number=n, at=n * 2.0)) for n in range(20)]
    fast = [found(checks, said(f"hi {n}", at=100 + n / 2, author_id=8)) for n in range(9)]
    assert not any(slow)
    assert [Check.FLOOD in one for one in fast] == [False] * 7 + [True] * 2


def test_the_same_text_across_channels_is_seen():
    checks = Checks(SHIPPED)
    text = "look at my new shop for photo frames"
    seen = [found(checks, said(text, at=n * 10.0, channel_id=n)) for n in range(4)]
    assert seen == [set(), set(), set(), {Check.REPEATED}]
    assert not found(checks, said(text, at=1000.0))


def test_a_raid_is_several_newcomers_who_say_the_same():
    checks = Checks(SHIPPED)
    text = "this server is bad and you know it"
    old = [found(checks, said(text, author_id=n, author_joined=1e6)) for n in range(6)]
    new = [found(checks, said(text, author_id=n, author_joined=60.0)) for n in range(6)]
    assert not any(old)
    assert [Check.RAID in one for one in new] == [False] * 3 + [True] * 3


def test_links_of_new_accounts_are_seen_and_their_words_are_not():
    checks = Checks(SHIPPED)
    link = "https://example.net/x"
    assert found(checks, said(link, account_age=600.0)) == {Check.NEWCOMERS}
    assert not found(checks, said("hello there", account_age=600.0))
    assert not found(checks, said(link, account_age=1e7, author_joined=1e6))


def test_scope_and_exempt_roles_are_kept(tmp_path: Path):
    checks = made(
        tmp_path,
        {
            "id": "here",
            "check": "words",
            "words": ["zonk"],
            "only_channels": [5],
            "exempt_roles": [9],
        },
    )
    assert found(checks, said("zonk"))
    assert found(checks, said("zonk", channel_id=6, parent_id=5))
    assert not found(checks, said("zonk", channel_id=6))
    assert not found(checks, said("zonk", roles=(9,)))


def test_words_survive_disguise_and_leave_innocent_words_alone(tmp_path: Path):
    checks = made(
        tmp_path,
        {"id": "w", "check": "words", "words": ["grob", "wee zonk"], "inside": ["plonker"],
         "innocent": ["grob street"]},
    )  # fmt: skip
    hit = [
        "GROB",
        "gr0b",
        "g r o b",
        "g.r.o.b",
        "grоb",
        "g\u200brob",
        "ｇｒｏｂ",
        "gr*b",
        "grooooob",
        "grobs!",
        "wee zonk",
        "w33 z0nk",
        "weezonk",
        "megaplonkers",
        "gŕöb",
    ]
    assert [text for text in hit if not found(checks, said(text))] == []
    fine = [
        "grobian",
        "a great room",
        "grob street 5",
        "he called me a grob",
        "wee",
        "zonk",
        'the word "grob" is old',
        "> grob",
        "program",
    ]
    assert [text for text in fine if found(checks, said(text))] == []


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(x|x|x)*y", "([a-z]+)*[0-9]", "(.*)(.*)(.*)(.*)(.*)=", "(a?){60}a{60}"]
)
def test_no_pattern_can_stall_the_loop(tmp_path: Path, pattern: str):
    checks = made(tmp_path, {"id": "p", "check": "patterns", "patterns": [pattern]})
    worst = ["a" * 4000, "x" * 4000, "ab" * 2000, "=" * 3999 + "!", "a" * 3999 + "!"]
    started = time.process_time()
    for text in worst:
        checks.look(said(text))
    assert (time.process_time() - started) / len(worst) < 0.2


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "1 ",
        "1-",
        "a.",
        "a@",
        "http://",
        "̀",
        "\u200b",
        "<@1>",
        "f u ",
        "who is ",
        "(at) ",
        "street 1 ",
        "DE89 ",
        "4111 ",
        "дом ",
        "*a",
        "“a",
        "> \n",
        "🎁",
        "dot at ",
        "a-",
    ],
)
def test_no_text_can_stall_the_loop(piece: str):
    text = (piece * 4000)[:4000]
    started = time.process_time()
    EVERY.look(said(text))
    assert time.process_time() - started < 0.3


def test_what_is_longer_than_discord_allows_is_cut_and_not_refused():
    assert found(Checks(SHIPPED), said("+1 202-555-0143 " + "x" * 100_000)) == {Check.PHONE}


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"\bfree[a-z]{0,4}\s+nitro\b", {"nitro"}),
        ("(?:foo+bar|quux)!", {"foo", "quux"}),
        ("grobs?x", {"grob"}),
        ("zonk(ed)*|a", set()),
        (r"[abc]+\d{3}", set()),
        (r"\Qzonk\E", set()),
        ("(?i)(ZONK)", {"zonk"}),
        ("(zonk)?plonk(?P<x>er)", {"plonk"}),
    ],
)
def test_letters_that_a_pattern_needs_are_read_off_it(pattern: str, letters: set[str]):
    assert needed(pattern) == letters


def test_the_quick_look_misses_nothing_that_the_checks_would_find():
    kept = {Check.FLOOD, Check.REPEATED, Check.MENTIONS, Check.RAID}
    for number, one in enumerate((*labeled(), *second(), *third())):
        message = said(one.text, author_id=number, at=number * 1000.0)
        slow = {finding.check.check for finding in EVERY.look_at_all(message)}
        assert found(EVERY, message) - kept == slow, one.text


HELD = {Check.WORDS, Check.EMAIL, Check.ADDRESS, Check.WHO_IS, Check.LOOKALIKES, Check.TARGET}
"""What waits for a person by the rules that come with the desk; the rest acts by itself."""


def test_what_acts_by_itself_is_nearly_never_wrong_on_any_set():
    for messages in (labeled(), second(), third()):
        qualities, lines = measured(messages)
        acting = [one for check, one in qualities.items() if check not in HELD]
        right, wrong = sum(one.right for one in acting), sum(one.wrong for one in acting)
        assert right / (right + wrong) >= 0.98, lines
        assert right / (right + sum(one.missed for one in acting)) >= 0.9, lines


def test_patterns_are_tried_wherever_they_may_stand(tmp_path: Path):
    patterns = [r"\bfree\s+zonk", r"^[x-z]{4}$", "(?:grob|plonk)er", "к.т"]
    checks = made(tmp_path, {"id": "p", "check": "patterns", "patterns": patterns})
    hit = ["such a FREE  zonk", "xyzz", "a grober", "plonkers", "the кот", "frее zonk free zonk"]
    assert [text for text in hit if not found(checks, said(text))] == []
    assert not found(checks, said("free of any xyz, and no grob"))
