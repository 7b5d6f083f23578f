"""What goes into a remix with what, what the result may carry, and the collection beside it.

The charts decide (config/licensing/charts.yaml, cell by cell the FAQ's); versions are looked at
after them, because the charts speak of the current ones. What neither supports is "not sure".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.licensing.library import Library
from bot.licensing.lookup import Outside
from bot.licensing.model import CURRENT, Element, Fact, Tool, Verdict
from bot.licensing.schema import PUBLIC_DOMAIN

MOST = 6
"""Sources in one question."""

Work = Tool | Outside


@dataclass(frozen=True)
class Pair:
    """Two sources: whether they go into one shared remix, and why."""

    one: Work
    other: Work
    verdict: Verdict
    why: Fact


@dataclass(frozen=True)
class Option:
    """A license that the result may carry. `tool` is None for the public domain and others."""

    name: str
    tool: Tool | None
    recommended: bool


@dataclass(frozen=True)
class Remix:
    """The whole answer.

    Args:
        verdict: whether all sources go into one remix that is shared.
        pairs: each two of them, with the reason.
        options: what the result may carry, recommended ones first; empty unless the verdict is yes.
        result: how to read the options.
        collection: what to do instead, or beside it: keep the works side by side, unchanged.
        private: what holds for a remix that is shared with nobody.
    """

    works: tuple[Work, ...]
    verdict: Verdict
    pairs: tuple[Pair, ...]
    options: tuple[Option, ...]
    result: tuple[Fact, ...]
    collection: tuple[Fact, ...]
    private: tuple[Fact, ...]


def remix(library: Library, works: Sequence[Work]) -> Remix:
    """Return whether works go into one remix, and all that follows.

    Raises:
        ValueError: there are fewer than two works, or more than `MOST`.
    """
    if not 2 <= len(works) <= MOST:
        raise ValueError(f"a remix has 2 to {MOST} sources")
    pairs = tuple(_pair(library, one, other) for one, other in combinations(works, 2))
    verdict = _whole(pair.verdict for pair in pairs)
    options: tuple[Option, ...] = ()
    if verdict is Verdict.YES:
        options = tuple(_options(library, works))
        if not options:  # each two go together and all of them do not
            verdict = Verdict.UNSURE
    return Remix(
        tuple(works),
        verdict,
        pairs,
        options,
        tuple(_result(library, works, options)),
        tuple(_collection(library, works)),
        tuple(_private(library, works)),
    )


def adaptation(library: Library, tool: Tool) -> tuple[Option, ...]:
    """Return what an adaptation of one work may carry, as the adapter's chart has it."""
    return tuple(_options(library, [tool]))


