"""/faq: entries by name, completed on every key stroke, or leafed through by section."""

from discord import app_commands

from bot.knowledge.model import Section
from bot.platform import limits
from bot.platform.cards import Button, Card, Choice, Menu, Row
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue
from cogs import _entries, _reading

PAGE = 10


class Faq(DeskCog):
    """The whole knowledge base, to look things up in."""

    @app_commands.command(
        name="faq",
        description=words(
            "command.faq.description", "Look up an entry of the FAQ, or browse it by section"
        ),
    )
    @app_commands.describe(
        entry=words("command.faq.entry", "A few words of the question; leave it empty to browse")
    )
    async def faq(
        self,
        interaction: DeskInteraction,
        entry: app_commands.Range[str, 1, limits.FIELD_TEXT] | None = None,
    ) -> None:
        """Show an entry, what a search for it finds, or the sections."""
        t = tongue(interaction)
        if entry is None:
            await reply(interaction, self._sections(t, interaction.guild_id))
            return
        chosen = self.desk.knowledge.of(interaction.guild_id).get(entry)
        if chosen is None:
            # Typed and sent without choosing: what a question in one's own words would get.
            for card in await _reading.found(interaction, entry):
                await reply(interaction, card)
            return
        in_guild = interaction.guild_id is not None
        await reply(interaction, _entries.answer_card(t, chosen, in_guild=in_guild))

    @faq.autocomplete("entry")
    async def complete(
        self, interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer entries whose question or alias goes with what was typed so far."""
        entries = await self.desk.knowledge.of(interaction.guild_id).complete(
            typed, limit=limits.CHOICES
        )
        return [
            app_commands.Choice(name=plain(one.question, limit=limits.CHOICE_NAME), value=one.id)
            for one in entries
        ]

    @on_button("faq", "sections")
    async def show_sections(self, interaction: DeskInteraction) -> None:
        """Go to the list of sections."""
        await turn(interaction, self._sections(tongue(interaction), interaction.guild_id))

    @on_menu("faq", "section")
    async def open_section(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a section at its first page."""
        await self._turn_to(interaction, values[0] if values else "", 0)

    @on_button("faq", "page")
    async def turn_page(self, interaction: DeskInteraction, section_id: str, page: str) -> None:
        """Go to another page of a section."""
        await self._turn_to(interaction, section_id, _number(page))

    @on_menu("faq", "entry")
    async def open_entry(
        self, interaction: DeskInteraction, values: tuple[str, ...], section_id: str, page: str
    ) -> None:
        """Open an entry, with the way back to the page it was on."""
        t = tongue(interaction)
        entry = _entries.find(
            self.desk, interaction.guild_id, values[0] if values else _entries.NO_ENTRY
        )
        back = Button(t("faq.button.back"), custom_id("faq", "page", section_id, _number(page)))
        in_guild = interaction.guild_id is not None
        await turn(interaction, _entries.answer_card(t, entry, in_guild=in_guild, back=back))

    async def _turn_to(self, interaction: DeskInteraction, section_id: str, page: int) -> None:
        section = self.desk.knowledge.of(interaction.guild_id).section(section_id)
        if section is None or not section.entries:
            raise Refused("faq.section_gone")
        in_guild = interaction.guild_id is not None
        card = _section_card(tongue(interaction), section, page, in_guild=in_guild)
        await turn(interaction, card)

    def _sections(self, t: Tongue, guild_id: int | None) -> Card:
        sections = [one for one in self.desk.knowledge.of(guild_id).sections() if one.entries]
        if not sections:
            return Card(title=t("faq.title"), body=t("faq.empty"))
        menu = Menu(
            t("faq.choose_section"),
            custom_id("faq", "section"),
            [Choice(section.title, section.id, section.about) for section in sections],
        )
        lines = (f"**{section.title}** · {section.about}" for section in sections)
        return Card(kind=t("faq.kind"), title=t("faq.title"), body="\n".join(lines), rows=[menu])


def _section_card(t: Tongue, section: Section, page: int, *, in_guild: bool) -> Card:
    """Show one page of a section; a page beyond the last, as after a reload, is the last."""
    pages = -(-len(section.entries) // PAGE)
    page = min(max(page, 0), pages - 1)
    first = page * PAGE
    shown = section.entries[first : first + PAGE]
    lines = (f"{number}. {entry.question}" for number, entry in enumerate(shown, first + 1))
    leafing = [
        Button(
            t("faq.button.previous"),
            custom_id("faq", "page", section.id, max(page - 1, 0)),
            disabled=page == 0,
        ),
        Button(
            t("faq.button.next"),
            custom_id("faq", "page", section.id, page + 1),
            disabled=page == pages - 1,
        ),
    ]
    everything = Button(t("faq.button.sections"), custom_id("faq", "sections"))
    below = [everything]
    if in_guild:
        below.append(Button(t("follow.section.button"), custom_id("entry", "section", section.id)))
    rows: list[Row] = [
        Menu(
            t("faq.choose_entry"),
            custom_id("faq", "entry", section.id, page),
            [
                Choice(f"{number}. {entry.question}", entry.id)
                for number, entry in enumerate(shown, first + 1)
            ],
        ),
        [*leafing, *below] if pages > 1 else below,
    ]
    return Card(
        kind=t("faq.kind"),
        title=section.title,
        body=f"{section.about}\n\n" + "\n".join(lines),
        footer=t("faq.page", page=page + 1, pages=pages) if pages > 1 else "",
        rows=rows,
    )


def _number(text: str) -> int:
    """Read a page number; anything else is the first page."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Faq(client))
