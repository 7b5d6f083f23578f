"""/license explain: what a tool permits, requires and forbids, in its own version."""

from discord import app_commands

from bot.licensing.lookup import Found
from bot.licensing.model import Fact
from bot.licensing.traits import Explanation, Heading
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue
from cogs.license import _cards
from cogs.license._group import GROUP, NAME_LIMIT

_MOST_SOURCES = 24


class Explain(DeskCog):
    """One tool at a time."""

    @GROUP.command(
        name="explain",
        description=words(
            "command.license.explain.description",
            "What a license allows and asks for, from its name, id or address",
        ),
    )
    @app_commands.describe(
        license=words("command.license.explain.license", "Such as CC BY-SA 3.0 DE, or a link to it")
    )
    async def explain(
        self, interaction: DeskInteraction, license: app_commands.Range[str, 1, NAME_LIMIT]
    ) -> None:
        """Explain a tool, or say which real ones are near what was typed."""
        t = tongue(interaction)
        found = _cards.read_tool(interaction, license)
        card = found if isinstance(found, Card) else self._explained(t, found)
        await reply(interaction, card)

    @explain.autocomplete("license")
    async def complete_explain(
        self, _interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer tools."""
        return _cards.completions(self.desk, typed)

    @on_menu("license", "open")
    async def open_chosen(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Explain the tool that was chosen from a menu."""
        tool = _cards.tool_of(self.desk, values[0] if values else "")
        await reply(interaction, self._explained(tongue(interaction), Found(tool)))

    @on_button("license", "explain")
    async def open_tool(self, interaction: DeskInteraction, tool_id: str) -> None:
        """Explain a tool that a button names."""
        tool = _cards.tool_of(self.desk, tool_id)
        await reply(interaction, self._explained(tongue(interaction), Found(tool)))

    @on_button("license", "sources")
    async def show_sources(self, interaction: DeskInteraction, tool_id: str) -> None:
        """List every source of an explanation, beside it."""
        t = tongue(interaction)
        tool = _cards.tool_of(self.desk, tool_id)
        explanation = self.desk.licensing.explain(tool)
        lines = _cards.source_lines(_facts(explanation))[:_MOST_SOURCES]
        card = Card(
            kind=t("license.kind.license"),
            title=t("license.sources.title", license=tool.identifier),
            body="\n".join(f"- {line}" for line in lines),
        )
        await reply(interaction, card)

    @on_button("license", "back")
    async def back_to(self, interaction: DeskInteraction, tool_id: str) -> None:
        """Show an explanation in place of what came after it."""
        tool = _cards.tool_of(self.desk, tool_id)
        await turn(interaction, self._explained(tongue(interaction), Found(tool)))

    def _explained(self, t: Tongue, found: Found) -> Card:
        explanation = self.desk.licensing.explain(found.tool)
        facts = _facts(explanation)
        rows: list[Row] = [_buttons(t, explanation)]
        if found.others:
            rows.append(_cards.explain_menu(t, found.others, t("license.explain.others")))
        rows += _cards.entry_rows(self.desk, facts)
        return explanation_card(t, explanation, rows, _cards.assumed(t, found))


def explanation_card(
    t: Tongue, explanation: Explanation, rows: list[Row], assumed: str = ""
) -> Card:
    """Show an explanation: how current the tool is, then what it permits, requires, forbids."""
    tool = explanation.tool
    parts = [
        Part(t(f"license.heading.{heading}"), _cards.sentences(t, explanation.under(heading)))
        for heading in Heading
        if explanation.under(heading)
    ]
    standing = _cards.sentences(t, explanation.standing)
    return Card(
        kind=t("license.kind.license"),
        title=tool.identifier,
        body="\n".join(
            line
            for line in (f"*{tool.title}*", assumed, *standing, _cards.tool_links(t, tool))
            if line
        ),
        parts=parts,
        footer=t("card.not_advice"),
        tone=Tone.UNSURE if tool.retired else Tone.ANSWER,
        rows=rows,
        shortened=t("license.shortened"),
    )


def _buttons(t: Tongue, explanation: Explanation) -> list[Button]:
    tool, newer = explanation.tool, explanation.newer
    buttons = [Button(t("license.button.sources"), custom_id("license", "sources", tool.id))]
    if newer is not None:
        label = t("license.button.compare", license=newer.identifier)
        buttons.append(Button(label, custom_id("license", "compare", tool.id, newer.id)))
    buttons.append(Button(t("license.button.credit"), custom_id("license", "credit", tool.id)))
    return buttons


def _facts(explanation: Explanation) -> list[Fact]:
    shown = [trait.fact for trait in explanation.traits if not trait.quiet]
    return [*explanation.standing, *shown]
