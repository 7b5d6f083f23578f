"""Raising a concern in direct messages, one question at a time."""

from bot.platform.client import DeskClient
from cogs.interview.ask import Interviewing
from cogs.interview.catching import InterviewsCaughtUp


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    asking = Interviewing(client)
    await client.add_cog(asking)
    await client.add_cog(InterviewsCaughtUp(client, asking))
