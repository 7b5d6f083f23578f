"""/triage themes: open concerns about the same, to name, to open, and to pass on together."""

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.concerns.briefs.model import UNSENT, Line
from bot.concerns.model import RAISABLE, TOPIC_LIMIT, Kind
from bot.concerns.themes.service import PAGE, Theme, ThemeChanged, ThemePage
from bot.guilds.model import Capability
from bot.platform.access import capabilities, requires
from bot.platform.cards import Button, Card, Menu, Part, Row, Tone
from bot.platform.cards import Choice as Option
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert, plain
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.words import Tongue
from cogs._choices import KINDS
from cogs.triage import show
from cogs.triage.figures import TriageFigures
from cogs.triage.told import guild_of, reference_of, telling

_ANY = "-"
_LISTED = 10
_BRIEFS = 24
_NEW = "new"
_TITLE = 70


class TriageThemes(TriageFigures):
    """/triage with the command that groups."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(ThemeChanged, lambda t, _e: t("theme.changed"))

    @TriageFigures.triage.command(
        name="themes",
        description=words("command.triage.themes", "Groups of open concerns about the same"),
    )
    @app_commands.describe(kind=words("command.triage.themes.kind", "Only concerns of this kind"))
    @app_commands.choices(
        kind=[Choice(name=KINDS[kind], value=str(kind)) for kind in (*RAISABLE, Kind.QUESTION)]
    )
    @requires(Capability.STAFF)
    async def themes(self, interaction: DeskInteraction, kind: str | None = None) -> None:
        """Show the largest groups."""
        await acknowledge(interaction)
        await reply(interaction, await self._themes(interaction, kind or _ANY, 0))

    @on_button("theme", "page", requires=Capability.STAFF)
    async def leaf_themes(self, interaction: DeskInteraction, kind: str, first: str) -> None:
        """Show another page of groups."""
        if not (first.isascii() and first.isdecimal() and len(first) < len(str(10**6))):
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        await turn(interaction, await self._themes(interaction, kind, int(first)))

    @on_menu("theme", "open", requires=Capability.STAFF)
    async def theme_opened(
        self, interaction: DeskInteraction, values: tuple[str, ...], kind: str
    ) -> None:
        """Show one group whole."""
        await acknowledge(interaction)
        key = reference_of(values[0] if values else "")
        theme = await self.desk.themes.theme(
            guild_of(interaction), interaction.user.id, key, kind=_kind(kind)
        )
        briefs: list[Line] = []
        liaison = Capability.LIAISON in await capabilities(interaction)
        if liaison:
            lines, _ = await self.desk.briefs.list_(guild_of(interaction), limit=100)
            briefs = [one for one in lines if one.state in UNSENT][:_BRIEFS]
        card = theme_card(tongue(interaction), theme, kind, briefs, liaison=liaison)
        await reply(interaction, card)

    @on_button("theme", "name", requires=Capability.STAFF)
    async def theme_named(
        self, interaction: DeskInteraction, key: str, mark: str, kind: str
    ) -> None:
        """Give the whole group the name that the button says."""
        await acknowledge(interaction)
        theme = await self._meant(interaction, key, mark, kind)
        await self._name(interaction, theme, theme.name)

    @on_button("theme", "rename", requires=Capability.STAFF)
    async def ask_theme_name(
        self, interaction: DeskInteraction, key: str, mark: str, kind: str
    ) -> None:
        """Ask for another name."""
        t = tongue(interaction)
        asked = TextField(
            "topic",
            t("casework.describe.topic"),
            description=t("casework.describe.topic.note"),
            limit=TOPIC_LIMIT,
        )
        press = custom_id("theme", "rename", key, mark, kind)
        await open_form(interaction, t("theme.rename"), press, [asked])

    @on_form("theme", "rename", requires=Capability.STAFF)
    async def theme_renamed(
        self, interaction: DeskInteraction, form: Form, key: str, mark: str, kind: str
    ) -> None:
        """Give the whole group the name that was typed."""
        await acknowledge(interaction)
        theme = await self._meant(interaction, key, mark, kind)
        await self._name(interaction, theme, form.text("topic"))

    async def _meant(self, interaction: DeskInteraction, key: str, mark: str, kind: str) -> Theme:
        return await self.desk.themes.theme(
            guild_of(interaction),
            interaction.user.id,
            reference_of(key),
            kind=_kind(kind),
            mark=mark,
        )

    async def _name(self, interaction: DeskInteraction, theme: Theme, name: str) -> None:
        t = tongue(interaction)
        with telling(t):
            done = await self.desk.triage.name_all(
                guild_of(interaction), theme.references, interaction.user.id, name
            )
        topic = inert(done.topic, limit=TOPIC_LIMIT)
        lines = [t.plural("theme.named", done.named, topic=topic)] if done.named else []
        if done.kept:
            lines.append(t.plural("theme.kept", done.kept))
        lines = lines or [t("theme.as_was", topic=topic)]
        await say(interaction, "\n".join(lines))

    async def _themes(self, interaction: DeskInteraction, kind: str, first: int) -> Card:
        page = await self.desk.themes.page(
            guild_of(interaction), interaction.user.id, kind=_kind(kind), first=first
        )
        return page_card(tongue(interaction), page, kind)


def page_card(t: Tongue, page: ThemePage, kind: str) -> Card:
    """Show groups with their counts, a menu to open one, and buttons to leaf."""
    notes = [t.plural("theme.alone", page.alone)] if page.alone else []
    if not page.all_:
        notes.append(t("theme.bounded", count=page.looked))
    rows: list[Row] = []
    if page.themes:
        options = [
            Option(
                plain(_title(t, one), limit=100),
                one.key,
                t.plural("theme.concerns", len(one.references)),
            )
            for one in page.themes
        ]
        rows.append(Menu(t("theme.open"), custom_id("theme", "open", kind), options))
    leafing = []
    if page.first:
        press = custom_id("theme", "page", kind, max(page.first - PAGE, 0))
        leafing.append(Button(t("triage.queue.previous"), press))
    if page.first + PAGE < page.total:
        press = custom_id("theme", "page", kind, page.first + PAGE)
        leafing.append(Button(t("triage.queue.next"), press))
    if leafing:
        rows.append(leafing)
    return Card(
        kind=t("theme.kind"),
        title=t.plural("theme.title", page.total),
        body="" if page.themes else t("theme.none"),
        parts=[
            Part(f"{number} · {_title(t, one)}", _lines(t, one))
            for number, one in enumerate(page.themes, page.first + 1)
        ],
        footer=" ".join(notes),
        tone=Tone.STAFF,
        rows=rows,
    )


def theme_card(t: Tongue, theme: Theme, kind: str, briefs: list[Line], *, liaison: bool) -> Card:
    """Show one group, with what can be done with the whole of it."""
    of = theme.key, theme.mark, kind
    naming = [Button(t("theme.rename"), custom_id("theme", "rename", *of))]
    if theme.unnamed and theme.name:
        label = t("theme.name", topic=plain(theme.name, limit=60))
        press = custom_id("theme", "name", *of)
        naming.insert(0, Button(label, press, discord.ButtonStyle.primary))
    shown = theme.summaries[-_LISTED:]
    rows: list[Row] = [show.open_menu(t, shown)]
    if theme.unnamed:
        rows.append(naming)
    if liaison:
        options = [Option(t("theme.brief.new"), _NEW)]
        options += [
            Option(plain(f"{one.reference} · {one.title}", limit=100), one.reference)
            for one in briefs
        ]
        rows.append(Menu(t("theme.brief"), custom_id("brief", "theme", *of), options))
    more = len(theme.references) - len(shown)
    return Card(
        kind=t("theme.kind.one"),
        title=_title(t, theme),
        body="\n".join([*_lines(t, theme), "", *(show.summary_line(t, one) for one in shown)]),
        footer=t.plural("theme.more", more) if more > 0 else "",
        tone=Tone.STAFF,
        rows=rows,
    )


def _title(t: Tongue, theme: Theme) -> str:
    return inert(theme.name, limit=_TITLE) or t("theme.unnamed", reference=theme.key)


def _lines(t: Tongue, theme: Theme) -> list[str]:
    counted = t.plural("theme.concerns", len(theme.references))
    kinds = ", ".join(
        t("figures.line", name=show.kind_name(t, kind), count=count) for kind, count in theme.kinds
    )
    lines = [t.plural("theme.people", theme.people, concerns=counted), kinds]
    if theme.topics and theme.words:
        lines.append(t("theme.words", words=inert(", ".join(theme.words), limit=150)))
    lines += [
        t.plural("theme.topic", count, topic=inert(topic, limit=TOPIC_LIMIT))
        for topic, count in theme.topics[:2]
    ]
    return lines


def _kind(kind: str) -> Kind | None:
    """Return the kind that a button carries.

    Raises:
        Refused: it is none; an older release made the button.
    """
    if kind == _ANY:
        return None
    if kind not in set(Kind):
        raise Refused("error.stale")
    return Kind(kind)
