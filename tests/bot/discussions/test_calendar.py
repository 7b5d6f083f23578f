"""The calendar is read by another, strict parser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from bot.discussions.calendar import as_calendar, as_entries
from bot.discussions.model import Event, Kind, Place, Plan, Session, State

AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
TOPIC = "Faces, “datasets”; and \\back\\slashes — \u200fעברית and a line that is folded"
PLAN = Plan(
    Kind.AMA,
    TOPIC,
    AT + timedelta(days=10),
    "Europe/Berlin",
    90,
    guests="Dr. Ada <ada@example.org>",
    prompts="One?\nTwo, three;\n\nFour: END:VEVENT",
)
SESSION = Session(
    1, 900, "S-7K4Q-2M", State.ANNOUNCED, PLAN, (5,), 3, Place(77, 78, 79), 0, 2, AT, AT
)
OFF = replace(
    SESSION,
    reference="S-11111-1",
    state=State.CANCELLED,
    sequence=3,
    changed_at=AT + timedelta(hours=1),
    events=(Event(AT, "moved", None, {}, "Ill & away"),),
)


def test_another_parser_reads_what_was_written_with_updates_and_cancellations():
    body = as_calendar([SESSION, OFF], name="Sessions", domain="desk.example")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    first, off = IcsCalendarStream.calendar_from_ics(body.decode()).events
    assert (first.uid, first.sequence, first.status) == (
        "S-7K4Q-2M-900@desk.example",
        0,
        EventStatus.CONFIRMED,
    )
    assert (first.summary, first.dtstart, first.dtend) == (TOPIC, PLAN.starts, PLAN.ends)
    assert first.description == f"{PLAN.guests}\n\n{PLAN.prompts}"
    assert str(first.url) == "https://discord.com/channels/900/77"
    assert (off.sequence, off.status) == (3, EventStatus.CANCELLED)
    assert (off.description or "").startswith("Ill & away")


def test_a_calendar_with_nothing_in_it_is_one():
    body = as_calendar([], name="Sessions", domain="desk.example")
    calendar = IcsCalendarStream.calendar_from_ics(body.decode())
    assert not calendar.events
    assert b"BEGIN:VTIMEZONE" in body


def test_the_feed_says_what_is_called_off_and_its_ids_stay():
    strange = replace(SESSION, plan=replace(PLAN, prompts="\x01 <b> & \uffff"))
    first, off = as_entries([strange, OFF], called_off="Off")
    assert (first.title, off.title) == (TOPIC, f"Off: {TOPIC}")
    assert "<b> &" in first.text
    assert first.link == "https://discord.com/channels/900/77"
    moved = replace(strange, changed_at=AT + timedelta(days=1))
    assert as_entries([moved], called_off="Off")[0].id == first.id != off.id
