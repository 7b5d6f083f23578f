"""What polls and opinion maps share: where they are posted, and the sessions they are held in."""

from typing import Any

import discord
from discord.app_commands import Choice
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.attaching import ATTACHABLE
from bot.platform.access import POST_NEEDS, missing_permissions
from bot.platform.cards import Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.errors import Refused
from bot.platform.interactions import NOBODY
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of
from cogs._choices import offered
from cogs.triage.told import guild_of

_GONE = 10008

Channel = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel


def postable(interaction: DeskInteraction) -> Channel:
    """Return the channel a command was used in, if the desk may post there.

    Raises:
        Refused: it may not; says what it lacks.
    """
    guild_of(interaction)
    channel = interaction.channel
    if not isinstance(channel, Channel) or interaction.guild is None:
        raise Refused("held.not_here")
    needs = needs_in(channel)
    missing = missing_permissions(channel, interaction.guild.me, needs)
    if missing:
        raise Refused("held.lacks", permissions=", ".join(missing))
    return channel


def needs_in(channel: Channel) -> discord.Permissions:
    """Return what the desk needs to post in a channel or thread."""
    if isinstance(channel, discord.Thread):
        return discord.Permissions(view_channel=True, send_messages_in_threads=True)
    return POST_NEEDS


async def session_choices(interaction: DeskInteraction, typed: str) -> list[Choice[str]]:
    """Offer the sessions that polls and maps can be held in."""
    try:
        lines = await interaction.client.desk.sessions.upcoming(guild_of(interaction), planned=True)
    except StoreUnavailable:
        return []
    return offered(((one.topic, one.reference) for one in lines if one.state in ATTACHABLE), typed)


async def board_channel(client: DeskClient, guild_id: int, channel_id: int) -> Channel | None:
    """Return the channel or post of a board; None if it was deleted.

    Raises:
        TryLater: Discord does not have the server ready at the moment.
        Undeliverable: the desk may not see it.
    """
    guild = client.get_guild(guild_id)
    if guild is None:
        return None
    if guild.unavailable:
        raise TryLater("Discord has the server out of reach")
    found = guild.get_channel_or_thread(channel_id)
    if found is None:
        try:
            fetched = await client.fetch_channel(channel_id)
        except discord.NotFound:
            return None
        except discord.Forbidden as error:
            raise Undeliverable("the desk may not see the channel of a board") from error
        found = fetched if isinstance(fetched, discord.Thread) else None
    return found if isinstance(found, Channel) else None


async def bring_board(
    client: DeskClient, channel: Channel, parcel: Parcel, subject: str, card: Card
) -> Finish | None:
    """Bring a board up to date, and post it if it is not there.

    Raises:
        discord.HTTPException: Discord is in trouble, or refuses it.
    """
    there = await client.desk.store.read(
        lambda store: placement_of(store, parcel.guild_id, subject)
    )
    if isinstance(channel, discord.Thread) and channel.archived:
        await channel.edit(archived=False)
    if there is not None and there.channel_id == channel.id:
        try:
            await channel.get_partial_message(there.message_id).edit(
                view=card.view(), attachments=card.files(), allowed_mentions=NOBODY
            )
        except discord.NotFound as error:
            if error.code != _GONE:
                raise
        else:
            return None
    return await place_board(channel, parcel, subject, view=card.view(), files=card.files())


async def place_board(channel: Channel, parcel: Parcel, subject: str, **sent: Any) -> Finish:
    """Post a board, and return what remembers where it is.

    Raises:
        discord.HTTPException: Discord is in trouble, or refuses it.
    """
    made = await channel.send(**sent, allowed_mentions=NOBODY, nonce=nonce_of(parcel))

    async def keep(store: AsyncSession) -> None:
        await place(store, parcel.guild_id, subject, Placement(channel.id, made.id))

    return keep