def _whole(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    if Verdict.NO in found:
        return Verdict.NO
    return Verdict.UNSURE if Verdict.UNSURE in found else Verdict.YES


def _pair(library: Library, one: Work, other: Work) -> Pair:
    verdict, rule = _judge(library, one, other)
    values = {"one": name(one), "other": name(other)}
    return Pair(one, other, verdict, library.fact(rule, **values))


def name(work: Work) -> str:
    """Return what a work's license is called."""
    return work.identifier if isinstance(work, Tool) else _OUTSIDE_NAMES[work]


_OUTSIDE_NAMES = {Outside.GPL_3: "GPLv3", Outside.FAL_1_3: "Free Art License 1.3"}


def _judge(library: Library, one: Work, other: Work) -> tuple[Verdict, str]:
    if not isinstance(one, Tool) or not isinstance(other, Tool):
        return _judge_outside(one, other)
    if one.family is None or other.family is None:
        return _judge_retired(one, other)
    elements = one.elements | other.elements
    reasons = (
        (Element.ND in elements, Verdict.NO, "remix-nd"),
        (not library.charts.remixes(one.family, other.family), Verdict.NO, "remix-sa-nc"),
        (one.has(Element.SA) and other.has(Element.SA), *_judge_versions(one, other)),
        (one.public_domain or other.public_domain, Verdict.YES, "remix-public-domain"),
        (Element.SA in elements, Verdict.YES, "remix-sa"),
        (Element.NC in elements, Verdict.YES, "remix-nc"),
        (True, Verdict.YES, "remix-open"),
    )
    return next((verdict, rule) for holds, verdict, rule in reasons if holds)


def _judge_versions(one: Tool, other: Tool) -> tuple[Verdict, str]:
    """Two ShareAlike works of one family: is there a license that both let an adaptation carry?"""
    if one == other:
        return Verdict.YES, "remix-sa-same"
    if "1.0" in (one.version, other.version):
        return Verdict.NO, "remix-sa-1"
    return Verdict.YES, "remix-sa-later"


def _judge_retired(one: Tool, other: Tool) -> tuple[Verdict, str]:
    """Licenses outside the charts: only what their own text settles."""
    if Element.ND in one.elements | other.elements:
        retired_nd = any(t.family is None and t.has(Element.ND) for t in (one, other))
        return Verdict.NO, "remix-nd-retired" if retired_nd else "remix-nd"
    if one == other and one.id == "sa-1.0":
        return Verdict.YES, "remix-sa-retired-same"
    return Verdict.UNSURE, "remix-unsure"


def _judge_outside(one: Work, other: Work) -> tuple[Verdict, str]:
    """GPLv3 and the Free Art License: what CC's list of compatible licenses settles."""
    tool = one if isinstance(one, Tool) else other
    outside = other if isinstance(one, Tool) else one
    if not isinstance(tool, Tool) or tool.family is None:
        return Verdict.UNSURE, "remix-outside-unsure"
    if tool.has(Element.ND):
        return Verdict.NO, "remix-nd"
    if tool.unit == "by-sa" and tool.version == CURRENT:
        return Verdict.YES, "remix-gpl" if outside is Outside.GPL_3 else "remix-fal"
    if tool.unit == "zero" and outside is Outside.GPL_3:
        return Verdict.YES, "remix-gpl-zero"
    return Verdict.UNSURE, "remix-outside-unsure"


def _options(library: Library, works: Sequence[Work]) -> list[Option]:
    """Return the licenses that every source lets an adaptation carry, recommended ones first."""
    outside = {work for work in works if not isinstance(work, Tool)}
    tools = [work for work in works if isinstance(work, Tool)]
    if outside:
        return [Option(name(next(iter(outside))), None, True)] if len(outside) == 1 else []
    if any(tool.family is None for tool in tools):
        same = len(set(tools)) == 1 and tools[0].id == "sa-1.0"
        return [Option(tools[0].identifier, tools[0], True)] if same else []
    alike = [tool for tool in tools if tool.has(Element.SA)]
    if alike:
        options = _share_alike_options(library, alike)
        others_free = all(tool.public_domain for tool in tools if tool not in alike)
        if others_free and {tool.id for tool in alike} == {f"by-sa-{CURRENT}"}:
            options += [Option(each, None, False) for each in _OUTSIDE_NAMES.values()]
        return options
    chart = library.charts.adapt
    options = []
    for place, column in enumerate(chart.columns):
        cells = {chart.rows[str(tool.family)][place] for tool in tools}
        if "no" in cells:
            continue
        if column == PUBLIC_DOMAIN:
            tool = library.find("zero", "1.0")
        else:
            tool = library.find(column.lower(), CURRENT)
        if tool is not None:
            options.append(Option(tool.identifier, tool, "discouraged" not in cells))
    return sorted(options, key=lambda option: not option.recommended)


def _share_alike_options(library: Library, alike: Sequence[Tool]) -> list[Option]:
    """Return what ShareAlike sources let an adaptation carry: the same license, or a later one."""
    if len(set(alike)) == 1 and alike[0].version == "1.0":
        return [Option(alike[0].identifier, alike[0], True)]
    if any(tool.version == "1.0" for tool in alike) or len({tool.unit for tool in alike}) > 1:
        return []
    current = library.find(alike[0].unit, CURRENT)
    options = [Option(str(current), current, True)] if current is not None else []
    if len(set(alike)) == 1 and alike[0] != current:
        options.append(Option(alike[0].identifier, alike[0], True))
    return options


def _result(library: Library, works: Sequence[Work], options: Sequence[Option]) -> list[Fact]:
    if not options:
        return []
    facts = []
    if any(not isinstance(work, Tool) for work in works):
        facts.append(library.fact("result-outside", license=options[0].name))
    elif any(isinstance(work, Tool) and work.has(Element.SA) for work in works):
        facts.append(library.fact("result-sa"))
    else:
        facts.append(library.fact("result-any"))
    facts.append(library.fact("result-both-apply"))
    return facts


def _collection(library: Library, works: Sequence[Work]) -> list[Fact]:
    families = [work.family for work in works if isinstance(work, Tool)]
    if len(families) < len(works) or None in families:
        return [library.fact("collection-unsure")]
    cells = [library.charts.collection[str(family)] for family in families]
    if all(cell.commercial for cell in cells):
        return [library.fact("collection-any")]
    return [library.fact("collection-noncommercial")]


def _private(library: Library, works: Sequence[Work]) -> list[Fact]:
    tools = [work for work in works if isinstance(work, Tool)]
    if len(tools) < len(works) or any(tool.family is None for tool in tools):
        return [library.fact("private-unsure")]
    facts = []
    closed = [tool for tool in tools if tool.has(Element.ND)]
    old = [tool for tool in closed if tool.version != CURRENT]
    if old:
        names = ", ".join(dict.fromkeys(map(str, old)))
        facts.append(library.fact("private-nd-old", licenses=names))
    elif closed:
        facts.append(library.fact("private-nd-4"))
    else:
        facts.append(library.fact("private-free"))
    if any(tool.has(Element.NC) for tool in tools):
        facts.append(library.fact("private-nc"))
    return facts
