"""Finding entries, and how they look: what /ask, /faq and their buttons share."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from bot.desk import Desk
from bot.knowledge.gapmodel import Why
from bot.knowledge.model import Entry, Match, Source
from bot.knowledge.scope import Kind as ScopeKind
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.client import DeskClient
from bot.platform.components import custom_id
from bot.platform.errors import Refused
from bot.platform.inert import inert, link
from bot.platform.memory import NOTHING
from bot.words import Tongue

NO_ENTRY = "-"
"""Stands for the entry in the custom id of a button that belongs to none."""

_NOT_FOR_STAFF = frozenset(
    {ScopeKind.INSTRUCTION, ScopeKind.ABUSE, ScopeKind.GREETING, ScopeKind.CODE}
)
"""Nobody has to read these; whoever means them seriously finds `/concern raise` in the sentence."""

MOST_SUGGESTED = 3
_ASKED_SHOWN = 300


def find(desk: Desk, guild_id: int | None, entry_id: str) -> Entry:
    """Return an entry by its id, as this server has it.

    Raises:
        Refused: it has been retired or renamed since the button was posted.
    """
    entry = desk.knowledge.of(guild_id).get(entry_id)
    if entry is None:
        raise Refused("ask.gone")
    return entry


def unanswered(
    client: DeskClient, guild_id: int | None, question: str, why: Why, token: str, near: str = ""
) -> None:
    """Let the server's editors know, soon, that a question has no answer; not whose it is."""
    if guild_id is not None:
        client.desk.gaps.hear(guild_id, question, why, once=token, near=near)


def answer_card(
    t: Tongue, entry: Entry, *, token: str = NOTHING, in_guild: bool, back: Button | None = None
) -> Card:
    """Show an entry to the person who asked, with everything they can do next."""
    buttons = [
        Button(t("ask.button.other"), custom_id("ask", "other", entry.id, token)),
        staff_button(t, entry.id, token),
    ]
    if entry.related:
        buttons.insert(0, related_button(t, entry.id, token))
    if in_guild:
        buttons.append(Button(t("ask.button.share"), custom_id("ask", "share", entry.id)))
    rows: list[Row] = [buttons]
    if in_guild:
        rows.append(said_buttons(t, entry.id))
    if back is not None:
        rows.append([back])
    return entry_card(t, entry, rows=rows)


def entry_card(t: Tongue, entry: Entry, *, rows: Sequence[Row] = (), posted: str = "") -> Card:
    """Show an entry: always the same parts in the same order, word for word as reviewed."""
    parts = []
    if entry.depends_on:
        parts.append(Part(t("ask.part.depends_on"), entry.depends_on))
    if entry.beyond_license:
        parts.append(Part(t("ask.part.beyond"), entry.beyond_license))
    if entry.sources:
        parts.append(Part(t("ask.part.sources"), [_source(source) for source in entry.sources]))
    checked = t(
        "ask.checked",
        date=long_date(t, entry.review.checked),
        confidence=t(f"confidence.{entry.confidence}"),
    )
    return Card(
        kind=t("ask.kind.answer"),
        title=entry.question,
        body=entry.answer.strip(),
        parts=parts,
        footer="\n".join(line for line in (posted, checked, t("card.not_advice")) if line),
        tone=Tone.ANSWER,
        rows=rows,
        shortened=t("ask.shortened"),
    )


def suggestions_card(t: Tongue, question: str, matches: Sequence[Match], token: str) -> Card:
    """Offer up to three entries that may be meant."""
    return Card(
        kind=t("ask.kind.suggestions"),
        title=t("ask.suggestions.title"),
        body=_asked(t, question, t("ask.suggestions.body")),
        tone=Tone.UNSURE,
        rows=[
            *entry_rows([match.entry for match in matches[:MOST_SUGGESTED]], token),
            [none_button(t, token), staff_button(t, NO_ENTRY, token), browse_button(t)],
        ],
    )


