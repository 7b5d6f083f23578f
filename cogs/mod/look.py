"""/mod show, log, appeals and figures: looking things up."""

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.moderation.cases.log import Search
from bot.moderation.cases.model import (
    Act,
    AlreadyInForce,
    BadCase,
    NoSuchCase,
    NotAllowedMove,
    SameModerator,
    SomebodyWasFirst,
    State,
)
from bot.platform.access import POST_NEEDS, missing_permissions, require, requires
from bot.platform.cards import Button, Card, Menu, Part, Row
from bot.platform.cards import Choice as Option
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.interactions import (
    NOBODY,
    acknowledge,
    acknowledge_turn,
    reply,
    say,
    tongue,
    turn,
)
from bot.words import Tongue
from bot.workflows.moderation_figures import Told, figures
from cogs._typed import number
from cogs._typed import page as page_of
from cogs.mod import show
from cogs.mod.group import GROUP, MODERATOR, RULE, case_of, rule_choices, rule_name
from cogs.triage.told import guild_of, staff_name

_ACTS = {
    Act.REPORT: words("command.mod.act.report", "Report"),
    Act.NOTICE: words("command.mod.act.notice", "Notice"),
    Act.WARN: words("command.mod.act.warn", "Warning"),
    Act.NOTE: words("command.mod.act.note", "Note"),
    Act.TIMEOUT: words("command.mod.act.timeout", "Timeout"),
    Act.ROLE: words("command.mod.act.role", "Role taken away"),
    Act.KICK: words("command.mod.act.kick", "Kick"),
    Act.SOFTBAN: words("command.mod.act.softban", "Softban"),
    Act.BAN: words("command.mod.act.ban", "Ban"),
    Act.PURGE: words("command.mod.act.purge", "Messages deleted"),
    Act.LOCK: words("command.mod.act.lock", "Channel locked"),
    Act.SLOW: words("command.mod.act.slow", "Slow mode"),
}
_STATES = {
    State.OPEN: words("command.mod.state.open", "Open"),
    State.ACTIONED: words("command.mod.state.actioned", "In force"),
    State.APPEALED: words("command.mod.state.appealed", "Appealed"),
    State.UPHELD: words("command.mod.state.upheld", "Upheld"),
    State.CHANGED: words("command.mod.state.changed", "Changed"),
    State.LIFTED: words("command.mod.state.lifted", "Lifted"),
    State.EXPIRED: words("command.mod.state.expired", "Over"),
}
_DAYS = 90


