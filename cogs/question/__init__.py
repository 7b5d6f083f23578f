"""/question: the question queue of sessions."""

from bot.platform.client import DeskClient
from cogs.question._group import GROUP
from cogs.question.ask import Asking
from cogs.question.decide import Deciding
from cogs.question.follow_ups import FollowingUp
from cogs.question.guests import GuestAnswering


class SessionQuestions(Asking, Deciding, FollowingUp, GuestAnswering):
    """The questions of sessions, for members and for hosts."""

    group = GROUP


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(SessionQuestions(client))
