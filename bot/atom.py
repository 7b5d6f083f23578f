"""Atom feeds (RFC 4287): entries in, one document out. Nothing is parsed here, only written.

An entry's id is a UUID made of the server, what it is and its reference, so it stays the same
wherever the feed is served and however often its words change (RFC 4287, 4.2.6).
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

_ATOM = "http://www.w3.org/2005/Atom"
_OURS = uuid.UUID("6b0f5f0e-8c0b-5d0a-9a3c-2f2f6c1f6a19")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One entry of a feed, in plain text.

    Attributes:
        id: `stable_id` of what it tells of.
        updated: when what it says changed last; `published`: when everybody could know of it first.
        link: where anybody can look; "" for nowhere.
    """

    id: str
    title: str
    updated: datetime
    text: str
    published: datetime | None = None
    link: str = ""


def stable_id(guild_id: int, kind: str, reference: str = "") -> str:
    """Return the id of a thing in one server, or of the feed of its kind."""
    return uuid.uuid5(_OURS, f"{guild_id}/{kind}/{reference}").urn


def as_atom(
    entries: Sequence[Entry], *, feed_id: str, title: str, address: str, author: str, now: datetime
) -> bytes:
    """Return a feed, what changed last first. `address` is the feed's own; `now` is for a feed
    that has nothing in it yet.
    """
    newest = sorted(entries, key=lambda one: one.updated, reverse=True)
    feed = Xml.Element("feed", xmlns=_ATOM)
    _add(feed, "id", feed_id)
    _add(feed, "title", title)
    _add(feed, "updated", moment(newest[0].updated if newest else now))
    Xml.SubElement(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(Xml.SubElement(feed, "author"), "name", author)
    _add(feed, "generator", "Commonplace")
    for one in newest:
        entry = Xml.SubElement(feed, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", moment(one.updated))
        if one.published is not None:
            _add(entry, "published", moment(one.published))
        if one.link:
            Xml.SubElement(entry, "link", rel="alternate", href=one.link)
        _add(entry, "content", one.text, type="text")
    body: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def moment(at: datetime) -> str:
    """Return a time as RFC 3339 writes it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = _NOT_XML.sub("", text)
