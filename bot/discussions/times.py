"""When sessions are: what people type, what recurs, and what the desk does when.

Pure functions. People think in the time of a place, so that is what is typed and what recurs;
what is kept is UTC. A time that summer time skips is refused when it is typed, and moved on by
what the clocks are moved when it recurs (RFC 5545, 3.3.5: the offset from before the change). Of
a time that comes twice the first is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr

from bot.discussions.model import (
    ARCHIVE_AFTER,
    FURTHEST,
    GUESTS_LIMIT,
    LONGEST,
    PROMPTS_LIMIT,
    REMINDERS,
    RULES_LIMIT,
    SHORTEST,
    TOPIC_LIMIT,
    ZONE_LIMIT,
    BadPlan,
    Plan,
    State,
    Step,
)

MOST_ZONES = 8
_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H.%M", "%d.%m.%Y %H:%M")
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(StrEnum):
    """How often a session of a series is held."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH_BY_WEEKDAY = "month_by_weekday"
    """Such as on every first Tuesday."""
    MONTH_BY_DAY = "month_by_day"
    """Such as on every 15th."""


def zone_of(typed: str) -> str:
    """Return a time zone's IANA name, however its letters were typed.

    Raises:
        BadPlan: there is no such zone.
    """
    wanted = typed.strip().replace(" ", "_").casefold()
    if len(wanted) <= ZONE_LIMIT:
        for name in available_timezones():
            if name.casefold() == wanted and len(name) <= ZONE_LIMIT:
                return name
    raise BadPlan("discussion.bad.zone", {"zone": typed.strip()[:ZONE_LIMIT]})


def moment_of(typed: str, zone: str) -> datetime:
    """Return the instant that was typed as the time of a place, such as `2026-12-01 18:00`.

    Raises:
        BadPlan: it is no time, or one that the clocks skip there that day.
    """
    text = " ".join(typed.split())
    for form in _FORMATS:
        try:
            local = datetime.strptime(text, form)  # noqa: DTZ007 - a place's own time has no offset
            instant = instant_of(local, zone)
        except (ValueError, OverflowError):
            continue
        if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
            raise BadPlan("discussion.bad.skipped", {"when": text, "zone": zone})
        return instant
    raise BadPlan("discussion.bad.when")


def instant_of(local: datetime, zone: str) -> datetime:
    """Return the instant at which clocks in a place show `local`, which has no offset."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_of(instant: datetime, zone: str) -> datetime:
    """Return what clocks in a place show at an instant, without an offset."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def checked(plan: Plan, now: datetime) -> Plan:
    """Return a plan, trimmed.

    Raises:
        BadPlan: a part is empty or too long, it begins in the past or too far ahead, or it takes
            too long.
    """
    plan = words_of(plan)
    zone_of(plan.zone)
    if not SHORTEST <= timedelta(minutes=plan.minutes) <= LONGEST:
        raise BadPlan("discussion.bad.minutes")
    if plan.starts <= now:
        raise BadPlan("discussion.bad.past")
    if plan.starts > now + FURTHEST:
        raise BadPlan("discussion.bad.far")
    return plan


def words_of(plan: Plan) -> Plan:
    """Return a plan whose words are trimmed; its time is not looked at.

    Raises:
        BadPlan: a part is empty or too long.
    """
    return replace(
        plan,
        topic=a_line(plan.topic, TOPIC_LIMIT, "discussion.bad.topic"),
        guests=a_text(" ".join(plan.guests.split()), GUESTS_LIMIT, "discussion.bad.guests"),
        prompts=a_text(plan.prompts, PROMPTS_LIMIT, "discussion.bad.prompts"),
        rules=a_text(plan.rules, RULES_LIMIT, "discussion.bad.rules"),
    )


def a_text(text: str, limit: int, problem: str) -> str:
    """Return a text, trimmed; it may be empty.

    Raises:
        BadPlan: it is too long.
    """
    text = _UNKEPT.sub("", text).strip()
    if len(text) > limit:
        raise BadPlan(problem)
    return text


def a_line(text: str, limit: int, problem: str) -> str:
    """Return a text as one line.

    Raises:
        BadPlan: it is empty or too long.
    """
    line = " ".join(a_text(text, 10 * limit, problem).split())
    if not line or len(line) > limit:
        raise BadPlan(problem)
    return line


def when_of(step: Step, plan: Plan) -> datetime:
    """Return when a step of a session that is not over is due."""
    if step is Step.CLOSE:
        return plan.ends
    return plan.starts - REMINDERS.get(step, timedelta(0))


def next_step(
    state: State, plan: Plan, now: datetime, *, closed_at: datetime | None = None
) -> tuple[Step, datetime] | None:
    """Return what the desk does with a session next by itself, and when; None if nothing.

    Reminders whose time has passed are left out: that is how a session stands that was announced,
    or moved, shortly before it begins.
    """
    if state is State.ANNOUNCED:
        for step in REMINDERS:
            if when_of(step, plan) > now:
                return step, when_of(step, plan)
        return Step.OPEN, plan.starts
    if state is State.OPEN:
        return Step.CLOSE, plan.ends
    if state is State.SUMMED_UP:
        return Step.ARCHIVE, max(now, closed_at or now) + ARCHIVE_AFTER
    return None


def reminder_now(step: Step, plan: Plan, now: datetime) -> Step:
    """Return the reminder to give when `step` was due: of several that were missed, the last."""
    passed = [one for one in REMINDERS if when_of(one, plan) <= now]
    return passed[-1] if passed else step


def rule_of(every: Every, first: date) -> str:
    """Return a recurrence rule (RFC 5545, 3.3.10) for sessions like one on the day `first`.

    A fifth weekday is the last one of its month; a 29th, 30th or 31st is the last such day there
    is, for not every month has them.
    """
    if every is Every.WEEK:
        return "FREQ=WEEKLY"
    if every is Every.TWO_WEEKS:
        return "FREQ=WEEKLY;INTERVAL=2"
    if every is Every.MONTH_BY_WEEKDAY:
        number = (first.day - 1) // 7 + 1
        return f"FREQ=MONTHLY;BYDAY={number if number < 5 else -1:+d}{_WEEKDAYS[first.weekday()]}"
    if first.day <= 28:
        return f"FREQ=MONTHLY;BYMONTHDAY={first.day}"
    days = ",".join(str(day) for day in range(28, first.day + 1))
    return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1"


def zones_of(first: str, typed: str) -> list[str]:
    """Return the zones a series goes through in turn: the first session's, then those typed.

    Raises:
        BadPlan: one is none, or there are too many.
    """
    zones = [first]
    for one in typed.replace(";", ",").split(","):
        zone = zone_of(one) if one.strip() else first
        if zone not in zones:
            zones.append(zone)
    if len(zones) > MOST_ZONES:
        raise BadPlan("discussion.bad.zones", {"most": str(MOST_ZONES)})
    return zones


def occurrences(
    rule: str, first: datetime, zones: Sequence[str], *, start: int = 0
) -> Iterator[tuple[int, datetime, str]]:
    """Yield the sessions of a series from number `start` on: number, instant, zone.

    The days are those of `rule` in the first zone; at each, clocks show the first session's time
    in the zone whose turn it is. So everybody has it in their evening once in a while.
    """
    began = local_of(first, zones[0])
    for number, local in enumerate(rrulestr(rule, dtstart=began)):
        if number >= start:
            zone = zones[number % len(zones)]
            yield number, instant_of(local, zone), zone
