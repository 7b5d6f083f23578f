"""Storms: noticed, kept in check, lifted, and set up by those who moderate."""

from bot.platform.client import DeskClient
from cogs.storm.act import StormActs
from cogs.storm.deliver import StormDelivery
from cogs.storm.listen import StormWatch
from cogs.storm.setup import StormSetupCog
from cogs.storm.waiting import FirstMessagesCog


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(StormDelivery(client))
    await client.add_cog(StormWatch(client))
    await client.add_cog(StormActs(client))
    await client.add_cog(StormSetupCog(client))
    await client.add_cog(FirstMessagesCog(client))
