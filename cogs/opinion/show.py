"""How opinion maps look: their boards, what one person votes on, and the map itself."""

from collections.abc import Sequence

import discord

from bot.discussions.opinions import outline
from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.model import (
    QUESTION_LIMIT,
    STATEMENT_LIMIT,
    Drawn,
    OpinionMap,
    State,
    Statement,
    Turn,
)
from bot.discussions.opinions.picture import Labels, drawn
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

PICTURE = "opinion-map.png"
LISTED = 20


def board_card(t: Tongue, found: Drawn) -> Card:
    """Show a map to everybody, where it was opened."""
    one = found.map
    if one.state is State.CLOSED:
        return map_card(t, found)
    ref = one.reference
    rows = [
        [
            Button(
                t("opinion.button.vote"),
                custom_id("opinion", "serve", ref),
                discord.ButtonStyle.primary,
            ),
            Button(t("opinion.button.say"), custom_id("opinion", "say", ref)),
            Button(t("opinion.button.map"), custom_id("opinion", "map", ref)),
        ]
    ]
    open_ = one.state is State.OPEN
    return Card(
        kind=t("opinion.kind"),
        title=_question(one),
        body=t("opinion.board") if open_ else t("opinion.board.closing"),
        parts=[Part(t("opinion.part.now"), _turnout(t, one))],
        footer=ref,
        tone=Tone.ANSWER,
        rows=rows if open_ else [],
    )


def turn_card(t: Tongue, found: Turn) -> Card:
    """Show one person the statement they vote on next, and how they voted on the last."""
    ref = found.map.reference
    lines = []
    rows: list[Row] = []
    if found.before is not None and found.said is not Vote.NONE:
        said = t(f"opinion.voted.{found.said.name.lower()}", text=_text(found.before))
        lines.append(said)
    if found.statement is None:
        key = "opinion.none_yet" if found.of == 0 else "opinion.all_done"
        lines.append(t(key))
        rows.append(
            [
                Button(t("opinion.button.say"), custom_id("opinion", "say", ref)),
                Button(t("opinion.button.map"), custom_id("opinion", "map", ref)),
            ]
        )
    else:
        number = found.statement.number
        # All three look alike: the desk leans to no side.
        rows.append(
            [
                Button(t(f"opinion.vote.{name}"), custom_id("opinion", "vote", ref, number, name))
                for name in ("agree", "disagree", "pass")
            ]
        )
    if found.before is not None:
        again = custom_id("opinion", "again", ref, found.before.number)
        rows.append([Button(t("opinion.button.again"), again)])
    parts = []
    if found.statement is not None:
        label = t("opinion.part.statement", number=found.statement.number)
        parts = [Part(label, f"> {_text(found.statement)}")]
    return Card(
        kind=t("opinion.kind"),
        title=_question(found.map),
        body="\n".join(lines),
        parts=parts,
        footer=t("opinion.progress", done=found.done, of=found.of),
        rows=rows,
    )


def map_card(t: Tongue, found: Drawn, *, rows: Sequence[Row] = ()) -> Card:
    """Show a map: its picture, and all figures of it in words."""
    one, figures = found.map, found.figures
    if figures is None or not figures.shown:
        key = "opinion.too_few.closed" if one.state is State.CLOSED else "opinion.too_few"
        return Card(
            kind=_kind(t, one),
            title=_question(one),
            body=t(key),
            parts=[Part(t("opinion.part.now"), _turnout(t, one))],
            footer=one.reference,
            rows=rows,
        )
    told = outline.told(t, found, lambda text: inert(text, limit=2 * STATEMENT_LIMIT))
    labels = Labels(
        t("opinion.part.groups"),
        t("opinion.picture.statements"),
        t("opinion.side.agree"),
        t("opinion.side.disagree"),
        t("opinion.side.pass"),
        lambda many: t.plural("opinion.people", many),
    )
    return Card(
        kind=_kind(t, one),
        title=_question(one),
        body="\n".join(told.summary),
        parts=[Part(label, lines) for label, lines in told.parts],
        footer=one.reference,
        tone=Tone.ANSWER,
        rows=rows,
        shortened=t("opinion.shortened"),
        attachments=[
            Attachment(PICTURE, data=drawn(figures, labels), alt=outline.in_words(t, figures))
        ],
    )


