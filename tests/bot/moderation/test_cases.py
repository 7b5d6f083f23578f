"""Cases on both databases: who may decide, what follows, what ends by itself, what is kept."""

from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.moderation.cases import effects
from bot.moderation.cases.appeals import Decision
from bot.moderation.cases.ladder import Rung, next_rung
from bot.moderation.cases.log import Search
from bot.moderation.cases.model import (
    MOVES,
    Act,
    AlreadyInForce,
    BadCase,
    CannotAppeal,
    Case,
    Mover,
    NoSuchCase,
    NotAllowedMove,
    Order,
    OwnReport,
    SameModerator,
    SomebodyWasFirst,
    State,
    TooManyReports,
)
from bot.moderation.cases.reports import Reported
from tests.conftest import StandingClock

GUILD, OTHER = 7, 8
SAM, SUE, ANA, BEN = 100, 101, 200, 201


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    """A whole desk."""
    return whole_desk


def order(act: Act, subject: int = ANA, minutes: int | None = None, reason: str = "why") -> Order:
    return Order(act, "be-kind", reason, subject=subject, minutes=minutes)


async def acted(desk: Desk, act: Act, *, by: int = SAM, minutes: int | None = None) -> Case:
    """Decide an act on Ana, and record that it happened."""
    intake = f"test:{act}:{by}:{minutes}:{desk.clock()}"
    case = await desk.cases.act(GUILD, by, order(act, minutes=minutes), intake=intake)
    await desk.store.write(lambda session: desk.cases.done(session, GUILD, case.reference))
    return await desk.cases.case(GUILD, case.reference)


async def posted(desk: Desk) -> list[tuple[str, str]]:
    """Take everything out of the outbox, lane by lane; return what it was, without the cards."""
    found = []
    while parcels := await desk.outbox.claim(50):
        for parcel in parcels:
            if parcel.kind != effects.CARD:
                found.append((parcel.kind, str(parcel.payload.get("what", ""))))
            await desk.outbox.done(parcel)
    return found


async def test_a_member_is_told_before_it_happens_and_the_same_press_counts_once(desk: Desk):
    ban = order(Act.BAN)
    case = await desk.cases.act(GUILD, SAM, ban, intake="interaction:1")
    again = await desk.cases.act(GUILD, SAM, ban, intake="interaction:1")
    assert again.reference == case.reference
    assert case.state is State.OPEN
    assert await posted(desk) == [(effects.TELL, "decided"), (effects.ACT, "")]
    with pytest.raises(NoSuchCase):
        await desk.cases.case(OTHER, case.reference)


@pytest.mark.parametrize(
    "wrong",
    [
        Order(Act.WARN, "be-kind", "  ", subject=ANA),
        Order(Act.WARN, "", "why", subject=ANA),
        Order(Act.WARN, "be-kind", "why"),
        order(Act.TIMEOUT, minutes=28 * 24 * 60 + 1),
        Order(Act.SLOW, "be-kind", "why", channel_id=1, seconds=21_601),
    ],
)
async def test_what_cannot_be_kept_is_refused(desk: Desk, wrong: Order):
    with pytest.raises(BadCase):
        await desk.cases.act(GUILD, SAM, wrong, intake="x")


async def test_of_two_moderators_at_once_the_loser_is_told_who_was_first(
    desk: Desk, clock: StandingClock
):
    case = await desk.cases.act(GUILD, SAM, order(Act.WARN), intake="a")
    with pytest.raises(SomebodyWasFirst) as first:
        await desk.cases.act(GUILD, SUE, order(Act.KICK), intake="b")
    assert (first.value.by, first.value.reference) == (SAM, case.reference)
    clock.move(seconds=31)
    await desk.cases.act(GUILD, SUE, order(Act.BAN), intake="c")
    clock.move(seconds=31)
    with pytest.raises(AlreadyInForce):
        await desk.cases.act(GUILD, SAM, order(Act.BAN), intake="d")


async def test_what_runs_its_time_ends_once_also_after_downtime(desk: Desk, clock: StandingClock):
    case = await acted(desk, Act.BAN, minutes=60)
    await posted(desk)
    assert await desk.cases.end_due() == 0
    clock.move(days=20)
    await desk.cases.end_due()
    assert await posted(desk) == [(effects.UNDO, "")]
    assert await desk.cases.end_due() == 0
    ended = await desk.cases.case(GUILD, case.reference)
    assert ended.state is State.EXPIRED
    assert not await desk.cases.wanted(GUILD, case.reference)


