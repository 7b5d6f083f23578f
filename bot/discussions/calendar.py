"""What is published of sessions: a calendar that others subscribe to, and a feed.

The calendar is RFC 5545 (iCalendar): a session keeps its UID, SEQUENCE grows when its time or its
words change, and one that is called off stays in it as CANCELLED, so that calendars take it out
again. The feed is RFC 4287 (Atom).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vUri

from bot.atom import Entry, moment, stable_id
from bot.discussions.model import Session, State

_HOURLY = timedelta(hours=1)
_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - a zone's own beginning has no offset


def as_calendar(sessions: Sequence[Session], *, name: str, domain: str) -> bytes:
    """Return sessions as an iCalendar file; `domain` makes their UIDs the desk's own."""
    calendar = Calendar()
    calendar.add("prodid", "-//Commonplace//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _HOURLY, parameters={"VALUE": "DURATION"})
    for session in sessions:
        calendar.add_component(_event(session, domain))
    if not sessions:
        # A calendar must not be empty (RFC 5545, 3.6).
        calendar.add_component(_utc())
    body: bytes = calendar.to_ical()
    return body


def as_entries(sessions: Sequence[Session], *, called_off: str) -> list[Entry]:
    """Return sessions as entries of an Atom feed (`bot.atom`).

    `called_off` is put before the title of what does not take place.
    """
    return [
        Entry(
            id=stable_id(one.guild_id, "session", one.reference),
            title=f"{called_off}: {one.plan.topic}"
            if one.state is State.CANCELLED
            else one.plan.topic,
            updated=one.changed_at,
            published=one.announced_at,
            link=one.link,
            text=_text(one),
        )
        for one in sessions
    ]


def _event(session: Session, domain: str) -> Event:
    event, plan = Event(), session.plan
    event.add("uid", f"{session.reference}-{session.guild_id}@{domain}")
    event.add("dtstamp", session.changed_at)
    event.add("last-modified", session.changed_at)
    if session.announced_at is not None:
        event.add("created", session.announced_at)
    event.add("dtstart", plan.starts)
    event.add("dtend", plan.ends)
    event.add("summary", plan.topic)
    event.add("description", _words(session))
    event.add("sequence", session.sequence)
    cancelled = session.state is State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if session.link:
        event.add("url", vUri(session.link))
        event.add("location", session.link)
    return event


def _utc() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", _BEGINNING)
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def _words(session: Session) -> str:
    plan = session.plan
    why = session.why if session.state is State.CANCELLED else ""
    return "\n\n".join(text for text in (why, plan.guests, plan.prompts, plan.rules) if text)


def _text(session: Session) -> str:
    times = f"{moment(session.plan.starts)} / {moment(session.plan.ends)}"
    return "\n\n".join(text for text in (times, _words(session)) if text)
