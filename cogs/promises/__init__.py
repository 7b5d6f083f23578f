"""Promises: what everybody can look at, and what staff do with them."""

from bot.platform.client import DeskClient
from cogs.promises.keep import PromiseKeeping
from cogs.promises.look import PromiseLooking


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(PromiseLooking(client))
    await client.add_cog(PromiseKeeping(client))
