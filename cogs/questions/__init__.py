"""Questions that are written as messages: to the desk, about the desk, and where people ask."""

from bot.platform.client import DeskClient
from cogs.questions.choose import Choosing
from cogs.questions.listen import Listening


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(Listening(client))
    await client.add_cog(Choosing(client))
