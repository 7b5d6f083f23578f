"""What a tool says depends on its elements and its version."""

import pytest

from bot.licensing.model import Element
from bot.licensing.traits import Aspect, Heading
from tests.bot.licensing.conftest import TOOLKIT, tool


def said(tool_id: str) -> dict[str, str]:
    """Return the rule a tool states for each aspect."""
    return {str(t.aspect): t.fact.id for t in TOOLKIT.explain(tool(tool_id)).traits}


def test_every_tool_is_explained_with_sources() -> None:
    for one in TOOLKIT.tools:
        explanation = TOOLKIT.explain(one)

        assert explanation.standing, one.id
        assert explanation.traits, one.id
        assert len({t.aspect for t in explanation.traits}) == len(explanation.traits), one.id
        for fact in (*explanation.standing, *(t.fact for t in explanation.traits)):
            assert fact.rule.sources, one.id


def test_elements_decide_what_is_allowed() -> None:
    for one in TOOLKIT.tools:
        if not one.family or one.public_domain:
            continue
        rules = {t.aspect: t.fact.id for t in TOOLKIT.explain(one).traits}

        nc, nd = one.has(Element.NC), one.has(Element.ND)
        commercial = "commercial-no" if nc else "commercial-yes"
        assert rules[Aspect.COMMERCIAL] == commercial, one.id
        assert (rules[Aspect.ADAPT] == "adapt-yes") is not nd, one.id
        alike = rules.get(Aspect.SHARE_ALIKE, "")
        shares = alike.startswith("share-alike-") and alike != "share-alike-none"
        assert shares is one.has(Element.SA), one.id


@pytest.mark.parametrize(
    ("tool_id", "aspect", "rule"),
    [
        ("by-4.0", "credit", "credit-4"),
        ("by-3.0", "credit", "credit-2"),
        ("by-2.0", "credit", "credit-2"),
        ("by-1.0", "credit", "credit-1"),
        ("by-4.0", "cure", "cure-30"),
        ("by-3.0", "cure", "cure-none"),
        ("by-4.0", "database", "database-4"),
        ("by-3.0", "database", "database-3"),
        ("by-2.5", "database", "database-old"),
        ("by-4.0", "personality", "personality-4"),
        ("by-2.0", "personality", "personality-old"),
        ("by-4.0", "credit_removal", "credit-removal-4"),
        ("by-2.0", "credit_removal", "credit-removal-old"),
        ("by-nd-4.0", "adapt", "adapt-not-shared"),
        ("by-nd-3.0", "adapt", "adapt-never"),
        ("by-sa-4.0", "share_alike", "share-alike-4"),
        ("by-sa-3.0", "share_alike", "share-alike-3"),
        ("by-nc-sa-3.0", "share_alike", "share-alike-3-nc"),
        ("by-nc-sa-4.0", "share_alike", "share-alike-4-nc"),
        ("by-sa-2.5", "share_alike", "share-alike-2"),
        ("by-sa-1.0", "share_alike", "share-alike-1"),
        ("by-4.0", "endorsement", "no-endorsement"),
        ("by-3.0-de", "endorsement", "no-endorsement-3"),
        ("by-2.0", "endorsement", "no-endorsement-old"),
        ("by-3.0-de", "scope", "scope-port"),
        ("by-4.0", "translations", "translations-official"),
        ("by-3.0", "translations", "translations-none"),
        ("zero-1.0", "nature", "waiver"),
        ("zero-1.0", "credit", "credit-none"),
        ("mark-1.0", "nature", "label"),
        ("certification-1.0-us", "nature", "certification"),
        ("sampling-1.0", "nature", "sampling"),
        ("sampling-plus-1.0-br", "nature", "sampling-plus"),
        ("nc-sampling-plus-1.0", "nature", "nc-sampling-plus"),
        ("devnations-2.0", "nature", "devnations"),
        ("nc-sa-2.0-jp", "nature", "no-by"),
        ("nc-1.0", "commercial", "commercial-no-retired"),
        ("nd-1.0", "adapt", "adapt-no-retired"),
        ("sa-1.0", "share_alike", "share-alike-retired"),
    ],
)
def test_versions_say_different_things(tool_id: str, aspect: str, rule: str) -> None:
    assert said(tool_id)[aspect] == rule


def test_a_tool_without_adaptations_has_no_rule_for_marking_them() -> None:
    assert "changes" not in said("by-nd-2.0")
    assert said("by-nd-4.0")["changes"] == "changes-4"


@pytest.mark.parametrize(
    ("tool_id", "standing", "newer"),
    [
        ("by-4.0", ["status-current"], None),
        ("by-3.0", ["status-older"], "by-4.0"),
        ("by-nd-nc-1.0", ["status-older"], "by-nc-nd-4.0"),
        ("by-sa-3.0-de", ["status-older", "status-port"], "by-sa-4.0"),
        ("by-2.1-jp", ["status-older", "status-port"], "by-4.0"),
        ("sampling-1.0", ["status-retired"], None),
        ("nc-sa-2.0-jp", ["status-retired", "status-port"], None),
        ("zero-1.0", ["status-current-tool"], None),
        ("mark-1.0", ["status-current-tool"], None),
        ("certification-1.0-us", ["status-retired"], None),
    ],
)
def test_retired_older_and_ported_tools_are_said_to_be(
    tool_id: str, standing: list[str], newer: str | None
) -> None:
    explanation = TOOLKIT.explain(tool(tool_id))

    assert [fact.id for fact in explanation.standing] == standing
    assert explanation.newer == (tool(newer) if newer else None)


def test_an_explanation_has_something_under_every_heading() -> None:
    explanation = TOOLKIT.explain(tool("by-nc-sa-4.0"))

    for heading in Heading:
        assert explanation.under(heading), heading


def test_a_comparison_lines_up_what_differs_first() -> None:
    comparison = TOOLKIT.compare(tool("by-sa-2.0"), tool("by-sa-4.0"))

    differing = {str(line.aspect) for line in comparison.differences}
    assert {"credit", "cure", "database", "credit_removal", "share_alike"} <= differing
    assert "commercial" not in differing
    assert comparison.lines[: len(differing)] == comparison.differences
    assert {str(line.aspect) for line in comparison.shared} >= {"commercial", "adapt", "people"}


def test_a_tool_compared_with_itself_does_not_differ() -> None:
    for one in TOOLKIT.tools[::20]:
        assert not TOOLKIT.compare(one, one).differences


def test_what_only_one_tool_speaks_of_is_a_difference() -> None:
    comparison = TOOLKIT.compare(tool("by-4.0"), tool("zero-1.0"))

    line = next(line for line in comparison.lines if line.aspect is Aspect.CURE)
    assert line.one is not None
    assert line.other is None
