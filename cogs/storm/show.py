"""How a storm looks: to those who moderate, to admins, and on the board that everybody reads."""

from collections.abc import Sequence

import discord
from discord.utils import snowflake_time

from bot.knowledge.model import Entry
from bot.moderation.storms.first import Waiting
from bot.moderation.storms.model import Storm, StormSetup
from bot.platform.cards import Button, Card, ChannelMenu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.platform.memory import NOTHING
from bot.topics.model import Known
from bot.words import Tongue
from cogs import _entries

_UNKNOWNS = 5


def board_card(t: Tongue, known: Known | None, setup: StormSetup, entries: Sequence[Entry]) -> Card:
    """Show everybody what is known, in the words of the topic page or of staff."""
    parts, own = [], setup.known
    title, body = t("storm.board.title"), inert(own, limit=1000)
    if known is not None:
        title, body = inert(known.title, limit=200), inert(known.text, limit=1500)
        if known.unknowns:
            lines = [inert(one, limit=200) for one in known.unknowns[:_UNKNOWNS]]
            parts.append(Part(t("storm.board.unknown"), lines))
        if own:
            parts.append(Part(t("storm.board.staff"), inert(own, limit=1000)))
    if setup.hold_first:
        parts.append(Part(t("storm.board.first"), t("storm.board.first.why")))
    rows: list[Row] = list(_entries.entry_rows(entries, NOTHING))
    return Card(
        kind=t("storm.board.kind"),
        title=title,
        body=body,
        parts=parts,
        footer=t("storm.board.footer"),
        rows=[*rows, [_entries.browse_button(t)]],
    )


def storm_card(
    t: Tongue, storm: Storm | None, setup: StormSetup, *, waiting: int, admin: bool
) -> Card:
    """Show those who moderate how things stand, and what one press does."""
    buttons = [
        Button(t("storm.button.lift"), custom_id("storm", "lift"))
        if storm is not None and storm.is_on
        else Button(
            t("storm.button.begin"), custom_id("storm", "begin"), discord.ButtonStyle.danger
        ),
        Button(t("storm.button.history"), custom_id("storm", "history")),
    ]
    if waiting:
        press = custom_id("storm", "waiting", 0)
        buttons.insert(0, Button(t.plural("storm.button.waiting", waiting), press))
    if admin:
        buttons.append(Button(t("storm.button.setup"), custom_id("storm", "setup")))
    if storm is None or not storm.is_on:
        body, tone = t("storm.calm"), Tone.STAFF
    else:
        body = t(f"storm.on.{storm.cause}", since=_moment(storm, "began"), until=_moment(storm))
        tone = Tone.UNSURE
    return Card(
        kind=t("storm.kind"),
        title=t("storm.title.on" if storm is not None and storm.is_on else "storm.title.calm"),
        body=body,
        parts=[Part(t("storm.part.does"), does(t, setup))],
        tone=tone,
        footer=t("storm.footer"),
        rows=[buttons],
    )


def does(t: Tongue, setup: StormSetup) -> list[str]:
    """Say what a storm does in this server."""
    lines = [t("storm.does.verification")]
    if setup.channels and setup.slow_seconds:
        channels = ", ".join(f"<#{one}>" for one in setup.channels)
        lines.append(t("storm.does.slow", channels=channels, seconds=setup.slow_seconds))
    else:
        lines.append(t("storm.does.no_slow"))
    if setup.hold_first:
        lines.append(t("storm.does.first"))
    if setup.board_id is not None and (setup.topic or setup.known):
        lines.append(t("storm.does.board", channel=f"<#{setup.board_id}>"))
    else:
        lines.append(t("storm.does.no_board"))
    lines.append(t.plural("storm.does.ends", setup.minutes))
    if setup.by_itself:
        lines.append(t("storm.does.itself", joins=setup.joins, messages=setup.messages))
    else:
        lines.append(t("storm.does.pressed"))
    return lines


