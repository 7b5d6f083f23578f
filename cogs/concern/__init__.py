"""/concern: raising one, following it, and what staff reply. The reporter's side of the ledger."""

from discord import app_commands

from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from cogs.concern.change import Change
from cogs.concern.delivery import Deliveries
from cogs.concern.intake import HIDDEN, NAMED, Intake
from cogs.concern.joining import Joins
from cogs.concern.letters import Letters
from cogs.concern.news import NewsCog
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
        self,
        client: DeskClient,
        intake: Intake,
        status: Status,
        unnamed: Unnamed,
        change: Change,
        news: NewsCog,
    ) -> None:
        super().__init__(client)
        self._news = news
        self._change = change
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

    @group.command(
        name="withdraw",
        description=words(
            "command.concern.withdraw.description",
            "Take a concern of yours back: it is closed, and nothing of it is passed on",
        ),
    )
    @app_commands.describe(ref=words("command.concern.ref", "Its reference, such as C-7K4Q-2M"))
    async def withdraw(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Hand it to the cog that does it; without a reference, ask which one is meant."""
        await self._change.withdraw(interaction, ref or "")

    @group.command(
        name="consent",
        description=words(
            "command.concern.consent.description",
            "Change what the desk may do with a concern of yours",
        ),
    )
    @app_commands.describe(ref=words("command.concern.ref", "Its reference, such as C-7K4Q-2M"))
    async def consent(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Hand it to the cog that does it; without a reference, ask which one is meant."""
        await self._change.consent(interaction, ref or "")

    @group.command(
        name="reopen",
        description=words(
            "command.concern.reopen.description", "Open a closed concern of yours again"
        ),
    )
    @app_commands.describe(ref=words("command.concern.ref", "Its reference, such as C-7K4Q-2M"))
    async def reopen(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Hand it to the cog that does it; without a reference, ask which one is meant."""
        await self._change.reopen(interaction, ref or "")

    @group.command(
        name="add",
        description=words("command.concern.add.description", "Add something to a concern of yours"),
    )
    @app_commands.describe(ref=words("command.concern.ref", "Its reference, such as C-7K4Q-2M"))
    async def add(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Open the form to add something with; without a reference, ask which one is meant."""
        if ref is None:
            await self._change.choose(interaction, "add")
        else:
            await self._status.add(interaction, ref)

    @group.command(
        name="news",
        description=words(
            "command.concern.news.description", "Choose what the desk writes to you about"
        ),
    )
    async def news(self, interaction: DeskInteraction) -> None:
        """Show what this person hears of."""
        await self._news.start(interaction)

    @add.autocomplete("ref")
    @withdraw.autocomplete("ref")
    @consent.autocomplete("ref")
    @reopen.autocomplete("ref")
    async def references(
        self, interaction: DeskInteraction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer a person's own references."""
        return await self._change.offered(interaction, current)


async def setup(client: DeskClient) -> None:
    """Load the cogs, and say who brings receipts and replies."""
    joins = Joins(client)
    intake, status = Intake(client, joins), Status(client, joins)
    unnamed, change, news = Unnamed(client), Change(client, joins, status), NewsCog(client)
    concern = Concern(client, intake, status, unnamed, change, news)
    for cog in (joins, intake, status, unnamed, change, news, concern):
        await client.add_cog(cog)
    Deliveries(client).register()
    Letters(client).register()
