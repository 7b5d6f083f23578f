"""Every way through the walks ends somewhere, and where the charts and the chooser say."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.licensing.walks import (
    ANSWERS,
    START,
    Answer,
    Choice,
    NotOnThisWalk,
    Step,
    Use,
    with_answer,
    without_last,
)
from tests.bot.licensing.conftest import TOOLKIT, tool


def ways(walk: Callable[[str], Choice | Use], answers: str = START) -> Iterator[str]:
    """Yield every way to an end."""
    here = walk(answers)
    if here.step is None:
        yield answers
        return
    for answer in ANSWERS[here.step]:
        yield from ways(walk, with_answer(answers, answer))


CHOICES = list(ways(TOOLKIT.choose))
USES = list(ways(TOOLKIT.can_i))


@pytest.mark.parametrize(
    ("answers", "identifier"),
    [
        ("nnyyy", "CC0 1.0"),
        ("nyyyyyyy", "CC BY-SA 4.0"),
        ("nyyynyyy", "CC BY 4.0"),
        ("nyynyyy", "CC BY-ND 4.0"),
        ("nynyyyyy", "CC BY-NC-SA 4.0"),
        ("nynynyyy", "CC BY-NC 4.0"),
        ("nynnyyy", "CC BY-NC-ND 4.0"),
    ],
)
def test_the_chooser_ends_at_what_was_answered(answers: str, identifier: str) -> None:
    choice = TOOLKIT.choose(answers)

    assert choice.step is None
    assert str(choice.tool) == identifier
    assert choice.facts[0].id == "choose-tool"
    assert choice.facts[-1].id == "choose-cannot-stop"


def test_the_chooser_asks_in_order() -> None:
    steps = [step for step, _answer in TOOLKIT.choose("nyyyyyyy").said]

    assert steps == [
        Step.PEOPLE, Step.CREDIT, Step.COMMERCIAL, Step.ADAPT, Step.ALIKE,
        Step.OWN, Step.READ, Step.IRREVOCABLE,
    ]  # fmt: skip


def test_without_credit_the_rest_is_not_asked() -> None:
    steps = [step for step, _answer in TOOLKIT.choose("nnyyy").said]

    assert steps == [Step.PEOPLE, Step.CREDIT, Step.OWN, Step.READ, Step.WAIVE]


@pytest.mark.parametrize("answers", CHOICES)
def test_no_tool_is_named_without_the_three_confirmations(answers: str) -> None:
    choice = TOOLKIT.choose(answers)
    given = dict(choice.said)

    confirmed = (
        given[Step.OWN] is not Answer.NO
        and given.get(Step.READ) is Answer.YES
        and given.get(Step.IRREVOCABLE, given.get(Step.WAIVE)) is Answer.YES
    )
    assert (choice.tool is not None) is confirmed
    assert choice.facts
    if choice.tool is not None and given[Step.PEOPLE] is not Answer.NO:
        assert "choose-people" in [fact.id for fact in choice.facts]


def test_there_are_as_many_ways_as_the_tree_has() -> None:
    assert len(CHOICES) == len(set(CHOICES)) == 3 * (1 + 6) * 7
    assert max(map(len, CHOICES)) == 8
    assert len(USES) == len(set(USES)) == 1 + 2 * (1 + 2 * (1 + 2 * 3))


@pytest.mark.parametrize(
    ("answers", "tool_id", "rules"),
    [
        ("n", None, ["ai-not-triggered"]),
        ("n", "by-nc-nd-4.0", ["ai-not-triggered"]),
        ("yn", "by-4.0", ["ai-permission-given", "ai-processing-only"]),
        ("yn", "by-nc-4.0", ["ai-permission-given", "ai-processing-only", "ai-nc"]),
        ("yyn", "by-sa-4.0", ["ai-permission-given", "ai-not-shared"]),
        ("yyn", "by-nc-4.0", ["ai-permission-given", "ai-not-shared", "ai-nc"]),
        ("yyyn", "by-nd-4.0", ["ai-permission-given", "ai-shared", "ai-no-adaptation"]),
        ("yyyy", "by-nd-4.0", ["ai-permission-given", "ai-shared", "ai-adaptation-nd"]),
        ("yyyy", "by-sa-4.0", ["ai-permission-given", "ai-shared", "ai-adaptation-sa"]),
        (
            "yyyy",
            "by-nc-sa-2.0",
            ["ai-permission-given", "ai-shared", "ai-adaptation-sa", "ai-nc"],
        ),
        (
            "yyyu",
            None,
            [
                "ai-permission-given", "ai-shared", "ai-adaptation-unsure",
                "ai-adaptation-nd", "ai-adaptation-sa", "ai-nc",
            ],
        ),
        ("yyyy", "zero-1.0", ["ai-public-domain"]),
        ("yyyy", "sampling-1.0", ["ai-permission-given-retired"]),
    ],
)  # fmt: skip
def test_the_ai_walk_ends_where_the_flowchart_does(
    answers: str, tool_id: str | None, rules: list[str]
) -> None:
    use = TOOLKIT.can_i(answers, tool(tool_id) if tool_id else None)

    assert [fact.id for fact in use.facts] == [*rules, "ai-other-laws"]


@pytest.mark.parametrize("answers", USES)
def test_whoever_is_not_sure_is_told_what_to_find_out(answers: str) -> None:
    use = TOOLKIT.can_i(answers)

    assert len(use.find_out) == answers.count("u")
    assert use.facts


@pytest.mark.parametrize("answers", [*CHOICES[::7], *USES])
def test_every_step_can_be_taken_back(answers: str) -> None:
    walk = TOOLKIT.choose if answers in CHOICES else TOOLKIT.can_i
    while answers != START:
        answers = without_last(answers)
        assert walk(answers).step is not None
    assert not walk(START).said


@given(st.text(max_size=12) | st.text("ynus", max_size=12))
def test_answers_that_nobody_was_offered_are_refused(answers: str) -> None:
    for walk in (TOOLKIT.choose, TOOLKIT.can_i):
        try:
            here = walk(answers)
        except NotOnThisWalk:
            continue
        assert here.step is not None or here.facts
        assert "".join(answer for _step, answer in here.said) in (answers, "")
