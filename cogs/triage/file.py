"""What staff arranged about a case, as its cards show it."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.concerns.model import Case, Event, Priority, State
from bot.concerns.timing import RUNS_IN
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue
from cogs.triage.told import staff_name, state_name

_NOTES = 5
_NOTE = 500
_TOPIC = 200
_PARTS = 10
_EVENT_WORDS = frozenset(
    {
        "raised",
        "claimed",
        "released",
        "moved",
        "replied",
        "wrote",
        "withdrew",
        "reopened",
        "consented",
        "erased",
        "expired",
        "edited",
        "took_back",
        "rewrote",
        "removed",
        "assigned",
        "prioritized",
        "described",
        "noted",
        "excluded",
        "included",
        "merged",
        "took_in",
        "split",
        "let_out",
        "joined",
        "bounced",
        "voice_withdrew",
        "voice_consented",
    }
)


def mark_lines(t: Tongue, case: Case) -> list[str]:
    """Return how soon a case is looked at, what it is one of, and what belongs to it."""
    lines = []
    if case.urgent is not None and case.state is not State.CLOSED:
        first = case.claimed_by is None and case.state in RUNS_IN
        said = t(f"casework.urgent.{case.urgent}")
        lines.append(f"{said} {t('casework.urgent.first')}" if first else said)
    elif case.priority is Priority.HIGH:
        lines.append(t("casework.high"))
    if case.topic:
        lines.append(t("casework.topic", topic=inert(case.topic, limit=_TOPIC)))
    if case.labels:
        labels = ", ".join(inert(one, limit=_TOPIC) for one in case.labels)
        lines.append(t("casework.labels", labels=labels))
    if case.merged_into:
        lines.append(t("casework.part_of", reference=case.merged_into))
    if case.parts:
        parts = ", ".join(case.parts[:_PARTS])
        lines.append(t.plural("casework.parts", len(case.parts), parts=parts))
    return lines


def note_parts(t: Tongue, case: Case) -> list[Part]:
    """Return staff's notes, and who keeps out, for the full view."""
    parts = []
    if case.notes:
        lines = [
            t("casework.note.line", who=staff_name(t, note.by), age=_ago(note.at))
            + f"\n{inert(note.text, limit=_NOTE)}"
            for note in case.notes[-_NOTES:]
            if note.text
        ]
        if lines:
            parts.append(Part(t("casework.part.notes"), lines))
    if case.excluded:
        who = [staff_name(t, one) for one in case.excluded]
        parts.append(Part(t("casework.part.excluded"), ", ".join(who)))
    return parts


def history(t: Tongue, case: Case, *, most: int) -> list[str]:
    """Return the latest of what happened, a line each."""
    known = [event for event in case.events if event.what in _EVENT_WORDS]
    return [_event_line(t, event) for event in known[-most:]]


def covered_card(t: Tongue, case: Case, rows: Sequence[Row]) -> Card:
    """Show that there is a case, and nothing of it: not everybody in the channel may see it."""
    return Card(
        kind=t("triage.card.kind"),
        title=case.reference,
        body=t("casework.covered"),
        tone=Tone.PLAIN if case.state is State.CLOSED else Tone.STAFF,
        rows=rows,
    )


def alert_card(t: Tongue, case: Case, mention: str, link: str) -> Card:
    """Say that something is urgent, to whoever the server wants to be mentioned."""
    buttons = [
        Button(
            t("triage.button.claim"),
            custom_id("case", "claim", case.reference),
            discord.ButtonStyle.primary,
        ),
        Button(t("triage.button.show"), custom_id("case", "show", case.reference)),
    ]
    press = link or custom_id("case", "place", case.reference)
    buttons.append(Button(t("casework.button.card"), press))
    said = t("casework.alert.body", reference=case.reference)
    if case.urgent is not None and not case.excluded:
        why = f"{t(f'casework.urgent.{case.urgent}')} {t('casework.urgent.first')}"
        said = f"{why}\n{said}"
    return Card(
        kind=t("casework.alert.kind"),
        title=t("casework.alert.title", reference=case.reference),
        body=f"{mention}\n{said}" if mention else said,
        tone=Tone.TROUBLE,
        rows=[buttons],
    )


def _event_line(t: Tongue, event: Event) -> str:
    who, age = staff_name(t, event.by), _ago(event.at)
    detail = event.detail
    if event.what == "moved":
        state = state_name(t, State(detail["to"]))
        return t("triage.event.moved", age=age, who=who, state=state)
    if event.what == "prioritized":
        to = t(f"casework.priority.{detail['to']}")
        return t("triage.event.prioritized", age=age, who=who, to=to)
    if event.what == "split" and event.by is None:
        return t("triage.event.split_off", age=age, reference=detail.get("from", ""))
    return t(
        f"triage.event.{event.what}",
        age=age,
        who=who,
        whom=staff_name(t, event.whom),
        reference=detail.get("into") or detail.get("part") or detail.get("from", ""),
    )


def _ago(moment: datetime) -> str:
    return discord.utils.format_dt(moment, "R")
