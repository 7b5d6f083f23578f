"""The photo guard: pictures are covered until their author says who is in them."""

from bot.platform.client import DeskClient
from cogs.photo.act import PhotoActs
from cogs.photo.deliver import PhotoDelivery
from cogs.photo.listen import PhotoWatch
from cogs.photo.setup import PhotoSetupCog


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(PhotoDelivery(client))
    await client.add_cog(PhotoWatch(client))
    await client.add_cog(PhotoActs(client))
    await client.add_cog(PhotoSetupCog(client))
