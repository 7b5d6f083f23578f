"""/rules: the rules of the community. For everybody."""

from discord import app_commands

from bot.moderation.model import Rule
from bot.platform.cards import Card, Part
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue

_MOST = 12
"""Rules on one card; Discord's limit on text leaves room for about as many."""


class TheRules(DeskCog):
    """What everybody can read."""

    @app_commands.command(
        name="rules",
        description=words("command.rules.description", "The rules of this community"),
    )
    @app_commands.describe(rule=words("command.rules.rule", "Only this one"))
    async def rules(self, interaction: DeskInteraction, rule: str | None = None) -> None:
        """Show the rules, or one of them."""
        await reply(interaction, self._card(tongue(interaction), rule))

    @rules.autocomplete("rule")
    async def _offered(
        self, interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        t = tongue(interaction)
        part = typed.casefold().strip()
        named = [(rule.said(t.language)[0], rule.id) for rule in self.desk.rules.ruleset.rules]
        return [
            app_commands.Choice(name=title, value=rule_id)
            for title, rule_id in named
            if part in title.casefold()
        ][:25]

    @on_button("rules", "show")
    async def show(self, interaction: DeskInteraction, rule_id: str) -> None:
        """Show one rule, as a card of a case links it."""
        await turn(interaction, self._card(tongue(interaction), rule_id))

    def _card(self, t: Tongue, rule_id: str | None) -> Card:
        every = self.desk.rules.ruleset.rules
        one = None if rule_id is None else self.desk.rules.ruleset.rule(rule_id)
        if not every:
            return Card(kind=t("rules.kind"), body=t("rules.none"))
        if rule_id is not None and one is None:
            return Card(kind=t("rules.kind"), body=t("rules.no_such"))
        shown = every if one is None else (one,)
        return Card(
            kind=t("rules.kind"),
            title=t("rules.title") if one is None else "",
            parts=[_part(t, rule, every.index(rule) + 1) for rule in shown[:_MOST]],
            footer=t("rules.footer"),
        )


def _part(t: Tongue, rule: Rule, number: int) -> Part:
    title, text = rule.said(t.language)
    return Part(f"{number}. {title}", text)
