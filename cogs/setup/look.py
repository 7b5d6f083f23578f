"""How a server's setup stands: what is chosen and still there, and what has to be put right."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord

from bot.desk import Desk
from bot.guilds.model import GRANTABLE, Capability
from bot.platform.access import LET_IN_NEEDS, missing_permissions, staff_needs
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.staffroom import StaffPlace
from bot.words import Tongue
from cogs.setup.choose import is_public

_READERS = 10
STAFF_IN = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""What staff need in their channel."""
TRIAGE_SHOWN = discord.Permissions(manage_messages=True)
"""What Discord shows /triage to by default, channel by channel."""


@dataclass(frozen=True)
class Standing:
    """A server's setup, held against what Discord says is there."""

    guild: discord.Guild
    channel: StaffPlace | None
    channel_gone: bool
    roles: Mapping[Capability, tuple[discord.Role, ...]]
    roles_gone: frozenset[Capability]
    undelivered: int

    @property
    def missing_channel(self) -> bool:
        """Say whether there is no staff channel."""
        return self.channel is None

    def missing_roles(self, of: tuple[Capability, ...]) -> tuple[Capability, ...]:
        """Return which of these capabilities no role carries."""
        return tuple(capability for capability in of if not self.roles[capability])

    @property
    def desk_lacks(self) -> list[str]:
        """The permissions that the desk lacks in the staff channel."""
        if self.channel is None:
            return []
        return missing_permissions(self.channel, self.guild.me, staff_needs(self.channel))

    @property
    def blocked(self) -> bool:
        """Say whether the desk cannot post to staff."""
        return self.channel is None or bool(self.desk_lacks)

    def staff_lacking(self, needed: discord.Permissions) -> list[discord.Role]:
        """Return the staff roles that lack one of these permissions in the staff channel."""
        if self.channel is None:
            return []
        return [
            role
            for role in self.roles[Capability.STAFF]
            if not needed.is_subset(self.channel.permissions_for(role))
        ]

    @property
    def can_let_in(self) -> bool:
        """Say whether the desk may itself let staff into the channel."""
        return self.channel is not None and not missing_permissions(
            self.channel, self.guild.me, LET_IN_NEEDS
        )


async def look(desk: Desk, guild: discord.Guild) -> Standing:
    """Return how a server's setup stands."""
    setup = await desk.guilds.get(guild.id)
    found = guild.get_channel(setup.staff_channel_id) if setup.staff_channel_id else None
    channel = found if isinstance(found, StaffPlace) else None
    roles = {
        capability: tuple(
            role for role in guild.roles if role.id in setup.roles.get(capability, frozenset())
        )
        for capability in GRANTABLE
    }
    return Standing(
        guild=guild,
        channel=channel,
        channel_gone=channel is None and setup.staff_channel_id is not None,
        roles=roles,
        roles_gone=frozenset(
            capability
            for capability in GRANTABLE
            if setup.roles.get(capability) and not roles[capability]
        ),
        undelivered=len(await desk.outbox.dead_letters(guild.id)),
    )


def overview(t: Tongue, now: Standing, *, again: int = 0) -> Card:
    """Show how things stand, what has to be put right, and what the desk can do about it."""
    faults = _faults(t, now)
    needed = now.missing_channel or bool(now.missing_roles((Capability.STAFF,)))
    parts = [Part(t("setup.part.chosen"), _chosen(t, now))]
    if faults:
        parts.append(Part(t("setup.part.faults"), faults))
    footer = [t("setup.choose_yourself")]
    if again:
        footer.insert(0, t.plural("setup.again", again))
    elif now.undelivered:
        footer.insert(0, t.plural("setup.undelivered", now.undelivered))
    body = t("setup.ready")
    if needed:
        body = t("setup.needed")
    elif faults:
        body = t("setup.nearly")
    return Card(
        kind=t("setup.kind"),
        title=t("setup.title"),
        body=body,
        parts=parts,
        footer="\n".join(footer),
        tone=Tone.UNSURE if needed or faults else Tone.ANSWER,
        rows=_rows(t, now),
    )


def _chosen(t: Tongue, now: Standing) -> list[str]:
    place = t("setup.not_chosen") if now.channel is None else now.channel.mention
    lines = [t("setup.line.channel", channel=place)]
    if now.channel is not None:
        readers = [
            role.mention
            for role in reversed(now.guild.roles)
            if not role.managed and now.channel.permissions_for(role).view_channel
        ]
        if readers:
            lines.append(t("setup.line.readers", roles=", ".join(readers[:_READERS])))
    for capability in GRANTABLE:
        roles = ", ".join(role.mention for role in now.roles[capability])
        what = t(f"setup.role.{capability}")
        lines.append(t("setup.line.role", what=what, roles=roles or t("setup.not_chosen")))
    return lines


def _faults(t: Tongue, now: Standing) -> list[str]:
    faults = []
    if now.channel_gone:
        faults.append(t("setup.fault.channel_gone"))
    for capability in GRANTABLE:
        if capability in now.roles_gone:
            faults.append(t("setup.fault.role_gone", what=t(f"setup.role.{capability}")))
    if now.channel is None:
        return faults
    place = now.channel.mention
    if now.desk_lacks:
        lacks = ", ".join(now.desk_lacks)
        faults.append(t("setup.fault.desk_lacks", channel=place, permissions=lacks))
    if is_public(now.channel):
        faults.append(t("setup.fault.public", channel=place))
    outside = now.staff_lacking(STAFF_IN)
    faults += [t("setup.fault.staff_out", channel=place, role=role.mention) for role in outside]
    faults += [
        t("setup.fault.triage_hidden", channel=place, role=role.mention)
        for role in now.staff_lacking(TRIAGE_SHOWN)
        if role not in outside
    ]
    return faults


def _rows(t: Tongue, now: Standing) -> list[Row]:
    buttons = []
    role = bool(now.missing_roles((Capability.STAFF,)))
    if now.missing_channel or role:
        if now.missing_channel and role:
            label = t("setup.button.both")
        else:
            label = t("setup.button.role" if role else "setup.button.channel")
        press = custom_id("setup", "create", "needed")
        buttons.append(Button(label, press, discord.ButtonStyle.primary))
    if now.missing_roles(GRANTABLE[1:]):
        buttons.append(Button(t("setup.button.others"), custom_id("setup", "create", "others")))
    if now.staff_lacking(STAFF_IN) or now.staff_lacking(TRIAGE_SHOWN):
        buttons.append(
            Button(
                t("setup.button.let_in"), custom_id("setup", "let-in"), disabled=not now.can_let_in
            )
        )
    buttons.append(Button(t("setup.button.urgent"), custom_id("setup", "urgent")))
    sessions = Button(t("setup.button.sessions"), custom_id("setup", "sessions"))
    return [buttons, [sessions]]
