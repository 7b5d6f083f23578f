"""Moderation: the rules, for everybody, and the checks of messages."""

from bot.platform.client import DeskClient
from cogs.moderation.decide import Deciding
from cogs.moderation.listen import Guarding
from cogs.moderation.rules import TheRules


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(TheRules(client))
    await client.add_cog(Guarding(client))
    await client.add_cog(Deciding(client))
