"""How a case looks: in short on its card in the staff channel, in full to who opens it."""

import re
from collections.abc import Sequence
from datetime import datetime

import discord

from bot.concerns.listing import Summary
from bot.concerns.model import (
    MOVES,
    OPEN,
    Case,
    CloseReason,
    Consent,
    Direction,
    Door,
    Kind,
    Priority,
    State,
)
from bot.knowledge.service import Knowledge
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.platform.limits import ELLIPSIS, units
from bot.words import Tongue
from cogs.triage.clock import due_lines, told_lines
from cogs.triage.file import covered_card, history, mark_lines, note_parts
from cogs.triage.letter_cards import earlier, letter_line, letters_row
from cogs.triage.mailed import case_reference, mail_lines
from cogs.triage.told import staff_name, state_name

_EXCERPT = 350
"""Units of what happened on a card: forty of them are read one after the other."""
_WISH_EXCERPT = 150
_LINK = 300
_ABOUT = 150
_LETTERS = 3
_LETTER = 600
_EVENTS = 10
_FITS = 2200
"""Units of people's words that are sure to fit the full view; beyond that there is a file too."""

_ENTRY = "entry:"
"""Begins what a concern is about when that is an entry."""

_MESSAGE = re.compile(r"https://discord\.com/channels/([0-9]{1,20})/[0-9]{1,20}/[0-9]{1,20}")
_CARD_TONES = {
    State.WORKING: Tone.STAFF,
    State.WAITING: Tone.STAFF,
    State.ANSWERED: Tone.ANSWER,
    State.CLOSED: Tone.PLAIN,
    State.MERGED: Tone.PLAIN,
}


def case_card(t: Tongue, case: Case, entry: str = "") -> Card:
    """Show a case in short: what it is, where it stands, who has it. Never who raised it.

    `entry` is the question of the entry it is about, if it is about one.
    """
    if case.excluded:
        return covered_card(t, case, _rows(t, case, show=True))
    if case.state in (State.CLOSED, State.MERGED):
        # Done with, or worked on elsewhere: a line or two among the open ones.
        last = case.letters[-1:] if not case.erased else ()
        return Card(
            kind=t("triage.card.kind"),
            title=_title(t, case),
            body="\n".join(
                [
                    _standing(t, case),
                    *mark_lines(t, case),
                    *((t("triage.card.erased"),) if case.erased else ()),
                    *(letter_line(t, case, one) for one in last),
                    *told_lines(t, case, most=1),
                ]
            ),
            tone=_tone(case),
            rows=_rows(t, case, show=True),
        )
    parts = _words(t, case, entry, what=_EXCERPT, wish=_WISH_EXCERPT)
    parts.append(Part(t("triage.part.consent"), consent_words(t, case.consent)))
    latest = [letter_line(t, case, letter) for letter in case.letters[-_LETTERS:]]
    latest += told_lines(t, case, most=1)
    if latest:
        parts.append(Part(t("triage.part.letters"), latest))
    cut = any(isinstance(part.content, str) and part.content.endswith(ELLIPSIS) for part in parts)
    return Card(
        kind=t("triage.card.kind"),
        title=_title(t, case),
        body=_body(t, case),
        parts=parts,
        footer=t("triage.card.more") if cut else "",
        tone=_tone(case),
        rows=_rows(t, case, show=True),
        shortened=t("triage.card.more"),
    )


def full_card(t: Tongue, case: Case, entry: str = "") -> Card:
    """Show a case in full; what is too long for a card comes as a file as well."""
    parts = _words(t, case, entry, what=limit_of(case.what), wish=limit_of(case.wish))
    parts.append(Part(t("triage.part.consent"), consent_words(t, case.consent)))
    if case.letters:
        parts.append(
            Part(
                t("triage.part.letters"),
                [
                    f"{letter_line(t, case, letter)}\n{inert(letter.text, limit=_LETTER)}"
                    for letter in case.letters
                ],
            )
        )
    if case.news:
        parts.append(Part(t("triage.part.told"), told_lines(t, case, most=_EVENTS)))
    parts += note_parts(t, case)
    parts.append(Part(t("triage.part.history"), history(t, case, most=_EVENTS)))
    words = [case.what, case.wish, case.link, *(letter.text for letter in case.letters)]
    long = sum(limit_of(text) for text in words) > _FITS or len(case.letters) > _LETTERS
    long = long or bool(case.past)
    return Card(
        kind=t("triage.card.kind"),
        title=_title(t, case),
        body=_body(t, case),
        parts=parts,
        tone=_tone(case),
        rows=[*_rows(t, case, show=False), *letters_row(t, case)],
        shortened=t("triage.show.in_file"),
        attachments=[Attachment(f"{case.reference}.txt", _as_file(t, case))] if long else (),
    )


