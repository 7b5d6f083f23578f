"""What people write to the desk directly that is for staff: answers to letters."""

from bot.platform.client import DeskClient
from cogs.relay.answers import Answers
from cogs.relay.catching import CatchingUp
from cogs.relay.which import Which


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    answers = Answers(client)
    await client.add_cog(answers)
    await client.add_cog(CatchingUp(client, answers))
    await client.add_cog(Which(client))
