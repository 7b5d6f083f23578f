"""Where a guild's staff find the desk: a text channel, or a forum with a post for each concern."""

from typing import TYPE_CHECKING

import discord

from bot.platform.access import missing_permissions, staff_needs
from bot.platform.cards import Card, Tone
from bot.platform.courier import TryLater, Undeliverable
from bot.platform.interactions import NOBODY
from bot.store.placements import Placement, place, placement_of

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

OUT_OF_REACH = "staff channel: "
"""Begins every trouble that keeps the desk out of a staff channel: nobody can be told there."""

StaffPlace = discord.TextChannel | discord.ForumChannel

NOTICES = "notices"
"""The subject of the forum post in which staff are told what is no concern's card."""


async def staff_place(client: "DeskClient", guild_id: int) -> StaffPlace | None:
    """Return the channel or forum where a guild's staff find cards; None if none is chosen.

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
    if not isinstance(channel, StaffPlace):
        raise Undeliverable(f"{OUT_OF_REACH}it was deleted; /setup chooses another")
    missing = missing_permissions(channel, guild.me, staff_needs(channel))
    if missing:
        raise Undeliverable(f"{OUT_OF_REACH}the desk lacks {', '.join(missing)} there")
    return channel


async def staff_channel(
    client: "DeskClient", guild_id: int
) -> discord.TextChannel | discord.Thread | None:
    """Return where to post what is no concern's card; None if no staff channel is chosen.

    In a forum that is a post of its own, made again if it was deleted.

    Raises:
        TryLater, Undeliverable, StoreUnavailable: as `staff_place` does.
        discord.HTTPException: Discord refuses the post.
    """
    found = await staff_place(client, guild_id)
    if not isinstance(found, discord.ForumChannel):
        return found
    there = await client.desk.store.read(lambda session: placement_of(session, guild_id, NOTICES))
    thread = None if there is None else await thread_of(client, found, there.channel_id)
    if thread is not None:
        return thread
    t = client.desk.words.english
    card = Card(kind=t("notice.kind"), body=t("notice.post"), tone=Tone.STAFF)
    made = await found.create_thread(
        name=t("notice.post.title"), view=card.view(), allowed_mentions=NOBODY
    )
    now = Placement(made.thread.id, made.message.id)
    await client.desk.store.write(lambda session: place(session, guild_id, NOTICES, now))
    return made.thread


async def thread_of(
    client: "DeskClient", forum: discord.ForumChannel, thread_id: int
) -> discord.Thread | None:
    """Return a post of a forum, archived or not; None if it is gone, or is another forum's."""
    found = forum.guild.get_thread(thread_id)
    if found is None:
        try:
            fetched = await client.fetch_channel(thread_id)
        except discord.NotFound:
            return None
        found = fetched if isinstance(fetched, discord.Thread) else None
    return found if found is not None and found.parent_id == forum.id else None
