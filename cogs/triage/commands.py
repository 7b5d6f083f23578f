"""/triage: the queue, one case, the next case."""

from discord import Permissions, app_commands
from discord.app_commands import Choice

from bot.concerns.model import RAISABLE, Kind, State, Summary
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import capabilities, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs._choices import KINDS, STATES
from cogs.triage import show
from cogs.triage.act import open_case
from cogs.triage.told import guild_of, state_name

_PAGE = 10


class TriageCommands(DeskCog):
    """/triage, for staff."""

    triage = app_commands.Group(
        name="triage",
        description=words("command.triage.description", "Concerns, from staff’s side"),
        guild_only=True,
        default_permissions=Permissions(manage_messages=True),
    )

    @triage.command(
        name="queue",
        description=words("command.triage.queue", "Open concerns, oldest first"),
    )
    @app_commands.describe(
        state=words("command.triage.queue.state", "Only those that stand here"),
        kind=words("command.triage.queue.kind", "Only those of this kind"),
    )
    @app_commands.choices(
        state=[Choice(name=name, value=str(state)) for state, name in STATES.items()],
        kind=[Choice(name=KINDS[kind], value=str(kind)) for kind in (*RAISABLE, Kind.QUESTION)],
    )
    @requires(Capability.STAFF)
    async def queue(
        self, interaction: DeskInteraction, state: str | None = None, kind: str | None = None
    ) -> None:
        """Show the first page of the queue."""
        await acknowledge(interaction)
        chosen = state or show.NO_FILTER, kind or show.NO_FILTER
        page = await _page(interaction, *chosen, show.NO_FILTER)
        await reply(interaction, page)

    @on_button("case", "queue", requires=Capability.STAFF)
    async def leaf(self, interaction: DeskInteraction, state: str, kind: str, after: str) -> None:
        """Show another page of the queue."""
        await acknowledge_turn(interaction)
        page = await _page(interaction, state, kind, after)
        await turn(interaction, page)

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


async def _page(interaction: DeskInteraction, state: str, kind: str, after: str) -> Card:
    """Return a page of the queue; the arguments are as its buttons carry them."""
    if state not in (*State, show.NO_FILTER) or kind not in (*Kind, show.NO_FILTER):
        raise Refused("error.stale")
    of_state = None if state == show.NO_FILTER else State(state)
    of_kind = None if kind == show.NO_FILTER else Kind(kind)
    page = await interaction.client.desk.triage.queue(
        guild_of(interaction),
        state=of_state,
        kind=of_kind,
        after=None if after == show.NO_FILTER else after,
        limit=_PAGE,
        by=interaction.user.id,
    )
    return show.queue_card(tongue(interaction), page, of_state, of_kind, after)


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
