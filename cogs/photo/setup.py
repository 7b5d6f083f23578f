"""/photos: where pictures are guarded. For admins."""

from dataclasses import replace

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.moderation.model import Check
from bot.moderation.photos.model import MOST_CHANNELS, PhotoSetup
from bot.platform.access import permission_name, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs.photo import show
from cogs.photo.deliver import NEEDS
from cogs.triage.told import guild_of


class PhotoSetupCog(DeskCog):
    """Asks admins where pictures are guarded."""

    @app_commands.command(
        name="photos",
        description=words(
            "command.photos.description", "Choose channels where pictures are covered at first"
        ),
    )
    @app_commands.default_permissions(discord.Permissions(manage_guild=True))
    @app_commands.guild_only()
    @requires(Capability.ADMIN)
    async def photos(self, interaction: DeskInteraction) -> None:
        """Show where pictures are guarded, and offer to change it."""
        await acknowledge(interaction)
        await reply(interaction, self._card(interaction, await self._of(interaction)))

    @on_menu("photo", "channel", requires=Capability.ADMIN)
    async def channel(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Guard pictures in this channel as well."""
        guild, chosen = interaction.guild, next(iter(values), "")
        found = guild.get_channel(int(chosen)) if guild and chosen.isdecimal() else None
        if not isinstance(found, discord.TextChannel | discord.ForumChannel):
            raise Refused("photo.setup.gone")
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        channels = tuple(dict.fromkeys((*setup.channels, found.id)))
        if len(channels) > MOST_CHANNELS:
            raise Refused("photo.setup.too_many", most=MOST_CHANNELS)
        await self._keep(interaction, replace(setup, channels=channels))

    @on_button("photo", "none", requires=Capability.ADMIN)
    async def none(self, interaction: DeskInteraction) -> None:
        """Guard pictures nowhere."""
        await acknowledge_turn(interaction)
        await self._keep(interaction, replace(await self._of(interaction), channels=()))

    @on_button("photo", "hours", requires=Capability.ADMIN)
    async def hours(self, interaction: DeskInteraction) -> None:
        """Ask how long a picture stays covered."""
        t, setup = tongue(interaction), await self._of(interaction)
        field = TextField(
            "hours",
            t("photo.setup.hours"),
            description=t("photo.setup.hours.note"),
            value=str(setup.hours),
            limit=3,
        )
        await open_form(interaction, t("photo.setup.hours"), custom_id("photo", "waited"), [field])

    @on_form("photo", "waited", requires=Capability.ADMIN)
    async def waited(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep how long."""
        typed = form.text("hours").strip()
        if not typed.isdecimal():
            raise Refused("storm.setup.bad")
        await acknowledge_turn(interaction)
        await self._keep(interaction, replace(await self._of(interaction), hours=int(typed)))

    async def _of(self, interaction: DeskInteraction) -> PhotoSetup:
        return await self.desk.photos.setup(guild_of(interaction))

    async def _keep(self, interaction: DeskInteraction, setup: PhotoSetup) -> None:
        chosen = await self.desk.photos.choose(guild_of(interaction), setup, interaction.user.id)
        await turn(interaction, self._card(interaction, chosen))

    def _card(self, interaction: DeskInteraction, setup: PhotoSetup) -> Card:
        t, guild = tongue(interaction), interaction.guild
        assert guild is not None  # noqa: S101 - guild_of saw to it
        settings, faults = self.desk.settings.moderation, list[str]()
        if setup.channels and not settings.read_messages:
            faults.append(t("photo.setup.unread"))
        elif setup.channels and settings.dry_run:
            faults.append(t("photo.setup.dry"))
        if setup.channels and not any(
            one.check is Check.PHOTO for one in self.desk.rules.ruleset.checks
        ):
            faults.append(t("photo.setup.no_check"))
        for channel_id in setup.channels:
            channel = guild.get_channel(channel_id)
            if channel is None:
                faults.append(t("storm.setup.gone"))
                continue
            here = channel.permissions_for(guild.me)
            lacks = [permission_name(one) for one in NEEDS if not getattr(here, one)]
            if lacks:
                faults.append(
                    t("photo.setup.lacks", channel=channel.mention, permissions=", ".join(lacks))
                )
        return show.setup_card(t, setup, faults)
