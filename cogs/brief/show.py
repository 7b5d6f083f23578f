"""How briefs look to those who make and sign them."""

import itertools
from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.concerns.briefs.document import Document
from bot.concerns.briefs.model import (
    SIGNATURES,
    UNSENT,
    Brief,
    Event,
    Line,
    Picked,
    Quote,
    State,
)
from bot.concerns.briefs.redaction import WORDS
from bot.concerns.briefs.render import File
from bot.concerns.model import Consent
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.platform.limits import OPTIONS, units
from bot.words import Tongue
from cogs.brief.told import state_name
from cogs.triage.told import staff_name

_LINE = 200
_TEXT = 700
_EVENTS = 10
_NOTE = 400
_MARK = 60
_FITS = 1500
"""Units of a quote that are sure to fit its card; a longer one comes as a file too."""

_TONES = {State.SIGNED: Tone.ANSWER, State.REPLIED: Tone.ANSWER, State.NO_REPLY: Tone.UNSURE}
NO_STATE = "-"
_REPEATED = frozenset({"passed", "marked", "unmarked", "shortened", "count_only", "added"})
"""Steps that people take quote by quote."""
_FOR_LIAISONS = frozenset(
    {State.DRAFT, State.SIGNED, State.SENT, State.REPLIED, State.NO_REPLY, State.PUBLISHED}
)
"""Where a brief stands when what comes next is a liaison's to do."""


def brief_card(t: Tongue, brief: Brief, *, me: int, liaison: bool, now: datetime) -> Card:
    """Show a brief: what is asked, for how many, what is left to do, and what happened.

    `me` is who looks: whoever signed is not asked to sign again.
    """
    parts = [
        Part(t("brief.part.to"), inert(brief.text.to, limit=_LINE)),
        Part(t("brief.part.ask"), inert(brief.text.ask, limit=_TEXT)),
        Part(t("brief.part.counts"), _counts(t, brief)),
        Part(t("brief.part.overlap"), _overlap(t, brief)),
        Part(t("brief.part.quotes"), _quotes(t, brief)),
    ]
    if brief.signatures:
        signed = [
            t("brief.signature", who=staff_name(t, one.by), at=_at(one.at))
            for one in brief.signatures
        ]
        parts.append(Part(t("brief.part.signatures"), signed))
    if brief.gone:
        gone = [
            t(
                "brief.gone",
                concern=one.concern,
                why=t(f"brief.why.{one.gone}"),
                at=_at(one.gone_at),
            )
            for one in brief.gone
            if one.gone_at is not None
        ]
        parts.append(Part(t("brief.part.gone"), gone))
    happened = _happened(t, brief.events)[-_EVENTS:]
    parts.append(Part(t("brief.part.history"), happened))
    return Card(
        kind=t("brief.kind"),
        title=f"{brief.reference} · {inert(brief.text.title, limit=_LINE)}",
        body=_standing(t, brief, now, liaison=liaison),
        parts=parts,
        footer=f"SHA-256 {brief.frozen_hash}" if brief.frozen_hash else "",
        tone=_TONES.get(brief.state, Tone.STAFF),
        rows=_buttons(t, brief, me=me, liaison=liaison),
        shortened=t("brief.shortened"),
    )


def picked_lines(t: Tongue, picked: Picked) -> str:
    """Say what became of a pick, and whom to ask first."""
    lines = [t.plural("brief.picked.added", picked.added)]
    if picked.voices:
        lines.append(t.plural("brief.picked.voices", picked.voices))
    if picked.already:
        lines.append(t.plural("brief.picked.already", picked.already))
    if picked.refused:
        lines.append(t.plural("brief.picked.refused", picked.refused))
    if picked.ask_first:
        shown = ", ".join(picked.ask_first[:10])
        lines.append(t("brief.picked.ask_first", references=shown, count=len(picked.ask_first)))
    return "\n".join(lines)


