"""/brake: slow the thread down that it is called in, or let it be as fast as before."""

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.moderation.brakes.model import BrakeIsOn, NoBrake
from bot.platform.access import capabilities, missing_permissions, require, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs._typed import number
from cogs.brake import show
from cogs.triage.told import guild_of

_MAY = (Capability.MODERATOR, Capability.HOST, Capability.ADMIN)


class BrakeActs(DeskCog):
    """What those who moderate or host do about a heated thread."""

    async def cog_load(self) -> None:
        """Say what people are told when somebody else was faster."""
        await super().cog_load()
        self.client.sentences.know(BrakeIsOn, lambda t, _error: t("brake.is_on"))
        self.client.sentences.know(NoBrake, lambda t, _error: t("brake.is_none"))

    @app_commands.command(
        name="brake",
        description=words(
            "command.brake.description", "Calm this thread: slow it down for a while"
        ),
    )
    @app_commands.default_permissions(discord.Permissions(manage_messages=True))
    @app_commands.guild_only()
    @requires(*_MAY)
    async def brake(self, interaction: DeskInteraction) -> None:
        """Show how things stand in this thread or channel."""
        await acknowledge(interaction)
        await reply(interaction, await self._card(interaction, _slowable(interaction, None).id))

    @on_button("brake", "begin")
    async def begin(self, interaction: DeskInteraction, channel_id: str) -> None:
        """Slow it down."""
        await require(interaction, *_MAY)
        channel = _slowable(interaction, number(channel_id))
        await acknowledge_turn(interaction)
        await self.desk.brakes.begin(guild_of(interaction), channel.id, interaction.user.id)
        await turn(interaction, await self._card(interaction, channel.id))

    @on_button("brake", "lift")
    async def lift(self, interaction: DeskInteraction, channel_id: str) -> None:
        """Let it be as fast as before."""
        await require(interaction, *_MAY)
        await acknowledge_turn(interaction)
        here = number(channel_id)
        await self.desk.brakes.lift(guild_of(interaction), here, interaction.user.id)
        await turn(interaction, await self._card(interaction, here))

    @on_button("brake", "history")
    async def history(self, interaction: DeskInteraction) -> None:
        """Show the brakes there were."""
        await require(interaction, *_MAY)
        await acknowledge(interaction)
        brakes = await self.desk.brakes.latest(guild_of(interaction))
        await reply(interaction, show.history_card(tongue(interaction), brakes))

    async def _card(self, interaction: DeskInteraction, channel_id: int) -> Card:
        guild_id = guild_of(interaction)
        return show.brake_card(
            tongue(interaction),
            channel_id,
            await self.desk.brakes.now(guild_id, channel_id),
            await self.desk.brakes.setup(guild_id),
            admin=Capability.ADMIN in await capabilities(interaction),
        )


def _slowable(
    interaction: DeskInteraction, channel_id: int | None
) -> discord.Thread | discord.TextChannel:
    """Return the thread or text channel, where the desk may slow it down.

    Raises:
        Refused: it is neither, or the desk lacks a permission there; says which.
    """
    guild = interaction.guild
    if guild is None:
        raise Refused("error.server_only")
    channel: object = interaction.channel
    if channel_id is not None and channel_id != interaction.channel_id:
        channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(channel, discord.Thread | discord.TextChannel):
        raise Refused("brake.bad.channel")
    needs = discord.Permissions(view_channel=True)
    if isinstance(channel, discord.Thread):
        needs.update(manage_threads=True)
    else:
        needs.update(manage_channels=True)
    missing = missing_permissions(channel, guild.me, needs)
    if missing:
        raise Refused("mod.bad.permission", permissions=", ".join(missing))
    return channel
