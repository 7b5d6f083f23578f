"""Guided walks: which license to choose, and what a license says about an AI use.

A walk is a pure state machine. Its whole state is the answers so far, one letter each ("ynu"), so
that a button's custom id can carry it, a step can be taken back, and nothing is remembered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.licensing.library import Library
from bot.licensing.model import CURRENT, Element, Fact, Tool

START = "s"
"""Stands for "no answers yet" where an empty text cannot stand."""


class Answer(StrEnum):
    """What people can say at a step."""

    YES = "y"
    NO = "n"
    UNSURE = "u"


_YES_NO = (Answer.YES, Answer.NO)
_ALL = (Answer.YES, Answer.NO, Answer.UNSURE)


class Step(StrEnum):
    """One question of a walk; a key's last part."""

    PEOPLE = "people"
    CREDIT = "credit"
    COMMERCIAL = "commercial"
    ADAPT = "adapt"
    ALIKE = "alike"
    OWN = "own"
    READ = "read"
    IRREVOCABLE = "irrevocable"
    WAIVE = "waive"
    PERMISSION = "permission"
    OUTPUT = "output"
    SHARED = "shared"
    ADAPTATION = "adaptation"


ANSWERS: Mapping[Step, tuple[Answer, ...]] = {
    Step.PEOPLE: _ALL,
    Step.CREDIT: _YES_NO,
    Step.COMMERCIAL: _YES_NO,
    Step.ADAPT: _YES_NO,
    Step.ALIKE: _YES_NO,
    Step.OWN: _ALL,
    Step.READ: _YES_NO,
    Step.IRREVOCABLE: _YES_NO,
    Step.WAIVE: _YES_NO,
    Step.PERMISSION: _ALL,
    Step.OUTPUT: _ALL,
    Step.SHARED: _ALL,
    Step.ADAPTATION: _ALL,
}


class NotOnThisWalk(Exception):
    """The answers lead nowhere on this walk; nobody was offered them."""


@dataclass(frozen=True)
class Choice:
    """Where somebody stands in the chooser.

    Args:
        step: the question to ask next; None at the end.
        said: the questions answered so far, with the answers.
        tool: the tool that fits; None while walking, or if none can be named.
        facts: what to know at the end, most important first.
    """

    step: Step | None
    said: tuple[tuple[Step, Answer], ...]
    tool: Tool | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Use:
    """Where somebody stands in the AI-use walk; `find_out` is what they would need to know."""

    step: Step | None
    said: tuple[tuple[Step, Answer], ...]
    facts: tuple[Fact, ...] = ()
    find_out: tuple[Fact, ...] = ()


def choose(library: Library, answers: str) -> Choice:
    """Return the next question of the chooser, or the tool that fits.

    Raises:
        NotOnThisWalk: these answers cannot be given.
    """
    step, said = _walk(answers, Step.PEOPLE, _after_choosing)
    if step is not None:
        return Choice(step, said)
    given = dict(said)
    stop = _stopped(given)
    if stop is not None:
        return Choice(None, said, None, (library.fact(stop),))
    tool = _chosen(library, given)
    facts = [library.fact("choose-tool", license=tool.identifier)]
    if given[Step.OWN] is Answer.UNSURE:
        facts.append(library.fact("choose-own-unsure"))
    if given[Step.PEOPLE] is not Answer.NO:
        facts.append(library.fact("choose-people"))
        if not tool.public_domain:
            facts.append(library.fact("choose-people-self"))
    facts.append(library.fact("choose-cannot-stop"))
    return Choice(None, said, tool, tuple(facts))


def can_i(library: Library, answers: str, tool: Tool | None) -> Use:
    """Return the next question of the AI-use walk, or what the license says.

    `tool` is the license of the material; None keeps the answer to what holds for each element.

    Raises:
        NotOnThisWalk: these answers cannot be given.
    """
    step, said = _walk(answers, Step.PERMISSION, _after_using)
    if step is not None:
        return Use(step, said)
    given = dict(said)
    rules = list(_ai_rules(given, tool))
    find_out = [library.fact(_FIND_OUT[step]) for step, answer in said if answer is Answer.UNSURE]
    facts = tuple(library.fact(rule) for rule in (*rules, "ai-other-laws"))
    return Use(None, said, facts, tuple(find_out))


_FIND_OUT = {
    Step.PERMISSION: "ai-find-permission",
    Step.OUTPUT: "ai-find-output",
    Step.SHARED: "ai-find-shared",
    Step.ADAPTATION: "ai-find-adaptation",
}

