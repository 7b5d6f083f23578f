"""/license choose: which tool fits a work of one's own, step by step."""

from bot.licensing.walks import START, Choice, NotOnThisWalk
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue
from cogs.license import _cards, _walk
from cogs.license._group import GROUP


class Choose(DeskCog):
    """The guided chooser; everything it knows is in the button that was pressed."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(NotOnThisWalk, lambda t, _e: t("error.stale"))

    @GROUP.command(
        name="choose",
        description=words(
            "command.license.choose.description", "Find the license that fits your own work"
        ),
    )
    async def choose(self, interaction: DeskInteraction) -> None:
        """Ask the first question."""
        await reply(interaction, self._choosing(tongue(interaction), START))

    @on_button("license", "choose")
    async def choose_on(self, interaction: DeskInteraction, answers: str) -> None:
        """Go on, or a step back."""
        await turn(interaction, self._choosing(tongue(interaction), answers))

    @on_button("license", "choose-again")
    async def choose_again(self, interaction: DeskInteraction) -> None:
        """Start over."""
        await turn(interaction, self._choosing(tongue(interaction), START))

    def _choosing(self, t: Tongue, answers: str) -> Card:
        choice = self.desk.licensing.choose(answers)
        if choice.step is not None:
            return _walk.question_card(t, t("license.choose.kind"), choice.step, "choose", answers)
        return self._chosen(t, choice, answers)

    def _chosen(self, t: Tongue, choice: Choice, answers: str) -> Card:
        first, *others = choice.facts
        buttons = [_walk.back_button(t, "choose", answers), _walk.again_button(t, "choose")]
        body = _cards.sentence(t, first)
        parts = []
        if choice.tool is not None:
            label = t("license.button.explain", license=choice.tool.identifier)
            buttons.append(Button(label, custom_id("license", "explain", choice.tool.id)))
            body = f"{body}\n{_cards.tool_links(t, choice.tool)}"
            parts.append(Part(t("license.choose.know"), _cards.sentences(t, others)))
        parts.append(Part(t("license.walk.said"), _walk.said_lines(t, choice.said)))
        parts.append(_cards.sources_part(t, choice.facts))
        rows: list[Row] = [buttons, *_cards.entry_rows(self.desk, choice.facts)]
        title = (
            t("license.choose.result", license=choice.tool.identifier)
            if choice.tool is not None
            else t("license.choose.not_yet")
        )
        return Card(
            kind=t("license.choose.kind"),
            title=title,
            body=body,
            parts=parts,
            footer=t("card.not_advice"),
            tone=Tone.ANSWER if choice.tool is not None else Tone.UNSURE,
            rows=rows,
            shortened=t("license.shortened"),
        )
