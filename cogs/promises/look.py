"""/promises: what the community was promised, and how it stands. For everybody."""

from discord import app_commands
from discord.app_commands import Choice

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform.access import capabilities
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.promises.keeping import PREFIX
from bot.promises.model import (
    BadPromise,
    ChangedMeanwhile,
    NoSuchPromise,
    NotAllowedMove,
    NotYet,
    Promise,
    State,
)
from cogs._typed import page as page_of
from cogs._typed import reference
from cogs.promises import show
from cogs.promises.show import Reader
from cogs.triage.told import guild_of

STATES = {
    State.OPEN: words("command.promises.state.open", "Open"),
    State.ON_TRACK: words("command.promises.state.on_track", "On track"),
    State.LATE: words("command.promises.state.late", "Late"),
    State.KEPT: words("command.promises.state.kept", "Kept"),
    State.BROKEN: words("command.promises.state.broken", "Broken"),
}
STAFF = (Capability.STAFF, Capability.LIAISON)
"""Either keeps the account of promises."""


class PromiseLooking(DeskCog):
    """What everybody can look at."""

    async def cog_load(self) -> None:
        """Say what people are told when a promise cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchPromise, lambda t, _error: t("promises.no_such"))
        know(BadPromise, lambda t, error: t(error.problem))
        know(NotYet, lambda t, error: t(error.problem))
        know(ChangedMeanwhile, lambda t, _error: t("promise.changed_meanwhile"))
        know(
            NotAllowedMove,
            lambda t, error: t(
                "promise.not_allowed",
                now=show.state_name(t, error.now),
                allowed=", ".join(show.state_name(t, one) for one in error.allowed),
            ),
        )

    @app_commands.command(
        name="promises",
        description=words(
            "command.promises.description", "What this community was promised, and how it stands"
        ),
    )
    @app_commands.describe(state=words("command.promises.state", "Only those that stand here"))
    @app_commands.choices(
        state=[Choice(name=name, value=str(state)) for state, name in STATES.items()]
    )
    @app_commands.guild_only()
    async def promises(self, interaction: DeskInteraction, state: str | None = None) -> None:
        """Show the first page of promises."""
        await acknowledge(interaction)
        await reply(interaction, await self._page(interaction, state or show.EVERY, 0))

    @on_button("promises", "page")
    async def page(self, interaction: DeskInteraction, state: str, page: str) -> None:
        """Go to another page of promises."""
        await acknowledge_turn(interaction)
        await turn(interaction, await self._page(interaction, state, page_of(page)))

    @on_menu("promises", "open")
    async def open(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a promise that was chosen from the list."""
        await self.show(interaction, values[0] if values else "")

    @on_button("promises", "show")
    async def show(self, interaction: DeskInteraction, reference: str) -> None:
        """Open a promise."""
        await acknowledge_turn(interaction)
        await turn(
            interaction, await card_of(interaction, await self._find(interaction, reference))
        )

    @on_button("promises", "evidence")
    async def evidence(self, interaction: DeskInteraction, reference: str, page: str) -> None:
        """Show all that was added by hand."""
        await acknowledge_turn(interaction)
        promise = await self._find(interaction, reference)
        reader = await reader_of(interaction)
        await turn(interaction, show.evidence_card(reader, promise, page_of(page)))

    @on_button("promises", "history")
    async def history(self, interaction: DeskInteraction, reference: str, page: str) -> None:
        """Show all that happened."""
        await acknowledge_turn(interaction)
        promise = await self._find(interaction, reference)
        reader = await reader_of(interaction)
        await turn(interaction, show.history_card(reader, promise, page_of(page)))

    async def _find(self, interaction: DeskInteraction, reference: str) -> Promise:
        return await self.desk.promises.promise(guild_of(interaction), promise_of(reference))

    async def _page(self, interaction: DeskInteraction, state: str, page: int) -> Card:
        if state != show.EVERY and state not in set(State):
            raise Refused("error.stale")
        wanted = None if state == show.EVERY else State(state)
        lines, totals = await self.desk.promises.list_(guild_of(interaction), state=wanted)
        return show.list_card(tongue(interaction), lines, totals, wanted, page)


async def reader_of(interaction: DeskInteraction) -> Reader:
    """Return who looks."""
    staff = bool(set(STAFF) & await capabilities(interaction))
    return Reader(tongue(interaction), staff)


async def card_of(interaction: DeskInteraction, promise: Promise) -> Card:
    """Return a promise's card for who looks, with what the ledger shows."""
    desk: Desk = interaction.client.desk
    drawn = await desk.evidence.of(promise.guild_id, promise.drawn, promise.words.made_on)
    return show.promise_card(await reader_of(interaction), promise, drawn)


def promise_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "promises.not_a_reference")
