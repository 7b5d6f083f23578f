"""/topic: what is known about a matter, from where, and what is not known.

The group's commands are parts of one cog, so that it is one command on Discord.
"""

from bot.platform.client import DeskClient
from cogs.topic._group import GROUP
from cogs.topic.keep import TopicKeeping
from cogs.topic.look import TopicLooking


class TopicCog(TopicLooking, TopicKeeping):
    """Topic pages, for members and for those who keep them."""

    group = GROUP


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(TopicCog(client))
