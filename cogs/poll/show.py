"""How polls look: their boards, and the ballot one person fills in."""

from collections.abc import Sequence

import discord

from bot.discussions.polls import outline
from bot.discussions.polls.counting import Ballot
from bot.discussions.polls.model import (
    FLOOR,
    OPTION_LIMIT,
    QUESTION_LIMIT,
    Kind,
    Poll,
    Result,
    State,
)
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

LISTED = 20


def board_card(t: Tongue, poll: Poll, standing: Result | None) -> Card:
    """Show a poll of the desk's to everybody, where it was opened."""
    if poll.state is State.CLOSED:
        return result_card(t, poll)
    asked, open_ = poll.asked, poll.state is State.OPEN
    vote = Button(
        t("poll.button.vote"),
        custom_id("poll", "vote", poll.reference),
        discord.ButtonStyle.primary,
    )
    body = t(f"poll.board.{asked.kind}" if open_ else "poll.board.counting")
    return Card(
        kind=t("poll.kind"),
        title=_question(poll),
        body=body,
        parts=[
            Part(t("poll.part.options"), _options(t, poll, standing)),
            Part(t("poll.part.now"), _now(t, poll, standing)),
        ],
        footer=poll.reference,
        tone=Tone.ANSWER,
        rows=[[vote]] if open_ else [],
        shortened=t("poll.shortened"),
    )


def result_card(t: Tongue, poll: Poll, *, rows: Sequence[Row] = ()) -> Card:
    """Show what came of a poll."""
    said, lines = outline.told(t, poll, safe)
    parts = []
    if lines:
        key = "poll.part.rounds" if poll.asked.kind is Kind.RANKED else "poll.part.counts"
        parts = [Part(t(key), lines)]
    return Card(
        kind=t("poll.kind.state", state=state_name(t, poll)),
        title=_question(poll),
        body="\n".join(said) or t("poll.board.counting"),
        parts=[*parts, Part(t("poll.part.turnout"), t.plural("poll.voted", poll.voters))],
        footer=poll.reference,
        tone=Tone.PLAIN,
        rows=rows,
        shortened=t("poll.shortened"),
    )


def ballot_card(t: Tongue, poll: Poll, ballot: Ballot, said: str = "") -> Card:
    """Show one person their own ballot, and let them fill it in."""
    kind, options = poll.asked.kind, poll.asked.options
    rows: list[Row] = []
    if kind is Kind.RANKED:
        left = [place for place in range(len(options)) if place not in ballot]
        if left:
            place = t("poll.ballot.place", place=len(ballot) + 1)
            press = custom_id("poll", "rank", poll.reference, len(ballot))
            rows.append(Menu(place, press, [Choice(options[one], str(one)) for one in left]))
        mine = [f"{place + 1}. {safe(options[one])}" for place, one in enumerate(ballot)]
    else:
        most = len(options) if kind is Kind.SEVERAL else 1
        choices = [
            Choice(option, str(place), chosen=place in ballot)
            for place, option in enumerate(options)
        ]
        press = custom_id("poll", "choose", poll.reference)
        rows.append(Menu(t(f"poll.ballot.choose.{kind}"), press, choices, most=most))
        mine = [safe(options[one]) for one in ballot]
    if ballot:
        key = "poll.button.over" if kind is Kind.RANKED else "poll.button.back"
        rows.append([Button(t(key), custom_id("poll", "back", poll.reference))])
    body = said or t("poll.ballot.now" if ballot else "poll.ballot.none")
    when = f"<t:{int(poll.closes_at.timestamp())}:R>"
    notes = [t(f"poll.ballot.how.{kind}"), t("poll.ballot.until", when=when)]
    return Card(
        kind=t("poll.kind"),
        title=_question(poll),
        body="\n".join([body, *notes]),
        parts=[Part(t("poll.part.ballot"), "\n".join(mine))] if mine else [],
        footer=t("poll.ballot.footer"),
        rows=rows,
    )


def look_card(t: Tongue, poll: Poll, standing: Result | None, *, host: bool) -> Card:
    """Show a poll to one person who looked it up."""
    rows: list[Row] = []
    if poll.state is State.OPEN and host:
        press = custom_id("poll", "close", poll.reference)
        rows = [[Button(t("poll.button.close"), press, discord.ButtonStyle.danger)]]
    if poll.state is not State.OPEN:
        return result_card(t, poll)
    if poll.native:
        where = f"<#{poll.channel_id}>"
        return Card(
            kind=t("poll.kind"),
            title=_question(poll),
            body=t("poll.native", channel=where),
            footer=poll.reference,
            rows=rows,
        )
    card = board_card(t, poll, standing)
    return Card(
        kind=card.kind,
        title=card.title,
        body=card.body,
        parts=card.parts,
        footer=card.footer,
        tone=card.tone,
        rows=[*card.rows, *rows],
        shortened=card.shortened,
    )


def list_card(t: Tongue, polls: Sequence[Poll]) -> Card:
    """Show a server's polls, the latest first."""
    if not polls:
        return Card(kind=t("poll.kind"), body=t("poll.list.none"))
    shown = polls[:LISTED]
    choices = [Choice(one.asked.question, one.reference, state_name(t, one)) for one in shown]
    return Card(
        kind=t("poll.kind"),
        title=t("poll.list.title"),
        body="\n".join(f"- {line(t, one)}" for one in shown),
        rows=[Menu(t("poll.list.open"), custom_id("poll", "open"), choices)],
        shortened=t("poll.shortened"),
    )


def line(t: Tongue, one: Poll) -> str:
    """Return a poll as a line in a list."""
    return t(
        "poll.line", question=_question(one), state=state_name(t, one), reference=one.reference
    )


def state_name(t: Tongue, one: Poll) -> str:
    """Return the name of a poll's state."""
    return t("poll.state.open" if one.state is State.OPEN else "poll.state.closed")


def safe(text: str) -> str:
    """Return an option's words, harmless."""
    return inert(text, limit=2 * OPTION_LIMIT)


def _options(t: Tongue, poll: Poll, standing: Result | None) -> list[str]:
    if standing is not None and standing.voters >= FLOOR:
        return outline.counts(t, poll, standing, safe)
    return [safe(one) for one in poll.asked.options]


def _now(t: Tongue, poll: Poll, standing: Result | None) -> list[str]:
    lines = [t.plural("poll.voted", poll.voters)]
    if standing is None:
        lines.append(t("poll.hidden"))
    elif standing.voters < FLOOR:
        lines.append(t("poll.from", floor=FLOOR))
    if poll.state is State.OPEN:
        lines.append(t("poll.closes", when=f"<t:{int(poll.closes_at.timestamp())}:R>"))
    return lines


def _question(poll: Poll) -> str:
    return inert(poll.asked.question, limit=2 * QUESTION_LIMIT)
