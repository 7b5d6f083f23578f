"""The charts, cell by cell as the official FAQ has them, and the versions behind them."""

from itertools import combinations, product

import pytest

from bot.licensing import remix as remixes
from bot.licensing.lookup import Outside
from bot.licensing.model import Element, Tool, Verdict
from bot.licensing.remix import MOST, Remix, Work
from tests.bot.licensing.conftest import TOOLKIT, tool

FAMILIES = ("PDM", "CC0", "BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")

# https://creativecommons.org/faq/#can-i-combine-material-under-different-creative-commons-licenses-in-my-work
TWO_WORKS = """
PDM       yes  yes  yes  yes  yes  no   yes  no
CC0       yes  yes  yes  yes  yes  no   yes  no
BY        yes  yes  yes  yes  yes  no   yes  no
BY-SA     yes  yes  yes  yes  no   no   no   no
BY-NC     yes  yes  yes  no   yes  no   yes  no
BY-ND     no   no   no   no   no   no   no   no
BY-NC-SA  yes  yes  yes  no   yes  no   yes  no
BY-NC-ND  no   no   no   no   no   no   no   no
"""

# https://creativecommons.org/faq/#if-i-derive-or-adapt-material-offered-under-a-creative-commons-license-which-cc-licenses-can-i-use
COLUMNS = ("BY", "BY-NC", "BY-NC-ND", "BY-NC-SA", "BY-ND", "BY-SA", "PD")
ADAPTERS = """
PD        ok    ok    ok    ok    ok    ok    ok
BY        ok    ok    ok    ok    ok    ok    not
BY-NC     not   ok    ok    ok    not   not   not
BY-NC-ND  no    no    no    no    no    no    no
BY-NC-SA  no    no    no    ok    no    no    no
BY-ND     no    no    no    no    no    no    no
BY-SA     no    no    no    no    no    ok    no
"""

# https://creativecommons.org/faq/#if-i-create-a-collection-that-includes-a-work-offered-under-a-cc-license-which-licenses-may-i-choose-for-the-collection
COMMERCIAL_COLLECTION = {"PDM", "CC0", "BY", "BY-ND", "BY-SA"}


def rows(chart: str) -> dict[str, list[str]]:
    """Read a chart."""
    lines = [line.split() for line in chart.strip().splitlines()]
    return {line[0]: line[1:] for line in lines}


TWO = rows(TWO_WORKS)
CELLS = [(one, other, TWO[one][place]) for one in FAMILIES for place, other in enumerate(FAMILIES)]


def current(family: str) -> Tool:
    """Return the current tool of a family."""
    return tool({"PDM": "mark-1.0", "CC0": "zero-1.0"}.get(family, f"{family.lower()}-4.0"))


def ask(*works: Work) -> Remix:
    """Ask about some works."""
    return TOOLKIT.remix(works)


@pytest.mark.parametrize(("one", "other", "cell"), CELLS)
def test_two_works_remix_as_the_official_chart_says(one: str, other: str, cell: str) -> None:
    answer = ask(current(one), current(other))

    assert answer.verdict == cell
    assert answer.pairs[0].verdict == cell
    assert answer.pairs[0].why.rule.sources
    assert bool(answer.options) == (cell == "yes")


@pytest.mark.parametrize(("one", "other", "cell"), CELLS)
def test_the_chart_holds_for_every_version_but_where_share_alike_versions_part(
    one: str, other: str, cell: str
) -> None:
    ones = [each for each in TOOLKIT.tools if each.family == one]
    others = [each for each in TOOLKIT.tools if each.family == other]

    for left, right in product(ones[::5], others[::7]):
        verdict = ask(left, right).verdict
        both_alike = left.has(Element.SA) and right.has(Element.SA)
        if both_alike and left != right and "1.0" in (left.version, right.version):
            assert verdict == "no", (left, right)
        else:
            assert verdict == cell, (left, right)


ADAPTER_CELLS = [
    (original, column, cell)
    for original, cells in rows(ADAPTERS).items()
    for column, cell in zip(COLUMNS, cells, strict=True)
]