class Looking(DeskCog):
    """What moderators look up."""

    async def cog_load(self) -> None:
        """Say what moderators are told when a case cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchCase, lambda t, _e: t("appeal.no_such"))
        know(BadCase, lambda t, error: t(error.problem))
        know(SameModerator, lambda t, _e: t("mod.same_moderator"))
        know(
            SomebodyWasFirst,
            lambda t, error: t(
                "mod.first",
                who=staff_name(t, error.by),
                act=show.act_name(t, error.act),
                reference=error.reference,
            ),
        )
        know(
            AlreadyInForce,
            lambda t, error: t(
                "mod.in_force",
                who=staff_name(t, error.by),
                act=show.act_name(t, error.act),
                reference=error.reference,
            ),
        )
        know(
            NotAllowedMove,
            lambda t, error: t(
                "mod.not_allowed",
                now=show.state_name(t, error.now),
                allowed=", ".join(show.state_name(t, one) for one in error.allowed) or "–",
            ),
        )

    @GROUP.command(name="show", description=words("command.mod.show", "Open a case"))
    @app_commands.describe(ref=words("command.mod.ref", "The case’s reference, such as K-7K4Q-2M"))
    @requires(MODERATOR)
    async def show_case(self, interaction: DeskInteraction, ref: Range[str, 1, 20]) -> None:
        """Open a case."""
        await acknowledge(interaction)
        case = await self.desk.cases.case(guild_of(interaction), case_of(ref))
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))

    @GROUP.command(
        name="log", description=words("command.mod.log", "Search the log, or a member’s history")
    )
    @app_commands.describe(
        member=words("command.mod.log.member", "Whom it is about"),
        moderator=words("command.mod.log.moderator", "Who acted"),
        act=words("command.mod.log.act", "What was done"),
        state=words("command.mod.log.state", "Where it stands"),
        rule=RULE,
        text=words("command.mod.log.text", "Words of the reason"),
    )
    @app_commands.choices(
        act=[Choice(name=name, value=str(act)) for act, name in _ACTS.items()],
        state=[Choice(name=name, value=str(state)) for state, name in _STATES.items()],
    )
    @requires(MODERATOR)
    async def log(
        self,
        interaction: DeskInteraction,
        member: discord.User | None = None,
        moderator: discord.User | None = None,
        act: str | None = None,
        state: str | None = None,
        rule: Range[str, 1, 40] | None = None,
        text: Range[str, 1, 100] | None = None,
    ) -> None:
        """Search the log of cases."""
        await acknowledge(interaction)
        wanted = Search(
            subject=None if member is None else member.id,
            by=None if moderator is None else moderator.id,
            act=None if act is None else Act(act),
            state=None if state is None else State(state),
            rule=rule or "",
            words=text or "",
        )
        await reply(interaction, await self._page(interaction, wanted, 0))

    @log.autocomplete("rule")
    async def rules_there(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer rules by a part of their title."""
        return rule_choices(self.desk, tongue(interaction), current)

    @on_button("mod", "history")
    async def history(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the cases about the member of a case."""
        await require(interaction, MODERATOR)
        await acknowledge(interaction)
        case = await self.desk.cases.case(guild_of(interaction), case_of(reference))
        if case.subject is None:
            raise Refused("appeal.no_such")
        await reply(interaction, await self._page(interaction, Search(subject=case.subject), 0))

    @on_button("mod", "page")
    async def page(
        self,
        interaction: DeskInteraction,
        page: str,
        member: str,
        by: str,
        act: str,
        state: str,
        rule: str,
    ) -> None:
        """Go to another page of the log."""
        await require(interaction, MODERATOR)
        if act not in {*Act, "-"} or state not in {*State, "-"}:
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        wanted = Search(
            subject=number(member) or None,
            by=number(by) or None,
            act=None if act == "-" else Act(act),
            state=None if state == "-" else State(state),
            rule="" if rule == "-" else rule,
        )
        await turn(interaction, await self._page(interaction, wanted, page_of(page)))

    @on_menu("mod", "open")
    async def open_case(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a case that was chosen from a list."""
        await require(interaction, MODERATOR)
        await acknowledge(interaction)
        ref = case_of(values[0] if values else "")
        case = await self.desk.cases.case(guild_of(interaction), ref)
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))

    @GROUP.command(
        name="appeals",
        description=words("command.mod.appeals", "Appeals that wait for somebody"),
    )
    @requires(MODERATOR)
    async def appeals(self, interaction: DeskInteraction) -> None:
        """List the appeals that wait."""
        await acknowledge(interaction)
        t = tongue(interaction)
        waiting = await self.desk.cases.waiting(guild_of(interaction))
        lines = [
            t("mod.appeals.line", line=show.line(self.desk, t, one), day=show.moment(due, "R"))
            for one, due in waiting[:20]
        ]
        choices = [
            Option(f"{one.reference} · {show.act_name(t, one.act)}", one.reference)
            for one, _ in waiting[:25]
        ]
        rows: list[Row] = (
            [Menu(t("mod.open"), custom_id("mod", "open"), choices)] if choices else []
        )
        title = t("mod.appeals.title")
        body = "\n".join(f"- {one}" for one in lines) or t("mod.appeals.none")
        await reply(interaction, Card(kind=t("mod.kind"), title=title, body=body, rows=rows))

    @GROUP.command(
        name="figures",
        description=words("command.mod.figures", "How much was done, in totals"),
    )
    @app_commands.describe(
        days=words("command.mod.figures.days", "Of how many days; 90 by default")
    )
    @requires(MODERATOR)
    async def figures(self, interaction: DeskInteraction, days: Range[int, 7, 365] = _DAYS) -> None:
        """Show the figures as they may be published, and offer to post them."""
        await acknowledge(interaction)
        t = tongue(interaction)
        told = figures(await self.desk.cases.counts(guild_of(interaction), days))
        button = Button(t("mod.figures.publish"), custom_id("mod", "publish", days))
        await reply(interaction, self._figures_card(t, told, days, [[button]]))

    @on_button("mod", "publish")
    async def publish(self, interaction: DeskInteraction, days: str) -> None:
        """Post the figures in this channel, for everybody."""
        await require(interaction, MODERATOR)
        channel, guild = interaction.channel, interaction.guild
        if guild is None or not isinstance(channel, discord.TextChannel):
            raise Refused("mod.bad.channel")
        missing = missing_permissions(channel, guild.me, POST_NEEDS)
        if missing:
            raise Refused("mod.bad.permission", permissions=", ".join(missing))
        await acknowledge(interaction)
        many = min(max(number(days), 7), 365)
        told = figures(await self.desk.cases.counts(guild.id, many))
        card = self._figures_card(self.desk.words.english, told, many, [])
        await channel.send(view=card.view(), allowed_mentions=NOBODY)
        await say(interaction, tongue(interaction)("mod.figures.published"))

    def _figures_card(self, t: Tongue, told: Told, days: int, rows: list[Row]) -> Card:
        def lines(table: list[tuple[str, int | None]]) -> list[str]:
            few = t("mod.figures.few")
            return [f"{name}: {few if count is None else count}" for name, count in table]

        rules = [(rule_name(self.desk, t, one), count) for one, count in told.rules]
        acts = [(show.act_name(t, Act(one)), count) for one, count in told.acts]
        appeals = [(t(f"mod.figures.appeal.{one}"), count) for one, count in told.appeals]
        none = [t("mod.figures.none")]
        return Card(
            kind=t("mod.figures.kind"),
            title=t.plural("mod.figures.title", days),
            parts=[
                Part(t("mod.figures.acts"), lines(acts) or none),
                Part(t("mod.figures.rules"), lines(rules) or none),
                Part(t("mod.figures.appeals"), lines(appeals) or none),
            ],
            footer=t("mod.figures.note"),
            rows=rows,
        )

    async def _page(self, interaction: DeskInteraction, wanted: Search, page: int) -> Card:
        t = tongue(interaction)
        found = await self.desk.cases.search(guild_of(interaction), wanted, page)
        choices = [
            Option(f"{one.reference} · {show.act_name(t, one.act)}", one.reference)
            for one in found.lines
        ]
        rows: list[Row] = []
        if choices:
            rows.append(Menu(t("mod.open"), custom_id("mod", "open"), choices))
        if found.pages > 1 and not wanted.words:
            filters = (
                wanted.subject or 0,
                wanted.by or 0,
                wanted.act or "-",
                wanted.state or "-",
                wanted.rule or "-",
            )
            rows.append(
                [
                    Button(
                        t("mod.button.previous"),
                        custom_id("mod", "page", max(found.page - 1, 0), *filters),
                        disabled=found.page == 0,
                    ),
                    Button(
                        t("mod.button.next"),
                        custom_id("mod", "page", found.page + 1, *filters),
                        disabled=found.page >= found.pages - 1,
                    ),
                ]
            )
        parts = []
        if wanted.subject is not None:
            rung = await self.desk.cases.next_step(guild_of(interaction), wanted.subject)
            parts.append(Part(t("mod.part.next"), show.act_name(t, rung.act)))
        lines = [show.line(self.desk, t, one) for one in found.lines]
        return Card(
            kind=t("mod.kind"),
            title=t.plural("mod.log.title", found.total),
            body="\n".join(f"- {one}" for one in lines) or t("mod.log.none"),
            parts=parts,
            rows=rows,
        )
