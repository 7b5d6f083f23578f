"""The terminal face of the license tools: plain text for `commonplace license …`."""

from collections.abc import Iterable, Sequence

from bot.licensing.attribution import Weight, Work
from bot.licensing.lookup import Elsewhere, Found, Nearest, Why
from bot.licensing.model import Fact, Tool
from bot.licensing.remix import Work as Source
from bot.licensing.remix import name
from bot.licensing.service import Licensing
from bot.licensing.traits import Heading
from bot.words import Tongue


class NoSuchLicense(Exception):
    """No tool is what was typed; the message says why and names the nearest."""


def explain(licensing: Licensing, t: Tongue, typed: str) -> str:
    """Return what a tool permits, requires and forbids.

    Raises:
        NoSuchLicense: there is no such tool.
    """
    tool, lines = _tool(licensing, t, typed)
    explanation = licensing.explain(tool)
    lines = [tool.identifier, tool.title, *lines, *_said(t, explanation.standing), tool.url]
    if tool.legal_code:
        lines.append(tool.legal_code)
    for heading in Heading:
        facts = explanation.under(heading)
        if facts:
            lines += ["", t(f"license.heading.{heading}"), *_list(t, facts)]
    return "\n".join(lines)


def remix(licensing: Licensing, t: Tongue, typed: Sequence[str]) -> str:
    """Return whether works go into one remix, and what follows.

    Raises:
        NoSuchLicense: one of them is none.
        ValueError: there are too few or too many.
    """
    works: list[Source] = []
    for text in typed:
        outcome = licensing.find(text)
        works.append(
            outcome.license if isinstance(outcome, Elsewhere) else _tool(licensing, t, text)[0]
        )
    answer = licensing.remix(works)
    lines = [t(f"license.remix.title.{answer.verdict}")]
    for pair in answer.pairs:
        verdict = t(f"license.verdict.{pair.verdict}")
        why = _sentence(t, pair.why)
        lines.append(f"  {verdict}: {name(pair.one)} + {name(pair.other)}. {why}")
    if answer.options:
        lines += ["", t("license.remix.result")]
        lines += [
            f"  {option.name}"
            if option.recommended
            else "  "
            + t(
                "license.remix.discouraged" if option.tool else "license.remix.compatible",
                license=option.name,
            )
            for option in answer.options
        ]
    lines += ["", t("license.remix.collection"), *_list(t, answer.collection)]
    facts = [*(pair.why for pair in answer.pairs), *answer.result, *answer.collection]
    urls = dict.fromkeys(source.url for fact in facts for source in fact.rule.sources)
    lines += ["", t("license.part.sources"), *(f"  {url}" for url in urls)]
    return "\n".join(lines)


def attribution(
    licensing: Licensing, t: Tongue, *, license: str, title: str, creator: str, source: str
) -> tuple[str, list[str]]:
    """Return the credit in its three forms, and what is missing or worth a look.

    Raises:
        NoSuchLicense: there is no such tool.
    """
    tool, notes = _tool(licensing, t, license)
    credit = licensing.credit(Work(title, creator, source, tool, version_assumed=bool(notes)))
    found = [
        f"{t(f'license.credit.{finding.weight}')}: {_sentence(t, finding.fact)}"
        for finding in credit.findings
        if finding.weight is not Weight.NOTE
    ]
    return "\n".join((credit.plain, credit.markdown, credit.html)), found


def _tool(licensing: Licensing, t: Tongue, typed: str) -> tuple[Tool, list[str]]:
    outcome = licensing.find(typed)
    if isinstance(outcome, Found):
        if not outcome.assumed:
            return outcome.tool, []
        others = ", ".join(map(str, outcome.others[:4]))
        values = {"license": outcome.tool.identifier, "others": others}
        return outcome.tool, [t(f"license.why.{Why.VERSION_ASSUMED}", **values)]
    if isinstance(outcome, Nearest):
        why = [t(f"license.why.{one}") for one in outcome.why]
        if outcome.tools:
            names = ", ".join(map(str, outcome.tools))
            why.append(t("license.not_found.near", tools=names))
        raise NoSuchLicense(" ".join(why))
    raise NoSuchLicense(t("license.why.elsewhere", license=name(outcome.license)))


def _sentence(t: Tongue, fact: Fact) -> str:
    return t(f"license.rule.{fact.id}", **fact.values)


def _said(t: Tongue, facts: Iterable[Fact]) -> list[str]:
    return [_sentence(t, fact) for fact in facts]


def _list(t: Tongue, facts: Iterable[Fact]) -> list[str]:
    return [f"  - {line}" for line in _said(t, facts)]
