"""What is published of sessions: a calendar that others subscribe to, and a feed.

The calendar is RFC 5545 (iCalendar): a session keeps its UID, SEQUENCE grows when its time or its
words change, and one that is called off stays in it as CANCELLED, so that calendars take it out
again. The feed is RFC 4287 (Atom).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml  # nothing is parsed here, only written

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vUri

from bot.discussions.model import Session, State

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
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


def as_feed(
    sessions: Sequence[Session], *, title: str, address: str, now: datetime, called_off: str
) -> bytes:
    """Return sessions as an Atom feed, what changed last first.

    `address` is the feed's own; `called_off` is put before the title of what does not take place.
    """
    newest = sorted(sessions, key=lambda one: one.changed_at, reverse=True)
    feed = Xml.Element("feed", xmlns=_ATOM)
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _time(newest[0].changed_at if newest else now))
    Xml.SubElement(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(Xml.SubElement(feed, "author"), "name", title)
    for session in newest:
        entry = Xml.SubElement(feed, "entry")
        cancelled = session.state is State.CANCELLED
        topic = session.plan.topic
        _add(entry, "id", f"{address}#{session.reference}")
        _add(entry, "title", f"{called_off}: {topic}" if cancelled else topic)
        _add(entry, "updated", _time(session.changed_at))
        if session.announced_at is not None:
            _add(entry, "published", _time(session.announced_at))
        if session.link:
            Xml.SubElement(entry, "link", rel="alternate", href=session.link)
        _add(entry, "content", _text(session), type="text")
    body: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


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
    times = f"{_time(session.plan.starts)} / {_time(session.plan.ends)}"
    return "\n\n".join(text for text in (times, _words(session)) if text)


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = _NOT_XML.sub("", text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