Given = Mapping[Step, Answer]
After = Callable[[Step, Given], Step | None]


def _walk(
    answers: str, first: Step, after: After
) -> tuple[Step | None, tuple[tuple[Step, Answer], ...]]:
    """Follow the answers; return the next step (None at the end) and what was said."""
    step: Step | None = first
    given: dict[Step, Answer] = {}
    for letter in "" if answers == START else answers:
        if step is None or letter not in [str(one) for one in ANSWERS[step]]:
            raise NotOnThisWalk(answers)
        given[step] = Answer(letter)
        step = after(step, given)
    return step, tuple(given.items())


def with_answer(answers: str, answer: Answer) -> str:
    """Return the state after one more answer."""
    return f"{'' if answers == START else answers}{answer}"


def without_last(answers: str) -> str:
    """Return the state one step back."""
    return answers[:-1] if len(answers) > 1 else START


def _after_choosing(step: Step, given: Given) -> Step | None:
    """The chooser's order: rights first, confirmations last."""
    answer = given[step]
    if step is Step.CREDIT:
        return Step.COMMERCIAL if answer is Answer.YES else Step.OWN
    if step is Step.ADAPT:
        return Step.ALIKE if answer is Answer.YES else Step.OWN
    if step is Step.OWN:
        return None if answer is Answer.NO else Step.READ
    if step is Step.READ:
        last = Step.IRREVOCABLE if given[Step.CREDIT] is Answer.YES else Step.WAIVE
        return None if answer is Answer.NO else last
    return {
        Step.PEOPLE: Step.CREDIT,
        Step.COMMERCIAL: Step.ADAPT,
        Step.ALIKE: Step.OWN,
    }.get(step)


def _stopped(given: Given) -> str | None:
    """Return the rule that says why no tool is named; None if one is."""
    if given[Step.OWN] is Answer.NO:
        return "choose-not-yours"
    if given[Step.READ] is Answer.NO:
        return "choose-read-first"
    if given.get(Step.IRREVOCABLE, given.get(Step.WAIVE)) is Answer.NO:
        return "choose-not-ready"
    return None


def _chosen(library: Library, given: Given) -> Tool:
    if given[Step.CREDIT] is Answer.NO:
        unit, version = "zero", "1.0"
    else:
        parts = ["by"]
        if given[Step.COMMERCIAL] is Answer.NO:
            parts.append("nc")
        if given[Step.ADAPT] is Answer.NO:
            parts.append("nd")
        elif given[Step.ALIKE] is Answer.YES:
            parts.append("sa")
        unit, version = "-".join(parts), CURRENT
    tool = library.find(unit, version)
    if tool is None:
        raise KeyError(unit)
    return tool


def _after_using(step: Step, given: Given) -> Step | None:
    """The flowchart's order; "not sure" goes on as the careful answer would."""
    careful = given[step] is not Answer.NO
    following = {
        Step.PERMISSION: Step.OUTPUT,
        Step.OUTPUT: Step.SHARED,
        Step.SHARED: Step.ADAPTATION,
    }
    return following.get(step) if careful else None


def _ai_rules(given: Given, tool: Tool | None) -> list[str]:
    """Return the rules that the answers lead to, in the order of the flowchart."""
    if given[Step.PERMISSION] is Answer.NO:
        return ["ai-not-triggered"]
    if tool is not None and tool.public_domain:
        return ["ai-public-domain"]
    if tool is not None and tool.family is None:
        return ["ai-permission-given-retired"]
    rules = ["ai-permission-given"]
    if given[Step.OUTPUT] is Answer.NO:
        rules.append("ai-processing-only")
    elif given[Step.SHARED] is Answer.NO:
        rules.append("ai-not-shared")
    else:
        rules.append("ai-shared")
        rules += _ai_adaptation(given, tool)
    if tool is None or tool.has(Element.NC):
        rules.append("ai-nc")
    return rules


def _ai_adaptation(given: Given, tool: Tool | None) -> list[str]:
    if given[Step.ADAPTATION] is Answer.NO:
        return ["ai-no-adaptation"]
    rules = ["ai-adaptation-unsure"] if given[Step.ADAPTATION] is Answer.UNSURE else []
    if tool is None or tool.has(Element.ND):
        rules.append("ai-adaptation-nd")
    if tool is None or tool.has(Element.SA):
        rules.append("ai-adaptation-sa")
    return rules
