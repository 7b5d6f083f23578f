"""When sessions are: typed, recurring across summer time, and what is due when."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from bot.discussions.model import BadPlan, Kind, Plan, State, Step
from bot.discussions.times import (
    Every,
    checked,
    local_of,
    moment_of,
    next_step,
    occurrences,
    rule_of,
    zone_of,
    zones_of,
)

NOW = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)


def plan(starts: datetime, minutes: int = 60, topic: str = "Faces in datasets") -> Plan:
    return Plan(Kind.DISCUSSION, topic, starts, "Europe/Berlin", minutes)


def test_a_time_is_that_of_the_place():
    assert moment_of("2026-03-28 18:00", "Europe/Berlin") == datetime(2026, 3, 28, 17, tzinfo=UTC)
    assert moment_of("29.03.2026 18:00", "Europe/Berlin") == datetime(2026, 3, 29, 16, tzinfo=UTC)
    assert zone_of(" america/new york ") == "America/New_York"


@pytest.mark.parametrize(
    ("typed", "zone", "problem"),
    [
        ("tomorrow at six", "Europe/Berlin", "discussion.bad.when"),
        ("2026-02-30 18:00", "Europe/Berlin", "discussion.bad.when"),
        ("0001-01-01 00:00", "Asia/Tokyo", "discussion.bad.when"),
        # On this day clocks go from 2:00 to 3:00.
        ("2026-03-29 02:30", "Europe/Berlin", "discussion.bad.skipped"),
    ],
)
def test_a_time_that_is_none_is_refused(typed: str, zone: str, problem: str):
    with pytest.raises(BadPlan) as refused:
        moment_of(typed, zone)
    assert refused.value.problem == problem


def test_of_a_time_that_comes_twice_the_first_is_meant():
    # Clocks go back from 3:00 to 2:00.
    assert moment_of("2026-10-25 02:30", "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("typed", ["Mars/Olympus", "", "../../etc/passwd", "x" * 500])
def test_a_zone_that_is_none_is_refused(typed: str):
    with pytest.raises(BadPlan):
        zone_of(typed)


@pytest.mark.parametrize(
    ("starts", "minutes", "topic", "problem"),
    [
        (NOW, 60, "x", "discussion.bad.past"),
        (NOW + timedelta(days=1000), 60, "x", "discussion.bad.far"),
        (NOW + timedelta(days=1), 24 * 60 + 1, "x", "discussion.bad.minutes"),
        (NOW + timedelta(days=1), 5, "x", "discussion.bad.minutes"),
        (NOW + timedelta(days=1), 60, " \n ", "discussion.bad.topic"),
        (NOW + timedelta(days=1), 60, "x" * 101, "discussion.bad.topic"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(starts: datetime, minutes: int, topic: str, problem: str):
    with pytest.raises(BadPlan) as refused:
        checked(plan(starts, minutes, topic), NOW)
    assert refused.value.problem == problem


def test_a_weekly_session_stays_at_its_hour_when_the_clocks_change():
    first = moment_of("2026-03-17 18:00", "Europe/Berlin")
    found = [at for _, at, _ in islice(occurrences("FREQ=WEEKLY", first, ["Europe/Berlin"]), 4)]
    assert [at.hour for at in found] == [17, 17, 16, 16]
    assert {local_of(at, "Europe/Berlin").hour for at in found} == {18}


def test_a_recurring_time_that_is_skipped_once_moves_on_with_the_clocks():
    first = moment_of("2026-03-22 02:30", "Europe/Berlin")
    found = [at for _, at, _ in islice(occurrences("FREQ=WEEKLY", first, ["Europe/Berlin"]), 3)]
    assert [local_of(at, "Europe/Berlin").strftime("%H:%M") for at in found] == [
        "02:30",
        "03:30",
        "02:30",
    ]


def test_every_zone_has_it_in_its_evening_in_turn_also_where_clocks_change_on_other_days():
    # Clocks change on March 8 in New York, on March 29 in Berlin, and never in Tokyo.
    zones = zones_of("Europe/Berlin", "America/New_York, Asia/Tokyo, europe/berlin")
    assert zones == ["Europe/Berlin", "America/New_York", "Asia/Tokyo"]
    first = moment_of("2026-03-03 18:00", "Europe/Berlin")
    found = list(islice(occurrences("FREQ=WEEKLY", first, zones), 6))
    assert [zone for _, _, zone in found] == zones * 2
    assert {local_of(at, zone).hour for _, at, zone in found} == {18}
    assert [at.hour for _, at, _ in found] == [17, 22, 9, 17, 22, 9]


@pytest.mark.parametrize(
    ("every", "first", "expected"),
    [
        (Every.MONTH_BY_WEEKDAY, date(2026, 3, 3), [date(2026, 4, 7), date(2026, 5, 5)]),
        # A fifth Tuesday is the last one.
        (Every.MONTH_BY_WEEKDAY, date(2026, 3, 31), [date(2026, 4, 28), date(2026, 5, 26)]),
        (Every.MONTH_BY_DAY, date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31)]),
        (Every.MONTH_BY_DAY, date(2026, 3, 15), [date(2026, 4, 15), date(2026, 5, 15)]),
        (Every.TWO_WEEKS, date(2026, 3, 3), [date(2026, 3, 17), date(2026, 3, 31)]),
    ],
)
def test_what_a_month_has_is_what_recurs(every: Every, first: date, expected: list[date]):
    at = moment_of(f"{first} 18:00", "Europe/Berlin")
    found = islice(occurrences(rule_of(every, first), at, ["Europe/Berlin"]), 3)
    days = [local_of(one, "Europe/Berlin").date() for _, one, _ in found]
    assert days == [first, *expected]


def test_what_is_due_next_leaves_out_reminders_whose_time_has_passed():
    in_two_days = plan(NOW + timedelta(days=2))
    assert next_step(State.ANNOUNCED, in_two_days, NOW) == (Step.DAY, NOW + timedelta(days=1))
    soon = plan(NOW + timedelta(minutes=20))
    assert next_step(State.ANNOUNCED, soon, NOW) == (Step.OPEN, soon.starts)
    assert next_step(State.OPEN, soon, NOW) == (Step.CLOSE, soon.ends)
    assert next_step(State.PLANNED, soon, NOW) is None
    assert next_step(State.CANCELLED, soon, NOW) is None
