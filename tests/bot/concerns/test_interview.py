"""A concern that is written down question by question: kept and exported, on both databases."""

from functools import partial

import pytest

from bot.concerns.interview import Interviews, NoInterview, Sheet, Step
from bot.concerns.model import Draft, Kind
from bot.concerns.troubles import BadDraft
from bot.desk import Desk
from tests.bot.privacy.conftest import ANA, GUILD
from tests.conftest import StandingClock


async def test_it_is_kept_for_a_week_and_for_its_person_alone(
    whole_desk: Desk, clock: StandingClock
):
    interviews: Interviews = whole_desk.interviews
    begun = await interviews.begin(GUILD, ANA, "fr")
    again = await interviews.begin(GUILD, ANA, "fr")
    assert (again.token, again.revision) == (begun.token, 2)
    assert await interviews.current([GUILD], ANA + 1) is None
    with pytest.raises(NoInterview):
        await interviews.change(
            [GUILD], ANA, lambda sheet: sheet.pick("privacy"), token=begun.token, revision=1
        )
    await interviews.change([GUILD], ANA, lambda sheet: sheet.pick("privacy"))
    await interviews.change([GUILD], ANA, lambda sheet: sheet.answer("CANARY happened"))
    with pytest.raises(BadDraft):
        await interviews.change([GUILD], ANA, lambda sheet: sheet.answer("x" * 4001))
    exported = await whole_desk.privacy.export(ANA, GUILD)
    assert "CANARY happened" in str(exported)
    clock.move(days=7)
    assert await interviews.current([GUILD], ANA) is None
    (rule,) = [one for one in whole_desk.retention.rules if one.name == "interviews"]
    assert await whole_desk.store.write(lambda session: rule.enforce(session, clock())) == 1


async def test_it_ends_with_the_commit_that_logs_it_and_not_without(whole_desk: Desk):
    interviews, concerns = whole_desk.interviews, whole_desk.concerns
    begun = await interviews.begin(GUILD, ANA, "en")

    async def logged(what: str) -> str:
        made = await concerns.raise_(
            guild_id=GUILD,
            reporter_id=ANA,
            draft=Draft(Kind.PRIVACY, what),
            intake=f"interview:{begun.token}",
            along=partial(interviews.sent, token=begun.token),
        )
        return made.reference

    with pytest.raises(BadDraft):
        await logged("")
    assert await interviews.current([GUILD], ANA) is not None
    reference = await logged("They took it")
    assert await interviews.current([GUILD], ANA) is None
    assert await logged("They took it") == reference


def test_what_looks_like_no_answer_is_asked_about():
    sheet = Sheet(step=Step.WHAT)
    sheet.answer("May they do that?")
    assert (sheet.what, sheet.aside) == ("", "May they do that?")
    sheet.own()
    sheet.skip()
    sheet.answer("no link, sorry")
    assert (sheet.step, sheet.aside) == (Step.LINK, "no link, sorry")
    sheet.own()
    assert sheet.what == "May they do that?\nno link, sorry"
    sheet.back()
    sheet.answer("All anew")
    assert sheet.what == "All anew"
