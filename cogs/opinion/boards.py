"""Bringing the boards of opinion maps to Discord."""

import asyncio

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.opinions.model import NoSuchMap
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, nonce_of
from bot.platform.interactions import NOBODY
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of
from cogs._holding import board_channel
from cogs.opinion import show

_GONE = 10008


class OpinionBoards(DeskCog):
    """Performs what opinion maps ask of Discord."""

    async def cog_load(self) -> None:
        """Take on boards among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(boards.OPINION, self.show)

    async def show(self, parcel: Parcel) -> Finish | None:
        """Bring a map's board up to date; post it if it is not there.

        Raises:
            TryLater, Undeliverable: its channel is out of reach.
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        guild_id, reference = parcel.guild_id, str(parcel.payload["reference"])
        desk = self.desk
        try:
            found = await desk.opinions.map(guild_id, reference)
        except NoSuchMap:
            return None
        channel = await board_channel(self.client, guild_id, found.channel_id)
        if channel is None:
            return None
        t = guild_tongue(self.client, guild_id)
        drawn = await desk.opinions.standing(guild_id, reference)
        card = await asyncio.to_thread(show.board_card, t, drawn)
        subject = boards.subject(boards.OPINION, reference)
        there = await desk.store.read(lambda store: placement_of(store, guild_id, subject))
        if isinstance(channel, discord.Thread) and channel.archived:
            await channel.edit(archived=False)
        if there is not None and there.channel_id == channel.id:
            message = channel.get_partial_message(there.message_id)
            try:
                await message.edit(
                    view=card.view(), attachments=card.files(), allowed_mentions=NOBODY
                )
            except discord.NotFound as error:
                if error.code != _GONE:
                    raise
            else:
                return None
        made = await channel.send(
            view=card.view(),
            files=card.files(),
            allowed_mentions=NOBODY,
            nonce=nonce_of(parcel),
        )

        async def keep(store: AsyncSession) -> None:
            await place(store, guild_id, subject, Placement(channel.id, made.id))

        return keep
