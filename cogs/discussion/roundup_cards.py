"""How round-ups look: to hosts who write them, in the session's post, and to who is quoted."""

from functools import partial

import discord

from bot.discussions.outcomes import Outcomes
from bot.discussions.roundup.model import ANSWERS, Allowed, Roundup
from bot.discussions.roundup.outline import document, told
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

_MENU = 25
_safe = partial(inert, limit=4000)
_SHOWN = 1500


def draft_card(
    t: Tongue, roundup: Roundup, outcomes: Outcomes, said: str = "", *, editor: bool = False
) -> Card:
    """Show a round-up to its hosts, with what they can do; an `editor` can draft FAQ entries."""
    reference, version = roundup.session.reference, roundup.version

    def press(action: str) -> str:
        return custom_id("roundup", action, reference, version)

    key = "roundup.button.publish" if roundup.published_at is None else "roundup.button.again"
    buttons = [
        Button(t("roundup.button.words"), press("words")),
        Button(t("roundup.button.file"), custom_id("roundup", "file", reference)),
        Button(t(key), press("publish"), discord.ButtonStyle.primary),
    ]
    if any(one.allowed is Allowed.UNASKED and not one.left_out for one in roundup.points):
        buttons.insert(1, Button(t("roundup.button.ask"), custom_id("roundup", "ask", reference)))
    rows: list[Row] = []
    choices = [
        Choice(
            (one.question.content or "")[:100],
            one.question.reference,
            t(f"roundup.choice.{'out' if one.left_out else 'said' if one.words else 'unsaid'}"),
        )
        for one in roundup.answers
    ]
    if choices:
        rows.append(Menu(t("roundup.choose"), press("answer"), choices[:_MENU]))
    points = [
        Choice(
            t("roundup.choice.point", number=number),
            str(one.id),
            t("roundup.choice.out") if one.left_out else t(f"roundup.allowed.{one.allowed}"),
        )
        for number, one in enumerate(roundup.points, 1)
    ]
    if points:
        rows.append(Menu(t("roundup.choose_point"), press("point"), points[:_MENU]))
    known = [
        Choice((one.question.content or "")[:100], one.question.reference)
        for one in roundup.answers
        if one.words
    ]
    if known and editor:
        press_faq = custom_id("roundup", "faq", reference)
        rows.append(Menu(t("roundup.choose_faq"), press_faq, known[:_MENU]))
    rows.append(buttons)
    return _card(t, roundup, outcomes, above=said or _where(t, roundup), rows=rows)


def post_card(t: Tongue, roundup: Roundup, outcomes: Outcomes) -> Card:
    """Show a published round-up to everybody, with the whole of it as Markdown."""
    return _card(t, roundup, outcomes, above="", rows=[], files=[file(t, roundup, outcomes)])


def read_card(t: Tongue, roundup: Roundup, outcomes: Outcomes) -> Card:
    """Show a published round-up to one person."""
    rows: list[Row] = []
    if roundup.session.link:
        rows.append([Button(t("discussion.button.go"), roundup.session.link)])
    return _card(t, roundup, outcomes, above="", rows=rows, files=[file(t, roundup, outcomes)])


def quote_card(t: Tongue, point: int, topic: str, server: str, text: str, now: Allowed) -> Card:
    """Ask the author of a pinned message what may be quoted; they can change it later here."""
    buttons = [
        Button(
            t(f"roundup.quote.{one}"),
            custom_id("roundup", "quote", point, one),
            discord.ButtonStyle.primary if one is now else discord.ButtonStyle.secondary,
        )
        for one in ANSWERS
    ]
    answered = t(f"roundup.quoted.{now}") if now in ANSWERS else t("roundup.quote.silent")
    return Card(
        kind=t("roundup.quote.kind"),
        title=t("roundup.quote.title"),
        body=t(
            "roundup.quote.body", topic=inert(topic, limit=200), server=inert(server, limit=100)
        ),
        parts=[
            Part(t("roundup.quote.words"), inert(text, limit=_SHOWN)),
            Part(t("roundup.quote.now"), answered),
        ],
        tone=Tone.ANSWER,
        rows=[buttons],
    )


def file(t: Tongue, roundup: Roundup, outcomes: Outcomes) -> Attachment:
    """Return a round-up as a Markdown file."""
    text = document(t, roundup, outcomes, _safe)
    return Attachment(f"{roundup.session.reference}.md", text)


def _card(
    t: Tongue,
    roundup: Roundup,
    outcomes: Outcomes,
    *,
    above: str,
    rows: list[Row],
    files: list[Attachment] | None = None,
) -> Card:
    opening = inert(roundup.opening, limit=_SHOWN) if roundup.opening else ""
    parts = [Part(label, lines) for label, lines in told(t, roundup, _safe)]
    held = len(outcomes.polls) + len(outcomes.maps)
    if held:
        parts.append(Part(t("roundup.part.polls"), t.plural("roundup.polls", held)))
    return Card(
        kind=t("roundup.kind"),
        title=inert(roundup.session.plan.topic, limit=250),
        body="\n\n".join(one for one in (above, opening) if one),
        parts=parts,
        footer=roundup.session.reference,
        tone=Tone.ANSWER,
        rows=rows,
        attachments=files or (),
        shortened=t("roundup.shortened"),
    )


def _where(t: Tongue, roundup: Roundup) -> str:
    return t("roundup.draft" if roundup.published_at is None else "roundup.is_published")
