"""/triage search: finding concerns by the words of whoever raised them."""

from discord import app_commands

from bot.concerns.finding.search import Found
from bot.guilds.model import Capability
from bot.ids import read_reference
from bot.platform.access import requires
from bot.platform.cards import Button, Card, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import custom_id, on_button
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.words import Tongue
from cogs.triage import show
from cogs.triage.act import open_case
from cogs.triage.enter import TriageEntering
from cogs.triage.told import guild_of

_QUERY = 200
_START = "-"


class TriageFinding(TriageEntering):
    """/triage with the commands that find."""

    @TriageEntering.triage.command(
        name="search",
        description=words("command.triage.search", "Find concerns, open or closed, by their words"),
    )
    @app_commands.describe(
        text=words("command.triage.search.text", "Words that were used, in any form")
    )
    @requires(Capability.STAFF)
    async def search(
        self, interaction: DeskInteraction, text: app_commands.Range[str, 1, _QUERY]
    ) -> None:
        """Show what has all of the words; a reference opens that case."""
        await acknowledge(interaction)
        if read_reference(text, "C") is not None:
            await open_case(interaction, text)
            return
        # The words are people's: they wait in memory, and the buttons carry a token.
        token = self.client.memory.keep(interaction.user.id, text)
        await reply(interaction, await self._found(interaction, text, token, _START))

    @on_button("case", "found", requires=Capability.STAFF)
    async def further(self, interaction: DeskInteraction, token: str, older: str) -> None:
        """Show another page of what was found."""
        text = self.client.memory.find(token, interaction.user.id)
        if text is None or not (older == _START or older.isdecimal()):
            raise Refused("triage.search.forgotten")
        await acknowledge_turn(interaction)
        await turn(interaction, await self._found(interaction, text, token, older))

    async def _found(self, interaction: DeskInteraction, text: str, token: str, older: str) -> Card:
        found = await self.desk.finding.searching.search(
            guild_of(interaction),
            text,
            older=None if older == _START else int(older),
            by=interaction.user.id,
        )
        return found_card(tongue(interaction), found, text, token, older)


def found_card(t: Tongue, found: Found, text: str, token: str, older: str) -> Card:
    """Show a page of what was found, newest first."""
    title = t("triage.search.title", text=inert(text, limit=_QUERY))
    notes = []
    if not found.words:
        notes.append(t("triage.search.no_words"))
    elif 0 < found.unknown < found.words:
        notes.append(t.plural("triage.search.unknown", found.unknown))
    if found.words and not found.summaries:
        further = found.older is not None
        notes.append(t("triage.search.none_here" if further else "triage.search.none"))
    lines = [show.summary_line(t, one) for one in found.summaries]
    leafing = []
    if older != _START:
        leafing.append(Button(t("triage.search.first"), custom_id("case", "found", token, _START)))
    if found.older is not None:
        press = custom_id("case", "found", token, found.older)
        leafing.append(Button(t("triage.search.older"), press))
    rows = [show.open_menu(t, found.summaries)] if found.summaries else []
    return Card(
        kind=t("triage.search.kind"),
        title=title,
        body="\n".join([*notes, *lines]),
        tone=Tone.STAFF,
        rows=[*rows, leafing] if leafing else rows,
    )
