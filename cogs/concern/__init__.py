"""/concern: raising one, following it, and what staff reply. The reporter's side of the ledger."""

from discord import app_commands

from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from cogs.concern.delivery import Deliveries
from cogs.concern.intake import Intake
from cogs.concern.status import Status


class Concern(DeskCog):
    """The commands; what they lead to is in the other cogs of this package."""

    group = app_commands.Group(
        name="concern",
        description=words(
            "command.concern.description", "Raise a concern with staff, or see what became of yours"
        ),
    )

    def __init__(self, client: DeskClient, intake: Intake, status: Status) -> None:
        super().__init__(client)
        self._intake = intake
        self._status = status

    @group.command(
        name="raise",
        description=words(
            "command.concern.raise.description", "Tell staff what worries you; only they read it"
        ),
    )
    async def raise_(self, interaction: DeskInteraction) -> None:
        """Open the form."""
        await self._intake.start(interaction)

    @group.command(
        name="status",
        description=words(
            "command.concern.status.description",
            "See where your concerns stand, and replies that wait for you",
        ),
    )
    async def status(self, interaction: DeskInteraction) -> None:
        """Show the person's own concerns."""
        await self._status.start(interaction)


async def setup(client: DeskClient) -> None:
    """Load the cogs, and say who brings receipts and replies."""
    intake, status = Intake(client), Status(client)
    for cog in (intake, status, Concern(client, intake, status)):
        await client.add_cog(cog)
    Deliveries(client).register()
