"""Moderation: the rules, for everybody, and the checks of messages."""

from bot.platform.client import DeskClient
from cogs.moderation.rules import TheRules


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(TheRules(client))
