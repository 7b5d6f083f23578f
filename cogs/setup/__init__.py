"""/setup: the one command that makes a server ready for the desk."""

import asyncio
from collections import defaultdict

import discord
from discord import Permissions, app_commands

from bot.guilds.model import GRANTABLE, Capability
from bot.platform.access import requires
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import TextOrForum, words
from bot.platform.components import DeskCog, on_button
from bot.platform.errors import Refused
from bot.platform.interactions import (
    acknowledge,
    acknowledge_turn,
    reply,
    tongue,
    turn,
)
from bot.platform.staffroom import staff_place
from cogs.setup import choose, make
from cogs.setup.look import look, overview
from cogs.setup.urgent import UrgentSetup
from cogs.triage.forum import ensure_tags
from cogs.triage.keep import ask_for_missing


class Setup(DeskCog):
    """Chooses or creates the staff channel and roles; says what stands in the way."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        # Two admins who press at once must not create two channels.
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    @app_commands.command(
        name="setup",
        description=words(
            "command.setup.description", "Choose or create the desk’s staff channel and roles"
        ),
    )
    @app_commands.describe(
        channel=words("command.setup.channel", "A private channel where staff get the cards"),
        staff=words("command.setup.staff", "The role of those who answer concerns"),
        moderator=words("command.setup.moderator", "The role of moderators"),
        host=words("command.setup.host", "The role of those who host discussions"),
        helper=words("command.setup.helper", "The role of those who answer from the FAQ"),
        liaison=words("command.setup.liaison", "The role of those who send briefs to others"),
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(Permissions(manage_guild=True))
    @requires(Capability.ADMIN)
    async def set_up(
        self,
        interaction: DeskInteraction,
        channel: app_commands.Transform[discord.TextChannel | discord.ForumChannel, TextOrForum]
        | None = None,
        staff: discord.Role | None = None,
        moderator: discord.Role | None = None,
        host: discord.Role | None = None,
        helper: discord.Role | None = None,
        liaison: discord.Role | None = None,
    ) -> None:
        """Keep what was chosen, all of it or nothing; then show how things stand."""
        await acknowledge(interaction)
        guild = _guild(interaction)
        roles = dict(zip(GRANTABLE, (staff, moderator, host, helper, liaison), strict=True))
        chosen = {capability: role for capability, role in roles.items() if role is not None}
        choose.check(guild, channel, chosen.values())
        async with self._turns[guild.id]:
            if channel is not None or chosen:
                await self.desk.guilds.save(
                    guild.id,
                    staff_channel_id=channel.id if channel is not None else None,
                    roles={capability: frozenset({role.id}) for capability, role in chosen.items()},
                )
            again = await self._again(interaction, guild)
        t = tongue(interaction)
        await reply(interaction, overview(t, await look(self.desk, guild), again=again))

    @on_button("setup", "create", requires=Capability.ADMIN)
    async def create(self, interaction: DeskInteraction, what: str) -> None:
        """Create what is missing: what the desk needs, or the roles that are a convenience."""
        await acknowledge_turn(interaction)
        guild, t = _guild(interaction), tongue(interaction)
        if what not in make.SETS:
            raise Refused("error.stale")
        async with self._turns[guild.id]:
            try:
                await make.missing(self.desk, t, guild, make.SETS[what])
            finally:
                # What was made before something went wrong is kept, and counts.
                again = await self._again(interaction, guild)
        await turn(interaction, overview(t, await look(self.desk, guild), again=again))

    @on_button("setup", "let-in", requires=Capability.ADMIN)
    async def let_in(self, interaction: DeskInteraction) -> None:
        """Let the staff role into the staff channel."""
        await acknowledge_turn(interaction)
        guild, t = _guild(interaction), tongue(interaction)
        async with self._turns[guild.id]:
            await make.let_staff_in(t, await look(self.desk, guild))
        await turn(interaction, overview(t, await look(self.desk, guild)))

    async def _again(self, interaction: DeskInteraction, guild: discord.Guild) -> int:
        """Try again what could not be delivered, if the way is free now; return how many."""
        if (await look(self.desk, guild)).blocked:
            return 0
        place = await staff_place(self.client, guild.id)
        if isinstance(place, discord.ForumChannel):
            await ensure_tags(self.client, place)
        revived = await self.desk.outbox.revive(guild.id)
        await ask_for_missing(self.client, guild.id, occasion=f"setup{interaction.id}")
        return revived


def _guild(interaction: DeskInteraction) -> discord.Guild:
    guild = interaction.guild
    if guild is None:
        raise Refused("error.server_only")
    return guild


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Setup(client))
    await client.add_cog(UrgentSetup(client))