def summary_line(t: Tongue, one: Summary) -> str:
    """Show a concern as a line of a list."""
    line = t(
        "triage.queue.line",
        reference=one.reference,
        kind=kind_name(t, one.kind),
        state=state_name(t, one.state),
        age=_ago(one.raised_at),
        holder=_holder(t, one.claimed_by),
    )
    due = t("triage.queue.due", when=_ago(one.due_at)) if one.due_at else ""
    if one.priority is not Priority.NORMAL:
        line = t(f"casework.queue.{one.priority.name.lower()}") + line
    return line + (t("triage.queue.unread") if one.unread_letters else "") + due


def open_menu(t: Tongue, summaries: Sequence[Summary]) -> Menu:
    """Offer to open one of the concerns of a list."""
    choices = [
        Choice(
            one.reference,
            one.reference,
            t("triage.choice", kind=kind_name(t, one.kind), state=state_name(t, one.state)),
        )
        for one in summaries
    ]
    return Menu(t("triage.queue.open"), custom_id("case", "open"), choices)


def entry_of(knowledge: Knowledge, case: Case) -> str:
    """Return the question of the entry a case is about; "" if it is about none, or it is gone."""
    entry = knowledge.of(case.guild_id).get(case.about.removeprefix(_ENTRY))
    return entry.question if entry is not None and case.about.startswith(_ENTRY) else ""


def status_menu(t: Tongue, case: Case) -> Card:
    """Offer the states a case may be moved to."""
    allowed = [state for state in State if state in MOVES[case.state] and state in OPEN]
    menu = Menu(
        t("triage.status.choose"),
        custom_id("case", "move", case.reference, len(case.events)),
        [Choice(state_name(t, state), state, t(f"triage.state.{state}.note")) for state in allowed],
    )
    return Card(
        title=t("triage.status.title", reference=case.reference),
        body=_standing(t, case),
        tone=Tone.STAFF,
        rows=[menu],
    )


def close_menu(t: Tongue, case: Case) -> Card:
    """Offer the reasons to close a case."""
    menu = Menu(
        t("triage.close.choose"),
        custom_id("case", "reason", case.reference, len(case.events)),
        [
            Choice(reason_name(t, reason), reason, t(f"triage.reason.{reason}.note"))
            for reason in CloseReason
        ],
    )
    return Card(
        title=t("triage.close.title", reference=case.reference),
        body=t("triage.close.body.code" if case.anonymous else "triage.close.body"),
        tone=Tone.STAFF,
        rows=[menu],
    )


def kind_name(t: Tongue, kind: Kind) -> str:
    """Return a kind as staff call it."""
    return t(f"triage.kind.{kind}")


def consent_words(t: Tongue, consent: Consent) -> str:
    """Return in plain words what may be done with a concern beyond answering it."""
    return t(f"triage.consent.{consent}")


def reason_name(t: Tongue, reason: CloseReason) -> str:
    """Return a reason to close as staff call it."""
    return t(f"triage.reason.{reason}")


def limit_of(text: str) -> int:
    """Return room enough for the whole of a text, made inert."""
    return 2 * units(text) + 1


def _title(t: Tongue, case: Case) -> str:
    return t("triage.card.title", reference=case.reference, kind=kind_name(t, case.kind))


def _body(t: Tongue, case: Case) -> str:
    lines = [_standing(t, case)]
    if case.source is not None:
        lines.append(t("triage.card.entered", source=t(f"triage.source.{case.source}")))
    elif case.anonymous:
        lines.append(t("triage.card.anonymous"))
    if case.voices:
        lines.append(t.plural("join.staff.people", case.voices))
    if case.door is Door.MAIL:
        lines += mail_lines(t, case)
    lines += mark_lines(t, case)
    lines += due_lines(t, case)
    return "\n".join(lines)


