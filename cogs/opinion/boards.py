"""Bringing the boards of opinion maps to Discord."""

import asyncio

from bot.discussions import boards
from bot.discussions.opinions.model import NoSuchMap
from bot.platform.components import DeskCog
from bot.platform.courier import Finish
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from cogs._holding import board_channel, bring_board
from cogs.opinion import show


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
        return await bring_board(self.client, channel, parcel, subject, card)
