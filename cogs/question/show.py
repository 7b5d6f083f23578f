"""How questions look: on a session's board, to who upvotes, and to hosts."""

from collections.abc import Sequence

import discord

from bot.discussions.model import Session, State
from bot.discussions.queue.model import (
    MOST_LISTED,
    MOVES,
    QUESTION_LIMIT,
    WAITING,
    Question,
    Stage,
    listed,
)
from bot.platform.cards import Button, Card, Choice, Menu, Part, PersonMenu, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

BOARD = 10
"""Questions that a board lists; the others are counted."""
_STYLES = {
    Stage.APPROVED: discord.ButtonStyle.primary,
    Stage.ON_STAGE: discord.ButtonStyle.primary,
    Stage.ANSWERED: discord.ButtonStyle.success,
    Stage.DECLINED: discord.ButtonStyle.danger,
}


def buttons(t: Tongue, session: Session) -> list[Button]:
    """Return the button on the post of a session that takes questions."""
    if session.state not in (State.ANNOUNCED, State.OPEN):
        return []
    return [Button(t("question.button.ask"), custom_id("question", "form", session.reference))]


def board_card(t: Tongue, session: Session, questions: Sequence[Question]) -> Card:
    """Show a session's queue to everybody. It names nobody."""
    now = _of(questions, Stage.ON_STAGE)
    waiting = _of(questions, Stage.APPROVED)
    ask = buttons(t, session)
    parts = []
    if now:
        parts.append(Part(t("question.part.on_stage"), [_safe(one) for one in now]))
    if waiting:
        lines = [_line(t, one) for one in waiting[:BOARD]]
        if len(waiting) > BOARD:
            lines.append(t.plural("question.more", len(waiting) - BOARD))
        label = "question.part.waiting" if ask else "question.part.left"
        parts.append(Part(t(label), lines))
    rows: list[Row] = []
    if ask:
        upvote = Button(
            t("question.button.upvote"), custom_id("question", "votes", session.reference)
        )
        rows.append([*ask, upvote])
    return Card(
        kind=t("question.kind"),
        title=inert(session.plan.topic, limit=250),
        body=t("question.board" if ask else "question.board.over"),
        parts=parts,
        footer=session.reference,
        tone=Tone.ANSWER,
        rows=rows,
        shortened=t("question.shortened"),
    )


def votes_card(
    t: Tongue, session: Session, questions: Sequence[Question], mine: Sequence[str], said: str = ""
) -> Card:
    """Show one person the questions, and which they upvoted."""
    shown = listed(questions)
    if not shown:
        return Card(kind=t("question.kind"), body=t("question.votes.none"))
    choices = [
        Choice(one.content or "", one.reference, chosen=one.reference in mine) for one in shown
    ]
    press = custom_id("question", "upvote", session.reference)
    menu = Menu(t("question.votes.choose"), press, choices, most=len(choices))
    return Card(
        kind=t("question.kind"),
        title=inert(session.plan.topic, limit=250),
        body=said or t("question.votes"),
        rows=[
            menu,
            [Button(t("question.button.none"), custom_id("question", "unvote", session.reference))],
        ]
        if mine
        else [menu],
    )


def queue_card(t: Tongue, session: Session, questions: Sequence[Question], said: str = "") -> Card:
    """Show hosts the queue, stage by stage, to open a question."""
    stages = (Stage.ON_STAGE, Stage.ASKED, Stage.APPROVED, Stage.FOLLOW_UP, Stage.SKIPPED)
    parts, choices = [], []
    for stage in stages:
        found = _of(questions, stage)
        if found:
            parts.append(Part(stage_name(t, stage), [_line(t, one) for one in found[:BOARD]]))
            choices += [
                Choice(one.content or "", one.reference, stage_name(t, stage)) for one in found
            ]
    press = custom_id("question", "open")
    return Card(
        kind=t("question.kind"),
        title=inert(session.plan.topic, limit=250),
        body=said or t("question.queue" if parts else "question.queue.none"),
        parts=parts,
        footer=session.reference,
        tone=Tone.STAFF,
        rows=[Menu(t("question.queue.open"), press, choices[:MOST_LISTED])] if choices else [],
        shortened=t("question.shortened"),
    )


