"""/mod, reports and appeals: acting, deciding, the log, and what the desk does on Discord.

One module a matter; this one puts them together, so that the group is one command on Discord.
"""

from bot.platform.client import DeskClient
from cogs.mod.act import Acts
from cogs.mod.appeals import Appealing
from cogs.mod.channels import ChannelActs
from cogs.mod.decide import Deciding
from cogs.mod.deliver import Delivery
from cogs.mod.group import GROUP
from cogs.mod.hand import ByHand
from cogs.mod.look import Looking
from cogs.mod.reports import Reporting


class Moderation(
    Acts, ChannelActs, Deciding, Looking, Reporting, Appealing, Delivery, ByHand, name="Cases"
):
    """Moderation cases."""

    group = GROUP


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Moderation(client))
