"""/license can-i: what a license says about an AI use, question by question."""

from discord import app_commands

from bot.licensing.model import Tool
from bot.licensing.walks import START, Use
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue
from cogs.license import _cards, _walk
from cogs.license._group import GROUP, NAME_LIMIT


class CanI(DeskCog):
    """The AI-use walk; everything it knows is in the button that was pressed."""

    @GROUP.command(
        name="can-i",
        description=words(
            "command.license.can_i.description",
            "Walk through what a license says about an AI use",
        ),
    )
    @app_commands.describe(
        license=words("command.license.can_i.license", "The license of the material, if you know")
    )
    async def can_i(
        self,
        interaction: DeskInteraction,
        license: app_commands.Range[str, 1, NAME_LIMIT] | None = None,
    ) -> None:
        """Ask the first question."""
        t = tongue(interaction)
        if license is None:
            await reply(interaction, self._using(t, _cards.NO_TOOL, START))
            return
        found = _cards.read_tool(interaction, license)
        if isinstance(found, Card):
            await reply(interaction, found)
            return
        await reply(interaction, self._using(t, found.tool.id, START, _cards.assumed(t, found)))

    @can_i.autocomplete("license")
    async def complete_can_i(
        self, _interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer tools."""
        return _cards.completions(self.desk, typed)

    @on_button("license", "use")
    async def use_on(self, interaction: DeskInteraction, tool_id: str, answers: str) -> None:
        """Go on, or a step back."""
        await turn(interaction, self._using(tongue(interaction), tool_id, answers))

    @on_button("license", "use-again")
    async def use_again(self, interaction: DeskInteraction, tool_id: str) -> None:
        """Start over."""
        await turn(interaction, self._using(tongue(interaction), tool_id, START))

    def _using(self, t: Tongue, tool_id: str, answers: str, note: str = "") -> Card:
        tool = None if tool_id == _cards.NO_TOOL else _cards.tool_of(self.desk, tool_id)
        use = self.desk.licensing.can_i(answers, tool)
        kind = t("license.use.kind", license=tool.identifier) if tool else t("license.use.kind_any")
        if use.step is None:
            return self._used(t, kind, tool, use, tool_id, answers)
        card = _walk.question_card(t, kind, use.step, "use", tool_id, answers)
        if not note:
            return card
        return Card(
            card.title,
            f"{note}\n\n{card.body}",
            card.kind,
            footer=card.footer,
            rows=card.rows,
        )

    def _used(
        self, t: Tongue, kind: str, tool: Tool | None, use: Use, tool_id: str, answers: str
    ) -> Card:
        buttons = [
            _walk.back_button(t, "use", tool_id, answers),
            _walk.again_button(t, "use", tool_id),
        ]
        if tool is not None:
            label = t("license.button.explain", license=tool.identifier)
            buttons.append(Button(label, custom_id("license", "explain", tool.id)))
        parts = []
        if use.find_out:
            parts.append(Part(t("license.use.find_out"), _cards.sentences(t, use.find_out)))
        parts.append(Part(t("license.walk.said"), _walk.said_lines(t, use.said)))
        facts = (*use.facts, *use.find_out)
        parts.append(_cards.sources_part(t, facts))
        rows: list[Row] = [buttons, *_cards.entry_rows(self.desk, facts)]
        return Card(
            kind=kind,
            title=t("license.use.unsure" if use.find_out else "license.use.result"),
            body="\n".join(f"- {line}" for line in _cards.sentences(t, use.facts)),
            parts=parts,
            footer=f"{t('card.not_advice')}\n{t('license.use.not_kept')}",
            tone=Tone.UNSURE if use.find_out else Tone.ANSWER,
            rows=rows,
            shortened=t("license.shortened"),
        )