@pytest.mark.parametrize(("original", "column", "cell"), ADAPTER_CELLS)
def test_an_adaptation_carries_what_the_official_chart_says(
    original: str, column: str, cell: str
) -> None:
    wanted = "CC0 1.0" if column == "PD" else f"CC {column} 4.0"
    for family in ("PDM", "CC0") if original == "PD" else (original,):
        options = {
            option.name: option.recommended
            for option in remixes.adaptation(TOOLKIT.library, current(family))
        }

        expected = {"ok": True, "not": False, "no": None}[cell]
        assert options.get(wanted) is expected


@pytest.mark.parametrize("family", FAMILIES)
def test_a_collection_takes_what_the_official_chart_says(family: str) -> None:
    (fact,) = ask(current(family), current("CC0")).collection

    commercial = family in COMMERCIAL_COLLECTION
    assert fact.id == ("collection-any" if commercial else "collection-noncommercial")


@pytest.mark.parametrize(
    ("one", "other", "verdict", "rule", "options"),
    [
        ("by-sa-2.0", "by-sa-4.0", "yes", "remix-sa-later", ["CC BY-SA 4.0"]),
        ("by-sa-3.0", "by-sa-2.5", "yes", "remix-sa-later", ["CC BY-SA 4.0"]),
        ("by-sa-3.0-de", "by-sa-3.0-at", "yes", "remix-sa-later", ["CC BY-SA 4.0"]),
        ("by-sa-1.0", "by-sa-1.0", "yes", "remix-sa-same", ["CC BY-SA 1.0"]),
        ("by-sa-1.0", "by-sa-2.0", "no", "remix-sa-1", []),
        ("by-sa-1.0", "by-sa-4.0", "no", "remix-sa-1", []),
        ("by-sa-1.0", "by-sa-1.0-fi", "no", "remix-sa-1", []),
        ("by-nc-sa-1.0", "by-nc-sa-3.0", "no", "remix-sa-1", []),
        ("by-sa-1.0", "by-4.0", "yes", "remix-sa", ["CC BY-SA 1.0"]),
        ("by-sa-1.0", "zero-1.0", "yes", "remix-public-domain", ["CC BY-SA 1.0"]),
        ("by-sa-2.0", "by-sa-2.0", "yes", "remix-sa-same", ["CC BY-SA 4.0", "CC BY-SA 2.0"]),
        ("by-nc-sa-3.0", "by-nc-2.0", "yes", "remix-sa", ["CC BY-NC-SA 4.0", "CC BY-NC-SA 3.0"]),
        ("by-sa-4.0", "by-4.0", "yes", "remix-sa", ["CC BY-SA 4.0"]),
        (
            "by-sa-4.0",
            "by-sa-4.0",
            "yes",
            "remix-sa-same",
            ["CC BY-SA 4.0", "GPLv3", "Free Art License 1.3"],
        ),
        ("by-nc-sa-4.0", "by-nc-sa-4.0", "yes", "remix-sa-same", ["CC BY-NC-SA 4.0"]),
    ],
)
def test_share_alike_looks_at_versions(
    one: str, other: str, verdict: str, rule: str, options: list[str]
) -> None:
    answer = ask(tool(one), tool(other))

    assert answer.verdict == verdict
    assert answer.pairs[0].why.id == rule
    assert [option.name for option in answer.options] == options


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("nd-1.0", "by-4.0", "no"),
        ("nd-nc-1.0", "zero-1.0", "no"),
        ("sampling-1.0", "by-nd-4.0", "no"),
        ("sa-1.0", "sa-1.0", "yes"),
        ("sa-1.0", "by-4.0", "unsure"),
        ("nc-1.0", "nc-1.0", "unsure"),
        ("nc-sa-1.0", "by-nc-sa-4.0", "unsure"),
        ("sampling-plus-1.0", "by-4.0", "unsure"),
        ("devnations-2.0", "zero-1.0", "unsure"),
    ],
)
def test_outside_the_charts_the_desk_says_so(one: str, other: str, verdict: str) -> None:
    answer = ask(tool(one), tool(other))

    assert answer.verdict == verdict
    assert bool(answer.options) == (verdict == "yes")
    assert [fact.id for fact in answer.collection] == ["collection-unsure"]


