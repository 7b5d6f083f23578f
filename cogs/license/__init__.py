"""/license: the legal tools explained, compared, combined, credited and chosen.

One module a command; this one puts them together. Each is a part of the one cog, so that the
group is one command on Discord and every button is answered once.
"""

from bot.platform.client import DeskClient
from cogs.license._group import GROUP
from cogs.license.attribution import Attribution
from cogs.license.batch import Batch
from cogs.license.can_i import CanI
from cogs.license.choose import Choose
from cogs.license.compare import Compare
from cogs.license.explain import Explain
from cogs.license.remix import Remix
from cogs.license.what import WhatLicense


class License(Explain, Compare, Remix, Attribution, Batch, Choose, CanI, WhatLicense):
    """The license tools."""

    group = GROUP


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(License(client))