def quote_card(t: Tongue, reference: str, quote: Quote) -> Card:
    """Show one quote as it was written and as it would be read, with every mark."""
    lines = [
        t(
            "brief.mark.line",
            number=number,
            words=inert(quote.text[mark.start : mark.end], limit=_MARK),
            shown=inert(WORDS[mark.kind], limit=_MARK),
        )
        for number, mark in enumerate(quote.marks, 1)
    ]
    item = quote.item
    parts = [
        Part(t("brief.part.shown"), _whole(quote.shown)),
        Part(t("brief.part.marks"), "\n".join(lines) or t("brief.marks.none")),
        Part(t("brief.part.written"), _whole(quote.text)),
        Part(t("brief.part.name"), _named(t, quote)),
    ]
    long = units(quote.text) > _FITS or len(quote.marks) > 12
    pressed = (reference, item.id, quote.version)

    def button(action: str, label: str, *, first: bool = False) -> Button:
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        return Button(label, custom_id("brief", action, *pressed), style)

    buttons = [
        *([] if item.passed else [button("pass", t("brief.button.pass"), first=True)]),
        button("mark", t("brief.button.mark")),
        button("cut", t("brief.button.cut")),
        button("count", t("brief.button.count")),
    ]
    if item.consent is Consent.QUOTE_NAMED and not item.named:
        buttons.append(button("askname", t("brief.button.ask_name")))
    rows: list[Row] = [buttons]
    # A form can be answered, a menu shows 25: the marks beyond stay hidden, which is safe.
    choices = [
        Choice(
            t("brief.unmark.choice", number=number, words=quote.text[mark.start : mark.end]),
            str(mark.start),
        )
        for number, mark in enumerate(quote.marks[:OPTIONS], 1)
    ]
    if choices:
        rows.append(Menu(t("brief.unmark"), custom_id("brief", "unmark", *pressed), choices))
    below = [Button(t("brief.button.back"), custom_id("brief", "back", reference))]
    if quote.quotes > 1:
        press = custom_id("brief", "leaf", reference, quote.place + 1)
        below.insert(0, Button(t("brief.button.next_quote"), press))
    rows.append(below)
    return Card(
        kind=t("brief.quote.kind"),
        title=t("brief.quote.title", number=quote.place, all=quote.quotes, concern=item.concern),
        body=t("brief.quote.passed" if item.passed else "brief.quote.body"),
        parts=parts,
        tone=Tone.STAFF,
        rows=rows,
        shortened=t("brief.quote.in_file"),
        attachments=[Attachment(f"{item.concern}.txt", _as_file(t, quote))] if long else (),
    )


def sign_card(t: Tongue, brief: Brief, document: Document, files: Sequence[File]) -> Card:
    """Show the exact text and its hash; the button signs that hash and no other.

    Once two people have signed there is none.
    """
    hash_ = document.hash()
    press = custom_id("brief", "signed", document.reference, hash_)
    open_ = brief.state is State.REVIEWED
    sign = Button(t("brief.button.signed"), press, discord.ButtonStyle.primary)
    return Card(
        kind=t("brief.sign.kind" if open_ else "brief.kind"),
        title=t("brief.sign.title", reference=document.reference),
        body=t("brief.sign.body" if open_ else "brief.sign.done", hash=hash_),
        parts=_readable(t, brief, document),
        tone=Tone.STAFF,
        shortened=t("brief.sign.shortened"),
        rows=[[sign]] if open_ else [],
        attachments=[Attachment(file.name, file.text) for file in files],
    )


def _readable(t: Tongue, brief: Brief, document: Document) -> list[Part]:
    """Return what the file says, to be read where it is signed."""
    quotes = [
        t(
            "brief.sign.quote",
            number=one.number,
            text=t("brief.doc.erased") if one.text is None else _whole(one.text),
            name=_whole(one.named or t("brief.doc.unnamed")),
        )
        for one in document.quotes
    ]
    return [
        Part(t("brief.form.name"), _whole(document.title)),
        Part(t("brief.part.to"), _whole(document.to)),
        Part(t("brief.doc.ask"), _whole(document.ask)),
        Part(t("brief.doc.background"), _whole(document.background)),
        Part(t("brief.doc.counts"), _counts(t, brief)),
        Part(t("brief.doc.quotes"), "\n".join(quotes)),
    ]


def _whole(text: str) -> str:
    return inert(text, limit=2 * units(text) + 2)


def files_card(t: Tongue, document: Document, files: Sequence[File], *, signed: str | None) -> Card:
    """Hand a liaison the brief in all its forms; `signed` is the hash that two people signed.

    Once somebody erased what they said, the text is not quite the signed one any more.
    """
    hash_ = document.hash()
    key = "brief.files.body" if signed == hash_ else "brief.files.not_yet"
    if signed not in (None, hash_):
        erased = any(one.text is None for one in document.quotes)
        key = "brief.files.erased" if erased else "brief.files.not_signed"
    return Card(
        kind=t("brief.kind"),
        title=t("brief.files.title", reference=document.reference),
        body=t(key, hash=hash_, signed=signed or ""),
        attachments=[Attachment(file.name, file.text) for file in files],
    )


def list_card(t: Tongue, lines: Sequence[Line], state: State | None, following: str | None) -> Card:
    """Show a page of briefs, newest first."""
    if not lines:
        return Card(kind=t("brief.kind"), title=t("brief.list.title"), body=t("brief.list.none"))
    shown = [
        t(
            "brief.list.line",
            reference=one.reference,
            title=inert(one.title, limit=80),
            to=inert(one.to, limit=60),
            state=state_name(t, one.state),
        )
        for one in lines
    ]
    choices = [Choice(one.reference, one.reference, one.title) for one in lines]
    rows: list[Row] = [Menu(t("brief.list.open"), custom_id("brief", "open"), choices)]
    if following is not None:
        press = custom_id("brief", "list", state or NO_STATE, following)
        rows.append([Button(t("brief.list.next"), press)])
    return Card(
        kind=t("brief.kind"),
        title=t("brief.list.title"),
        body="\n".join(shown),
        tone=Tone.STAFF,
        rows=rows,
    )


