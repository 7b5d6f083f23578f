"""/license remix: whether works go into one remix, pair by pair, and what it may carry."""

from discord import app_commands

from bot.licensing.lookup import Elsewhere, Found, Outcome
from bot.licensing.model import Fact, Verdict
from bot.licensing.remix import Option, Pair, Work, name
from bot.licensing.remix import Remix as Answer
from bot.platform.cards import Card, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from bot.platform.interactions import reply, tongue
from bot.words import Tongue
from cogs import _entries
from cogs.license import _cards
from cogs.license._group import GROUP, NAME_LIMIT

_TONES = {Verdict.YES: Tone.ANSWER, Verdict.NO: Tone.TROUBLE, Verdict.UNSURE: Tone.UNSURE}

Name = app_commands.Range[str, 1, NAME_LIMIT]


class Remix(DeskCog):
    """Two works or more in one."""

    @GROUP.command(
        name="remix",
        description=words(
            "command.license.remix.description",
            "Whether works can be remixed together, and what the result may carry",
        ),
    )
    @app_commands.describe(
        first=words("command.license.remix.first", "The license of the first work"),
        second=words("command.license.remix.second", "The license of the second work"),
        third=words("command.license.remix.third", "The license of a third work"),
        fourth=words("command.license.remix.fourth", "The license of a fourth work"),
        fifth=words("command.license.remix.fifth", "The license of a fifth work"),
        sixth=words("command.license.remix.sixth", "The license of a sixth work"),
    )
    async def remix(
        self,
        interaction: DeskInteraction,
        first: Name,
        second: Name,
        third: Name | None = None,
        fourth: Name | None = None,
        fifth: Name | None = None,
        sixth: Name | None = None,
    ) -> None:
        """Answer for two to six works."""
        t = tongue(interaction)
        typed = [text for text in (first, second, third, fourth, fifth, sixth) if text]
        works: list[Work] = []
        notes: list[str] = []
        for text in typed:
            outcome: Outcome = self.desk.licensing.find(text)
            if isinstance(outcome, Found):
                works.append(outcome.tool)
                notes.append(_cards.assumed(t, outcome))
            elif isinstance(outcome, Elsewhere):
                works.append(outcome.license)
            else:
                await reply(interaction, _cards.not_found_card(interaction, text, outcome))
                return
        answer = self.desk.licensing.remix(works)
        question = t("license.remix.question", licenses=", ".join(typed))
        token = self.client.memory.keep(interaction.user.id, question)
        await reply(
            interaction, self._remix_card(t, answer, [note for note in notes if note], token)
        )

    @remix.autocomplete("first")
    @remix.autocomplete("second")
    @remix.autocomplete("third")
    @remix.autocomplete("fourth")
    @remix.autocomplete("fifth")
    @remix.autocomplete("sixth")
    async def complete_remix(
        self, _interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer tools."""
        return _cards.completions(self.desk, typed)

    def _remix_card(self, t: Tongue, answer: Answer, notes: list[str], token: str) -> Card:
        facts: list[Fact] = [
            *(pair.why for pair in answer.pairs),
            *answer.result,
            *answer.collection,
            *answer.private,
        ]
        parts = [Part(t("license.remix.pairs"), [_pair(t, pair) for pair in answer.pairs])]
        if answer.options:
            carried = [_option(t, option) for option in answer.options]
            parts.append(Part(t("license.remix.result"), carried))
            parts.append(
                Part(t("license.remix.reading"), "\n".join(_cards.sentences(t, answer.result)))
            )
        parts += [
            Part(t("license.remix.collection"), "\n".join(_cards.sentences(t, answer.collection))),
            Part(t("license.remix.private"), "\n".join(_cards.sentences(t, answer.private))),
            _cards.sources_part(t, facts),
        ]
        names = " + ".join(map(name, answer.works))
        staff: list[Row] = []
        if answer.verdict is Verdict.UNSURE:
            staff = [[_entries.staff_button(t, _entries.NO_ENTRY, token)]]
        return Card(
            kind=t("license.kind.remix"),
            title=t(f"license.remix.title.{answer.verdict}"),
            body="\n".join([f"**{names}**", *dict.fromkeys(notes)]),
            parts=parts,
            footer=t("card.not_advice"),
            tone=_TONES[answer.verdict],
            rows=[*staff, *_cards.entry_rows(self.desk, facts)],
            shortened=t("license.shortened"),
        )


def _pair(t: Tongue, pair: Pair) -> str:
    verdict = t(f"license.verdict.{pair.verdict}")
    return f"**{verdict}**: {name(pair.one)} + {name(pair.other)}. {_cards.sentence(t, pair.why)}"


def _option(t: Tongue, option: Option) -> str:
    if option.recommended:
        return option.name
    discouraged = option.tool is not None
    key = "license.remix.discouraged" if discouraged else "license.remix.compatible"
    return t(key, license=option.name)
