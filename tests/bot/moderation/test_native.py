"""What AutoMod can take of the rules: as precise as the desk, within Discord's limits."""

from pathlib import Path

import pytest

from bot.moderation.native.derive import derive
from bot.moderation.native.model import Kind, NativeRule, Plan, Why
from bot.moderation.rules import load
from tests.conftest import ROOT

SAID = "{rule}: not here."


def plan(
    tmp_path: Path, checks: str, *, dry_run: bool = False, staff: tuple[int, ...] = ()
) -> Plan:
    """Return what AutoMod can take of these checks."""
    file = tmp_path / "moderation.yaml"
    rules = "rules: [{id: kind, title: Be kind, text: Please be kind.}]\nchecks:\n"
    file.write_text(rules + checks, "utf-8")
    return derive(load(file), staff, dry_run=dry_run, message=SAID)


def check(kind: str, more: str = "", *, mode: str = "on", action: str = "remove") -> str:
    """Return one check of a file."""
    return (
        f'  - {{id: one, check: {kind}, rule: kind, mode: "{mode}", '
        f"ladder: [{{action: {action}}}]{more}}}\n"
    )


def test_invitations_links_and_mentions_are_taken(tmp_path: Path):
    (invites,) = plan(tmp_path, check("invites", ", allow: [reading]"), staff=(7,)).rules
    assert "*discord.gg/*" in invites.keywords
    assert "*discord.gg/reading*" in invites.allowed
    assert (invites.roles, invites.message) == ((7,), "Be kind: not here.")
    (links,) = plan(tmp_path, check("links", ", deny: [evil.example]")).rules
    assert set(links.keywords) == {"*//evil.example/*", "*.evil.example/*"}
    (mentions,) = plan(tmp_path, check("mentions", ", most: 50")).rules
    assert (mentions.kind, mentions.mentions) == (Kind.MENTIONS, 50)


@pytest.mark.parametrize(
    ("checks", "why"),
    [
        (check("invites", mode="dry"), Why.DRY),
        (check("invites", action="ask"), Why.MILDER),
        (check("invites", ", only_channels: [5]"), Why.SOME_CHANNELS),
        (check("words", ", words: [zonk]"), Why.TALK),
        (check("mentions", ", most: 51"), Why.TOO_MUCH),
        (check("invites", f", exempt_roles: {list(range(1, 22))}"), Why.TOO_MUCH),
        (check("invites", f", except_channels: {list(range(1, 52))}"), Why.TOO_MUCH),
        (check("invites", f", allow: {[f'code{number}' for number in range(34)]}"), Why.TOO_MUCH),
        (check("invites", f", allow: [{'x' * 60}]"), Why.TOO_MUCH),
        (check("phone"), Why.NO_PART),
        (check("links"), Why.NO_PART),
    ],
)
def test_what_is_left_to_the_desk_says_why(tmp_path: Path, checks: str, why: Why):
    found = plan(tmp_path, checks)
    assert (found.rules, found.left) == ((), (("one", why),))


def test_words_are_whole_words_within_discords_limits(tmp_path: Path):
    many = ", ".join(f"word{number}" for number in range(1_500))
    long = "x" * 61
    more = f", native: true, words: [{long}, {many}], inside: [piece], innocent: [word to]"
    (words,) = plan(tmp_path, check("words", more)).rules
    assert len(words.keywords) == 1_000
    assert words.left == 502
    assert all(len(one) <= 60 for one in words.keywords)
    assert words.allowed == ("word to",)


def test_nothing_is_blocked_while_rules_are_tried_and_the_rules_that_come_with_the_desk_fit():
    rules = load(ROOT / "config" / "moderation.yaml")
    assert derive(rules, (), dry_run=True, message=SAID).rules == ()
    shipped = derive(rules, (), dry_run=False, message=SAID)
    assert [one.check_id for one in shipped.rules] == ["mentions", "invites"]


def test_equal_rules_have_equal_digests():
    one = NativeRule("a", "kind", Kind.KEYWORDS, ("x", "y"), roles=(1, 2))
    other = NativeRule("a", "kind", Kind.KEYWORDS, ("y", "x"), roles=(2, 1))
    assert one.digest == other.digest
    assert one.digest != NativeRule("a", "kind", Kind.KEYWORDS, ("x",), roles=(1, 2)).digest
