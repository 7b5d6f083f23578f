"""The polls and opinion maps of a session: a button on its post, and what it opens."""

from bot.discussions.model import Session
from bot.discussions.opinions.model import OpinionMap
from bot.discussions.polls.model import Poll
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs.discussion import show as session_show
from cogs.discussion._group import find
from cogs.opinion import show as map_show
from cogs.poll import show as poll_show


class SessionHolds(DeskCog):
    """Leads from a session to its polls and opinion maps."""

    async def cog_load(self) -> None:
        """Add the button to sessions' posts."""
        await super().cog_load()
        if buttons not in session_show.MORE:
            session_show.MORE.append(buttons)

    async def cog_unload(self) -> None:
        """Take it away again."""
        await super().cog_unload()
        if buttons in session_show.MORE:
            session_show.MORE.remove(buttons)

    @on_button("held", "of")
    async def of(self, interaction: DeskInteraction, reference: str) -> None:
        """Show what is held in a session, to open each."""
        await acknowledge(interaction)
        session = await find(interaction, reference)
        polls = await self.desk.polls.polls(session.guild_id, session_id=session.id)
        maps = await self.desk.opinions.maps(session.guild_id, session_id=session.id)
        await reply(interaction, _card(tongue(interaction), session, polls, maps))


def buttons(t: Tongue, session: Session) -> list[Button]:
    """Return the button of a session that holds any."""
    if not session.polls and not session.maps:
        return []
    return [Button(t("held.button"), custom_id("held", "of", session.reference))]


def _card(t: Tongue, session: Session, polls: list[Poll], maps: list[OpinionMap]) -> Card:
    parts, rows = list[Part](), list[Row]()
    if polls:
        parts.append(Part(t("poll.list.title"), [poll_show.line(t, one) for one in polls]))
        choices = [
            Choice(one.asked.question, one.reference, poll_show.state_name(t, one)) for one in polls
        ]
        rows.append(Menu(t("poll.list.open"), custom_id("poll", "open"), choices))
    if maps:
        parts.append(Part(t("opinion.list.title"), [map_show.line(t, one) for one in maps]))
        choices = [Choice(one.question, one.reference, map_show.state_name(t, one)) for one in maps]
        rows.append(Menu(t("opinion.list.open"), custom_id("opinion", "open"), choices))
    return Card(
        title=inert(session.plan.topic, limit=250),
        body="" if parts else t("held.none"),
        parts=parts,
        footer=session.reference,
        rows=rows,
    )
