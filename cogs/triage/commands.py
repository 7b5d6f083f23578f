"""/triage: one case, the next case."""

from discord import Permissions, app_commands
from discord.app_commands import Choice

from bot.concerns.listing import Summary
from bot.concerns.model import Kind
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import capabilities, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_menu
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, reply, tongue
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs.triage import show
from cogs.triage.act import open_case
from cogs.triage.told import guild_of, state_name


class TriageCommands(DeskCog):
    """/triage, for staff."""

    triage = app_commands.Group(
        name="triage",
        description=words("command.triage.description", "Concerns, from staff’s side"),
        guild_only=True,
        default_permissions=Permissions(manage_messages=True),
    )

    @on_menu("case", "open", requires=Capability.STAFF)
    async def open_chosen(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a case that was chosen from the queue."""
        await acknowledge(interaction)
        await open_case(interaction, values[0] if values else "")

    @triage.command(name="show", description=words("command.triage.show", "Open one concern"))
    @app_commands.describe(ref=words("command.triage.show.ref", "Its reference, such as C-7K4Q-2M"))
    @requires(Capability.STAFF)
    async def show(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100]
    ) -> None:
        """Open a case."""
        await acknowledge(interaction)
        await open_case(interaction, ref)

    @show.autocomplete("ref")
    async def open_references(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer open concerns by a part of the reference or of the kind's name; staff only."""
        return await open_choices(interaction, current)

    @triage.command(
        name="next", description=words("command.triage.next", "Open what has waited longest")
    )
    @requires(Capability.STAFF)
    async def next(self, interaction: DeskInteraction) -> None:
        """Open the case that most needs somebody."""
        await acknowledge(interaction)
        reference = await self.desk.triage.next(guild_of(interaction), by=interaction.user.id)
        if reference is None:
            await reply(interaction, Card(body=tongue(interaction)("triage.next.none")))
            return
        await open_case(interaction, reference)


def _choice(t: Tongue, one: Summary) -> str:
    return t(
        "triage.choice.long",
        reference=one.reference,
        kind=show.kind_name(t, one.kind),
        state=state_name(t, one.state),
    )


async def open_choices(interaction: DeskInteraction, current: str) -> list[Choice[str]]:
    """Offer open concerns by a part of the reference or of the kind's name; staff only."""
    try:
        if Capability.STAFF not in await capabilities(interaction):
            return []
        t = tongue(interaction)
        typed = current.casefold().strip()
        found = await interaction.client.desk.triage.open_ones(
            guild_of(interaction),
            part=current,
            kinds=[kind for kind in Kind if typed and typed in show.kind_name(t, kind).casefold()],
            limit=limits.CHOICES,
            by=interaction.user.id,
        )
    except StoreUnavailable:
        # Nothing to offer is all that an autocomplete can say.
        return []
    return [
        Choice(name=plain(_choice(t, one), limit=limits.CHOICE_NAME), value=one.reference)
        for one in found
    ]
