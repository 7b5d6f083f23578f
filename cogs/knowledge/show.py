"""How gaps and revisions look to editors."""

from collections.abc import Sequence

import discord

from bot.knowledge.drafting import Typed, entry_of
from bot.knowledge.feedback import Opinion
from bot.knowledge.gapmodel import Asked, Gap, Why
from bot.knowledge.model import Entry, Section
from bot.knowledge.revisionmodel import Revision, RevisionState
from bot.knowledge.shelf import Shelf
from bot.platform import limits
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.forms import TextField
from bot.platform.inert import inert
from bot.words import Tongue
from bot.workflows.editing import Draft
from cogs import _entries

NOTHING = "-"
_LINE = 160
_QUESTION = 300
_FAULTS = 8
_DIFF = 1200


def gaps_card(t: Tongue, gaps: Sequence[Gap]) -> Card:
    """Show the gaps, the most asked first."""
    if not gaps:
        return Card(kind=t("knowledge.kind"), body=t("knowledge.gaps.none"))
    lines = [_gap_line(t, gap) for gap in gaps[:10]]
    return Card(
        kind=t("knowledge.kind"),
        title=t("knowledge.gaps.title"),
        body="\n".join(lines),
        footer=t("knowledge.gaps.note"),
        tone=Tone.STAFF,
        rows=[_gap_menu(t, t("knowledge.gaps.open"), custom_id("knowledge", "gap"), gaps)],
    )


def gap_card(t: Tongue, gap: Gap, others: Sequence[Gap]) -> Card:
    """Show one gap with its questions, and what can be done about it."""
    rows: list[Row] = [
        [
            Button(t("knowledge.gap.draft"), custom_id("knowledge", "fill", gap.reference)),
            Button(t("knowledge.gap.aside"), custom_id("knowledge", "aside", gap.reference)),
        ]
    ]
    others = [one for one in others if one.reference != gap.reference]
    if others:
        press = custom_id("knowledge", "merge", gap.reference)
        rows.append(_gap_menu(t, t("knowledge.gap.merge"), press, others))
    if len(gap.questions) > 1:
        rows.append(
            Menu(
                t("knowledge.gap.take_out"),
                custom_id("knowledge", "out"),
                [Choice(one.text or NOTHING, str(one.id)) for one in gap.questions],
            )
        )
    return Card(
        kind=t("knowledge.kind"),
        title=t("knowledge.gap.title", reference=gap.reference),
        body=t(
            "knowledge.gap.body",
            asked=gap.asked,
            waiting=gap.waiting,
            first=discord.utils.format_dt(gap.first_at, "R"),
            last=discord.utils.format_dt(gap.last_at, "R"),
        ),
        parts=[Part(t("knowledge.gap.questions"), [_asked(t, one) for one in gap.questions])],
        tone=Tone.STAFF,
        rows=rows,
    )


def form_fields(t: Tongue, typed: Typed) -> list[TextField]:
    """Return the fields of a draft, as it stands."""

    def field(name: str, limit: int, *, required: bool = True) -> TextField:
        return TextField(
            name,
            t(f"knowledge.form.{name}"),
            description=t(f"knowledge.form.{name}.note"),
            value=str(getattr(typed, name)),
            paragraph=name != "question",
            required=required,
            limit=limit,
        )

    return [
        field("question", 100),
        field("aliases", 2000),
        field("answer", 900),
        field("depends_on", 800, required=False),
        field("sources", 2400),
    ]