def waiting_card(t: Tongue, waiting: Waiting | None) -> Card:
    """Show moderators what somebody wrote that waits, or that nobody waits."""
    if waiting is None:
        return Card(kind=t("storm.kind"), title=t("storm.waiting.none"), tone=Tone.STAFF)
    taken = waiting.taken
    who = t("guard.gone")
    if taken.author is not None:
        made = int(snowflake_time(taken.author).timestamp())
        who = t("storm.waiting.who", who=f"<@{taken.author}>", made=f"<t:{made}:R>")
    ids = (taken.message_id, waiting.place)
    buttons = [
        Button(t("storm.button.through"), custom_id("storm", "through", *ids)),
        Button(t("storm.button.down"), custom_id("storm", "down", *ids)),
    ]
    if taken.author is not None:
        buttons.append(Button(t("storm.button.act"), custom_id("storm", "act", taken.message_id)))
    if waiting.people > 1:
        buttons.append(Button(t("storm.button.skip"), custom_id("storm", "waiting", waiting.place)))
    parts = [
        Part(t("guard.part.text"), inert(taken.text or t("storm.waiting.wordless"), limit=1500))
    ]
    if waiting.more:
        parts.append(Part(t("storm.waiting.more"), t.plural("storm.waiting.others", waiting.more)))
    at = f"<t:{int(taken.at.timestamp())}:R>"
    return Card(
        kind=t("storm.kind"),
        title=t.plural("storm.waiting.title", waiting.people),
        body=t("storm.waiting.body", who=who, channel=f"<#{taken.channel_id}>", at=at),
        parts=parts,
        tone=Tone.STAFF,
        footer=t("storm.waiting.footer"),
        rows=[buttons],
    )


def history_card(t: Tongue, storms: Sequence[Storm]) -> Card:
    """Show the storms there were."""
    lines = [
        t(
            "storm.line.on" if one.is_on else "storm.line.over",
            number=one.number,
            cause=t(f"storm.cause.{one.cause}"),
            began=_moment(one, "began"),
            over="" if one.over_at is None else f"<t:{int(one.over_at.timestamp())}:f>",
            how="" if one.over is None else t(f"storm.over.{one.over}"),
        )
        for one in storms
    ]
    return Card(
        kind=t("storm.kind"),
        title=t("storm.history.title"),
        body=t("storm.history.body" if lines else "storm.history.none"),
        parts=[Part(t("storm.history.part"), lines)] if lines else [],
        tone=Tone.STAFF,
    )


def setup_card(t: Tongue, setup: StormSetup, faults: Sequence[str]) -> Card:
    """Show admins what is chosen, and what is in the way."""
    none = Button(t("storm.setup.none"), custom_id("storm", "slow-none"))
    rows: list[Row] = [
        ChannelMenu(t("storm.setup.channels"), custom_id("storm", "slowed")),
        ChannelMenu(t("storm.setup.board"), custom_id("storm", "board")),
        [
            Button(t("storm.setup.numbers"), custom_id("storm", "numbers")),
            Button(t("storm.setup.words"), custom_id("storm", "words")),
            Button(
                t("storm.setup.off" if setup.by_itself else "storm.setup.on"),
                custom_id("storm", "itself"),
            ),
            Button(
                t("storm.setup.first_off" if setup.hold_first else "storm.setup.first_on"),
                custom_id("storm", "hold"),
            ),
            *([none] if setup.channels else []),
        ],
    ]
    parts = [Part(t("storm.part.does"), does(t, setup))]
    if faults:
        parts.append(Part(t("setup.part.faults"), list(faults)))
    return Card(
        kind=t("setup.kind"),
        title=t("storm.setup.title"),
        body=t("storm.setup.body"),
        parts=parts,
        tone=Tone.UNSURE if faults else Tone.STAFF,
        rows=rows,
    )


def _moment(storm: Storm, which: str = "ends") -> str:
    at = storm.began_at if which == "began" else storm.ends_at
    return f"<t:{int(at.timestamp())}:f>" if which == "began" else f"<t:{int(at.timestamp())}:R>"
