"""What happened to direct messages about cases while the desk was away.

Discord does not tell it later. So whenever the desk is ready, it looks at the last messages of
those who have open cases: an answer that came is taken, and what was edited or deleted is followed.
Each is named by the message's id, so looking again changes nothing. It is one request for each
person, at the pace that Discord allows, of a bounded number of people and messages.
"""

from datetime import timedelta

import discord
import structlog
from discord.ext import commands

from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable
from cogs.relay.answers import Answers

LAST = 50
"""Messages of each person that are looked at."""

SOON = timedelta(minutes=2)

log = structlog.stdlib.get_logger(__name__)


class CatchingUp(DeskCog):
    """Follows what became of letters meanwhile."""

    def __init__(self, client: DeskClient, answers: Answers) -> None:
        super().__init__(client)
        self._answers = answers

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look; Discord may say that it is ready more than once."""
        try:
            channels = await self.desk.triage.channels()
            for channel_id, letters in channels.items():
                await self._look(channel_id, letters)
        except StoreUnavailable:
            log.warning("relay.store_unavailable")
        else:
            if channels:
                log.info("relay.caught_up", count=len(channels))

    async def _look(self, channel_id: int, letters: frozenset[int]) -> None:
        """Go through one person's last messages, the oldest first."""
        channel = self.client.get_partial_messageable(channel_id, type=discord.ChannelType.private)
        async with self.client.inbox.after(channel_id):
            try:
                found = [one async for one in channel.history(limit=LAST)]
            except discord.HTTPException as error:
                log.info("relay.not_looked", status=error.status)
                return
            ours = [one.created_at for one in found if one.author.bot]
            for message in reversed(found):
                if message.author.bot:
                    continue
                if message.id not in letters:
                    # What the desk answered at once it had taken, or said that it could not.
                    soon = message.created_at + SOON
                    heard = any(message.created_at <= one <= soon for one in ours)
                    await self._answers.answered(message, quiet=heard)
                if message.edited_at is not None:
                    await self._answers.edited(message)
            there = {one.id for one in found}
            whole = len(found) < LAST
            for message_id in sorted(letters - there):
                # What is older than the oldest that was looked at may still be there.
                if whole or message_id > min(there):
                    await self.desk.triage.removed(f"message:{message_id}")
