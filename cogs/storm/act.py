"""/storm: how things stand, and one press to begin or to lift."""

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.moderation.storms.model import NoStorm, StormIsOn
from bot.platform.access import capabilities, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs.storm import show
from cogs.triage.told import guild_of


class StormActs(DeskCog):
    """What those who moderate do in a storm."""

    async def cog_load(self) -> None:
        """Say what people are told when somebody else was faster."""
        await super().cog_load()
        self.client.sentences.know(StormIsOn, lambda t, _error: t("storm.is_on"))
        self.client.sentences.know(NoStorm, lambda t, _error: t("storm.is_none"))

    @app_commands.command(
        name="storm",
        description=words("command.storm.description", "Calm the server down when too many come"),
    )
    @app_commands.default_permissions(discord.Permissions(manage_messages=True))
    @app_commands.guild_only()
    @requires(Capability.MODERATOR, Capability.STAFF, Capability.ADMIN)
    async def storm(self, interaction: DeskInteraction) -> None:
        """Show how things stand."""
        await acknowledge(interaction)
        await reply(interaction, await self._card(interaction))

    @on_button("storm", "begin", requires=Capability.MODERATOR)
    async def begin(self, interaction: DeskInteraction) -> None:
        """Begin a storm."""
        await acknowledge_turn(interaction)
        await self.desk.storms.begin(guild_of(interaction), interaction.user.id)
        await turn(interaction, await self._card(interaction))

    @on_button("storm", "lift", requires=Capability.MODERATOR)
    async def lift(self, interaction: DeskInteraction) -> None:
        """End the storm."""
        await acknowledge_turn(interaction)
        await self.desk.storms.lift(guild_of(interaction), interaction.user.id)
        await turn(interaction, await self._card(interaction))

    @on_button("storm", "history", requires=Capability.MODERATOR)
    async def history(self, interaction: DeskInteraction) -> None:
        """Show the storms there were."""
        await acknowledge(interaction)
        storms = await self.desk.storms.latest(guild_of(interaction))
        await reply(interaction, show.history_card(tongue(interaction), storms))

    async def _card(self, interaction: DeskInteraction) -> Card:
        guild_id = guild_of(interaction)
        may = await capabilities(interaction)
        return show.storm_card(
            tongue(interaction),
            await self.desk.storms.now(guild_id),
            await self.desk.storms.setup(guild_id),
            waiting=await self.desk.first_messages.count(guild_id),
            admin=Capability.ADMIN in may,
        )
