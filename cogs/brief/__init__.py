"""Briefs: what liaisons and staff do with them, and what reporters hear of it."""

from bot.platform.client import DeskClient
from cogs.brief.commands import BriefCommands
from cogs.brief.delivery import BriefLetters
from cogs.brief.review import BriefReview
from cogs.brief.steps import BriefSteps
from cogs.brief.themes import BriefThemes


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(BriefCommands(client))
    await client.add_cog(BriefSteps(client))
    await client.add_cog(BriefReview(client))
    await client.add_cog(BriefLetters(client))
    await client.add_cog(BriefThemes(client))
