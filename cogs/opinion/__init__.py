"""/opinion: opinion maps, for members and for hosts."""

from bot.platform.client import DeskClient
from cogs.opinion.boards import OpinionBoards
from cogs.opinion.look import OpinionLooking
from cogs.opinion.vote import OpinionVoting


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(OpinionLooking(client))
    await client.add_cog(OpinionVoting(client))
    await client.add_cog(OpinionBoards(client))
