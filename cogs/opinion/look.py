"""/opinion start, list and show: opening maps, looking at them, and closing them."""

from datetime import timedelta

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions.opinions.model import (
    MOST_OF_ONE,
    MOST_OPEN,
    MOST_STATEMENTS,
    QUESTION_LIMIT,
    MapIsClosed,
    NoSuchMap,
    NoSuchStatement,
    SaidAlready,
    State,
    TooManyMaps,
    TooManyStatements,
)
from bot.platform.access import capabilities, require, requires
from bot.platform.cards import Button, Card, Row
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs._choices import offered
from cogs._holding import postable, session_choices
from cogs.discussion._group import session_of
from cogs.opinion import show
from cogs.opinion._group import GROUP, HOSTS, LONGEST, map_of
from cogs.triage.told import guild_of

_DAYS = 14
_SESSION = words("command.opinion.session", "Hold it in a session; it closes with that")


class OpinionLooking(DeskCog):
    """Opening, showing and closing opinion maps."""

    group = GROUP

    async def cog_load(self) -> None:
        """Say what people are told when a map cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchMap, lambda t, _error: t("opinion.no_such"))
        know(NoSuchStatement, lambda t, _error: t("opinion.no_such_statement"))
        know(MapIsClosed, lambda t, _error: t("opinion.is_closed"))
        know(SaidAlready, lambda t, _error: t("opinion.said_already"))
        know(TooManyMaps, lambda t, _error: t("opinion.too_many_maps", most=MOST_OPEN))
        know(TooManyStatements, _too_many)

    @GROUP.command(
        name="start", description=words("command.opinion.start", "For hosts: open an opinion map")
    )
    @app_commands.describe(
        question=words("command.opinion.question", "What people are to say something about"),
        days=words("command.opinion.days", "After how many days it closes"),
        session=_SESSION,
    )
    @requires(*HOSTS)
    async def start(
        self,
        interaction: DeskInteraction,
        question: Range[str, 1, QUESTION_LIMIT],
        days: Range[int, 1, 90] = _DAYS,
        session: Range[str, 0, LONGEST] = "",
    ) -> None:
        """Open a map, and say what comes next."""
        channel = postable(interaction)
        await acknowledge(interaction)
        held = session_of(session) if session else ""
        made = await self.desk.opinions.open(
            guild_of(interaction),
            interaction.user.id,
            question,
            intake=f"interaction:{interaction.id}",
            channel_id=channel.id,
            closes_at=self.desk.clock() + timedelta(days=days),
            session=held,
        )
        t = tongue(interaction)
        card = Card(
            kind=t("opinion.kind"),
            body=t("opinion.opened", channel=f"<#{made.channel_id}>"),
            footer=made.reference,
            rows=show.host_rows(t, made),
        )
        await reply(interaction, card)

    @start.autocomplete("session")
    async def start_sessions(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that a map can be held in."""
        return await session_choices(interaction, current)

    @GROUP.command(
        name="list", description=words("command.opinion.list", "What is asked, and what was")
    )
    async def list_(self, interaction: DeskInteraction) -> None:
        """Show the server's maps."""
        await acknowledge(interaction)
        maps = await self.desk.opinions.maps(guild_of(interaction))
        await reply(interaction, show.list_card(tongue(interaction), maps))

    @GROUP.command(
        name="show", description=words("command.opinion.show", "An opinion map as it stands")
    )
    @app_commands.describe(ref=words("command.opinion.ref", "Which one"))
    async def show(self, interaction: DeskInteraction, ref: Range[str, 1, LONGEST]) -> None:
        """Show a map, and to hosts what they can do with it."""
        await acknowledge(interaction)
        await reply(interaction, await self._map(interaction, ref))

    @show.autocomplete("ref")
    async def show_maps(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the server's maps."""
        try:
            maps = await self.desk.opinions.maps(guild_of(interaction))
        except StoreUnavailable:
            return []
        return offered(((f"{one.question}", one.reference) for one in maps), current)

    @on_menu("opinion", "open")
    async def opened(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a map that was chosen from the list."""
        await acknowledge_turn(interaction)
        await turn(interaction, await self._map(interaction, values[0] if values else ""))

    @on_button("opinion", "map")
    async def map_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the map to whoever asks, alone."""
        await acknowledge(interaction)
        await reply(interaction, await self._map(interaction, reference))

    @on_button("opinion", "close")
    async def sure(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask whether it is meant: there is no way back."""
        await require(interaction, *HOSTS)
        t = tongue(interaction)
        press = custom_id("opinion", "closeit", map_of(reference))
        button = Button(t("opinion.button.sure"), press, discord.ButtonStyle.danger)
        await reply(interaction, Card(body=t("opinion.sure"), rows=[[button]]))

    @on_button("opinion", "closeit")
    async def close(self, interaction: DeskInteraction, reference: str) -> None:
        """Close a map, which draws it for the last time."""
        await require(interaction, *HOSTS)
        await acknowledge(interaction)
        found = map_of(reference)
        await self.desk.opinions.close(guild_of(interaction), found, interaction.user.id)
        await say(interaction, tongue(interaction)("opinion.closed"))

    async def _map(self, interaction: DeskInteraction, typed: str) -> Card:
        t = tongue(interaction)
        found = await self.desk.opinions.drawn(guild_of(interaction), map_of(typed))
        rows: list[Row] = []
        if set(HOSTS) & await capabilities(interaction):
            rows = show.host_rows(t, found.map)
        if not rows and found.map.state is State.OPEN:
            rows = list(show.board_card(t, found).rows)
        return show.map_card(t, found, rows=rows)


def _too_many(t: Tongue, error: TooManyStatements) -> str:
    if error.own:
        return t("opinion.too_many.own", most=MOST_OF_ONE)
    return t("opinion.too_many.all", most=MOST_STATEMENTS)
