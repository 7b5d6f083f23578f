"""Sessions on both databases: who moves them, what happens by itself, also after downtime."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.desk import Desk
from bot.discussions import effects
from bot.discussions.model import (
    MOVES,
    BadPlan,
    ChangedMeanwhile,
    Kind,
    Mover,
    NoSuchSession,
    NotAllowedMove,
    Plan,
    Session,
    State,
)
from bot.discussions.times import Every
from bot.promises.model import Ledger
from bot.store.outbox import OutboxRow
from tests.conftest import StandingClock

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
HOST, ANA, BEN = 720_000_000_000_000_005, 720_000_000_000_000_006, 720_000_000_000_000_007
IN_TEN_DAYS = datetime(2026, 3, 23, 17, 0, tzinfo=UTC)
PLAN = Plan(Kind.AMA, "Faces in datasets", IN_TEN_DAYS, "Europe/Berlin", 60, guests="Dr. Ada")


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    return whole_desk


async def planned(desk: Desk, plan: Plan = PLAN, intake: str = "interaction:1") -> Session:
    return await desk.sessions.plan(GUILD, HOST, plan, intake=intake)


async def announced(desk: Desk, plan: Plan = PLAN, intake: str = "interaction:1") -> Session:
    session = await planned(desk, plan, intake)
    return await desk.sessions.announce(GUILD, session.reference, HOST)


async def posted(desk: Desk, kind: str) -> list[str]:
    """Return what was posted of a kind, in order."""

    async def work(session):
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
        )
        return [one.payload.get("what", one.payload.get("key", "")) for one in rows]

    return await desk.store.read(work)


def test_only_the_desk_closes_what_nobody_opened_and_nothing_leaves_the_ends():
    assert MOVES[State.ANNOUNCED][State.CLOSED] == {Mover.DESK}
    assert not MOVES[State.ARCHIVED]
    assert not MOVES[State.CANCELLED]
    assert set(MOVES) == set(State)


async def test_a_plan_is_kept_once_and_is_its_own_servers(desk: Desk):
    first = await planned(desk)
    assert (await planned(desk)).reference == first.reference
    assert first.hosts == (HOST,)
    assert first.state is State.PLANNED
    assert not await desk.sessions.upcoming(GUILD)
    assert len(await desk.sessions.upcoming(GUILD, planned=True)) == 1
    with pytest.raises(NoSuchSession):
        await desk.sessions.session(OTHER, first.reference)
    assert not await posted(desk, effects.SHOW)


async def test_the_whole_life_of_a_session(desk: Desk, clock: StandingClock):
    await desk.sessions.follow(GUILD, BEN, follows=True)
    session = await announced(desk)
    assert await posted(desk, effects.MESSAGE) == ["announced", "host.announced"]
    await desk.sessions.come(GUILD, session.reference, ANA, comes=True)
    for at, state in (
        (IN_TEN_DAYS - timedelta(days=7), State.ANNOUNCED),
        (IN_TEN_DAYS - timedelta(days=1), State.ANNOUNCED),
        (IN_TEN_DAYS - timedelta(hours=1), State.ANNOUNCED),
        (IN_TEN_DAYS, State.OPEN),
        (IN_TEN_DAYS + timedelta(hours=1), State.CLOSED),
    ):
        clock.now = at - timedelta(seconds=1)
        assert await desk.sessions.look() == at
        clock.now = at
        await desk.sessions.look()
        await desk.sessions.look()
        assert (await desk.sessions.session(GUILD, session.reference)).state is state
    assert await posted(desk, effects.TELL) == ["week", "day", "hour", "opened", "closed"]
    told = await posted(desk, effects.MESSAGE)
    assert [one for one in told if not one.startswith("host.")] == ["announced", "hour"]
    assert [one for one in told if one.startswith("host.")] == [
        "host.announced",
        "host.week",
        "host.day",
        "host.hour",
        "host.closed",
    ]
    await desk.sessions.move(GUILD, session.reference, HOST, State.SUMMED_UP)
    clock.move(days=8)
    await desk.sessions.look()
    assert (await desk.sessions.session(GUILD, session.reference)).state is State.ARCHIVED
    assert await desk.sessions.look() is None


async def test_after_downtime_it_opens_late_and_says_so_and_reminds_of_nothing_that_is_over(
    desk: Desk, clock: StandingClock
):
    session = await announced(desk)
    clock.now = IN_TEN_DAYS + timedelta(minutes=20)
    await desk.sessions.look()
    found = await desk.sessions.session(GUILD, session.reference)
    assert found.state is State.OPEN
    assert found.events[-1].detail["late"] == "20"
    assert await posted(desk, effects.TELL) == ["opened"]
    await desk.sessions.look()
    assert await posted(desk, effects.TELL) == ["opened"]


async def test_of_several_reminders_that_were_missed_only_the_last_is_given(
    desk: Desk, clock: StandingClock
):
    await announced(desk)
    clock.now = IN_TEN_DAYS - timedelta(minutes=30)
    await desk.sessions.look()
    assert await posted(desk, effects.TELL) == ["hour"]
    clock.now = IN_TEN_DAYS
    await desk.sessions.look()
    assert await posted(desk, effects.TELL) == ["hour", "opened"]


async def test_a_session_that_was_slept_through_is_closed_and_staff_hear_of_it(
    desk: Desk, clock: StandingClock
):
    session = await announced(desk)
    clock.now = IN_TEN_DAYS + timedelta(hours=5)
    await desk.sessions.look()
    found = await desk.sessions.session(GUILD, session.reference)
    assert found.state is State.CLOSED
    assert found.opened_at is None
    assert await posted(desk, effects.TELL) == ["missed"]
    assert await posted(desk, "staff.notice") == ["session.notice.missed"]
    assert not await desk.sessions.held(GUILD, clock.now - timedelta(days=30))


async def test_who_comes_is_told_once_of_a_new_time_and_reminded_of_that(
    desk: Desk, clock: StandingClock
):
    session = await announced(desk)
    await desk.sessions.come(GUILD, session.reference, ANA, comes=True)
    await desk.sessions.come(GUILD, session.reference, ANA, comes=True)
    await desk.sessions.come(GUILD, session.reference, BEN, comes=True)
    await desk.sessions.come(GUILD, session.reference, BEN, comes=False)
    later = Plan(Kind.AMA, "-", IN_TEN_DAYS + timedelta(days=1), "Asia/Tokyo", 90)
    moved = await desk.sessions.reschedule(
        GUILD, session.reference, HOST, later, why="A strike", seen=session.version
    )
    assert (moved.coming, moved.sequence, moved.plan.topic) == (1, 1, "Faces in datasets")
    assert moved.why == "A strike"
    with pytest.raises(ChangedMeanwhile):
        await desk.sessions.cancel(GUILD, session.reference, HOST, seen=session.version)

    async def interested(store_session):
        return await desk.sessions.tell_interested(
            store_session, GUILD, session.reference, [ANA, BEN], "moved"
        )

    assert await desk.store.write(interested) == 2
    await desk.store.write(interested)
    told = [one for one in await posted(desk, effects.MESSAGE) if one == "moved"]
    assert len(told) == 2  # Ana by the button, Ben by Discord's event; neither twice.
    clock.now = IN_TEN_DAYS
    await desk.sessions.look()
    assert "opened" not in await posted(desk, effects.TELL)


async def test_calling_off_ends_everything_that_was_due(desk: Desk, clock: StandingClock):
    session = await announced(desk)
    await desk.sessions.come(GUILD, session.reference, ANA, comes=True)
    cancelled = await desk.sessions.cancel(GUILD, session.reference, HOST, why="Ill")
    assert (cancelled.state, cancelled.sequence, cancelled.why) == (State.CANCELLED, 1, "Ill")
    assert [one.state for one in await desk.sessions.feed(GUILD)] == [State.CANCELLED]
    assert await desk.sessions.look() is None
    for refused in (
        desk.sessions.announce(GUILD, session.reference, HOST),
        desk.sessions.come(GUILD, session.reference, BEN, comes=True),
        desk.sessions.reschedule(GUILD, session.reference, HOST, PLAN),
    ):
        with pytest.raises(NotAllowedMove):
            await refused
    clock.move(days=60)
    await desk.sessions.look()
    assert await posted(desk, effects.TELL) == ["cancelled"]


async def test_a_plan_whose_time_has_passed_is_not_announced(desk: Desk, clock: StandingClock):
    session = await planned(desk)
    clock.move(days=11)
    with pytest.raises(BadPlan):
        await desk.sessions.announce(GUILD, session.reference, HOST)


async def test_a_series_is_announced_ahead_across_a_change_of_clocks_and_ends(
    desk: Desk, clock: StandingClock
):
    session = await announced(desk)
    first = await desk.sessions.repeat(GUILD, session.reference, HOST, Every.WEEK, "Asia/Tokyo")
    await desk.sessions.look()
    await desk.sessions.look()
    lines = await desk.sessions.upcoming(GUILD)
    found = [await desk.sessions.session(GUILD, one.reference) for one in lines]
    assert [one.plan.zone for one in found] == [
        "Europe/Berlin",
        "Asia/Tokyo",
        "Europe/Berlin",
        "Asia/Tokyo",
    ]
    assert [one.plan.starts.hour for one in found] == [17, 9, 16, 9]
    assert {one.series for one in found} == {first.series}
    assert {one.hosts for one in found} == {(HOST,)}
    assert found[1].plan.guests == ""
    await desk.sessions.end(GUILD, first.series, HOST)
    clock.move(days=7)
    await desk.sessions.look()
    assert len(await desk.sessions.upcoming(GUILD)) == 4


async def test_what_a_series_missed_while_the_desk_was_away_is_told_and_not_made_up_for(
    desk: Desk, clock: StandingClock
):
    session = await announced(desk)
    await desk.sessions.repeat(GUILD, session.reference, HOST, Every.WEEK)
    clock.now = IN_TEN_DAYS + timedelta(days=15)
    await desk.sessions.look()
    upcoming = await desk.sessions.upcoming(GUILD)
    assert upcoming[0].starts == IN_TEN_DAYS + timedelta(days=21, hours=-1)
    assert "session.notice.skipped" in await posted(desk, "staff.notice")


async def test_several_sessions_at_once_are_opened_each_by_itself(desk: Desk, clock: StandingClock):
    made: list[Session] = [
        await announced(desk, intake=f"interaction:{number}") for number in range(3)
    ]
    clock.now = IN_TEN_DAYS
    await desk.sessions.look()
    states = [(await desk.sessions.session(GUILD, one.reference)).state for one in made]
    assert states == [State.OPEN] * 3


async def test_a_server_is_quiet_when_nothing_is_planned_soon(desk: Desk):
    assert await desk.sessions.quiet(GUILD, 4)
    await planned(desk)
    assert not await desk.sessions.quiet(GUILD, 4)
    assert await desk.sessions.quiet(GUILD, 1)


async def test_who_came_is_forgotten_and_who_asks_is_erased(desk: Desk, clock: StandingClock):
    session = await announced(desk)
    await desk.sessions.come(GUILD, session.reference, ANA, comes=True)
    await desk.sessions.come(GUILD, session.reference, BEN, comes=True)
    await desk.privacy.erase(ANA)
    assert (await desk.sessions.session(GUILD, session.reference)).coming == 1
    clock.now = IN_TEN_DAYS + timedelta(days=31)
    rule = next(one for one in desk.retention.rules if one.name == "coming")
    cutoff = clock.now - timedelta(days=rule.days)
    assert await desk.store.write(lambda one: rule.enforce(one, cutoff)) == 1


async def test_staff_hear_once_a_week_that_nothing_is_planned_and_held_sessions_are_evidence(
    desk: Desk, clock: StandingClock
):
    await desk.discussion_setups.choose(GUILD, 5)
    await desk.daily.look()
    assert not await posted(desk, "staff.notice")
    clock.move(hours=30)
    await desk.daily.look()
    clock.move(hours=24)
    await desk.daily.look()
    told = await posted(desk, "staff.notice")
    assert told.count("session.notice.quiet") == 1
    session = await announced(desk)
    clock.now = IN_TEN_DAYS
    await desk.sessions.look()
    clock.now = IN_TEN_DAYS + timedelta(hours=1)
    await desk.sessions.look()
    (drawn,) = await desk.evidence.of(GUILD, [Ledger.SESSIONS], IN_TEN_DAYS.date())
    assert (drawn.count, drawn.latest[0].name) == (1, f"{session.reference}, Faces in datasets")
