"""Discord's own AutoMod, kept in step with the rules."""

from bot.platform.client import DeskClient
from cogs.automod.act import AutoModActs
from cogs.automod.deliver import AutoModDelivery
from cogs.automod.listen import AutoModWatch


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(AutoModDelivery(client))
    await client.add_cog(AutoModWatch(client))
    await client.add_cog(AutoModActs(client))
