"""Brakes: a heated thread slowed down, by one press or by a pile-on."""

from bot.platform.client import DeskClient
from cogs.brake.act import BrakeActs
from cogs.brake.deliver import BrakeDelivery
from cogs.brake.listen import BrakeWatch
from cogs.brake.setup import BrakeSetupCog


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(BrakeDelivery(client))
    await client.add_cog(BrakeWatch(client))
    await client.add_cog(BrakeActs(client))
    await client.add_cog(BrakeSetupCog(client))
