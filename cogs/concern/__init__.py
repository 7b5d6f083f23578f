"""/concern: raising one, following it, and what staff reply. The reporter's side of the ledger."""

from discord import app_commands

from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from cogs.concern.delivery import Deliveries
from cogs.concern.intake import HIDDEN, NAMED, Intake
from cogs.concern.status import Status
from cogs.concern.unnamed import Unnamed


class Concern(DeskCog):
    """The commands; what they lead to is in the other cogs of this package."""

    group = app_commands.Group(
        name="concern",
        description=words(
            "command.concern.description", "Raise a concern with staff, or see what became of yours"
        ),
    )

    def __init__(
        self, client: DeskClient, intake: Intake, status: Status, unnamed: Unnamed
    ) -> None:
        super().__init__(client)
        self._intake = intake
        self._status = status
        self._unnamed = unnamed

    @group.command(
        name="raise",
        description=words(
            "command.concern.raise.description", "Tell staff what worries you; only they read it"
        ),
    )
    @app_commands.describe(
        anonymous=words("command.concern.raise.anonymous", "Nobody at the desk learns who you are")
    )
    async def raise_(self, interaction: DeskInteraction, anonymous: bool = False) -> None:
        """Open the form; for an anonymous concern, say first what that means."""
        await self._intake.start(interaction, HIDDEN if anonymous else NAMED)

    @group.command(
        name="code",
        description=words(
            "command.concern.code.description", "Come back to an anonymous concern with its code"
        ),
    )
    async def code(self, interaction: DeskInteraction) -> None:
        """Ask for the code, in a form."""
        await self._unnamed.start(interaction)

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
    intake, status, unnamed = Intake(client), Status(client), Unnamed(client)
    for cog in (intake, status, unnamed, Concern(client, intake, status, unnamed)):
        await client.add_cog(cog)
    Deliveries(client).register()
