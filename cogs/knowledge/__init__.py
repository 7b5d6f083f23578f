"""/knowledge: gaps, drafts, reviews and revisions, for the editors of a server's entries."""

from bot.platform.client import DeskClient
from cogs.knowledge.act import EditorButtons
from cogs.knowledge.commands import KnowledgeCommands


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(EditorButtons(client))
    await client.add_cog(KnowledgeCommands(client))
