"""/poll: polls of Discord's own and of the desk's."""

from bot.platform.client import DeskClient
from cogs.poll.ask import PollAsking
from cogs.poll.boards import PollBoards
from cogs.poll.held import SessionHolds
from cogs.poll.vote import PollVoting


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(PollAsking(client))
    await client.add_cog(PollVoting(client))
    await client.add_cog(PollBoards(client))
    await client.add_cog(SessionHolds(client))
