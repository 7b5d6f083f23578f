"""Triage: staff's side of concerns. Cards in the staff channel, what can be pressed, /triage."""

from bot.platform.client import DeskClient
from cogs.triage.act import CaseButtons
from cogs.triage.keep import CardKeeper
from cogs.triage.late import Late
from cogs.triage.mail import TriageMail


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(CardKeeper(client))
    await client.add_cog(CaseButtons(client))
    await client.add_cog(TriageMail(client))
    await client.add_cog(Late(client))
