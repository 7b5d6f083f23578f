"""Triage: staff's side of concerns. Cards in the staff channel, what can be pressed, /triage."""

from bot.platform.client import DeskClient
from cogs.triage.act import CaseButtons
from cogs.triage.alerts import Alerts
from cogs.triage.alike import Alike
from cogs.triage.casework import TriageCasework
from cogs.triage.keep import CardKeeper
from cogs.triage.late import Late
from cogs.triage.letters import LetterButtons
from cogs.triage.macros import MacroButtons
from cogs.triage.mail import TriageMail
from cogs.triage.more import MoreButtons


class Triage(TriageMail, TriageCasework):
    """/triage, whole."""


async def setup(client: DeskClient) -> None:
    """Load the cogs."""
    await client.add_cog(CardKeeper(client))
    await client.add_cog(CaseButtons(client))
    await client.add_cog(MoreButtons(client))
    await client.add_cog(MacroButtons(client))
    await client.add_cog(Alerts(client))
    await client.add_cog(Alike(client))
    await client.add_cog(Triage(client))
    await client.add_cog(Late(client))
    await client.add_cog(LetterButtons(client))