def draft_card(t: Tongue, draft: Draft, section: Section | None) -> Card:
    """Show a revision to editors: what it changes, what is wrong with it, what to do next."""
    one = draft.revision
    parts = [Part(t("knowledge.draft.difference"), _boxed(draft.difference))]
    if one.reason:
        parts.insert(0, Part(t("knowledge.draft.reason"), inert(one.reason, limit=_QUESTION)))
    if draft.faults:
        listed = [inert(fault, limit=_QUESTION) for fault in draft.faults[:_FAULTS]]
        parts.insert(0, Part(t("knowledge.draft.faults"), listed))
    return Card(
        kind=t("knowledge.kind"),
        title=t(
            "knowledge.draft.title",
            reference=one.reference,
            state=t(f"knowledge.state.{one.state}"),
        ),
        body=t(
            "knowledge.draft.body",
            question=inert(str(one.data.get("question", "")), limit=_QUESTION),
            section=inert(section.title if section is not None else one.section, limit=_LINE),
            who=f"<@{one.author}>" if one.author else t("triage.somebody"),
        ),
        parts=parts,
        footer=t("knowledge.draft.four_eyes") if section is None or section.legal else "",
        tone=Tone.UNSURE if draft.faults else Tone.STAFF,
        shortened=t("knowledge.draft.shortened"),
        rows=_draft_rows(t, draft),
    )


def preview_card(t: Tongue, revision: Revision) -> Card | None:
    """Show an entry as members will see it; None if it is none yet."""
    entry: Entry | None = entry_of(revision.section, revision.data)
    return None if entry is None else _entries.entry_card(t, entry)


def review_card(t: Tongue, pending: Sequence[Revision], conflicts: Sequence[Revision]) -> Card:
    """Show what waits for an editor."""
    if not pending and not conflicts:
        return Card(kind=t("knowledge.kind"), body=t("knowledge.review.none"))
    shown = [*conflicts, *pending]
    lines = [_revision_line(t, one) for one in pending[:12]]
    parts = []
    if lines:
        parts.append(Part(t("knowledge.review.pending"), lines))
    if conflicts:
        listed = [_revision_line(t, one) for one in conflicts[:8]]
        parts.append(Part(t("knowledge.review.conflicts"), listed))
    return Card(
        kind=t("knowledge.kind"),
        title=t("knowledge.review.title"),
        parts=parts,
        tone=Tone.STAFF,
        rows=[
            Menu(
                t("knowledge.review.open"),
                custom_id("knowledge", "look"),
                [
                    Choice(str(one.data.get("question") or one.entry_id), one.reference)
                    for one in shown
                ],
            )
        ],
    )


def changes_card(t: Tongue, changes: Sequence[Revision]) -> Card:
    """Show what was published lately, to everybody."""
    if not changes:
        return Card(title=t("changes.title"), body=t("changes.none"))
    lines = [
        t(
            "changes.retired" if one.retires else "changes.line",
            when=discord.utils.format_dt(one.published_at or one.changed_at, "d"),
            question=inert(str(one.data.get("question", "")), limit=_LINE),
            reason=inert(one.reason, limit=_LINE),
        )
        for one in changes
    ]
    return Card(title=t("changes.title"), body="\n".join(f"- {line}" for line in lines))


def feedback_card(t: Tongue, said: Sequence[Opinion], shelf: Shelf) -> Card:
    """Show what people called wrong or outdated, most often first."""
    if not said:
        return Card(kind=t("knowledge.kind"), body=t("knowledge.feedback.none"))
    names = {one.entry_id: _name(shelf, one.entry_id) for one in said}
    parts = [
        Part(
            names[one.entry_id],
            [
                t(
                    "knowledge.feedback.counts",
                    wrong=one.wrong,
                    outdated=one.outdated,
                    upstream=one.upstream,
                    helped=one.helped,
                ),
                *(inert(" ".join(note.split()), limit=_QUESTION) for note in one.notes),
            ],
        )
        for one in said[:8]
    ]
    return Card(
        kind=t("knowledge.kind"),
        title=t("knowledge.feedback.title"),
        parts=parts,
        footer=t("knowledge.feedback.about"),
        tone=Tone.STAFF,
        rows=[
            Menu(
                t("knowledge.feedback.settle"),
                custom_id("knowledge", "settle"),
                [Choice(names[one.entry_id], one.entry_id) for one in said],
            )
        ],
    )