def guest_card(t: Tongue, session: Session, questions: Sequence[Question], said: str = "") -> Card:
    """Show a guest what is approved, the one on stage first, with what they can do about it."""
    shown = [*_of(questions, Stage.ON_STAGE), *_of(questions, Stage.APPROVED)]
    rows: list[Row] = []
    if shown:
        choices = [Choice(one.content or "", one.reference) for one in shown[:MOST_LISTED]]
        press = custom_id("question", "guest", session.reference)
        rows.append(Menu(t("question.guest.open"), press, choices))
    return Card(
        kind=t("question.kind"),
        title=inert(session.plan.topic, limit=250),
        body=said or t("question.guest" if shown else "question.guest.none"),
        parts=[Part(t("question.part.waiting"), [_line(t, one) for one in shown[:BOARD]])]
        if shown
        else [],
        footer=session.reference,
        tone=Tone.ANSWER,
        rows=rows,
        shortened=t("question.shortened"),
    )


def guest_question_card(t: Tongue, session: Session, one: Question) -> Card:
    """Show a guest one question, to answer in writing or to skip."""
    return Card(
        kind=t("question.kind.stage", stage=stage_name(t, one.stage)),
        title=_safe(one),
        body=t("question.guest.one"),
        footer=one.reference,
        tone=Tone.ANSWER,
        rows=[
            [
                Button(
                    t("question.button.answer"),
                    custom_id(
                        "question", "guestanswer", session.reference, one.reference, one.version
                    ),
                    discord.ButtonStyle.primary,
                ),
                Button(
                    t("question.button.skipped"),
                    custom_id(
                        "question", "guestskip", session.reference, one.reference, one.version
                    ),
                ),
            ]
        ],
    )


def question_card(
    t: Tongue, one: Question, said: str = "", *, others: Sequence[Question] = ()
) -> Card:
    """Show a host one question, and what can become of it; `others` wait in the same queue."""
    acts = [
        Button(
            t(f"question.button.{stage}"),
            custom_id("question", "move", one.reference, stage, one.version),
            _STYLES.get(stage, discord.ButtonStyle.secondary),
        )
        for stage in MOVES.get(one.stage, ())
    ]
    if one.content is not None and one.stage is not Stage.MERGED:
        suggest = custom_id("question", "suggest", one.reference)
        acts.append(Button(t("question.button.suggest"), suggest))
    if one.joined:
        apart = custom_id("question", "apart", one.reference)
        acts.append(Button(t("question.button.apart"), apart))
    rows: list[Row] = [acts] if acts else []
    if others and one.stage in WAITING:
        join = custom_id("question", "join", one.reference, one.version)
        choices = [Choice(it.content or "", it.reference) for it in others[:MOST_LISTED]]
        rows.append(Menu(t("question.join"), join, choices))
    if one.stage is Stage.FOLLOW_UP:
        reference, version = one.reference, one.version
        rows = [
            [
                Button(
                    t("question.button.answer"),
                    custom_id("question", "answer", reference, version),
                    discord.ButtonStyle.success,
                ),
                Button(t("question.button.due"), custom_id("question", "due", reference, version)),
            ],
            PersonMenu(t("question.give"), custom_id("question", "give", reference)),
        ]
    lines = [said or t("question.yours"), t.plural("question.votes.many", one.votes)]
    if one.newcomer:
        lines.append(t("question.newcomer"))
    if one.due_at is not None:
        lines.append(t("question.due", when=f"<t:{int(one.due_at.timestamp())}:D>"))
    return Card(
        kind=t("question.kind.stage", stage=stage_name(t, one.stage)),
        title=_safe(one),
        body="\n".join(lines),
        parts=[Part(t("question.part.joined"), [_inert(text) for text in one.joined])]
        if one.joined
        else [],
        footer=one.reference,
        tone=Tone.STAFF,
        rows=rows,
    )


def stage_name(t: Tongue, stage: Stage) -> str:
    """Return a stage as people call it."""
    return t(f"question.stage.{stage}")


def _of(questions: Sequence[Question], *stages: Stage) -> list[Question]:
    return [one for one in questions if one.stage in stages and one.content is not None]


def _line(t: Tongue, one: Question) -> str:
    if one.asked_by is not None:
        who = f"<@{one.asked_by}>"
        return t("question.line.named", question=_safe(one), votes=one.votes, who=who)
    return t("question.line", question=_safe(one), votes=one.votes)


def _safe(one: Question) -> str:
    return _inert(one.content or "")


def _inert(text: str) -> str:
    return inert(text, limit=2 * QUESTION_LIMIT)
