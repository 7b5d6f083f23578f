"""/mod notice, warn, note, timeout, role, kick, softban, ban, lift; and *Moderate* in menus."""

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.moderation.cases.model import (
    EVIDENCE_LIMIT,
    ON_MEMBERS,
    REASON_LIMIT,
    Act,
    Order,
)
from bot.platform.access import require, requires
from bot.platform.cards import Card
from bot.platform.cards import Choice as Option
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_form
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, Field, TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue
from cogs._typed import number
from cogs.mod import show
from cogs.mod.group import (
    GROUP,
    LENGTH,
    MODERATOR,
    REASON,
    RULE,
    case_of,
    check_may,
    length,
    member_or_user,
    minutes_of,
    posted_by,
    rule_choices,
    rule_of,
)
from cogs.triage.told import guild_of

Person = discord.Member | discord.User
Why = Range[str, 1, REASON_LIMIT]

NOWHERE = "0"
_MEMBER = words("command.mod.member", "The member")
_IN_FORM = tuple(one for one in ON_MEMBERS if one is not Act.ROLE)


class Acts(DeskCog):
    """Acts on one member."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        guilds = app_commands.AppCommandContext(guild=True)
        name = words("command.moderate.name", "Moderate")
        self._person_menu = app_commands.ContextMenu(
            name=name, callback=self.moderate_person, allowed_contexts=guilds
        )
        self._message_menu = app_commands.ContextMenu(
            name=name, callback=self.moderate_message, allowed_contexts=guilds
        )
        for menu in (self._person_menu, self._message_menu):
            menu.default_permissions = discord.Permissions(moderate_members=True)

    async def cog_load(self) -> None:
        """Add the menus, which a class cannot declare."""
        await super().cog_load()
        for menu in (self._person_menu, self._message_menu):
            self.client.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take the menus away again."""
        for menu in (self._person_menu, self._message_menu):
            self.client.tree.remove_command(menu.name, type=menu.type)
        await super().cog_unload()

    @GROUP.command(
        name="notice",
        description=words("command.mod.notice", "A kind word that counts as nothing"),
    )
    @app_commands.describe(member=_MEMBER, rule=RULE, reason=REASON)
    @requires(MODERATOR)
    async def notice(
        self, interaction: DeskInteraction, member: discord.User, rule: str, reason: Why
    ) -> None:
        """Write a member a kind word."""
        await self._act(interaction, member, Act.NOTICE, rule, reason)

    @GROUP.command(name="warn", description=words("command.mod.warn", "Warn a member"))
    @app_commands.describe(member=_MEMBER, rule=RULE, reason=REASON)
    @requires(MODERATOR)
    async def warn(
        self, interaction: DeskInteraction, member: discord.User, rule: str, reason: Why
    ) -> None:
        """Warn a member."""
        await self._act(interaction, member, Act.WARN, rule, reason)

    @GROUP.command(
        name="note",
        description=words("command.mod.note", "Note what only moderators read"),
    )
    @app_commands.describe(
        member=_MEMBER, rule=RULE, reason=words("command.mod.note.reason", "What to note")
    )
    @requires(MODERATOR)
    async def note(
        self, interaction: DeskInteraction, member: discord.User, rule: str, reason: Why
    ) -> None:
        """Note something about somebody."""
        await self._act(interaction, member, Act.NOTE, rule, reason)

    @GROUP.command(
        name="timeout",
        description=words("command.mod.timeout", "Silence a member for a while"),
    )
    @app_commands.describe(member=_MEMBER, duration=LENGTH, rule=RULE, reason=REASON)
    @requires(MODERATOR)
    async def timeout(
        self,
        interaction: DeskInteraction,
        member: discord.User,
        duration: str,
        rule: str,
        reason: Why,
    ) -> None:
        """Time a member out."""
        minutes = minutes_of(duration)
        await self._act(interaction, member, Act.TIMEOUT, rule, reason, minutes=minutes)

    @GROUP.command(
        name="role", description=words("command.mod.role", "Take a role away, for good or a while")
    )
    @app_commands.describe(
        member=_MEMBER,
        role=words("command.mod.role.role", "The role"),
        rule=RULE,
        reason=REASON,
        duration=LENGTH,
    )
    @requires(MODERATOR)
    async def role(
        self,
        interaction: DeskInteraction,
        member: discord.User,
        role: discord.Role,
        rule: str,
        reason: Why,
        duration: str | None = None,
    ) -> None:
        """Take a role away from a member."""
        minutes = minutes_of(duration)
        await self._act(interaction, member, Act.ROLE, rule, reason, minutes=minutes, role=role)

    @GROUP.command(
        name="kick", description=words("command.mod.kick", "Remove a member, who may come back")
    )
    @app_commands.describe(member=_MEMBER, rule=RULE, reason=REASON)
    @requires(MODERATOR)
    async def kick(
        self, interaction: DeskInteraction, member: discord.User, rule: str, reason: Why
    ) -> None:
        """Remove a member."""
        await self._act(interaction, member, Act.KICK, rule, reason)

    @GROUP.command(
        name="softban",
        description=words(
            "command.mod.softban", "Remove a member and a day of their messages; they may come back"
        ),
    )
    @app_commands.describe(member=_MEMBER, rule=RULE, reason=REASON)
    @requires(MODERATOR)
    async def softban(
        self, interaction: DeskInteraction, member: discord.User, rule: str, reason: Why
    ) -> None:
        """Remove a member with their latest messages."""
        await self._act(interaction, member, Act.SOFTBAN, rule, reason)

    @GROUP.command(
        name="ban", description=words("command.mod.ban", "Keep somebody out, for good or a while")
    )
    @app_commands.describe(
        member=_MEMBER,
        rule=RULE,
        reason=REASON,
        duration=LENGTH,
        delete_days=words("command.mod.ban.delete", "Days of their messages to delete"),
    )
    @requires(MODERATOR)
    async def ban(
        self,
        interaction: DeskInteraction,
        member: discord.User,
        rule: str,
        reason: Why,
        duration: str | None = None,
        delete_days: Range[int, 0, 7] = 0,
    ) -> None:
        """Ban somebody, also if they left."""
        minutes, seconds = minutes_of(duration), delete_days * 86_400
        await self._act(
            interaction, member, Act.BAN, rule, reason, minutes=minutes, seconds=seconds
        )

    @GROUP.command(
        name="lift", description=words("command.mod.lift", "Take back what was decided, and end it")
    )
    @app_commands.describe(
        ref=words("command.mod.ref", "The case’s reference, such as K-7K4Q-2M"),
        reason=words("command.mod.lift.reason", "Why; moderators read this"),
    )
    @requires(MODERATOR)
    async def lift(self, interaction: DeskInteraction, ref: Range[str, 1, 20], reason: Why) -> None:
        """Lift a case."""
        await acknowledge(interaction)
        case = await self.desk.cases.lift(
            guild_of(interaction), case_of(ref), interaction.user.id, reason
        )
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))

    @notice.autocomplete("rule")
    @warn.autocomplete("rule")
    @note.autocomplete("rule")
    @timeout.autocomplete("rule")
    @role.autocomplete("rule")
    @kick.autocomplete("rule")
    @softban.autocomplete("rule")
    @ban.autocomplete("rule")
    async def rules(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer rules by a part of their title."""
        return rule_choices(self.desk, tongue(interaction), current)

    @requires(MODERATOR)
    async def moderate_person(self, interaction: DeskInteraction, person: discord.User) -> None:
        """Open the form for an act on somebody."""
        await open_acts(interaction, person.id)

    @requires(MODERATOR)
    async def moderate_message(
        self, interaction: DeskInteraction, message: discord.Message
    ) -> None:
        """Open the form for an act on a message's author."""
        if message.webhook_id is not None:
            raise Refused("report.not_a_person")
        person = await posted_by(interaction, message)
        await open_acts(interaction, person.id, message=message)

    @on_form("mod", "acted")
    async def acted(
        self,
        interaction: DeskInteraction,
        form: Form,
        person: str,
        channel: str,
        message: str,
        on: str,
    ) -> None:
        """Act as the form says: on a person, on a message of theirs, or on a report."""
        await require(interaction, MODERATOR)
        chosen = form.choice("act")
        if chosen not in set(_IN_FORM):
            raise Refused("error.stale")
        act, minutes = Act(chosen), minutes_of(form.text("length"))
        if act is Act.TIMEOUT and minutes is None:
            raise Refused("mod.bad.length_needed")
        await acknowledge(interaction)
        link, text = await self._message(interaction, number(channel), number(message))
        await self._act(
            interaction,
            await member_or_user(interaction, number(person)),
            act,
            form.choice("rule") or "",
            form.text("reason"),
            minutes=minutes if act in (Act.TIMEOUT, Act.BAN) else None,
            link=link,
            text=text,
            on=None if on == NOWHERE else case_of(on),
        )

    async def _message(
        self, interaction: DeskInteraction, channel_id: int, message_id: int
    ) -> tuple[str, str]:
        if not message_id:
            return "", ""
        place = self.client.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
        partial = place.get_partial_message(message_id)
        try:
            found = await partial.fetch()
        except discord.HTTPException:
            return partial.jump_url, ""
        return found.jump_url, found.content[:EVIDENCE_LIMIT]

    async def _act(
        self,
        interaction: DeskInteraction,
        member: Person,
        act: Act,
        rule: str,
        reason: str,
        *,
        minutes: int | None = None,
        seconds: int | None = None,
        role: discord.Role | None = None,
        link: str = "",
        text: str = "",
        on: str | None = None,
    ) -> None:
        """Check who may, decide, and show the case; with what would come next."""
        check_may(interaction, member, act, role)
        order = Order(
            act,
            rule_of(self.desk, rule),
            reason,
            subject=member.id,
            role_id=None if role is None else role.id,
            minutes=minutes,
            seconds=seconds,
            link=link,
            evidence=text,
        )
        await acknowledge(interaction)
        guild_id, t = guild_of(interaction), tongue(interaction)
        case = await self.desk.cases.act(
            guild_id, interaction.user.id, order, intake=f"interaction:{interaction.id}", on=on
        )
        rung = await self.desk.cases.next_step(guild_id, member.id)
        step = show.act_name(t, rung.act)
        if rung.minutes is not None:
            step = f"{step} ({length(t, rung.minutes)})"
        card = show.case_card(self.desk, t, case)
        await reply(interaction, _with_footer(card, t("mod.next", step=step)))


async def open_acts(
    interaction: DeskInteraction,
    person: int,
    *,
    message: discord.Message | None = None,
    on: str = NOWHERE,
) -> None:
    """Open the form for an act: which, which rule, why, how long."""
    t, desk = tongue(interaction), interaction.client.desk
    rules = [Option(rule.said(t.language)[0], rule.id) for rule in desk.rules.ruleset.rules]
    if not rules:
        raise Refused("mod.bad.no_rules")
    fields: list[Field] = [
        ChoiceField("act", t("mod.form.act"), [Option(show.act_name(t, a), a) for a in _IN_FORM]),
        ChoiceField("rule", t("mod.form.rule"), rules),
        TextField(
            "reason",
            t("mod.form.reason"),
            description=t("mod.form.reason.note"),
            paragraph=True,
            limit=REASON_LIMIT,
        ),
        TextField(
            "length",
            t("mod.form.length"),
            description=t("mod.form.length.note"),
            required=False,
            limit=10,
        ),
    ]
    place = (message.channel.id, message.id) if message is not None else (0, 0)
    press = custom_id("mod", "acted", person, *place, on)
    await open_form(interaction, t("mod.form.title"), press, fields)


def _with_footer(card: Card, footer: str) -> Card:
    return Card(**{**card.__dict__, "footer": footer})
