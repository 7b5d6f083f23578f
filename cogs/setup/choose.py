"""Judging what was chosen for the desk, before anything is kept."""

from collections.abc import Iterable

import discord

from bot.platform.access import missing_permissions, staff_needs
from bot.platform.errors import Refused
from bot.platform.staffroom import StaffPlace


def check(guild: discord.Guild, channel: StaffPlace | None, roles: Iterable[discord.Role]) -> None:
    """Let only what works pass.

    A role above the desk's own works: the desk neither edits nor hands out the roles it is told.

    Raises:
        Refused: with one sentence on the first thing that does not work.
    """
    for role in roles:
        if role.is_default():
            raise Refused("setup.bad.everyone")
        if role.managed:
            raise Refused("setup.bad.managed", role=role.mention)
    if channel is None:
        return
    if is_public(channel):
        raise Refused("setup.channel.public", channel=channel.mention)
    missing = missing_permissions(channel, guild.me, staff_needs(channel))
    if missing:
        raise Refused(
            "setup.channel.desk_lacks", channel=channel.mention, permissions=", ".join(missing)
        )


def is_public(channel: StaffPlace) -> bool:
    """Say whether everybody in the server can read a channel."""
    return channel.permissions_for(channel.guild.default_role).view_channel
