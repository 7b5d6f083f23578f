"""What admins choose about storms."""

from dataclasses import replace

import discord

from bot.guilds.model import Capability
from bot.moderation.model import Check
from bot.moderation.storms.model import MOST_CHANNELS, StormSetup
from bot.platform.access import permission_name
from bot.platform.cards import Choice
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.interactions import acknowledge_turn, tongue, turn
from bot.words import Tongue
from cogs.storm import show
from cogs.triage.told import guild_of

_NUMBERS = {"joins": 4, "messages": 5, "slow_seconds": 5, "minutes": 4}
"""The numbers that are asked for, and with how many digits."""

_NO_TOPIC = "none"
_MOST_TOPICS = 20
_WORDS = 1000


class StormSetupCog(DeskCog):
    """Asks admins how their server is kept in a storm."""

    @on_button("storm", "setup", requires=Capability.ADMIN)
    async def show(self, interaction: DeskInteraction) -> None:
        """Show what is chosen, and offer to change it."""
        await acknowledge_turn(interaction)
        await self._show(interaction, await self._of(interaction))

    @on_menu("storm", "slowed", requires=Capability.ADMIN)
    async def slowed(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Slow this channel down in a storm as well."""
        channel = self._channel(interaction, values)
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        channels = tuple(dict.fromkeys((*setup.channels, channel.id)))
        if len(channels) > MOST_CHANNELS:
            raise Refused("storm.setup.too_many", most=MOST_CHANNELS)
        await self._keep(interaction, replace(setup, channels=channels))

    @on_button("storm", "slow-none", requires=Capability.ADMIN)
    async def slow_none(self, interaction: DeskInteraction) -> None:
        """Leave every channel as fast as it is."""
        await acknowledge_turn(interaction)
        await self._keep(interaction, replace(await self._of(interaction), channels=()))

    @on_menu("storm", "board", requires=Capability.ADMIN)
    async def board(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Pin what is known in this channel."""
        channel = self._channel(interaction, values)
        await acknowledge_turn(interaction)
        await self._keep(interaction, replace(await self._of(interaction), board_id=channel.id))

    @on_button("storm", "itself", requires=Capability.ADMIN)
    async def itself(self, interaction: DeskInteraction) -> None:
        """Let a surge begin a storm, or not any more."""
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        await self._keep(interaction, replace(setup, by_itself=not setup.by_itself))

    @on_button("storm", "hold", requires=Capability.ADMIN)
    async def hold(self, interaction: DeskInteraction) -> None:
        """Have what newcomers write in a storm wait, or not any more."""
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        await self._keep(interaction, replace(setup, hold_first=not setup.hold_first))

    @on_button("storm", "numbers", requires=Capability.ADMIN)
    async def numbers(self, interaction: DeskInteraction) -> None:
        """Open the form of limits."""
        t, setup = tongue(interaction), await self._of(interaction)
        fields = [
            TextField(
                name,
                t(f"storm.setup.{name}"),
                description=t(f"storm.setup.{name}.note"),
                value=str(getattr(setup, name)),
                limit=digits,
            )
            for name, digits in _NUMBERS.items()
        ]
        press = custom_id("storm", "numbered")
        await open_form(interaction, t("storm.setup.numbers"), press, fields)

    @on_form("storm", "numbered", requires=Capability.ADMIN)
    async def numbered(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep the limits."""
        typed = {name: form.text(name).strip() for name in _NUMBERS}
        if not all(one.isdecimal() for one in typed.values()):
            raise Refused("storm.setup.bad")
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        chosen = replace(
            setup,
            joins=int(typed["joins"]),
            messages=int(typed["messages"]),
            slow_seconds=int(typed["slow_seconds"]),
            minutes=int(typed["minutes"]),
        )
        await self._keep(interaction, chosen)

    @on_button("storm", "words", requires=Capability.ADMIN)
    async def words(self, interaction: DeskInteraction) -> None:
        """Open the form of what is pinned."""
        t, setup = tongue(interaction), await self._of(interaction)
        lines = await self.desk.topics.list_(guild_of(interaction))
        choices = [Choice(t("storm.setup.no_topic"), _NO_TOPIC)]
        choices += [Choice(one.title, one.reference) for one in lines[:_MOST_TOPICS]]
        fields: list[ChoiceField | TextField] = [
            ChoiceField("topic", t("storm.setup.topic"), choices),
            TextField(
                "known",
                t("storm.setup.known"),
                description=t("storm.setup.known.note"),
                value=setup.known,
                paragraph=True,
                required=False,
                limit=_WORDS,
            ),
        ]
        press = custom_id("storm", "worded")
        await open_form(interaction, t("storm.setup.words"), press, fields)

    @on_form("storm", "worded", requires=Capability.ADMIN)
    async def worded(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep what is pinned."""
        topic = form.choice("topic") or _NO_TOPIC
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        topic = "" if topic == _NO_TOPIC else topic
        await self._keep(interaction, replace(setup, topic=topic, known=form.text("known").strip()))

    async def _of(self, interaction: DeskInteraction) -> StormSetup:
        return await self.desk.storms.setup(guild_of(interaction))

    async def _keep(self, interaction: DeskInteraction, setup: StormSetup) -> None:
        chosen = await self.desk.storms.choose(guild_of(interaction), setup, interaction.user.id)
        await self._show(interaction, chosen)

    async def _show(self, interaction: DeskInteraction, setup: StormSetup) -> None:
        t, guild = tongue(interaction), interaction.guild
        assert guild is not None  # noqa: S101 - guild_of saw to it
        sees = self.client.intents.guild_messages
        faults = _faults(t, guild, setup, sees=sees)
        if setup.hold_first:
            faults += self._faults_of_holding(t, guild)
        await turn(interaction, show.setup_card(t, setup, faults))

    def _faults_of_holding(self, t: Tongue, guild: discord.Guild) -> list[str]:
        """Say what keeps the desk from holding messages here."""
        settings, faults = self.desk.settings.moderation, []
        if not settings.read_messages:
            faults.append(t("storm.setup.unread"))
        elif settings.dry_run:
            faults.append(t("storm.setup.dry"))
        if not any(one.check is Check.FIRST for one in self.desk.rules.ruleset.checks):
            faults.append(t("storm.setup.no_check"))
        if not guild.me.guild_permissions.manage_messages:
            lacks = permission_name("manage_messages")
            faults.append(t("storm.setup.lacks", permissions=lacks))
        return faults

    def _channel(
        self, interaction: DeskInteraction, values: tuple[str, ...]
    ) -> discord.TextChannel:
        guild, chosen = interaction.guild, next(iter(values), "")
        channel = guild.get_channel(int(chosen)) if guild and chosen.isdecimal() else None
        if not isinstance(channel, discord.TextChannel):
            raise Refused("storm.setup.text_only")
        return channel


def _faults(t: Tongue, guild: discord.Guild, setup: StormSetup, *, sees: bool) -> list[str]:
    """Say what the desk may not do here that a storm needs. `sees`: it is told of messages."""
    lacks, welcomes = [], guild.system_channel_flags
    if not guild.me.guild_permissions.manage_guild:
        lacks.append(permission_name("manage_guild"))
    channels = [guild.get_channel(one) for one in setup.channels]
    if any(one and not one.permissions_for(guild.me).manage_channels for one in channels):
        lacks.append(permission_name("manage_channels"))
    board = guild.get_channel(setup.board_id or 0)
    if board is not None:
        here = board.permissions_for(guild.me)
        needs = ("view_channel", "send_messages", "pin_messages")
        lacks += [permission_name(one) for one in needs if not getattr(here, one)]
    faults = [t("storm.setup.lacks", permissions=", ".join(lacks))] if lacks else []
    if setup.by_itself and not sees:
        faults.append(t("storm.setup.blind"))
    elif setup.by_itself and not (guild.system_channel and welcomes.join_notifications):
        faults.append(t("storm.setup.no_welcome"))
    if any(one is None for one in channels) or (setup.board_id is not None and board is None):
        faults.append(t("storm.setup.gone"))
    return faults
