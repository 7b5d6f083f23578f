"""What people wrote into an interview while the desk was away.

Discord does not tell it later, and whoever answered the last question waits for the next. So
whenever the desk is ready, it takes what came since from everybody whose interview is open. Nobody
else can be found this way: Discord lists a bot's direct messages nowhere.
"""

import discord
import structlog
from discord.ext import commands

from bot.concerns.interview import UnderWay
from bot.platform import errors
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable
from cogs.interview.ask import Interviewing

MOST = 20
"""Messages of each person that are taken."""

log = structlog.stdlib.get_logger(__name__)


class InterviewsCaughtUp(DeskCog):
    """Takes answers that came meanwhile."""

    def __init__(self, client: DeskClient, intake: Interviewing) -> None:
        super().__init__(client)
        self._intake = intake

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look; Discord may say that it is ready more than once."""
        try:
            for one in await self.desk.interviews.under_way():
                await self._look(one)
        except StoreUnavailable:
            log.warning("interview.store_unavailable")

    async def _look(self, one: UnderWay) -> None:
        since = discord.Object(one.last) if one.last else one.at
        try:
            channel = await self.client.create_dm(discord.Object(one.user_id))
            async with self.client.inbox.after(channel.id):
                history = channel.history(after=since, limit=MOST, oldest_first=True)
                found = [message async for message in history]
                for message in found:
                    # A reply to a letter is the relay's.
                    if message.author.id == one.user_id and message.reference is None:
                        await self._take(message)
        except discord.HTTPException as error:
            log.info("interview.not_looked", status=error.status)

    async def _take(self, message: discord.Message) -> None:
        try:
            await self._intake.taken(message)
        except Exception as error:
            t = self.client.tongue_of(message.author.id)
            card = errors.card_for(self.client, t, error, where="inbox:intake")
            await message.channel.send(view=card.view())
