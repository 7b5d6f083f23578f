"""How promises look: in the list, opened, with all that shows one, and with all that happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

import discord

from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert, link
from bot.promises.model import (
    ENDED,
    EVIDENCE_LIMIT,
    NOTE_LIMIT,
    TEXT_LIMIT,
    Event,
    Evidence,
    Line,
    Promise,
    State,
    moves,
)
from bot.words import Tongue
from bot.workflows.evidence import Drawn
from cogs.triage.told import staff_name

T = TypeVar("T")

PAGE = 6
EVERY = "-"
"""Stands for all states in a button."""

_FEW = 3
"""Evidence and events on a promise's own card; the others are behind a button."""
_MANY = 10
_TONES = {State.KEPT: Tone.ANSWER, State.LATE: Tone.UNSURE, State.BROKEN: Tone.TROUBLE}


@dataclass(frozen=True)
class Reader:
    """Who looks: staff see who did what, and what they can do."""

    t: Tongue
    staff: bool


def list_card(
    t: Tongue,
    lines: Sequence[Line],
    totals: Mapping[State, int],
    state: State | None,
    page: int,
) -> Card:
    """Show a page of promises; a page beyond the last is the last."""
    if not lines:
        body = t("promises.none" if state is None else "promises.none_here")
        return Card(kind=t("promises.kind"), title=t("promises.title"), body=body)
    pages = -(-len(lines) // PAGE)
    page = min(max(page, 0), pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    counted = (t.plural(f"promises.total.{one}", count) for one, count in totals.items())
    choices = [
        Choice(
            one.words.said(t.language).text,
            one.reference,
            f"{state_name(t, one.state)} · {one.reference}",
        )
        for one in shown
    ]
    filtered = EVERY if state is None else str(state)
    rows: list[Row] = [Menu(t("promises.open"), custom_id("promises", "open"), choices)]
    if pages > 1:
        rows.append(_leafing(t, ("promises", "page", filtered), page, pages))
    return Card(
        kind=t("promises.kind"),
        title=t("promises.title"),
        body=t("promises.intro", totals=", ".join(counted)),
        parts=[Part(t("promises.part.list"), [_line(t, one) for one in shown])],
        footer=t("promises.leaf", page=page + 1, pages=pages) if pages > 1 else "",
        rows=rows,
        shortened=t("promises.shortened"),
    )


def promise_card(reader: Reader, promise: Promise, drawn: Sequence[Drawn]) -> Card:
    """Show a promise: how it stands, who sees to it, what shows it, what happened."""
    t = reader.t
    source = link(t("promises.source"), promise.words.source)
    made = t("promises.made", source=source, day=day(promise.words.made_on))
    said = promise.words.said(t.language)
    owner = inert(said.owner, limit=200)
    if reader.staff and promise.person is not None:
        owner = t("promise.owner", office=owner, who=staff_name(t, promise.person))
    by_hand = promise.evidence[:_FEW]
    shown = [*_drawn(t, drawn), *(_evidence(reader, one) for one in by_hand)]
    happened = [_event(reader, one) for one in reversed(promise.events[-_FEW:])]
    parts = [
        Part(t("promises.part.standing"), _standing(t, promise)),
        Part(t("promises.part.owner"), owner),
        Part(t("promises.part.evidence"), shown or t("promises.no_evidence")),
        Part(t("promises.part.history"), happened),
    ]
    return Card(
        kind=t("promises.promise"),
        title=f"{promise.reference} · {state_name(t, promise.state)}",
        body=f"{inert(said.text, limit=2 * TEXT_LIMIT)}\n{made}",
        parts=parts,
        tone=_TONES.get(promise.state, Tone.PLAIN),
        rows=_rows(reader, promise),
        shortened=t("promises.shortened"),
    )


def evidence_card(reader: Reader, promise: Promise, page: int) -> Card:
    """Show a page of what was added by hand, the latest first; staff can take some back."""
    t = reader.t
    every = promise.evidence
    if not every:
        return _inner_card(reader, promise, "evidence", [t("promises.no_evidence")], [], 0, 1)
    shown, page, pages = _leaf(every, page)
    rows: list[Row] = []
    if reader.staff:
        choices = [Choice(one.text, str(one.id)) for one in shown]
        rows.append(
            Menu(t("promise.strike"), custom_id("promise", "strike", promise.reference), choices)
        )
    lines = [_evidence(reader, one) for one in shown]
    return _inner_card(reader, promise, "evidence", lines, rows, page, pages)


def history_card(reader: Reader, promise: Promise, page: int) -> Card:
    """Show a page of what happened, the latest first."""
    shown, page, pages = _leaf(promise.events[::-1], page)
    lines = [_event(reader, one) for one in shown]
    return _inner_card(reader, promise, "history", lines, [], page, pages)


def state_name(t: Tongue, state: State) -> str:
    """Return a state as everybody calls it."""
    return t(f"promises.state.{state}")


def day(moment: date) -> str:
    """Return a day as each reader's Discord writes it. Noon, so that it is that day nearly
    everywhere."""
    return discord.utils.format_dt(datetime.combine(moment, time(12), UTC), "D")


def _inner_card(
    reader: Reader,
    promise: Promise,
    what: str,
    lines: Sequence[str],
    rows: Sequence[Row],
    page: int,
    pages: int,
) -> Card:
    t = reader.t
    below: list[Button] = [
        Button(t("promises.button.back"), custom_id("promises", "show", promise.reference))
    ]
    if pages > 1:
        below = [*_leafing(t, ("promises", what, promise.reference), page, pages), *below]
    return Card(
        kind=t("promises.promise"),
        title=f"{promise.reference} · {t(f'promises.part.{what}')}",
        body="\n".join(f"- {line}" for line in lines),
        footer=t("promises.leaf", page=page + 1, pages=pages) if pages > 1 else "",
        tone=_TONES.get(promise.state, Tone.PLAIN),
        rows=[*rows, below],
        shortened=t("promises.shortened"),
    )


def _rows(reader: Reader, promise: Promise) -> list[Row]:
    t, reference = reader.t, promise.reference
    rows: list[Row] = []
    if reader.staff:
        press = custom_id("promise", "state", reference, promise.version)
        choices = [Choice(state_name(t, one), str(one)) for one in moves(promise.state)]
        rows.append(Menu(t("promise.move"), press, choices))
        acts = [Button(t("promise.button.evidence"), custom_id("promise", "evidence", reference))]
        if promise.state not in ENDED:
            acts.append(Button(t("promise.button.due"), custom_id("promise", "due", reference)))
        if not promise.shipped:
            acts.append(Button(t("promise.button.edit"), custom_id("promise", "edit", reference)))
        rows.append(acts)
    looks = []
    if len(promise.evidence) > _FEW or (reader.staff and promise.evidence):
        press = custom_id("promises", "evidence", reference, 0)
        looks.append(Button(t("promises.button.evidence"), press))
    if len(promise.events) > _FEW:
        press = custom_id("promises", "history", reference, 0)
        looks.append(Button(t("promises.button.history"), press))
    looks.append(Button(t("promises.button.all"), custom_id("promises", "page", EVERY, 0)))
    return [*rows, looks]


def _leaf(every: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    pages = -(-len(every) // _MANY)
    page = min(max(page, 0), pages - 1)
    return every[page * _MANY : (page + 1) * _MANY], page, pages


def _leafing(t: Tongue, press: tuple[str, str, str], page: int, pages: int) -> list[Button]:
    area, action, what = press
    before, after = max(page - 1, 0), page + 1
    return [
        Button(
            t("promises.button.previous"),
            custom_id(area, action, what, before),
            disabled=page == 0,
        ),
        Button(
            t("promises.button.next"),
            custom_id(area, action, what, after),
            disabled=page == pages - 1,
        ),
    ]


def _line(t: Tongue, one: Line) -> str:
    text = inert(one.words.said(t.language).text, limit=200)
    state = state_name(t, one.state)
    if one.due is None:
        return t("promises.line.ended", state=state, text=text, reference=one.reference)
    return t("promises.line", state=state, text=text, day=day(one.due), reference=one.reference)


def _standing(t: Tongue, promise: Promise) -> str:
    lines = [f"**{state_name(t, promise.state)}**"]
    if promise.due is not None:
        late = promise.state is State.LATE
        key = "promises.was_due" if late else "promises.due"
        lines.append(t(key, day=day(promise.due)))
    if promise.why and promise.state in ENDED:
        lines.append(inert(promise.why, limit=2 * NOTE_LIMIT))
    return "\n".join(lines)


def _drawn(t: Tongue, drawn: Sequence[Drawn]) -> list[str]:
    lines = []
    for one in drawn:
        key = f"promises.ledger.{one.ledger}"
        if one.count is None:
            lines.append(t("promises.ledger.few"))
        elif one.count or not one.of_people:
            lines.append(t.plural(key, one.count))
        lines += [
            t(item.what, name=inert(item.name, limit=250), day=day(item.at.date()))
            for item in one.latest
        ]
    return lines


def _evidence(reader: Reader, one: Evidence) -> str:
    t = reader.t
    text = link(one.text, one.link, limit=2 * EVIDENCE_LIMIT)
    line = t("promises.evidence", text=text, day=day(one.at.date()))
    return t("promise.by", line=line, who=staff_name(t, one.by)) if reader.staff else line


def _event(reader: Reader, event: Event) -> str:
    t = reader.t
    what = t(f"promises.event.{event.what}")
    if event.what == "moved":
        what = t("promises.event.moved_to", state=state_name(t, State(event.detail["to"])))
    elif event.what == "due":
        what = t("promises.event.due_on", day=day(date.fromisoformat(event.detail["to"])))
    line = t("promises.event", day=day(event.at.date()), what=what)
    if event.note:
        line = f"{line}: {inert(event.note, limit=300)}"
    if reader.staff and event.by is not None:
        return t("promise.by", line=line, who=staff_name(t, event.by))
    return line