@pytest.mark.parametrize(
    ("outside", "tool_id", "verdict", "options"),
    [
        (Outside.GPL_3, "by-sa-4.0", "yes", ["GPLv3"]),
        (Outside.GPL_3, "by-sa-3.0", "unsure", []),
        (Outside.GPL_3, "by-nc-sa-4.0", "unsure", []),
        (Outside.GPL_3, "zero-1.0", "yes", ["GPLv3"]),
        (Outside.GPL_3, "by-4.0", "unsure", []),
        (Outside.GPL_3, "by-nd-4.0", "no", []),
        (Outside.FAL_1_3, "by-sa-4.0", "yes", ["Free Art License 1.3"]),
        (Outside.FAL_1_3, "by-sa-2.0", "unsure", []),
        (Outside.FAL_1_3, "sampling-1.0", "unsure", []),
    ],
)
def test_compatible_licenses_from_elsewhere_go_one_way(
    outside: Outside, tool_id: str, verdict: str, options: list[str]
) -> None:
    for works in ((outside, tool(tool_id)), (tool(tool_id), outside)):
        answer = ask(*works)

        assert answer.verdict == verdict
        assert [option.name for option in answer.options] == options


def test_two_from_elsewhere_are_not_for_this_desk_to_judge() -> None:
    assert ask(Outside.GPL_3, Outside.FAL_1_3).verdict is Verdict.UNSURE
    assert ask(Outside.GPL_3, Outside.GPL_3).verdict is Verdict.UNSURE


def test_several_works_go_together_only_if_each_two_do() -> None:
    works = [tool("by-4.0"), tool("by-sa-3.0"), tool("by-nc-2.0")]

    answer = ask(*works)

    assert answer.verdict is Verdict.NO
    assert [(str(p.one), str(p.other), str(p.verdict)) for p in answer.pairs] == [
        ("CC BY 4.0", "CC BY-SA 3.0", "yes"),
        ("CC BY 4.0", "CC BY-NC 2.0", "yes"),
        ("CC BY-SA 3.0", "CC BY-NC 2.0", "no"),
    ]
    assert not answer.options


def test_a_doubt_about_one_pair_is_a_doubt_about_all() -> None:
    assert ask(tool("by-4.0"), tool("zero-1.0"), tool("sampling-1.0")).verdict is Verdict.UNSURE
    assert ask(tool("by-4.0"), tool("by-nd-4.0"), tool("sampling-1.0")).verdict is Verdict.NO


def test_the_order_of_the_works_does_not_matter() -> None:
    some = [current(family) for family in FAMILIES]
    some += [tool("by-sa-1.0"), tool("by-sa-2.0"), tool("sampling-1.0"), tool("sa-1.0")]

    for one, other in combinations(some, 2):
        there, back = ask(one, other), ask(other, one)
        assert there.verdict == back.verdict
        assert there.options == back.options
        assert there.collection == back.collection


@pytest.mark.parametrize(
    ("ids", "rules"),
    [
        (("by-4.0", "by-sa-4.0"), ["private-free"]),
        (("by-nc-4.0", "zero-1.0"), ["private-free", "private-nc"]),
        (("by-nd-4.0", "by-4.0"), ["private-nd-4"]),
        (("by-nd-3.0", "by-4.0"), ["private-nd-old"]),
        (("by-nc-nd-2.0", "by-nd-4.0"), ["private-nd-old", "private-nc"]),
        (("sampling-1.0", "by-4.0"), ["private-unsure"]),
    ],
)
def test_a_remix_that_is_not_shared_has_rules_of_its_own(
    ids: tuple[str, str], rules: list[str]
) -> None:
    answer = ask(*map(tool, ids))

    assert [fact.id for fact in answer.private] == rules


@pytest.mark.parametrize("count", [0, 1, MOST + 1])
def test_a_remix_has_two_to_six_works(count: int) -> None:
    with pytest.raises(ValueError, match="sources"):
        ask(*[tool("by-4.0")] * count)
