"""Raising a concern in direct messages, one question at a time."""

from bot.platform.client import DeskClient
from cogs.interview.ask import Interviewing


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Interviewing(client))
