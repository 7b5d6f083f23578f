"""Voting in polls of the desk's: one card that only the voter sees, kept at every press."""

from bot.discussions.polls.model import PollIsClosed, State
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs._typed import number
from cogs.poll import show
from cogs.poll._group import poll_of
from cogs.triage.told import guild_of


class PollVoting(DeskCog):
    """What members vote. Each press is kept at once, so a restart loses none."""

    @on_button("poll", "vote")
    async def vote(self, interaction: DeskInteraction, reference: str) -> None:
        """Show this person their ballot."""
        await acknowledge(interaction)
        guild_id, ref = guild_of(interaction), poll_of(reference)
        poll = await self.desk.polls.poll(guild_id, ref)
        if poll.state is not State.OPEN:
            raise PollIsClosed(ref)
        ballot = await self.desk.polls.ballot(guild_id, ref, interaction.user.id)
        await reply(interaction, show.ballot_card(tongue(interaction), poll, ballot))

    @on_menu("poll", "choose")
    async def choose(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Keep what was chosen."""
        await acknowledge_turn(interaction)
        ballot = tuple(sorted(number(one) for one in values))
        await self._kept(interaction, poll_of(reference), ballot)

    @on_menu("poll", "rank")
    async def rank(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, place: str
    ) -> None:
        """Put the next option in its place; a card that is out of date is shown anew."""
        await acknowledge_turn(interaction)
        guild_id, ref = guild_of(interaction), poll_of(reference)
        ballot = await self.desk.polls.ballot(guild_id, ref, interaction.user.id)
        chosen = tuple(number(one) for one in values[:1])
        t = tongue(interaction)
        if len(ballot) != number(place) or set(chosen) & set(ballot):
            poll = await self.desk.polls.poll(guild_id, ref)
            await turn(interaction, show.ballot_card(t, poll, ballot, t("poll.ballot.stale")))
            return
        await self._kept(interaction, ref, (*ballot, *chosen))

    @on_button("poll", "back")
    async def back(self, interaction: DeskInteraction, reference: str) -> None:
        """Take a ballot back."""
        await acknowledge_turn(interaction)
        await self._kept(interaction, poll_of(reference), ())

    async def _kept(self, interaction: DeskInteraction, ref: str, ballot: tuple[int, ...]) -> None:
        poll = await self.desk.polls.cast(guild_of(interaction), ref, interaction.user.id, ballot)
        t = tongue(interaction)
        said = t("poll.ballot.kept" if ballot else "poll.ballot.taken_back")
        await turn(interaction, show.ballot_card(t, poll, ballot, said))
