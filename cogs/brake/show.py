"""How a brake looks: to those who moderate, to admins, and in the thread itself."""

from collections.abc import Sequence

import discord

from bot.moderation.brakes.model import Brake, BrakeSetup
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.components import custom_id
from bot.words import Tongue


def line_card(t: Tongue, brake: Brake) -> Card:
    """Tell everybody in the thread why it is slow, or that it is not any more."""
    if not brake.is_on:
        return Card(kind=t("brake.line.kind"), body=t("brake.line.over"))
    return Card(
        kind=t("brake.line.kind"),
        title=t("brake.line.title"),
        body=t(
            "brake.line.body",
            seconds=brake.slow_seconds,
            until=f"<t:{int(brake.ends_at.timestamp())}:R>",
        ),
        footer=t("brake.line.footer"),
    )


def brake_card(
    t: Tongue, channel_id: int, brake: Brake | None, setup: BrakeSetup, *, admin: bool
) -> Card:
    """Show those who moderate how things stand here, and what one press does."""
    buttons = [
        Button(t("brake.button.begin"), custom_id("brake", "begin", channel_id))
        if brake is None
        else Button(t("brake.button.lift"), custom_id("brake", "lift", channel_id)),
        Button(t("brake.button.history"), custom_id("brake", "history")),
    ]
    if admin:
        buttons.append(Button(t("storm.button.setup"), custom_id("brake", "setup")))
    where = f"<#{channel_id}>"
    if brake is None:
        body = t("brake.calm", channel=where)
    else:
        until = f"<t:{int(brake.ends_at.timestamp())}:R>"
        body = t(f"brake.on.{brake.cause}", channel=where, until=until)
    return Card(
        kind=t("brake.kind"),
        title=t("brake.title.calm" if brake is None else "brake.title.on"),
        body=body,
        parts=[Part(t("brake.part.does"), does(t, setup))],
        tone=Tone.STAFF if brake is None else Tone.UNSURE,
        rows=[buttons],
    )


def does(t: Tongue, setup: BrakeSetup) -> list[str]:
    """Say what a brake does in this server, and when it begins by itself."""
    lines = [
        t("brake.does.slow", seconds=setup.slow_seconds),
        t("brake.does.line"),
        t.plural("brake.does.ends", setup.minutes),
    ]
    key = "brake.does.itself" if setup.by_itself else "brake.does.pressed"
    return [*lines, t(key, people=setup.people)]


def history_card(t: Tongue, brakes: Sequence[Brake]) -> Card:
    """Show the brakes there were."""
    lines = [
        t(
            "brake.entry.on" if one.over_at is None else "brake.entry.over",
            number=one.number,
            channel=f"<#{one.channel_id}>",
            cause=t(f"brake.cause.{one.cause}"),
            began=f"<t:{int(one.began_at.timestamp())}:f>",
            over="" if one.over_at is None else f"<t:{int(one.over_at.timestamp())}:f>",
            how="" if one.over is None else t(f"storm.over.{one.over}"),
        )
        for one in brakes
    ]
    return Card(
        kind=t("brake.kind"),
        title=t("brake.history.title"),
        body=t("brake.history.body" if lines else "brake.history.none"),
        parts=[Part(t("brake.history.part"), lines)] if lines else [],
        tone=Tone.STAFF,
    )


def setup_card(t: Tongue, setup: BrakeSetup, faults: Sequence[str]) -> Card:
    """Show admins what is chosen, and what is in the way."""
    itself = t("brake.setup.off" if setup.by_itself else "brake.setup.on")
    buttons = [
        Button(t("storm.setup.numbers"), custom_id("brake", "numbers")),
        Button(itself, custom_id("brake", "itself"), discord.ButtonStyle.secondary),
    ]
    parts = [Part(t("brake.part.does"), does(t, setup))]
    if faults:
        parts.append(Part(t("setup.part.faults"), list(faults)))
    return Card(
        kind=t("setup.kind"),
        title=t("brake.setup.title"),
        body=t("brake.setup.body"),
        parts=parts,
        tone=Tone.UNSURE if faults else Tone.STAFF,
        rows=[buttons],
    )
