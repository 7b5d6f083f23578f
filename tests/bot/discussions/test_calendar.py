"""The calendar is read by another, strict parser; the feed by an XML parser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from bot.discussions.calendar import as_calendar, as_feed
from bot.discussions.model import Event, Kind, Place, Plan, Session, State

AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
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


def test_the_feed_has_what_changed_last_first():
    address = "https://desk.example/sessions.atom"
    strange = replace(SESSION, plan=replace(PLAN, prompts="\x01 <b> & \uffff"))
    body = as_feed([strange, OFF], title="Sessions", address=address, now=AT, called_off="Off")
    feed = ElementTree.fromstring(body)  # noqa: S314 - the desk's own words
    assert feed.findtext(f"{ATOM}updated") == "2026-03-13T10:00:00Z"
    off, first = feed.findall(f"{ATOM}entry")
    assert off.findtext(f"{ATOM}title") == f"Off: {TOPIC}"
    assert first.findtext(f"{ATOM}title") == TOPIC
    assert "<b> &" in (first.findtext(f"{ATOM}content") or "")
    ids = [one.findtext(f"{ATOM}id") for one in (off, first)]
    assert ids == [f"{address}#S-11111-1", f"{address}#S-7K4Q-2M"]
    for required in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{required}") is not None
