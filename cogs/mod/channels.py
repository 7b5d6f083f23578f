"""/mod lock, slow and purge: acts on a channel."""

from datetime import timedelta

import discord
from discord import Permissions, app_commands
from discord.app_commands import Choice, Range

from bot.moderation.cases.model import REASON_LIMIT, SLOWEST, Act, Order
from bot.platform.access import missing_permissions, require, requires
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.cards import Choice as Option
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.inert import inert, plain
from bot.platform.interactions import acknowledge, reply, tongue
from cogs._typed import number
from cogs.mod import show
from cogs.mod.group import GROUP, LENGTH, MODERATOR, RULE, minutes_of, rule_choices, rule_of
from cogs.triage.told import guild_of

Why = Range[str, 1, REASON_LIMIT]
_WHY = words("command.mod.why", "Why")
_SHOWN = 15
_OLDEST = timedelta(days=14)
"""Discord deletes no older messages many at a time."""

_NEEDS = {
    Act.LOCK: Permissions(view_channel=True, manage_roles=True, send_messages=True),
    Act.SLOW: Permissions(view_channel=True, manage_channels=True),
    Act.PURGE: Permissions(view_channel=True, manage_messages=True, read_message_history=True),
}


class ChannelActs(DeskCog):
    """Acts on a channel."""

    @GROUP.command(
        name="lock", description=words("command.mod.lock", "Let nobody write here, for a while")
    )
    @app_commands.describe(rule=RULE, reason=_WHY, duration=LENGTH)
    @requires(MODERATOR)
    async def lock(
        self, interaction: DeskInteraction, rule: str, reason: Why, duration: str | None = None
    ) -> None:
        """Lock the channel."""
        channel = _text_channel(interaction, Act.LOCK)
        assert interaction.guild is not None  # noqa: S101 - _text_channel saw to it
        now = channel.overwrites_for(interaction.guild.default_role).send_messages
        before = {None: "none", True: "yes", False: "no"}[now]
        order = Order(
            Act.LOCK,
            rule_of(self.desk, rule),
            reason,
            channel_id=channel.id,
            minutes=minutes_of(duration),
            detail={"before": before},
        )
        await self._act_there(interaction, order)

    @GROUP.command(
        name="slow", description=words("command.mod.slow", "Slow this channel down, for a while")
    )
    @app_commands.describe(
        seconds=words("command.mod.slow.seconds", "Seconds between two messages of one person"),
        rule=RULE,
        reason=_WHY,
        duration=LENGTH,
    )
    @requires(MODERATOR)
    async def slow(
        self,
        interaction: DeskInteraction,
        seconds: Range[int, 1, SLOWEST],
        rule: str,
        reason: Why,
        duration: str | None = None,
    ) -> None:
        """Slow the channel down."""
        channel = _text_channel(interaction, Act.SLOW)
        order = Order(
            Act.SLOW,
            rule_of(self.desk, rule),
            reason,
            channel_id=channel.id,
            seconds=seconds,
            minutes=minutes_of(duration),
            detail={"before": str(channel.slowmode_delay)},
        )
        await self._act_there(interaction, order)

    @GROUP.command(
        name="purge",
        description=words("command.mod.purge", "Delete messages here; shows first which ones"),
    )
    @app_commands.describe(
        count=words("command.mod.purge.count", "How many of the latest messages to look at"),
        member=words("command.mod.purge.member", "Only messages of this person"),
    )
    @requires(MODERATOR)
    async def purge(
        self,
        interaction: DeskInteraction,
        count: Range[int, 1, 100],
        member: discord.User | None = None,
    ) -> None:
        """Show which messages would be deleted, and ask."""
        channel = _place(interaction, Act.PURGE)
        await acknowledge(interaction)
        t, since = tongue(interaction), self.desk.clock() - _OLDEST
        found = [
            one
            async for one in channel.history(limit=count)
            if one.created_at > since and not one.pinned and member in (None, one.author)
        ]
        if not found:
            raise Refused("mod.purge.none")
        lines = [
            t(
                "mod.purge.line",
                who=f"<@{one.author.id}>",
                at=show.moment(one.created_at, "t"),
                text=inert(plain(one.content, limit=80), limit=160) or t("mod.purge.no_text"),
            )
            for one in found[:_SHOWN]
        ]
        if len(found) > _SHOWN:
            lines.append(t.plural("mod.purge.more", len(found) - _SHOWN))
        author = 0 if member is None else member.id
        press = custom_id("mod", "purge", channel.id, found[-1].id, found[0].id, author)
        card = Card(
            kind=t("mod.kind"),
            title=t.plural("mod.purge.title", len(found)),
            body=t("mod.purge.body"),
            parts=[Part(t("mod.purge.part"), lines)],
            tone=Tone.UNSURE,
            rows=[[Button(t("mod.purge.button"), press, discord.ButtonStyle.danger)]],
        )
        await reply(interaction, card)

    @on_button("mod", "purge")
    async def confirm(
        self, interaction: DeskInteraction, channel: str, first: str, last: str, author: str
    ) -> None:
        """Ask for the rule and the reason."""
        await require(interaction, MODERATOR)
        t = tongue(interaction)
        rules = [Option(one.said(t.language)[0], one.id) for one in self.desk.rules.ruleset.rules]
        if not rules:
            raise Refused("mod.bad.no_rules")
        await open_form(
            interaction,
            t("mod.purge.button"),
            custom_id("mod", "purged", channel, first, last, author),
            [
                ChoiceField("rule", t("mod.form.rule"), rules),
                TextField("reason", t("mod.form.why"), paragraph=True, limit=REASON_LIMIT),
            ],
        )

    @on_form("mod", "purged")
    async def purged(
        self,
        interaction: DeskInteraction,
        form: Form,
        channel: str,
        first: str,
        last: str,
        author: str,
    ) -> None:
        """Delete what was shown, and nothing that was written since."""
        await require(interaction, MODERATOR)
        _place(interaction, Act.PURGE, number(channel))
        order = Order(
            Act.PURGE,
            rule_of(self.desk, form.choice("rule") or ""),
            form.text("reason"),
            channel_id=number(channel),
            detail={"first": str(number(first)), "last": str(number(last)), "author": author},
        )
        await self._act_there(interaction, order)

    @lock.autocomplete("rule")
    @slow.autocomplete("rule")
    async def rules_here(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer rules by a part of their title."""
        return rule_choices(self.desk, tongue(interaction), current)

    async def _act_there(self, interaction: DeskInteraction, order: Order) -> None:
        await acknowledge(interaction)
        case = await self.desk.cases.act(
            guild_of(interaction),
            interaction.user.id,
            order,
            intake=f"interaction:{interaction.id}",
        )
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))


def _text_channel(interaction: DeskInteraction, act: Act) -> discord.TextChannel:
    """Return the text channel an act is on, where the desk may do it.

    Raises:
        Refused: it is no text channel, or the desk lacks a permission there; says which.
    """
    channel = _place(interaction, act)
    if not isinstance(channel, discord.TextChannel):
        raise Refused("mod.bad.channel")
    return channel


def _place(
    interaction: DeskInteraction, act: Act, channel_id: int | None = None
) -> discord.TextChannel | discord.Thread:
    """Return the text channel or thread an act is on, where the desk may do it.

    Raises:
        Refused: it is neither, or the desk lacks a permission there; says which.
    """
    guild = interaction.guild
    if guild is None:
        raise Refused("error.server_only")
    channel: object = guild.get_channel_or_thread(channel_id or interaction.channel_id or 0)
    if channel is None and channel_id in (None, interaction.channel_id):
        channel = interaction.channel  # a thread that is not in memory
    if not isinstance(channel, discord.TextChannel | discord.Thread):
        raise Refused("mod.bad.channel")
    missing = missing_permissions(channel, guild.me, _NEEDS[act])
    if missing:
        raise Refused("mod.bad.permission", permissions=", ".join(missing))
    return channel
