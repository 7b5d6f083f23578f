"""Bringing polls to Discord: the desk's boards, Discord's own polls, and their results."""

import math
from datetime import timedelta

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.polls.model import NoSuchPoll, Poll, Result, State
from bot.discussions.polls.service import END
from bot.platform.components import DeskCog
from bot.platform.courier import Finish
from bot.platform.inert import plain
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from bot.store.placements import placement_of
from cogs._holding import Channel, board_channel, bring_board, place_board
from cogs.poll import show


class PollBoards(DeskCog):
    """Performs what polls ask of Discord."""

    async def cog_load(self) -> None:
        """Take on polls among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(boards.POLL, self.show)
        self.client.courier.handle(END, self.end)

    async def show(self, parcel: Parcel) -> Finish | None:
        """Bring a poll's board up to date; post it, or Discord's own poll, if it is not there.

        Raises:
            TryLater, Undeliverable: its channel is out of reach.
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        poll = await self._poll(parcel)
        channel = None if poll is None else await self._channel(poll)
        if poll is None or channel is None:
            return None
        subject = boards.subject(boards.POLL, poll.reference)
        if poll.native:
            if await self._placed(poll) is not None or poll.state is not State.OPEN:
                return None
            return await place_board(channel, parcel, subject, poll=self._own(poll))
        standing = await self.desk.polls.standing(poll)
        card = show.board_card(guild_tongue(self.client, poll.guild_id), poll, standing)
        return await bring_board(self.client, channel, parcel, subject, card)

    async def end(self, parcel: Parcel) -> Finish | None:
        """End a poll of Discord's own, and keep its result; one that was deleted is lost.

        Raises:
            TryLater, Undeliverable: its channel is out of reach.
            discord.HTTPException: Discord is in trouble.
        """
        poll = await self._poll(parcel)
        if poll is None or poll.state is not State.CLOSING:
            return None
        channel = await self._channel(poll)
        there = await self._placed(poll)
        result = Result(0, lost=True)
        if channel is not None and there is not None:
            try:
                message = await channel.fetch_message(there)
                if message.poll is not None and not message.poll.is_finalised():
                    message = await message.end_poll()
                result = _result(poll, message.poll)
            except discord.NotFound:
                pass

        async def finish(store: AsyncSession) -> None:
            await self.desk.polls.told(store, poll.guild_id, poll.reference, result)

        return finish

    async def _poll(self, parcel: Parcel) -> Poll | None:
        try:
            return await self.desk.polls.poll(parcel.guild_id, str(parcel.payload["reference"]))
        except NoSuchPoll:
            return None

    async def _channel(self, poll: Poll) -> Channel | None:
        return await board_channel(self.client, poll.guild_id, poll.channel_id)

    async def _placed(self, poll: Poll) -> int | None:
        subject = boards.subject(boards.POLL, poll.reference)
        there = await self.desk.store.read(
            lambda store: placement_of(store, poll.guild_id, subject)
        )
        return None if there is None else there.message_id

    def _own(self, poll: Poll) -> discord.Poll:
        left = (poll.closes_at - self.desk.clock()).total_seconds() / 3600
        made = discord.Poll(
            question=plain(poll.asked.question, limit=300),
            # Whole hours only; the desk ends it itself when its time has come.
            duration=timedelta(hours=min(max(math.ceil(left), 1), 768)),
            multiple=poll.asked.kind.value == "several",
        )
        for option in poll.asked.options:
            made.add_answer(text=plain(option, limit=55))
        return made


def _result(poll: Poll, found: discord.Poll | None) -> Result:
    if found is None:
        return Result(0, lost=True)
    counts = tuple(one.vote_count for one in found.answers)[: len(poll.asked.options)]
    counts += (0,) * (len(poll.asked.options) - len(counts))
    most = max(counts)
    winners = tuple(place for place, many in enumerate(counts) if most and many == most)
    # Discord counts votes; how many people gave several, it does not say.
    return Result(found.total_votes, counts, winners)