async def test_the_ladder_climbs_and_decays(desk: Desk, clock: StandingClock):
    assert await desk.cases.next_step(GUILD, ANA) == Rung(Act.WARN)
    first = await acted(desk, Act.WARN)
    assert await desk.cases.next_step(GUILD, ANA) == Rung(Act.TIMEOUT, 60)
    clock.move(days=80)
    await acted(desk, Act.WARN)
    assert await desk.cases.next_step(GUILD, ANA) == Rung(Act.TIMEOUT, 24 * 60)
    clock.move(days=11)
    assert await desk.cases.next_step(GUILD, ANA) == Rung(Act.TIMEOUT, 60)
    await desk.cases.end_due()
    assert (await desk.cases.case(GUILD, first.reference)).state is State.EXPIRED
    assert next_rung([Act.BAN] * 9) == Rung(Act.BAN)


async def test_an_appeal_is_decided_by_somebody_else_once(desk: Desk, clock: StandingClock):
    case = await acted(desk, Act.BAN)
    own = await desk.cases.own(case.code.lower(), source="s")
    assert (own.reason, own.can_appeal) == ("why", True)
    own = await desk.cases.appeal(case.code, "It was not me", door="web", source="s")
    assert own.state is State.APPEALED
    assert own.appeal is not None
    with pytest.raises(CannotAppeal):
        await desk.cases.appeal(case.code, "Again", door="web", source="s")
    with pytest.raises(NotAllowedMove):
        await desk.cases.lift(GUILD, case.reference, SAM, "by the side door")
    await posted(desk)
    granted = Decision(State.LIFTED, "You are right")
    with pytest.raises(SameModerator):
        await desk.cases.decide(GUILD, case.reference, SAM, granted)
    decided = await desk.cases.decide(GUILD, case.reference, SUE, granted)
    assert decided.state is State.LIFTED
    assert await posted(desk) == [(effects.UNDO, ""), (effects.TELL, "appeal")]
    with pytest.raises(SomebodyWasFirst):
        await desk.cases.decide(GUILD, case.reference, SAM, granted)
    own = await desk.cases.own(case.code, source="s")
    assert own.appeal is not None
    assert own.appeal.answer == "You are right"
    with pytest.raises(NoSuchCase):
        await desk.cases.own("AAAA-AAAA-AAAA-AAAA-AAAA", source="s")


async def test_a_changed_timeout_is_set_anew_and_an_overdue_appeal_is_told_once(
    desk: Desk, clock: StandingClock
):
    case = await acted(desk, Act.TIMEOUT, minutes=20 * 24 * 60)
    await desk.cases.appeal(case.code, "Too long", door="discord", source="s")
    clock.move(days=7, minutes=1)
    assert await desk.cases.tell_overdue() == 1
    assert await desk.cases.tell_overdue() == 0
    await posted(desk)
    longer = Decision(State.CHANGED, "No", minutes=27 * 24 * 60)
    with pytest.raises(BadCase):
        await desk.cases.decide(GUILD, case.reference, SUE, longer)
    shorter = Decision(State.CHANGED, "One more hour", minutes=60)
    changed = await desk.cases.decide(GUILD, case.reference, SUE, shorter)
    assert changed.until == clock() + timedelta(minutes=60)
    assert await posted(desk) == [(effects.ACT, ""), (effects.TELL, "appeal")]
    assert await desk.cases.waiting(GUILD) == []


async def test_reports_of_the_same_are_joined_and_reporters_hear_once(
    desk: Desk, clock: StandingClock
):
    what = Reported(ANA, "rude", channel_id=5, message_id=6, link="l", text="the message")
    first = await desk.cases.report(GUILD, BEN, what, intake="1")
    again = await desk.cases.report(GUILD, BEN, what, intake="1")
    second = await desk.cases.report(GUILD, 202, what, intake="2")
    assert first.reference == again.reference == second.reference
    assert (first.joined, second.joined) == (False, True)
    with pytest.raises(OwnReport):
        await desk.cases.report(GUILD, ANA, what, intake="3")
    case = await desk.cases.case(GUILD, first.reference)
    assert [one.words for one in case.reports] == ["rude", "rude"]
    assert case.evidence == "the message"
    await posted(desk)
    done = await desk.cases.act(GUILD, SAM, order(Act.WARN), intake="4", on=case.reference)
    assert done.reference == case.reference
    with pytest.raises(SomebodyWasFirst):
        await desk.cases.act(GUILD, SUE, order(Act.KICK), intake="5", on=case.reference)
    assert [kind for kind, _ in await posted(desk)].count(effects.HEARD) == 2
    late = await desk.cases.report(GUILD, 203, what, intake="6")
    assert late.decided is Act.WARN


