"""/license compare: two tools line by line, what differs first."""

from discord import app_commands

from bot.licensing.traits import Comparison, Heading, Trait
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.interactions import reply, tongue
from bot.words import Tongue
from cogs.license import _cards
from cogs.license._group import GROUP, NAME_LIMIT


class Compare(DeskCog):
    """Two tools side by side."""

    @GROUP.command(
        name="compare",
        description=words(
            "command.license.compare.description", "What differs between two licenses or versions"
        ),
    )
    @app_commands.describe(
        one=words("command.license.compare.one", "The first license"),
        other=words("command.license.compare.other", "The second license"),
    )
    async def compare(
        self,
        interaction: DeskInteraction,
        one: app_commands.Range[str, 1, NAME_LIMIT],
        other: app_commands.Range[str, 1, NAME_LIMIT],
    ) -> None:
        """Compare two tools, or say which real ones are near what was typed."""
        t = tongue(interaction)
        left = _cards.read_tool(interaction, one)
        right = _cards.read_tool(interaction, other)
        if isinstance(left, Card):
            await reply(interaction, left)
        elif isinstance(right, Card):
            await reply(interaction, right)
        else:
            comparison = self.desk.licensing.compare(left.tool, right.tool)
            notes = [note for note in (_cards.assumed(t, left), _cards.assumed(t, right)) if note]
            await reply(interaction, comparison_card(t, comparison, notes))

    @compare.autocomplete("one")
    @compare.autocomplete("other")
    async def complete_compare(
        self, _interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer tools."""
        return _cards.completions(self.desk, typed)

    @on_button("license", "compare")
    async def compare_tools(self, interaction: DeskInteraction, one_id: str, other_id: str) -> None:
        """Compare the two tools that a button names."""
        one, other = _cards.tool_of(self.desk, one_id), _cards.tool_of(self.desk, other_id)
        comparison = self.desk.licensing.compare(one, other)
        await reply(interaction, comparison_card(tongue(interaction), comparison, []))


def comparison_card(t: Tongue, comparison: Comparison, notes: list[str]) -> Card:
    """Show what differs, line by line, and name what is the same."""
    one, other = comparison.one.tool, comparison.other.tool
    standing = [
        f"**{tool.identifier}**: {' '.join(_cards.sentences(t, explanation.standing))} "
        f"{_cards.tool_links(t, tool)}"
        for tool, explanation in ((one, comparison.one), (other, comparison.other))
    ]
    parts = [
        Part(
            t(f"license.aspect.{line.aspect}"),
            [
                f"{tool}: {_side(t, trait)}"
                for tool, trait in ((one, line.one), (other, line.other))
            ],
        )
        for line in comparison.differences
    ]
    same = ", ".join(t(f"license.aspect.{line.aspect}") for line in comparison.shared)
    if same:
        parts.append(Part(t("license.compare.same"), same))
    body = [*notes, *standing]
    if one != other and not comparison.differences:
        body.append(t("license.compare.no_difference"))
    buttons = [
        Button(
            t("license.button.explain", license=tool.identifier),
            custom_id("license", "explain", tool.id),
        )
        for tool in dict.fromkeys((one, other))
    ]
    return Card(
        kind=t("license.kind.compare"),
        title=t("license.compare.title", one=one.identifier, other=other.identifier),
        body="\n".join(body),
        parts=parts,
        footer=t("card.not_advice"),
        tone=Tone.ANSWER,
        rows=[buttons],
        shortened=t("license.shortened"),
    )


def _side(t: Tongue, trait: Trait | None) -> str:
    if trait is None:
        return t("license.compare.silent")
    said = _cards.sentence(t, trait.fact)
    return t("license.compare.forbids", what=said) if trait.heading is Heading.FORBIDS else said
