"""How topic pages look: in the list, opened, their timeline, their versions, and one version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

import discord
from babel.dates import format_date, format_skeleton

from bot.discussions.model import Session
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert, link
from bot.topics.model import (
    FACT_LIMIT,
    KNOWN_LIMIT,
    TITLE_LIMIT,
    UNKNOWN_LIMIT,
    Confidence,
    Fact,
    Line,
    Topic,
)
from bot.words import Tongue
from bot.workflows.topic_pages import Gathered

T = TypeVar("T")

PAGE = 8
_LATEST = 3
"""Facts on a page's own card; all of them are in its timeline."""
FACTS = 6
_MANY = 10
_SESSIONS = 4


@dataclass(frozen=True)
class Reader:
    """Who looks: those who keep topic pages see who changed what, and what they can do."""

    t: Tongue
    keeps: bool


def list_card(reader: Reader, lines: Sequence[Line], page: int) -> Card:
    """Show a page of the list; a page beyond the last is the last."""
    t = reader.t
    add = [Button(t("topics.button.add"), custom_id("topic", "add"))] if reader.keeps else []
    if not lines:
        return Card(
            kind=t("topic.kind.list"),
            title=t("topic.list.title"),
            body=t("topic.list.none"),
            rows=[add] if add else [],
        )
    shown, page, pages = leaf(lines, page, PAGE)
    rows: list[Row] = [
        Menu(
            t("topic.list.open"),
            custom_id("topic", "open"),
            [Choice(one.title, one.reference, one.known) for one in shown],
        )
    ]
    below = leafing(t, page, pages, "page") + add
    if below:
        rows.append(below)
    return Card(
        kind=t("topic.kind.list"),
        title=t("topic.list.title"),
        body=t("topic.list.intro"),
        parts=[Part(t("topic.list.part"), [_listed(t, one) for one in shown])],
        footer=leaves(t, page, pages),
        rows=rows,
        shortened=t("topic.shortened"),
    )


def topic_card(reader: Reader, topic: Topic, gathered: Gathered) -> Card:
    """Show a page: what is known in short, what is not, the latest, and what belongs to it."""
    t, page, reference = reader.t, topic.page, topic.reference
    parts = []
    if page.unknowns:
        asked = [inert(one, limit=2 * UNKNOWN_LIMIT) for one in page.unknowns]
        parts.append(Part(t("topic.part.unknowns"), asked))
    if page.facts:
        latest = [fact_line(t, one) for one in page.facts[-_LATEST:]]
        parts.append(Part(t("topic.part.latest"), latest))
    if gathered.sessions:
        held = [_session(t, one) for one in gathered.sessions[:_SESSIONS]]
        parts.append(Part(t("topic.part.sessions"), held))
    if gathered.counts:
        few = gathered.concerned is None
        told = t("topic.concerns.few") if few else t("topic.concerns", count=gathered.concerned)
        parts.append(Part(t("topic.part.concerns"), told))
    rows: list[Row] = []
    if gathered.entries:
        choices = [Choice(question, entry_id) for entry_id, question in gathered.entries]
        rows.append(
            Menu(t.plural("topic.entries", len(choices)), custom_id("topic", "entry"), choices)
        )
    looks = []
    if page.facts:
        looks.append(
            Button(
                t.plural("topic.button.timeline", len(page.facts)),
                custom_id("topic", "timeline", reference, 0),
                discord.ButtonStyle.primary,
            )
        )
    looks += [
        Button(t("topic.button.history"), custom_id("topic", "history", reference, 0)),
        Button(t("topic.button.all"), custom_id("topic", "page", 0)),
    ]
    rows.append(looks)
    if reader.keeps:
        rows.append(
            [
                Button(t("topics.button.fact"), custom_id("topic", "fact", reference)),
                Button(t("topics.button.words"), custom_id("topic", "words", reference)),
                Button(t("topics.button.links"), custom_id("topic", "links", reference)),
            ]
        )
    return Card(
        kind=t("topic.kind"),
        title=inert(page.title, limit=2 * TITLE_LIMIT),
        body=inert(page.known, limit=2 * KNOWN_LIMIT),
        parts=parts,
        footer=t("topic.footer", reference=reference, day=long_day(t, topic.changed_at.date())),
        rows=rows,
        shortened=t("topic.shortened"),
    )


def timeline_card(reader: Reader, topic: Topic, page: int) -> Card:
    """Show a page of the timeline, the earliest first; those who keep it can choose a fact."""
    t, reference = reader.t, topic.reference
    if not topic.page.facts:
        return inner(reader, topic, t("topic.part.timeline"), [t("topic.no_facts")], [], 0, 1, "")
    shown, page, pages = leaf(topic.page.facts, page, FACTS)
    rows: list[Row] = []
    if reader.keeps:
        choices = [Choice(one.text, str(one.id), one.when) for one in shown]
        press = custom_id("topic", "choose", reference, topic.version)
        rows.append(Menu(t("topics.choose"), press, choices))
    lines = [fact_line(t, one) for one in shown]
    return inner(reader, topic, t("topic.part.timeline"), lines, rows, page, pages, "timeline")


