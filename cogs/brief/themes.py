"""Putting a theme of concerns into a brief, from its card."""

from bot.concerns.briefs.model import Pick
from bot.concerns.model import Kind
from bot.guilds.model import Capability
from bot.platform.access import require
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, reply, tongue
from cogs.brief import show
from cogs.brief.steps import open_text_form, read_text, show_brief
from cogs.brief.told import brief_of, telling
from cogs.triage.told import guild_of, reference_of

_NEW = "new"
_ANY = "-"


class BriefThemes(DeskCog):
    """Themes in briefs."""

    @on_menu("brief", "theme", requires=Capability.LIAISON)
    async def chosen(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        key: str,
        mark: str,
        kind: str,
    ) -> None:
        """Put a theme into the brief that was chosen, or ask for what a new one says."""
        await require(interaction, Capability.STAFF)
        wanted = values[0] if values else ""
        if wanted == _NEW:
            await open_text_form(interaction, custom_id("brief", "theme", key, mark, kind))
            return
        await acknowledge(interaction)
        await self._put(interaction, brief_of(wanted), await self._in(interaction, key, mark, kind))

    @on_form("brief", "theme", requires=Capability.LIAISON)
    async def begun(
        self, interaction: DeskInteraction, form: Form, key: str, mark: str, kind: str
    ) -> None:
        """Begin a brief, and put the theme into it."""
        await require(interaction, Capability.STAFF)
        await acknowledge(interaction)
        t = tongue(interaction)
        references = await self._in(interaction, key, mark, kind)
        with telling(t):
            brief = await self.desk.briefs.new(
                guild_of(interaction),
                interaction.user.id,
                read_text(form),
                intake=f"interaction:{interaction.id}",
            )
        await self._put(interaction, brief.reference, references)

    async def _in(
        self, interaction: DeskInteraction, key: str, mark: str, kind: str
    ) -> tuple[str, ...]:
        if kind != _ANY and kind not in set(Kind):
            raise Refused("error.stale")
        theme = await self.desk.themes.theme(
            guild_of(interaction),
            interaction.user.id,
            reference_of(key),
            kind=None if kind == _ANY else Kind(kind),
            mark=mark,
        )
        return theme.references

    async def _put(
        self, interaction: DeskInteraction, reference: str, references: tuple[str, ...]
    ) -> None:
        t, guild_id = tongue(interaction), guild_of(interaction)
        with telling(t):
            picked = await self.desk.briefs.add(
                guild_id, reference, interaction.user.id, Pick(references=references)
            )
            brief = await self.desk.briefs.brief(guild_id, reference)
        await reply(interaction, Card(title=reference, body=show.picked_lines(t, picked)))
        await show_brief(interaction, brief)
