"""/topic show, list and history: what everybody can look at."""

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.topics.model import BadTopic, ChangedMeanwhile, NoSuchTopic, Unchanged
from cogs import _entries
from cogs._typed import number
from cogs._typed import page as page_of
from cogs.topic import show, versions
from cogs.topic._group import (
    GROUP,
    LONGEST,
    PAGE_WORD,
    card_of,
    find,
    offered_pages,
    reader_of,
)
from cogs.triage.told import guild_of


class TopicLooking(DeskCog):
    """What everybody can do with topic pages."""

    async def cog_load(self) -> None:
        """Say what people are told when a topic page cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchTopic, lambda t, _error: t("topic.no_such"))
        know(BadTopic, lambda t, error: t(error.problem, **error.values))
        know(ChangedMeanwhile, lambda t, _error: t("topics.changed_meanwhile"))
        know(Unchanged, lambda t, _error: t("topics.unchanged"))

    @GROUP.command(
        name="list", description=words("command.topic.list", "The matters this desk has a page on")
    )
    async def list_(self, interaction: DeskInteraction) -> None:
        """Show the first page of the list."""
        await acknowledge(interaction)
        lines = await self.desk.topics.list_(guild_of(interaction))
        await reply(interaction, show.list_card(await reader_of(interaction), lines, 0))

    @GROUP.command(
        name="show",
        description=words("command.topic.show", "What is known about a matter, and what is not"),
    )
    @app_commands.describe(page=PAGE_WORD)
    async def show_(
        self, interaction: DeskInteraction, page: Range[str, 1, LONGEST] | None = None
    ) -> None:
        """Show a page; without one, the one that changed last."""
        await acknowledge(interaction)
        if page is None:
            lines = await self.desk.topics.list_(guild_of(interaction))
            if not lines:
                reader = await reader_of(interaction)
                await reply(interaction, show.list_card(reader, lines, 0))
                return
            page = lines[0].reference
        await reply(interaction, await card_of(interaction, await find(interaction, page)))

    @GROUP.command(
        name="history",
        description=words("command.topic.history", "How a page changed, and what it said before"),
    )
    @app_commands.describe(page=PAGE_WORD)
    async def history_(self, interaction: DeskInteraction, page: Range[str, 1, LONGEST]) -> None:
        """Show the versions of a page."""
        await acknowledge(interaction)
        topic = await find(interaction, page)
        await reply(interaction, versions.history_card(await reader_of(interaction), topic, 0))

    @show_.autocomplete("page")
    @history_.autocomplete("page")
    async def pages(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer pages."""
        return await offered_pages(interaction, current)

    @on_button("topic", "page")
    async def page(self, interaction: DeskInteraction, page: str) -> None:
        """Go to another page of the list."""
        await acknowledge_turn(interaction)
        lines = await self.desk.topics.list_(guild_of(interaction))
        reader = await reader_of(interaction)
        await turn(interaction, show.list_card(reader, lines, page_of(page)))

    @on_menu("topic", "open")
    async def open(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a page that was chosen from the list."""
        await self.show(interaction, values[0] if values else "")

    @on_button("topic", "show")
    async def show(self, interaction: DeskInteraction, reference: str) -> None:
        """Open a page."""
        await acknowledge_turn(interaction)
        await turn(interaction, await card_of(interaction, await find(interaction, reference)))

    @on_button("topic", "timeline")
    async def timeline(self, interaction: DeskInteraction, reference: str, page: str) -> None:
        """Show the whole timeline."""
        await acknowledge_turn(interaction)
        topic, reader = await find(interaction, reference), await reader_of(interaction)
        await turn(interaction, show.timeline_card(reader, topic, page_of(page)))

    @on_button("topic", "history")
    async def history(self, interaction: DeskInteraction, reference: str, page: str) -> None:
        """Show the versions."""
        await acknowledge_turn(interaction)
        topic, reader = await find(interaction, reference), await reader_of(interaction)
        await turn(interaction, versions.history_card(reader, topic, page_of(page)))

    @on_menu("topic", "version")
    async def version(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Show a page as it was."""
        await acknowledge_turn(interaction)
        await self._version(interaction, reference, values[0] if values else "", 0)

    @on_button("topic", "versionpage")
    async def version_page(
        self, interaction: DeskInteraction, reference: str, version: str, page: str
    ) -> None:
        """Go to another page of a version."""
        await acknowledge_turn(interaction)
        await self._version(interaction, reference, version, page_of(page))

    async def _version(
        self, interaction: DeskInteraction, reference: str, version: str, page: int
    ) -> None:
        topic, reader = await find(interaction, reference), await reader_of(interaction)
        chosen = topic.at(number(version))
        await turn(interaction, versions.version_card(reader, topic, chosen, page))

    @on_menu("topic", "entry")
    async def entry(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Show an answer of the FAQ beside the page."""
        t = tongue(interaction)
        chosen = values[0] if values else _entries.NO_ENTRY
        found = _entries.find(self.desk, interaction.guild_id, chosen)
        await acknowledge(interaction)
        await reply(interaction, _entries.answer_card(t, found, in_guild=True))
