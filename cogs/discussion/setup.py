"""/setup for sessions: where they are held, how slow, and when staff hear that none is planned."""

import discord

from bot.discussions.setup import MOST_DAYS, MOST_WEEKS, SLOWEST, DiscussionSetup
from bot.guilds.model import Capability
from bot.platform.access import missing_permissions, permission_name
from bot.platform.cards import Button, Card, ChannelMenu, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge_turn, tongue, turn
from bot.words import Tongue
from cogs.discussion.deliver import HOLD_NEEDS, SessionPlace

_DIGITS = 5


class DiscussionSetupCog(DeskCog):
    """Asks admins how their server holds sessions."""

    @on_button("setup", "sessions", requires=Capability.ADMIN)
    async def show(self, interaction: DeskInteraction) -> None:
        """Show what is chosen, and offer to change it."""
        await acknowledge_turn(interaction)
        guild = _guild(interaction)
        await self._show(interaction, guild, await self.desk.discussion_setups.of(guild.id))

    @on_menu("setup", "session-place", requires=Capability.ADMIN)
    async def place(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Hold sessions there from now on, and bring there what waits for a place."""
        guild, chosen = _guild(interaction), next(iter(values), "")
        channel = guild.get_channel(int(chosen)) if chosen.isdecimal() else None
        if not isinstance(channel, SessionPlace):
            raise Refused("error.stale")
        missing = missing_permissions(channel, guild.me, HOLD_NEEDS)
        if missing:
            raise Refused(
                "session.setup.lacks", channel=channel.mention, permissions=", ".join(missing)
            )
        await acknowledge_turn(interaction)
        setup = await self.desk.discussion_setups.choose(guild.id, channel.id)
        await self.desk.sessions.bring_all(guild.id, f"setup{interaction.id}")
        await self._show(interaction, guild, setup)

    @on_button("setup", "session-pace", requires=Capability.ADMIN)
    async def pace(self, interaction: DeskInteraction) -> None:
        """Open the form of slow mode and quiet weeks."""
        t, setup = tongue(interaction), await self.desk.discussion_setups.of(_guild(interaction).id)
        fields = [
            TextField(
                "slow",
                t("session.setup.slow"),
                description=t("session.setup.slow.note", most=SLOWEST),
                value=str(setup.slow_seconds),
                limit=_DIGITS,
            ),
            TextField(
                "weeks",
                t("session.setup.weeks"),
                description=t("session.setup.weeks.note", most=MOST_WEEKS),
                value=str(setup.quiet_weeks),
                limit=_DIGITS,
            ),
            TextField(
                "waits",
                t("session.setup.waits"),
                description=t("session.setup.waits.note", most=MOST_DAYS),
                value=str(setup.waits_days),
                limit=_DIGITS,
            ),
        ]
        press = custom_id("setup", "session-paced")
        await open_form(interaction, t("session.setup.form"), press, fields)

    @on_form("setup", "session-paced", requires=Capability.ADMIN)
    async def paced(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep slow mode and quiet weeks."""
        typed = [form.text(name).strip() for name in ("slow", "weeks", "waits")]
        if not all(one.isdecimal() for one in typed):
            raise Refused("session.setup.bad")
        slow, weeks, waits = map(int, typed)
        if slow > SLOWEST or weeks > MOST_WEEKS or waits > MOST_DAYS:
            raise Refused("session.setup.bad")
        await acknowledge_turn(interaction)
        guild = _guild(interaction)
        setup = await self.desk.discussion_setups.set_pace(
            guild.id, slow_seconds=slow, quiet_weeks=weeks, waits_days=waits
        )
        await self._show(interaction, guild, setup)

    async def _show(
        self, interaction: DeskInteraction, guild: discord.Guild, setup: DiscussionSetup
    ) -> None:
        await turn(interaction, setup_card(tongue(interaction), guild, setup))


def setup_card(t: Tongue, guild: discord.Guild, setup: DiscussionSetup) -> Card:
    """Show how a server holds its sessions, and what is in the way."""
    channel = None if setup.channel_id is None else guild.get_channel(setup.channel_id)
    named = t("setup.not_chosen") if channel is None else channel.mention
    weeks, days = setup.quiet_weeks, setup.waits_days
    lines = [
        t("session.setup.place", channel=named),
        t("session.setup.slowed", count=setup.slow_seconds),
        t.plural("session.setup.quiet", weeks) if weeks else t("session.setup.quiet_never"),
        t.plural("session.setup.waited", days) if days else t("session.setup.waited_never"),
    ]
    faults = []
    if setup.channel_id is not None and not isinstance(channel, SessionPlace):
        faults.append(t("session.setup.gone"))
    elif channel is not None:
        missing = missing_permissions(channel, guild.me, HOLD_NEEDS)
        if missing:
            faults.append(
                t(
                    "session.setup.desk_lacks",
                    channel=channel.mention,
                    permissions=", ".join(missing),
                )
            )
    if not guild.me.guild_permissions.manage_events:
        faults.append(t("session.setup.no_events", permission=permission_name("manage_events")))
    rows: list[Row] = [
        ChannelMenu(t("session.setup.choose"), custom_id("setup", "session-place")),
        [Button(t("session.setup.button.pace"), custom_id("setup", "session-pace"))],
    ]
    parts = [Part(t("setup.part.chosen"), lines)]
    if faults:
        parts.append(Part(t("setup.part.faults"), faults))
    return Card(
        kind=t("setup.kind"),
        title=t("session.setup.title"),
        body=t("session.setup.body"),
        parts=parts,
        tone=Tone.UNSURE if faults or channel is None else Tone.STAFF,
        rows=rows,
    )


def _guild(interaction: DeskInteraction) -> discord.Guild:
    if interaction.guild is None:
        raise Refused("error.server_only")
    return interaction.guild