def _standing(t: Tongue, case: Case) -> str:
    """Return where a case stands, as one line."""
    state = state_name(t, case.state)
    if case.close_reason is not None:
        reason = reason_name(t, case.close_reason)
        return t("triage.card.closed", reason=reason, age=_ago(case.changed_at))
    holder = _holder(t, case.claimed_by)
    if case.anonymous:
        # Kept to the hour only, so that it points at nobody who was here at that minute.
        day = discord.utils.format_dt(case.raised_at, "D")
        hour = discord.utils.format_dt(case.raised_at, "t")
        return t("triage.card.standing.hour", state=state, day=day, hour=hour, holder=holder)
    return t("triage.card.standing", state=state, age=_ago(case.raised_at), holder=holder)


def _words(t: Tongue, case: Case, entry: str, *, what: int, wish: int) -> list[Part]:
    """Return what the person typed, inert; what they left empty takes no room."""
    if case.erased:
        return [Part(t("triage.part.what"), t("triage.card.erased"))]
    asked = case.kind is Kind.QUESTION
    label = t("triage.part.question") if asked else t("triage.part.what")
    parts = [Part(label, inert(case.what, limit=what))]
    if case.link:
        parts.append(Part(t("triage.part.link"), _link(case)))
    if case.wish:
        parts.append(Part(t("triage.part.wish"), inert(case.wish, limit=wish)))
    if case.about:
        parts.append(Part(t("triage.part.about"), _about(t, case.about, entry)))
    return parts


def _link(case: Case) -> str:
    """Return the link as text that cannot be pressed, unless it is a message in this server."""
    jump = _MESSAGE.fullmatch(case.link)
    if jump is not None and int(jump[1]) == case.guild_id:
        return case.link
    return inert(case.link, limit=_LINK)


def _about(t: Tongue, about: str, entry: str) -> str:
    if about.startswith(_ENTRY):
        named = entry or about.removeprefix(_ENTRY)
        return t("triage.about.entry", entry=inert(named, limit=_ABOUT))
    if case_reference(about) is not None:
        return t("triage.about.named", reference=about)
    return inert(about, limit=_ABOUT)


def _as_file(t: Tongue, case: Case) -> str:
    """Return a case's words as plain text, whole."""
    blocks = [f"{case.reference}\n{kind_name(t, case.kind)}"]
    for label, text in (
        (t("triage.part.what"), case.what),
        (t("triage.part.link"), case.link),
        (t("triage.part.wish"), case.wish),
    ):
        if text:
            blocks.append(f"{label}\n{text}")
    for letter in case.letters:
        inward = letter.direction is Direction.FROM_REPORTER
        who = t("triage.file.reporter") if inward else t("triage.file.desk")
        blocks.append(f"{who}, {letter.at:%Y-%m-%d %H:%M} UTC\n{letter.text}")
        blocks += earlier(t, case, letter)
    # A lone surrogate cannot be sent at all.
    return "\n\n".join(blocks).encode("utf-8", "replace").decode()


def _rows(t: Tongue, case: Case, *, show: bool) -> list[Row]:
    """Return what can be pressed on a case: the usual first, the rest behind *More*."""

    def button(action: str, label: str, *, first: bool = False) -> Button:
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        return Button(label, custom_id("case", action, case.reference), style)

    more = button("more", t("casework.button.more"))
    shown = [button("show", t("triage.button.show"))] if show else []
    if case.state is State.MERGED:
        return [[*shown, more]]
    if case.state is State.CLOSED:
        return [[button("reopen", t("triage.button.reopen")), *shown, more]]
    free = case.claimed_by is None
    first = [
        button("claim", t("triage.button.claim"), first=True)
        if free
        else button("release", t("triage.button.release")),
        button("reply", t("triage.button.reply"), first=not free),
        button("status", t("triage.button.status")),
        button("close", t("triage.button.close")),
    ]
    return [[*first, *shown], [more]] if show else [[*first, more]]


def _tone(case: Case) -> Tone:
    if case.claimed_by is None and case.state in OPEN:
        return Tone.TROUBLE if case.urgent is not None else Tone.UNSURE
    return _CARD_TONES.get(case.state, Tone.STAFF)


def _holder(t: Tongue, user_id: int | None) -> str:
    if user_id is None:
        return t("triage.holder.nobody")
    return t("triage.holder.has_it", who=staff_name(t, user_id))


def _ago(moment: datetime) -> str:
    return discord.utils.format_dt(moment, "R")
