"""Going through the first messages that wait: one person at a time, each with one press."""

from bot.guilds.model import Capability
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, on_button
from bot.platform.interactions import acknowledge_turn, tongue, turn
from cogs._typed import number
from cogs.mod.act import open_acts
from cogs.storm import show
from cogs.triage.told import guild_of


class FirstMessagesCog(DeskCog):
    """What moderators do about those who wait."""

    @on_button("storm", "waiting", requires=Capability.MODERATOR)
    async def waiting(self, interaction: DeskInteraction, after: str) -> None:
        """Show whoever is next in the line."""
        await acknowledge_turn(interaction)
        await self._show(interaction, number(after))

    @on_button("storm", "through", requires=Capability.MODERATOR)
    async def through(self, interaction: DeskInteraction, message_id: str, place: str) -> None:
        """Let somebody through, and show the next."""
        await self._read_one(interaction, message_id, place, through=True)

    @on_button("storm", "down", requires=Capability.MODERATOR)
    async def down(self, interaction: DeskInteraction, message_id: str, place: str) -> None:
        """Leave down what somebody wrote, and show the next."""
        await self._read_one(interaction, message_id, place, through=False)

    @on_button("storm", "act", requires=Capability.MODERATOR)
    async def act(self, interaction: DeskInteraction, message_id: str) -> None:
        """Open the form for an act on whoever wrote it."""
        taken = await self.desk.first_messages.taken(guild_of(interaction), number(message_id))
        await open_acts(interaction, taken.author or 0)

    async def _read_one(
        self, interaction: DeskInteraction, message_id: str, place: str, *, through: bool
    ) -> None:
        await acknowledge_turn(interaction)
        await self.desk.first_messages.read_one(
            guild_of(interaction), number(message_id), interaction.user.id, through=through
        )
        await self._show(interaction, number(place))

    async def _show(self, interaction: DeskInteraction, after: int) -> None:
        waiting = await self.desk.first_messages.next_(guild_of(interaction), after)
        await turn(interaction, show.waiting_card(tongue(interaction), waiting))
