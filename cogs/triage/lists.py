"""/triage queue, mine and stale: lists of concerns, narrowed down, and views that are kept."""

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.concerns.finding.filters import (
    ALL,
    NAME_LIMIT,
    Filter,
    NoSuchView,
    TooManyViews,
    View,
)
from bot.concerns.listing import Page
from bot.concerns.model import RAISABLE, Kind, Priority, State
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import capabilities, requires
from bot.platform.cards import Button, Card, Row, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert, plain
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs._choices import KINDS, STATES
from cogs.triage import show
from cogs.triage.finding import TriageFinding
from cogs.triage.told import guild_of, staff_name, state_name

_PAGE = 10
_FILTER = 80
_FROM, _AFTER, _BEFORE = "f", "a", "b"
_NONE = "-"
_STALE_DAYS = 7
_PRIORITIES = {
    Priority.URGENT: words("command.triage.priority.urgent", "Urgent"),
    Priority.HIGH: words("command.triage.priority.high", "High"),
    Priority.NORMAL: words("command.triage.priority.normal", "Normal"),
}


class TriageLists(TriageFinding):
    """/triage with the commands that list."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(NoSuchView, lambda t, _e: t("triage.view.gone"))
        client.sentences.know(TooManyViews, lambda t, _e: t("triage.view.too_many"))

    @TriageFinding.triage.command(
        name="queue",
        description=words("command.triage.queue", "Open concerns, the most pressing first"),
    )
    @app_commands.describe(
        view=words("command.triage.queue.view", "A view you have kept"),
        state=words("command.triage.queue.state", "Only those that stand here"),
        kind=words("command.triage.queue.kind", "Only those of this kind"),
        claimed=words("command.triage.queue.claimed", "Only those that this person has"),
        unclaimed=words("command.triage.queue.unclaimed", "Only those that nobody has"),
        priority=words("command.triage.queue.priority", "Only those of this priority"),
        label=words("command.triage.queue.label", "Only those with this label"),
        topic=words("command.triage.queue.topic", "Only those of this topic"),
        days=words("command.triage.queue.days", "Only those raised at least so many days ago"),
    )
    @app_commands.choices(
        state=[Choice(name=name, value=str(state)) for state, name in STATES.items()],
        kind=[Choice(name=KINDS[kind], value=str(kind)) for kind in (*RAISABLE, Kind.QUESTION)],
        priority=[Choice(name=name, value=str(int(one))) for one, name in _PRIORITIES.items()],
    )
    @requires(Capability.STAFF)
    async def queue(
        self,
        interaction: DeskInteraction,
        view: app_commands.Range[str, 1, 20] | None = None,
        state: str | None = None,
        kind: str | None = None,
        claimed: discord.User | None = None,
        unclaimed: bool = False,
        priority: str | None = None,
        label: app_commands.Range[str, 1, 30] | None = None,
        topic: app_commands.Range[str, 1, 80] | None = None,
        days: app_commands.Range[int, 1, 3650] | None = None,
    ) -> None:
        """Show the first page of the queue."""
        await acknowledge(interaction)
        if view is not None:
            kept = await self._view(interaction, view)
            await reply(interaction, await self._page(interaction, kept))
            return
        chosen = Filter(
            kind=None if kind is None else Kind(kind),
            state=None if state is None else State(state),
            claimed_by=0 if unclaimed else (None if claimed is None else claimed.id),
            priority=None if priority is None else Priority(int(priority)),
            label=(label or "").strip().casefold(),
            topic=" ".join((topic or "").split()),
            older_days=days or 0,
        )
        await self._first(interaction, chosen)

    @TriageFinding.triage.command(
        name="mine", description=words("command.triage.mine", "The concerns that you have")
    )
    @requires(Capability.STAFF)
    async def mine(self, interaction: DeskInteraction) -> None:
        """Show what this person has claimed."""
        await acknowledge(interaction)
        await self._first(interaction, Filter(claimed_by=interaction.user.id))

    @TriageFinding.triage.command(
        name="stale",
        description=words("command.triage.stale", "Open concerns that nothing happens to"),
    )
    @app_commands.describe(
        days=words("command.triage.stale.days", "For at least so many days (7 if you say nothing)")
    )
    @requires(Capability.STAFF)
    async def stale(
        self, interaction: DeskInteraction, days: app_commands.Range[int, 1, 3650] = _STALE_DAYS
    ) -> None:
        """Show what has been quiet, the longest first."""
        await acknowledge(interaction)
        await self._first(interaction, Filter(quiet_days=days))

    @queue.autocomplete("view")
    async def views_offered(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the views that this person keeps."""
        try:
            views = await self.desk.finding.views.named(guild_of(interaction), interaction.user.id)
        except StoreUnavailable:
            return []
        typed = current.casefold().strip()
        return [
            Choice(name=plain(one.name, limit=limits.CHOICE_NAME), value=str(one.id))
            for one in views
            if typed in one.name.casefold()
        ][: limits.CHOICES]

    @queue.autocomplete("topic")
    async def topics_offered(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the topics there are; staff only."""
        try:
            if Capability.STAFF not in await capabilities(interaction):
                return []
            found = await self.desk.triage.topics(guild_of(interaction), current)
        except StoreUnavailable:
            return []
        return [
            Choice(name=plain(one, limit=limits.CHOICE_NAME), value=one)
            for one in found[: limits.CHOICES]
        ]

    @on_button("case", "queue", requires=Capability.STAFF)
    async def leaf(self, interaction: DeskInteraction, view: str, way: str, reference: str) -> None:
        """Show another page."""
        await acknowledge_turn(interaction)
        kept = View(0, "", ALL) if view == "0" else await self._view(interaction, view)
        await turn(interaction, await self._page(interaction, kept, way, reference))

    @on_button("case", "view_keep", requires=Capability.STAFF)
    async def name_view(self, interaction: DeskInteraction, view: str) -> None:
        """Ask for the name to keep a view under."""
        t = tongue(interaction)
        asked = TextField("name", t("triage.view.name"), limit=NAME_LIMIT)
        press = custom_id("case", "view_keep", view)
        await open_form(interaction, t("triage.view.keep"), press, [asked])

    @on_form("case", "view_keep", requires=Capability.STAFF)
    async def keep_view(self, interaction: DeskInteraction, form: Form, view: str) -> None:
        """Keep a view under a name."""
        await acknowledge(interaction)
        name = " ".join(form.text("name").split())
        if not name:
            raise Refused("triage.view.no_name")
        there = await self._view(interaction, view)
        kept = await self.desk.finding.views.keep(
            guild_of(interaction), interaction.user.id, there.filter, name
        )
        body = tongue(interaction)("triage.view.kept", name=inert(kept.name, limit=_FILTER))
        await reply(interaction, Card(body=body))

    @on_button("case", "view_drop", requires=Capability.STAFF)
    async def drop_view(self, interaction: DeskInteraction, view: str) -> None:
        """Keep a view no longer."""
        await acknowledge(interaction)
        gone = await self.desk.finding.views.drop(
            guild_of(interaction), interaction.user.id, _number(view)
        )
        body = tongue(interaction)("triage.view.dropped", name=inert(gone.name, limit=_FILTER))
        await reply(interaction, Card(body=body))

    async def _first(self, interaction: DeskInteraction, chosen: Filter) -> None:
        """Show the first page of a filter, which is kept so that its buttons go on working."""
        view = View(0, "", chosen)
        if chosen != ALL:
            guild_id, by = guild_of(interaction), interaction.user.id
            view = await self.desk.finding.views.keep(guild_id, by, chosen)
        await reply(interaction, await self._page(interaction, view))

    async def _view(self, interaction: DeskInteraction, view: str) -> View:
        return await self.desk.finding.views.view(
            guild_of(interaction), interaction.user.id, _number(view)
        )

    async def _page(
        self, interaction: DeskInteraction, view: View, way: str = _FROM, reference: str = _NONE
    ) -> Card:
        page = await self.desk.triage.queue(
            guild_of(interaction),
            view.filter,
            by=interaction.user.id,
            after=reference if way == _AFTER else None,
            before=reference if way == _BEFORE else None,
            limit=_PAGE,
        )
        return page_card(tongue(interaction), page, view)


def page_card(t: Tongue, page: Page, view: View) -> Card:
    """Show a page of a list, with a menu to open a case and buttons to leaf both ways."""
    title = inert(view.name, limit=_FILTER) or t("triage.queue.title")
    filters = ", ".join(_filters(t, view.filter))
    keeping = []
    if view.name:
        keeping = [Button(t("triage.view.drop"), custom_id("case", "view_drop", view.id))]
    elif view.id:
        keeping = [Button(t("triage.view.keep"), custom_id("case", "view_keep", view.id))]
    if not page.summaries:
        body = "\n\n".join(one for one in (filters, t(_why_empty(view.filter))) if one)
        return Card(
            kind=t("triage.queue.kind"), title=title, body=body, rows=[keeping] if keeping else []
        )
    leafing = []
    if page.previous_before is not None:
        leafing += [
            Button(t("triage.queue.first"), _press(view, _FROM, _NONE)),
            Button(t("triage.queue.previous"), _press(view, _BEFORE, page.previous_before)),
        ]
    if page.next_after is not None:
        leafing.append(Button(t("triage.queue.next"), _press(view, _AFTER, page.next_after)))
    lines = [show.summary_line(t, one) for one in page.summaries]
    rows: list[Row] = [show.open_menu(t, page.summaries)]
    rows += [buttons for buttons in (leafing, keeping) if buttons]
    total = t("triage.queue.many") if page.many else t.plural("triage.queue.total", page.total_open)
    return Card(
        kind=t("triage.queue.kind"),
        title=title,
        body="\n".join([filters, "", *lines] if filters else lines),
        footer=total,
        tone=Tone.STAFF,
        rows=rows,
    )


def _why_empty(chosen: Filter) -> str:
    """Return the key of what an empty list means: no news is not always good news."""
    if chosen == Filter():
        return "triage.queue.empty"
    if chosen == Filter(quiet_days=chosen.quiet_days):
        return "triage.queue.empty_stale"
    if chosen == Filter(claimed_by=chosen.claimed_by) and chosen.claimed_by:
        return "triage.queue.empty_held"
    return "triage.queue.empty_filtered"


def _filters(t: Tongue, chosen: Filter) -> list[str]:
    """Return what a filter asks for, in words."""
    said = [] if chosen.state is None else [state_name(t, chosen.state)]
    if chosen.kind is not None:
        said.append(show.kind_name(t, chosen.kind))
    if chosen.claimed_by == 0:
        said.append(t("triage.filter.nobody"))
    elif chosen.claimed_by is not None:
        said.append(t("triage.filter.held", who=staff_name(t, chosen.claimed_by)))
    if chosen.priority is not None:
        said.append(t(f"triage.filter.priority.{chosen.priority.name.lower()}"))
    if chosen.label:
        said.append(t("triage.filter.label", label=inert(chosen.label, limit=_FILTER)))
    if chosen.topic:
        said.append(t("triage.filter.topic", topic=inert(chosen.topic, limit=_FILTER)))
    if chosen.older_days:
        said.append(t.plural("triage.filter.older", chosen.older_days))
    if chosen.quiet_days:
        said.append(t.plural("triage.filter.quiet", chosen.quiet_days))
    return said


def _press(view: View, way: str, reference: str) -> str:
    return custom_id("case", "queue", view.id, way, reference)


def _number(view: str) -> int:
    """Return the number of a view.

    Raises:
        Refused: it is none; an older release made the button, or somebody typed it.
    """
    if not (view.isascii() and view.isdecimal()) or len(view) > 18:
        raise Refused("triage.view.gone")
    return int(view)
