"""What people write to the desk directly that is for staff: answers to letters."""

from bot.platform.client import DeskClient
from cogs.relay.answers import Answers
from cogs.relay.which import Which


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(Answers(client))
    await client.add_cog(Which(client))
