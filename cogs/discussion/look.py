"""/discussion list, next and follow: what everybody can look at, and saying that one comes."""

from discord import app_commands
from discord.app_commands import Choice

from bot.discussions.model import (
    BadPlan,
    ChangedMeanwhile,
    NoSuchSeries,
    NoSuchSession,
    NotAllowedMove,
    TooManyUpcoming,
)
from bot.platform.cards import Button, Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.words import Tongue
from cogs._typed import page as page_of
from cogs.discussion import show
from cogs.discussion._group import GROUP, find, is_host, session_of
from cogs.triage.told import guild_of


class DiscussionLooking(DeskCog):
    """What everybody can do with sessions."""

    async def cog_load(self) -> None:
        """Say what people are told when a session cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchSession, lambda t, _error: t("discussion.no_such"))
        know(NoSuchSeries, lambda t, _error: t("session.no_such_series"))
        know(BadPlan, _bad)
        know(ChangedMeanwhile, lambda t, _error: t("session.changed_meanwhile"))
        know(TooManyUpcoming, lambda t, _error: t("session.too_many"))
        know(
            NotAllowedMove,
            lambda t, error: t("discussion.not_now", state=show.state_name(t, error.now)),
        )

    @GROUP.command(
        name="list", description=words("command.discussion.list", "What comes, and what was held")
    )
    @app_commands.describe(which=words("command.discussion.list.which", "What comes, or what was"))
    @app_commands.choices(
        which=[
            Choice(name=words("command.discussion.list.coming", "What comes"), value="coming"),
            Choice(name=words("command.discussion.list.past", "What was held"), value="past"),
        ]
    )
    async def list_(self, interaction: DeskInteraction, which: str = "coming") -> None:
        """Show the first page."""
        await acknowledge(interaction)
        await reply(interaction, await self._list(interaction, which, 0))

    @GROUP.command(
        name="next", description=words("command.discussion.next", "The session that is next")
    )
    async def next(self, interaction: DeskInteraction) -> None:
        """Show the session that is open now, or else comes next."""
        await acknowledge(interaction)
        lines = await self.desk.sessions.upcoming(guild_of(interaction))
        if not lines:
            await reply(interaction, await self._list(interaction, "coming", 0))
            return
        await reply(interaction, await self._card(interaction, lines[0].reference))

    @GROUP.command(
        name="follow",
        description=words("command.discussion.follow", "Be told of every new session, or no more"),
    )
    async def follow(self, interaction: DeskInteraction) -> None:
        """Follow; whoever follows already can stop with the button."""
        await acknowledge(interaction)
        await self._follow(interaction, follows=True)

    @on_button("discussion", "follow")
    async def follow_button(self, interaction: DeskInteraction, answer: str) -> None:
        """Follow, or stop."""
        await acknowledge(interaction)
        await self._follow(interaction, follows=answer == "yes")

    @on_button("discussion", "page")
    async def page(self, interaction: DeskInteraction, which: str, page: str) -> None:
        """Go to another page."""
        await acknowledge_turn(interaction)
        await turn(interaction, await self._list(interaction, which, page_of(page)))

    @on_menu("discussion", "open")
    async def opened(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a session that was chosen from the list."""
        await acknowledge_turn(interaction)
        await turn(interaction, await self._card(interaction, values[0] if values else ""))

    @on_button("discussion", "come")
    async def come(self, interaction: DeskInteraction, reference: str) -> None:
        """Note that this person comes."""
        await self._come(interaction, reference, comes=True)

    @on_button("discussion", "notcome")
    async def not_come(self, interaction: DeskInteraction, reference: str) -> None:
        """Note that this person does not come after all."""
        await self._come(interaction, reference, comes=False)

    async def _come(self, interaction: DeskInteraction, reference: str, *, comes: bool) -> None:
        await acknowledge(interaction)
        session = await self.desk.sessions.come(
            guild_of(interaction), session_of(reference), interaction.user.id, comes=comes
        )
        t = tongue(interaction)
        topic, when = inert(session.plan.topic, limit=250), show.at(session.plan.starts)
        said = t("discussion.come.yes" if comes else "discussion.come.no", topic=topic, when=when)
        await say(interaction, said)

    async def _follow(self, interaction: DeskInteraction, *, follows: bool) -> None:
        await self.desk.sessions.follow(guild_of(interaction), interaction.user.id, follows=follows)
        t = tongue(interaction)
        lines = [t("discussion.follow.yes" if follows else "discussion.follow.no")]
        public = self.desk.settings.web.public
        if follows and public.enabled and public.feeds and public.base_url:
            base = public.base_url.rstrip("/")
            lines.append(
                t(
                    "discussion.follow.feeds",
                    calendar=f"{base}/sessions.ics",
                    feed=f"{base}/sessions.atom",
                )
            )
        rows = []
        if follows:
            press = custom_id("discussion", "follow", "no")
            rows.append([Button(t("discussion.button.unfollow"), press)])
        await reply(interaction, Card(body="\n".join(lines), rows=rows))

    async def _list(self, interaction: DeskInteraction, which: str, page: int) -> Card:
        if which not in ("coming", "past"):
            raise Refused("error.stale")
        guild_id = guild_of(interaction)
        past = which == "past"
        if past:
            lines = await self.desk.sessions.past(guild_id)
        else:
            planned = await is_host(interaction)
            lines = await self.desk.sessions.upcoming(guild_id, planned=planned)
        follows = await self.desk.sessions.follows(guild_id, interaction.user.id)
        return show.list_card(tongue(interaction), lines, page, past=past, follows=follows)

    async def _card(self, interaction: DeskInteraction, typed: str) -> Card:
        session = await find(interaction, typed)
        comes = await self.desk.sessions.comes(session.id, session.guild_id, interaction.user.id)
        host = await is_host(interaction)
        pages = await self.desk.topics.of_session(session.guild_id, session.reference)
        return show.open_card(
            tongue(interaction), session, host=host, comes=comes, pages=pages[: show.PAGES]
        )


def _bad(t: Tongue, error: BadPlan) -> str:
    return t(
        error.problem, **{name: inert(value, limit=200) for name, value in error.values.items()}
    )
