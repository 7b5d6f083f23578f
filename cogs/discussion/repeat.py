"""/discussion series and end: sessions that are held again and again."""

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions.series import PREFIX
from bot.discussions.times import Every
from bot.platform.access import requires
from bot.platform.cards import Card, Part, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, reply, say, tongue
from bot.store import StoreUnavailable
from cogs._choices import offered
from cogs._typed import reference
from cogs.discussion import show
from cogs.discussion._group import GROUP, HOSTS, LONGEST, find, is_host
from cogs.discussion.plan import REF
from cogs.triage.told import guild_of

EVERY = {
    Every.WEEK: words("command.discussion.every.week", "Every week"),
    Every.TWO_WEEKS: words("command.discussion.every.two_weeks", "Every two weeks"),
    Every.MONTH_BY_WEEKDAY: words(
        "command.discussion.every.month_by_weekday", "Every month on that weekday: first Tuesday"
    ),
    Every.MONTH_BY_DAY: words(
        "command.discussion.every.month_by_day", "Every month on that day: the 15th"
    ),
}
_SHOWN = 6
_ZONES = 300


class DiscussionSeries(DeskCog):
    """What hosts do with series."""

    @GROUP.command(
        name="series",
        description=words("command.discussion.series", "For hosts: hold a session again and again"),
    )
    @app_commands.describe(
        ref=REF,
        every=words("command.discussion.series.every", "How often"),
        zones=words(
            "command.discussion.series.zones",
            "More time zones, with commas: each has it in its evening in turn",
        ),
    )
    @app_commands.choices(every=[Choice(name=name, value=str(one)) for one, name in EVERY.items()])
    @requires(*HOSTS)
    async def series(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, LONGEST],
        every: str,
        zones: Range[str, 0, _ZONES] = "",
    ) -> None:
        """Make a session the first of a series, and show when the next ones are."""
        await acknowledge(interaction)
        found = await find(interaction, ref)
        session = await self.desk.sessions.repeat(
            found.guild_id, found.reference, interaction.user.id, Every(every), zones
        )
        times = await self.desk.sessions.next_times(session.guild_id, session.series, _SHOWN)
        t = tongue(interaction)
        card = Card(
            kind=t("session.series.kind"),
            title=session.series,
            body=t(
                "session.series.made",
                topic=inert(session.plan.topic, limit=250),
                series=session.series,
            ),
            parts=[Part(t("session.series.times"), [show.at(one) for one in times])],
            tone=Tone.STAFF,
        )
        await reply(interaction, card)

    @GROUP.command(
        name="end", description=words("command.discussion.end", "For hosts: end a series")
    )
    @app_commands.describe(
        series=words("command.discussion.end.series", "The series’ reference, such as SE-7K4Q-2M")
    )
    @requires(*HOSTS)
    async def end(self, interaction: DeskInteraction, series: Range[str, 1, LONGEST]) -> None:
        """End a series."""
        await acknowledge(interaction)
        found = reference(series, PREFIX, "session.no_such_series")
        await self.desk.sessions.end(guild_of(interaction), found, interaction.user.id)
        await say(interaction, tongue(interaction)("session.series.ended", series=found))

    @end.autocomplete("series")
    async def running(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the series that go on."""
        try:
            if not await is_host(interaction):
                return []
            found = await self.desk.sessions.running_series(guild_of(interaction))
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return offered(((f"{one} · {topic}", one) for one, _rule, topic in found), current)

    @series.autocomplete("ref")
    async def upcoming(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that are planned or announced."""
        try:
            if not await is_host(interaction):
                return []
            lines = await self.desk.sessions.upcoming(guild_of(interaction), planned=True)
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return offered(
            ((f"{one.reference} · {one.topic}", one.reference) for one in lines), current
        )