def stale_card(t: Tongue, due: Sequence[Entry]) -> Card:
    """Show the entries whose review is due, the longest due first."""
    if not due:
        return Card(kind=t("knowledge.kind"), body=t("knowledge.stale.none"))
    lines = [
        t(
            "knowledge.stale.line",
            date=_entries.long_date(t, one.review.due),
            question=one.question,
            owner=inert(one.review.owner, limit=_LINE),
        )
        for one in due[:20]
    ]
    return Card(
        kind=t("knowledge.kind"),
        title=t("knowledge.stale.title", count=len(due)),
        body="\n".join(f"- {line}" for line in lines),
        footer=t("knowledge.stale.about"),
        tone=Tone.STAFF,
    )


def _name(shelf: Shelf, entry_id: str) -> str:
    entry = shelf.get(entry_id)
    return entry.question if entry is not None else entry_id


def _draft_rows(t: Tongue, draft: Draft) -> list[Row]:
    one = draft.revision
    ref = one.reference
    buttons: list[Button] = []
    if one.state is RevisionState.DRAFT:
        buttons += [
            Button(
                t("knowledge.draft.propose"),
                custom_id("knowledge", "propose", ref),
                disabled=bool(draft.faults),
            ),
            Button(t("knowledge.draft.edit"), custom_id("knowledge", "edit", ref)),
        ]
    if one.state is RevisionState.REVIEW:
        buttons.append(
            Button(
                t("knowledge.draft.publish"),
                custom_id("knowledge", "publish", ref),
                discord.ButtonStyle.primary,
            )
        )
        if not one.retires:
            buttons.append(Button(t("knowledge.draft.edit"), custom_id("knowledge", "edit", ref)))
    if one.state in (RevisionState.DRAFT, RevisionState.REVIEW):
        buttons.append(Button(t("knowledge.draft.discard"), custom_id("knowledge", "discard", ref)))
    if one.state is RevisionState.PUBLISHED:
        buttons += [
            Button(t("knowledge.draft.stand_by"), custom_id("knowledge", "stand", ref)),
            Button(t("knowledge.draft.back"), custom_id("knowledge", "back", one.entry_id)),
        ]
    buttons.insert(0, Button(t("knowledge.draft.preview"), custom_id("knowledge", "preview", ref)))
    return [buttons[: limits.ROW_BUTTONS]]


def _gap_menu(t: Tongue, label: str, press: str, gaps: Sequence[Gap]) -> Menu:
    return Menu(
        label,
        press,
        [
            Choice(
                gap.title or gap.reference,
                gap.reference,
                t("knowledge.gaps.counts", asked=gap.asked, waiting=gap.waiting),
            )
            for gap in gaps
        ],
    )


def _gap_line(t: Tongue, gap: Gap) -> str:
    return t(
        "knowledge.gaps.line",
        reference=gap.reference,
        asked=gap.asked,
        waiting=gap.waiting,
        question=inert(" ".join(gap.title.split()), limit=_LINE),
    )


def _asked(t: Tongue, one: Asked) -> str:
    text = inert(" ".join(one.text.split()), limit=_QUESTION)
    if one.why is Why.NOT_MINE and one.near not in ("", NOTHING):
        return t("knowledge.gap.not", question=text, entry=one.near)
    return text


def _revision_line(t: Tongue, one: Revision) -> str:
    return t(
        "knowledge.review.line",
        reference=one.reference,
        state=t(f"knowledge.state.{one.state}"),
        question=inert(str(one.data.get("question") or one.entry_id), limit=_LINE),
    )


def _boxed(text: str) -> str:
    shown = text if len(text) <= _DIFF else f"{text[:_DIFF]}…"
    return f"```diff\n{shown.replace('```', '´´´')}\n```" if shown else NOTHING