def leaf_of(topic: Topic, fact_id: int) -> int:
    """Return on which page of the timeline a fact is."""
    ids = [one.id for one in topic.page.facts]
    return ids.index(fact_id) // FACTS if fact_id in ids else 0


def fact_card(reader: Reader, topic: Topic, fact: Fact) -> Card:
    """Show one fact to those who keep the page, to change it or take it out."""
    t, reference = reader.t, topic.reference
    ids = (reference, fact.id, topic.version)
    return Card(
        kind=t("topics.kind.fact"),
        title=inert(topic.page.title, limit=2 * TITLE_LIMIT),
        body=fact_line(t, fact),
        tone=Tone.STAFF,
        rows=[
            [
                Button(t("topics.button.change"), custom_id("topic", "change", *ids)),
                Button(
                    t("topics.button.remove"),
                    custom_id("topic", "remove", *ids),
                    discord.ButtonStyle.danger,
                ),
                Button(t("topic.button.back"), custom_id("topic", "timeline", reference, 0)),
            ]
        ],
    )


def fact_line(t: Tongue, fact: Fact) -> str:
    """Return a fact with its time, its source and how sure it is."""
    host = (urlsplit(fact.source).hostname or fact.source).removeprefix("www.")
    return t(
        "topic.fact",
        when=when(t, fact.when),
        text=inert(fact.text, limit=2 * FACT_LIMIT),
        source=link(host, fact.source),
        confidence=confidence_name(t, fact.confidence),
    )


def confidence_name(t: Tongue, confidence: Confidence) -> str:
    """Return how sure something is, as everybody calls it."""
    return t(f"topic.confidence.{confidence}")


def when(t: Tongue, typed: str) -> str:
    """Return a day, a month or a year written out in the tongue's language."""
    if len(typed) == 10:
        return long_day(t, date.fromisoformat(typed))
    if len(typed) == 7:
        return format_skeleton("yMMMM", date.fromisoformat(f"{typed}-01"), locale=t.language)
    return typed


def long_day(t: Tongue, day: date) -> str:
    return format_date(day, format="long", locale=t.language)


def _listed(t: Tongue, one: Line) -> str:
    return t(
        "topic.list.line",
        title=inert(one.title, limit=2 * TITLE_LIMIT),
        facts=t.plural("topic.facts", one.facts),
        day=long_day(t, one.changed_at.date()),
        reference=one.reference,
    )


def _session(t: Tongue, session: Session) -> str:
    name = inert(session.plan.topic, limit=250)
    return t(
        "topic.session",
        topic=f"[{name}]({session.link})" if session.link else name,
        when=discord.utils.format_dt(session.plan.starts, "D"),
        state=t(f"discussion.state.{session.state}"),
    )


def inner(
    reader: Reader,
    topic: Topic,
    title: str,
    lines: Sequence[str],
    rows: Sequence[Row],
    page: int,
    pages: int,
    leafs: str,
) -> Card:
    t = reader.t
    below = leafing(t, page, pages, leafs, topic.reference)
    below.append(Button(t("topic.button.topic"), custom_id("topic", "show", topic.reference)))
    if reader.keeps and leafs == "timeline":
        below.append(Button(t("topics.button.fact"), custom_id("topic", "fact", topic.reference)))
    fine = t("topic.legend") if leafs == "timeline" else ""
    return Card(
        kind=title,
        title=inert(topic.page.title, limit=2 * TITLE_LIMIT),
        body="\n".join(f"- {line}" for line in lines),
        footer="\n".join(text for text in (fine, leaves(t, page, pages)) if text),
        rows=[*rows, below],
        shortened=t("topic.shortened"),
    )


def leaves(t: Tongue, page: int, pages: int) -> str:
    return t("topic.leaf", page=page + 1, pages=pages) if pages > 1 else ""


def leaf(every: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int, int]:
    pages = -(-len(every) // size)
    page = min(max(page, 0), pages - 1)
    return every[page * size : (page + 1) * size], page, pages


def leafing(t: Tongue, page: int, pages: int, *press: str) -> list[Button]:
    if pages < 2:
        return []
    before, after = max(page - 1, 0), page + 1
    return [
        Button(t("topic.button.previous"), custom_id("topic", *press, before), disabled=page == 0),
        Button(
            t("topic.button.next"), custom_id("topic", *press, after), disabled=page == pages - 1
        ),
    ]
