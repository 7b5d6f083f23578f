"""Working hours: weekends, holidays, nights, and the two days a year that are not 24 hours long."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.hours import BadHours, Hours

FRIDAY = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
HOUR = 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-13T09:00", 8, "2026-03-13T17:00"),
        ("2026-03-13T16:00", 2, "2026-03-16T10:00"),  # over a weekend
        ("2026-03-14T11:00", 1, "2026-03-16T10:00"),  # begun on one
        ("2026-03-13T03:00", 1, "2026-03-13T10:00"),  # at night
        ("2026-03-13T20:00", 0, "2026-03-16T09:00"),
        ("2026-03-13T09:00", 24, "2026-03-17T17:00"),
    ],
)
def test_working_time_passes_in_working_hours_only(start: str, hours: int, end: str) -> None:
    assert Hours().after(at(start), hours * HOUR) == at(end)
    assert Hours().between(at(start), at(end)) == hours * HOUR


def test_days_off_are_not_worked() -> None:
    hours = Hours().with_holiday(date(2026, 3, 16), free=True)
    assert hours.after(at("2026-03-13T16:00"), 2 * HOUR) == at("2026-03-17T10:00")
    assert hours.with_holiday(date(2026, 3, 16), free=False) == Hours()


def test_a_zone_has_its_own_day_and_its_own_summer() -> None:
    paris = Hours(zone="Europe/Paris", days=frozenset(range(7)))
    assert paris.after(at("2026-03-28T08:00"), 0) == at("2026-03-28T08:00")
    # The clocks go forward in the night to the 29th: 09:00 there is 07:00 UTC from then on.
    assert paris.after(at("2026-03-28T16:00"), HOUR) == at("2026-03-29T08:00")
    night = Hours(zone="Europe/Paris", days=frozenset(range(7)), opens=0, closes=24 * 60)
    assert night.between(at("2026-03-28T23:00"), at("2026-03-29T22:00")) == 23 * HOUR


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"days": frozenset()},
        {"days": frozenset({7})},
        {"opens": 17 * 60},
        {"closes": 24 * 60 + 1},
        {"target": 30},
        {"holidays": frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(101))},
    ],
)
def test_hours_that_nobody_can_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadHours):
        replace(Hours(), **wrong).checked()


@given(
    zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu"]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 365 * 24 * 60).map(lambda minutes: FRIDAY + timedelta(minutes=minutes)),
    seconds=st.integers(0, 60 * HOUR),
)
def test_what_was_added_is_what_lies_between(
    zone: str, days: frozenset[int], start: datetime, seconds: int
) -> None:
    hours = Hours(zone=zone, days=days, opens=7 * 60, closes=19 * 60 + 30)
    assert abs(hours.between(start, hours.after(start, seconds)) - seconds) <= 1