def _standing(t: Tongue, brief: Brief, now: datetime, *, liaison: bool) -> str:
    half = brief.state is State.REVIEWED and brief.signatures
    if half:
        todo = t("brief.next.half_signed")
    elif brief.state in _FOR_LIAISONS and not liaison:
        todo = t("brief.next.liaison")
    else:
        todo = t(f"brief.next.{brief.state}")
    lines = [f"**{state_name(t, brief.state)}**", todo]
    waiting = brief.waiting(now)
    if waiting is not None and brief.due_at is not None:
        due = _at(brief.due_at)
        lines.append(
            t.plural("brief.no_reply", waiting.days, due=due)
            if waiting.days
            else t("brief.no_reply.today", due=due)
        )
    return "\n".join(lines)


def _counts(t: Tongue, brief: Brief) -> list[str]:
    lines = [
        t(
            "brief.count",
            kind=t(f"triage.kind.{kind}"),
            count=t("brief.doc.few") if count is None else str(count),
        )
        for kind, count in brief.counts.groups
    ]
    total = brief.counts.total
    told = t("brief.doc.few") if total is None else str(total)
    lines.append(t("brief.count", kind=t("brief.doc.total"), count=told))
    return [*lines, t.plural("brief.voices", brief.voices)] if brief.voices else lines


def _overlap(t: Tongue, brief: Brief) -> list[str]:
    """Say which numbers are not told because of which briefs, and what can be done."""
    told = [(t(f"triage.kind.{kind}"), by) for kind, by in brief.overlap.kinds.items()]
    if brief.overlap.total and not told:
        told = [(t("brief.doc.total"), brief.overlap.total)]
    lines = [t("brief.overlap", kind=kind, references=", ".join(by)) for kind, by in told]
    return [*lines, t("brief.overlap.what_to_do")] if lines else []


def _quotes(t: Tongue, brief: Brief) -> str:
    quotes, pending = len(brief.quotes), len(brief.pending)
    return t("brief.quotes", quotes=quotes, passed=quotes - pending)


def _happened(t: Tongue, events: Sequence[Event]) -> list[str]:
    """Return the history as lines; the same step again and again on one day is one line."""
    lines = []
    for (_, _, what, _), alike in itertools.groupby(events, key=_step):
        steps = list(alike)
        line = _event(t, steps[0])
        if len(steps) > 1 and what in _REPEATED:
            lines.append(t("brief.event.times", line=line, times=len(steps)))
        else:
            lines += [_event(t, one) for one in steps]
    return lines


def _step(event: Event) -> tuple[date, int | None, str, str]:
    return event.at.date(), event.by, event.what, event.note


def _event(t: Tongue, event: Event) -> str:
    who = staff_name(t, event.by) if event.by else t("brief.by_desk")
    what = t(f"brief.event.{event.what}")
    if event.what == "moved":
        what = t("brief.event.moved", state=state_name(t, State(event.detail["to"])))
    line = t("brief.event", at=_at(event.at), who=who, what=what)
    # To whom and how it was sent are kept on a line each.
    note = event.note.replace("\n", ", ") if event.what == "sent" else event.note
    return f"{line}: {inert(note, limit=_NOTE)}" if note else line


def _named(t: Tongue, quote: Quote) -> str:
    if quote.name is not None:
        return inert(quote.name, limit=_LINE)
    return t(
        "brief.named.not_yet" if quote.item.consent is Consent.QUOTE_NAMED else "brief.named.no"
    )


def _as_file(t: Tongue, quote: Quote) -> str:
    return "\n\n".join((t("brief.part.shown"), quote.shown, t("brief.part.written"), quote.text))


def _buttons(t: Tongue, brief: Brief, *, me: int, liaison: bool) -> list[Row]:
    state, reference = brief.state, brief.reference

    def button(action: str, label: str, *, first: bool = False) -> Button:
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        return Button(label, custom_id("brief", action, reference), style)

    buttons = []
    if state is State.DRAFT and liaison:
        buttons.append(button("check", t("brief.button.check"), first=True))
    if state in UNSENT and brief.quotes:
        pending = state is State.CHECKED and bool(brief.pending)
        buttons.append(button("review", t("brief.button.review"), first=pending))
    signed = me in {one.by for one in brief.signatures}
    if state is State.REVIEWED and len(brief.signatures) < SIGNATURES and not signed:
        buttons.append(button("sign", t("brief.button.sign"), first=True))
    if state is State.SIGNED and liaison:
        buttons.append(button("send", t("brief.button.send"), first=True))
    if liaison and state in UNSENT:
        buttons.append(button("edit", t("brief.button.edit")))
    if liaison and state not in (State.DRAFT, State.CHECKED):
        buttons.append(button("files", t("brief.button.files")))
    if liaison and state not in UNSENT:
        buttons.append(button("reply", t("brief.button.reply")))
    if liaison and state in (State.REPLIED, State.NO_REPLY):
        buttons.append(button("publish", t("brief.button.publish"), first=True))
    return [buttons] if buttons else []


def _at(moment: datetime) -> str:
    return discord.utils.format_dt(moment, "d")