def host_rows(t: Tongue, one: OpinionMap) -> list[Row]:
    """Return what hosts can do with a map."""
    if one.state is not State.OPEN:
        return []
    acts = []
    if one.waiting:
        acts.append(
            Button(
                t("opinion.button.waiting", count=one.waiting),
                custom_id("opinion", "waiting", one.reference),
                discord.ButtonStyle.primary,
            )
        )
    acts.append(Button(t("opinion.button.say"), custom_id("opinion", "say", one.reference)))
    acts.append(
        Button(
            t("opinion.button.close"),
            custom_id("opinion", "close", one.reference),
            discord.ButtonStyle.danger,
        )
    )
    return [acts]


def waiting_card(t: Tongue, one: OpinionMap, statement: Statement | None, said: str = "") -> Card:
    """Show hosts the statement that waits longest for them."""
    lines = [said] if said else []
    rows: list[Row] = []
    parts = []
    if statement is None:
        lines.append(t("opinion.waiting.none"))
        rows = host_rows(t, one)
    else:
        lines.append(t("opinion.waiting.about"))
        parts = [
            Part(t("opinion.part.statement", number=statement.number), f"> {_text(statement)}")
        ]

        def press(what: str) -> str:
            return custom_id("opinion", "decide", one.reference, statement.number, what)

        rows = [
            [
                Button(t("opinion.button.show"), press("show"), discord.ButtonStyle.success),
                Button(t("opinion.button.decline"), press("decline"), discord.ButtonStyle.danger),
            ]
        ]
    return Card(
        kind=t("opinion.kind"),
        title=_question(one),
        body="\n".join(lines),
        parts=parts,
        footer=t.plural("opinion.waiting.count", one.waiting) if one.waiting else "",
        tone=Tone.STAFF,
        rows=rows,
    )


def list_card(t: Tongue, maps: Sequence[OpinionMap]) -> Card:
    """Show a server's maps, the latest first."""
    if not maps:
        return Card(kind=t("opinion.kind"), body=t("opinion.list.none"))
    shown = maps[:LISTED]
    choices = [Choice(one.question, one.reference, state_name(t, one)) for one in shown]
    return Card(
        kind=t("opinion.kind"),
        title=t("opinion.list.title"),
        body="\n".join(f"- {line(t, one)}" for one in shown),
        rows=[Menu(t("opinion.list.open"), custom_id("opinion", "open"), choices)],
        shortened=t("opinion.shortened"),
    )


def line(t: Tongue, one: OpinionMap) -> str:
    """Return a map as a line in a list."""
    return t(
        "opinion.line",
        question=_question(one),
        state=state_name(t, one),
        people=t.plural("opinion.people", one.people),
        reference=one.reference,
    )


def state_name(t: Tongue, one: OpinionMap) -> str:
    """Return the name of a map's state."""
    return t("opinion.state.open" if one.state is State.OPEN else "opinion.state.closed")


def _turnout(t: Tongue, one: OpinionMap) -> list[str]:
    lines = [
        t.plural("opinion.people.voted", one.people),
        t.plural("opinion.statements", one.shown),
    ]
    if one.state is State.OPEN:
        lines.append(t("opinion.closes", when=f"<t:{int(one.closes_at.timestamp())}:R>"))
    return lines


def _kind(t: Tongue, one: OpinionMap) -> str:
    return t("opinion.kind.state", state=state_name(t, one))


def _question(one: OpinionMap) -> str:
    return inert(one.question, limit=2 * QUESTION_LIMIT)


def _text(statement: Statement) -> str:
    return inert(statement.text, limit=2 * STATEMENT_LIMIT)
