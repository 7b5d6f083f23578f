"""/automod: whether Discord's own AutoMod is kept in step, and what it blocks. For admins."""

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.platform.access import permission_name, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs.automod import show
from cogs.automod.plan import plan
from cogs.triage.told import guild_of


class AutoModActs(DeskCog):
    """What admins choose."""

    @app_commands.command(
        name="automod",
        description=words(
            "command.automod.description",
            "Have Discord itself block what breaks the rules, before anybody sees it",
        ),
    )
    @app_commands.default_permissions(discord.Permissions(manage_guild=True))
    @app_commands.guild_only()
    @requires(Capability.ADMIN)
    async def automod(self, interaction: DeskInteraction) -> None:
        """Show how things stand, or what would be made."""
        await acknowledge(interaction)
        await reply(interaction, await self._card(interaction))

    @on_button("automod", "on", requires=Capability.ADMIN)
    async def on(self, interaction: DeskInteraction) -> None:
        """Have the rules made."""
        _check_may(interaction)
        await acknowledge_turn(interaction)
        await self.desk.automods.want(guild_of(interaction), interaction.user.id, wanted=True)
        await turn(interaction, await self._card(interaction))

    @on_button("automod", "off", requires=Capability.ADMIN)
    async def off(self, interaction: DeskInteraction) -> None:
        """Have them taken away."""
        await acknowledge_turn(interaction)
        await self.desk.automods.want(guild_of(interaction), interaction.user.id, wanted=False)
        await turn(interaction, await self._card(interaction))

    @on_button("automod", "back", requires=Capability.ADMIN)
    async def back(self, interaction: DeskInteraction) -> None:
        """Put back what somebody changed by hand."""
        _check_may(interaction)
        await acknowledge_turn(interaction)
        await self.desk.automods.put_back(guild_of(interaction), interaction.user.id)
        await turn(interaction, await self._card(interaction))

    @on_button("automod", "again", requires=Capability.ADMIN)
    async def again(self, interaction: DeskInteraction) -> None:
        """Look again, after the desk got its permission."""
        _check_may(interaction)
        await acknowledge_turn(interaction)
        await self.desk.automods.sync(guild_of(interaction))
        await turn(interaction, await self._card(interaction))

    async def _card(self, interaction: DeskInteraction) -> Card:
        guild_id, t = guild_of(interaction), tongue(interaction)
        native = await self.desk.automods.of(guild_id)
        titles = {one.id: one.said(t.language)[0] for one in self.desk.rules.ruleset.rules}
        return show.automod_card(t, native, await plan(self.client, guild_id), titles)


def _check_may(interaction: DeskInteraction) -> None:
    guild = interaction.guild
    if guild is not None and not guild.me.guild_permissions.manage_guild:
        raise Refused("mod.bad.permission", permissions=permission_name("manage_guild"))
