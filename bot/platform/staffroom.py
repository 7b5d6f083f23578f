"""A guild's staff channel: finding it, and saying what keeps the desk out of it."""

from typing import TYPE_CHECKING

import discord

from bot.platform.access import STAFF_CHANNEL_NEEDS, missing_permissions
from bot.platform.courier import TryLater, Undeliverable

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

OUT_OF_REACH = "staff channel: "
"""Begins every trouble that keeps the desk out of a staff channel: nobody can be told there."""


async def staff_channel(client: "DeskClient", guild_id: int) -> discord.TextChannel | None:
    """Return the channel where a guild's staff find the desk's cards; None if none is chosen.

    Raises:
        TryLater: Discord does not have the server ready at the moment.
        Undeliverable: it is gone, or the desk lacks a permission there; says which.
        StoreUnavailable: the guild's setup cannot be read.
    """
    setup = await client.desk.guilds.get(guild_id)
    if setup.staff_channel_id is None:
        return None
    guild = client.get_guild(guild_id)
    if guild is None:
        raise Undeliverable(f"{OUT_OF_REACH}the desk is no longer in this server")
    if guild.unavailable:
        raise TryLater("Discord has the server out of reach")
    channel = guild.get_channel(setup.staff_channel_id)
    if not isinstance(channel, discord.TextChannel):
        raise Undeliverable(f"{OUT_OF_REACH}it was deleted; /setup chooses another")
    missing = missing_permissions(channel, guild.me, STAFF_CHANNEL_NEEDS)
    if missing:
        raise Undeliverable(f"{OUT_OF_REACH}the desk lacks {', '.join(missing)} there")
    return channel


async def notice_channel(client: "DeskClient", guild_id: int) -> discord.abc.Messageable | None:
    """Return where a guild's staff are told things that are no concern's card; None if nowhere.

    Raises:
        TryLater, Undeliverable, StoreUnavailable: as `staff_channel` does.
    """
    return await staff_channel(client, guild_id)