async def test_misuse_of_reports_is_limited(desk: Desk, clock: StandingClock):
    for number in range(5):
        what = Reported(ANA, message_id=number + 1, channel_id=5)
        case = await desk.cases.report(GUILD, BEN, what, intake=f"{number}")
        nothing = order(Act.NONE)
        await desk.cases.act(GUILD, SAM, nothing, intake=f"n{number}", on=case.reference)
    with pytest.raises(TooManyReports):
        await desk.cases.report(GUILD, BEN, Reported(ANA, message_id=9), intake="9")
    clock.move(days=1, minutes=1)
    await desk.cases.report(GUILD, BEN, Reported(ANA, message_id=10), intake="10")
    clock.move(hours=2)
    with pytest.raises(TooManyReports):
        await desk.cases.report(GUILD, BEN, Reported(ANA, message_id=11), intake="11")


async def test_by_hand_counts_once_and_is_ended_by_hand(desk: Desk):
    case = await desk.cases.by_hand(GUILD, SAM, Act.BAN, ANA, entry=1, reason="spam")
    assert case is not None
    assert case.state is State.ACTIONED
    assert await desk.cases.by_hand(GUILD, SAM, Act.BAN, ANA, entry=1) is None
    lifted = await desk.cases.ended_by_hand(GUILD, SUE, Act.BAN, ANA)
    assert lifted is not None
    assert lifted.state is State.LIFTED
    assert await desk.cases.ended_by_hand(GUILD, SUE, Act.BAN, ANA) is None


async def test_the_log_is_searched_and_counted(desk: Desk, clock: StandingClock):
    for minutes in (10, 20):
        await acted(desk, Act.TIMEOUT, minutes=minutes)
        clock.move(minutes=30)
        await desk.cases.end_due()
    await acted(desk, Act.WARN, by=SUE)
    assert (await desk.cases.search(GUILD, Search(subject=ANA))).total == 3
    assert (await desk.cases.search(GUILD, Search(by=SUE))).total == 1
    assert (await desk.cases.search(GUILD, Search(act=Act.TIMEOUT, words="WHY"))).total == 2
    assert (await desk.cases.search(GUILD, Search(words="other"))).total == 0
    assert (await desk.cases.search(OTHER, Search())).total == 0
    counts = await desk.cases.counts(GUILD, 90)
    assert counts.acts == {"timeout": 2, "warn": 1}
    assert counts.rules == {"be-kind": 3}


async def test_erasing_ends_no_ban_and_takes_what_is_over(desk: Desk, clock: StandingClock):
    await acted(desk, Act.NOTICE)
    clock.move(days=91)
    await desk.cases.end_due()
    ban = await acted(desk, Act.BAN)
    export = await desk.privacy.export(ANA, GUILD)
    assert "why" in str(export.as_json())
    erased = await desk.privacy.erase(ANA, GUILD)
    assert erased.goes["cases"] == 1
    assert erased.stays["cases"] == 1
    kept = await desk.cases.case(GUILD, ban.reference)
    assert kept.subject == ANA
    found = await desk.cases.search(GUILD, Search(subject=ANA))
    assert [line.reference for line in found.lines] == [ban.reference]
    await desk.cases.lift(GUILD, ban.reference, SAM, "enough")
    clock.move(days=800)
    await desk.retention.enforce()
    gone = await desk.cases.case(GUILD, ban.reference)
    assert (gone.subject, gone.reason) == (None, None)
    assert (gone.act, gone.rule) == (Act.BAN, "be-kind")


async def test_reported_words_are_kept_no_longer_than_the_case_needs(
    desk: Desk, clock: StandingClock
):
    what = Reported(ANA, message_id=6, channel_id=5, text="the message")
    reported = await desk.cases.report(GUILD, BEN, what, intake="1")
    clock.move(days=40)
    await desk.retention.enforce()
    assert (await desk.cases.case(GUILD, reported.reference)).evidence == "the message"
    await desk.cases.act(GUILD, SAM, order(Act.WARN), intake="2", on=reported.reference)
    clock.move(days=31)
    await desk.retention.enforce()
    assert (await desk.cases.case(GUILD, reported.reference)).evidence is None


def test_only_the_machine_lets_a_reviewer_decide():
    deciders = MOVES[State.APPEALED]
    assert set(deciders.values()) == {Mover.REVIEWER}
    assert set(deciders) == {State.UPHELD, State.CHANGED, State.LIFTED}
