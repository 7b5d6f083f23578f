"""Voting on statements and adding some; and, for hosts, deciding which are shown."""

from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.model import STATEMENT_LIMIT, State
from bot.platform.access import capabilities, require
from bot.platform.cards import Button, Card
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs._typed import number as number_of
from cogs.opinion import show
from cogs.opinion._group import HOSTS, map_of
from cogs.triage.told import guild_of

_VOTES = {"agree": Vote.AGREE, "disagree": Vote.DISAGREE, "pass": Vote.PASS}


class OpinionVoting(DeskCog):
    """What members say and vote. A vote is kept when it is pressed, so a restart loses none."""

    @on_button("opinion", "serve")
    async def serve(self, interaction: DeskInteraction, reference: str) -> None:
        """Put before this person what they vote on next."""
        await acknowledge(interaction)
        found = await self.desk.opinions.serve(
            guild_of(interaction), map_of(reference), interaction.user.id
        )
        await reply(interaction, show.turn_card(tongue(interaction), found))

    @on_button("opinion", "again")
    async def again(self, interaction: DeskInteraction, reference: str, number: str) -> None:
        """Put a statement before this person once more, to vote otherwise."""
        await acknowledge_turn(interaction)
        found = await self.desk.opinions.serve(
            guild_of(interaction),
            map_of(reference),
            interaction.user.id,
            number=number_of(number),
        )
        await turn(interaction, show.turn_card(tongue(interaction), found))

    @on_button("opinion", "vote")
    async def vote(
        self, interaction: DeskInteraction, reference: str, number: str, what: str
    ) -> None:
        """Keep a vote, and show the next statement in its place."""
        if what not in _VOTES:
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        found = await self.desk.opinions.vote(
            guild_of(interaction),
            map_of(reference),
            interaction.user.id,
            number_of(number),
            _VOTES[what],
        )
        await turn(interaction, show.turn_card(tongue(interaction), found))

    @on_button("opinion", "say")
    async def say_form(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form of a statement."""
        t = tongue(interaction)
        field = TextField(
            "text",
            t("opinion.form.text"),
            description=t("opinion.form.text.note"),
            paragraph=True,
            limit=STATEMENT_LIMIT,
        )
        press = custom_id("opinion", "said", map_of(reference))
        await open_form(interaction, t("opinion.form.title"), press, [field])

    @on_form("opinion", "said")
    async def said(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a statement."""
        await acknowledge(interaction)
        host = bool(set(HOSTS) & await capabilities(interaction))
        ref = map_of(reference)
        await self.desk.opinions.say(
            guild_of(interaction), ref, interaction.user.id, form.text("text"), host=host
        )
        t = tongue(interaction)
        rows = [
            [
                Button(t("opinion.button.say_more"), custom_id("opinion", "say", ref)),
                Button(t("opinion.button.vote"), custom_id("opinion", "serve", ref)),
            ]
        ]
        body = t("opinion.said.shown" if host else "opinion.said.waiting")
        await reply(interaction, Card(body=body, rows=rows))

    @on_button("opinion", "waiting")
    async def waiting(self, interaction: DeskInteraction, reference: str) -> None:
        """Show hosts what waits for them, one at a time."""
        await require(interaction, *HOSTS)
        await acknowledge_turn(interaction)
        await turn(interaction, await self._waiting(interaction, map_of(reference)))

    @on_button("opinion", "decide")
    async def decide(
        self, interaction: DeskInteraction, reference: str, number: str, what: str
    ) -> None:
        """Show a statement to everybody or decline it, and go on to the next."""
        await require(interaction, *HOSTS)
        if what not in ("show", "decline"):
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        ref, t = map_of(reference), tongue(interaction)
        decided = await self.desk.opinions.moderate(
            guild_of(interaction),
            ref,
            number_of(number),
            interaction.user.id,
            show=what == "show",
        )
        said = t(f"opinion.decided.{what}" if decided else "opinion.decided.before")
        await turn(interaction, await self._waiting(interaction, ref, said))

    async def _waiting(self, interaction: DeskInteraction, ref: str, said: str = "") -> Card:
        guild_id = guild_of(interaction)
        found = await self.desk.opinions.map(guild_id, ref)
        first = None
        if found.state is State.OPEN:
            first = next(iter(await self.desk.opinions.waiting(guild_id, ref)), None)
        return show.waiting_card(tongue(interaction), found, first, said)
