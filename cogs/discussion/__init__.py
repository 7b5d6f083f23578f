"""/discussion: sessions that are planned, announced, held and closed.

The group's commands are parts of one cog, so that it is one command on Discord.
"""

from bot.platform.client import DeskClient
from cogs.discussion._group import GROUP
from cogs.discussion.deliver import SessionDelivery
from cogs.discussion.guest_replies import GuestReplying
from cogs.discussion.guests import DiscussionGuests
from cogs.discussion.happening import SessionHappening
from cogs.discussion.look import DiscussionLooking
from cogs.discussion.plan import DiscussionPlanning
from cogs.discussion.repeat import DiscussionSeries
from cogs.discussion.roundup import DiscussionRoundups
from cogs.discussion.setup import DiscussionSetupCog
from cogs.discussion.waiting import ThreadsWaitingCog


class Discussion(
    DiscussionLooking,
    DiscussionPlanning,
    DiscussionSeries,
    DiscussionRoundups,
    DiscussionGuests,
    GuestReplying,
):
    """Sessions, for members and for hosts."""

    group = GROUP


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(Discussion(client))
    await client.add_cog(SessionDelivery(client))
    await client.add_cog(SessionHappening(client))
    await client.add_cog(DiscussionSetupCog(client))
    await client.add_cog(ThreadsWaitingCog(client))