def unknown_card(
    t: Tongue,
    question: str,
    token: str,
    scope: ScopeKind | None = None,
    *,
    in_guild: bool = False,
) -> Card:
    """Say that the desk does not know, and what it can do instead."""
    if scope is not None:
        return outside_card(t, scope, token)
    return Card(
        kind=t("ask.kind.unknown"),
        title=t("ask.unknown.title"),
        body=_asked(t, question, t("ask.unknown.body")),
        tone=Tone.UNSURE,
        rows=[next_buttons(t, token, in_guild=in_guild)],
    )


def outside_card(t: Tongue, scope: ScopeKind, token: str) -> Card:
    """Say kindly why a text gets no entry, and what does help. Repeats nothing of it."""
    buttons = [browse_button(t)]
    if scope not in _NOT_FOR_STAFF:
        buttons.insert(0, staff_button(t, NO_ENTRY, token))
    return Card(
        kind=t("scope.kind"),
        title=t(f"scope.{scope}.title"),
        body=t(f"scope.{scope}"),
        tone=Tone.UNSURE,
        rows=[buttons],
    )


def list_card(
    t: Tongue,
    title: str,
    body: str,
    entries: Sequence[Entry],
    token: str,
    *,
    in_guild: bool = False,
) -> Card:
    """Offer a few entries to open, and staff."""
    shown = entries[:MOST_SUGGESTED]
    return Card(
        kind=t("ask.kind.suggestions"),
        title=title,
        body=body,
        rows=[
            *entry_rows(shown, token),
            next_buttons(t, token, in_guild=in_guild),
        ],
    )


def entry_rows(entries: Sequence[Entry], token: str) -> list[Row]:
    """Return one row a question: a long label keeps its line to itself."""
    return [[Button(one.question, custom_id("ask", "open", one.id, token))] for one in entries]


def related_button(t: Tongue, entry_id: str, token: str) -> Button:
    """Return the button that offers related entries."""
    return Button(t("ask.button.related"), custom_id("ask", "related", entry_id, token))


def staff_button(t: Tongue, entry_id: str, token: str) -> Button:
    """Return the button that passes the question to staff."""
    return Button(t("ask.button.staff"), custom_id("ask", "staff", entry_id, token))


def next_buttons(t: Tongue, token: str, *, in_guild: bool) -> list[Button]:
    """Return what helps somebody whose question has no answer."""
    buttons = [staff_button(t, NO_ENTRY, token), browse_button(t)]
    if in_guild and token != NOTHING:
        buttons.insert(1, Button(t("ask.button.tell"), custom_id("ask", "tell", token)))
    return buttons


def none_button(t: Tongue, token: str) -> Button:
    """Return the button that says that none of what was offered is meant."""
    return Button(t("ask.button.none"), custom_id("ask", "none", token))


def said_buttons(t: Tongue, entry_id: str) -> list[Button]:
    """Return what can be said about an entry, and the button that follows it."""
    return [
        Button(t("feedback.button.helped"), custom_id("entry", "helped", entry_id)),
        Button(t("feedback.button.wrong"), custom_id("entry", "wrong", entry_id)),
        Button(t("feedback.button.outdated"), custom_id("entry", "outdated", entry_id)),
        Button(t("follow.button"), custom_id("entry", "follow", entry_id)),
    ]


def browse_button(t: Tongue) -> Button:
    """Return the button that opens the sections."""
    return Button(t("faq.button.browse"), custom_id("faq", "sections"))


def long_date(t: Tongue, day: date) -> str:
    """Return a date written out in the tongue's language."""
    return format_date(day, format="long", locale=t.language)


def _asked(t: Tongue, question: str, then: str) -> str:
    shown = inert(" ".join(question.split()), limit=_ASKED_SHOWN)
    return "\n\n".join(line for line in (t("ask.you_asked", question=shown), then) if line)


def _source(source: Source) -> str:
    # "desk:/about" names a command of the desk itself: nothing to open in a browser.
    return link(source.title, source.url)
