"""/discussion plan and manage: what hosts do with a session, from the plan to its close."""

from dataclasses import replace

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions.model import (
    GUESTS_LIMIT,
    PROMPTS_LIMIT,
    REASON_LIMIT,
    RULES_LIMIT,
    TOPIC_LIMIT,
    UPCOMING,
    ZONE_LIMIT,
    Kind,
    NotAllowedMove,
    Plan,
    Session,
    State,
)
from bot.discussions.times import local_of, moment_of, zone_of
from bot.platform.access import requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import Field, TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs._choices import offered
from cogs._typed import number
from cogs.discussion import show
from cogs.discussion._group import (
    GROUP,
    HOSTS,
    KINDS,
    LONGEST,
    find,
    is_host,
    only_hosts,
    session_of,
)
from cogs.triage.told import guild_of

_WHEN = 16
_EXAMPLE = "2026-12-01 18:00"
_MINUTES = 4
REF = words("command.discussion.ref", "The session’s reference, such as S-7K4Q-2M")


class DiscussionPlanning(DeskCog):
    """What hosts do."""

    @GROUP.command(
        name="plan", description=words("command.discussion.plan", "For hosts: plan a session")
    )
    @app_commands.describe(
        kind=words("command.discussion.plan.kind", "What sort of session"),
        minutes=words("command.discussion.plan.minutes", "How long it takes, in minutes"),
    )
    @app_commands.choices(kind=[Choice(name=name, value=str(one)) for one, name in KINDS.items()])
    @requires(*HOSTS)
    async def plan(
        self, interaction: DeskInteraction, kind: str, minutes: Range[int, 15, 1440] = 60
    ) -> None:
        """Open the form of a session."""
        t = tongue(interaction)
        hours = await self.desk.clockwork.hours(guild_of(interaction))
        fields: list[Field] = [
            _topic(t),
            *_time_fields(t, zone=hours.zone),
            _guests(t),
            _prompts(t),
        ]
        press = custom_id("session", "planned", kind, minutes)
        await open_form(interaction, t("session.form.title"), press, fields)

    @on_form("session", "planned")
    async def planned(
        self, interaction: DeskInteraction, form: Form, kind: str, minutes: str
    ) -> None:
        """Keep a plan, and show how it will look before anybody else sees it."""
        await only_hosts(interaction)
        await acknowledge(interaction)
        zone = zone_of(form.text("zone"))
        plan = Plan(
            _kind(kind),
            form.text("topic"),
            moment_of(form.text("when"), zone),
            zone,
            number(minutes),
            guests=form.text("guests"),
            prompts=form.text("prompts"),
        )
        intake = f"interaction:{interaction.id}"
        session = await self.desk.sessions.plan(
            guild_of(interaction), interaction.user.id, plan, intake=intake
        )
        await reply(interaction, show.host_card(tongue(interaction), session))

    @GROUP.command(
        name="manage",
        description=words("command.discussion.manage", "For hosts: change, move or call off one"),
    )
    @app_commands.describe(ref=REF)
    @requires(*HOSTS)
    async def manage(self, interaction: DeskInteraction, ref: Range[str, 1, LONGEST]) -> None:
        """Show a session with all that hosts can do."""
        await acknowledge(interaction)
        session = await find(interaction, ref)
        await reply(interaction, show.host_card(tongue(interaction), session))

    @on_button("session", "manage")
    async def manage_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Show a session with all that hosts can do."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        await turn(interaction, show.host_card(tongue(interaction), session))

    @on_button("session", "announce")
    async def announce(self, interaction: DeskInteraction, reference: str, seen: str) -> None:
        """Announce a session, once there is a place for it."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        guild_id = guild_of(interaction)
        setup = await self.desk.discussion_setups.of(guild_id)
        if setup.channel_id is None:
            raise Refused("session.no_place")
        session = await self.desk.sessions.announce(
            guild_id, session_of(reference), interaction.user.id, seen=number(seen)
        )
        t = tongue(interaction)
        await turn(interaction, show.host_card(t, session, t("session.announced")))

    @on_button("session", "open")
    async def open(self, interaction: DeskInteraction, reference: str, seen: str) -> None:
        """Open a session by hand, before its time."""
        await self._move(interaction, reference, seen, State.OPEN)

    @on_button("session", "close")
    async def close(self, interaction: DeskInteraction, reference: str, seen: str) -> None:
        """Close a session by hand."""
        await self._move(interaction, reference, seen, State.CLOSED)

    @on_button("session", "words")
    async def words_form(self, interaction: DeskInteraction, reference: str, _seen: str) -> None:
        """Open the form of a session's words."""
        await only_hosts(interaction)
        session = await find(interaction, reference)
        t, plan = tongue(interaction), session.plan
        fields: list[Field] = [
            _topic(t, plan.topic),
            _guests(t, plan.guests),
            _prompts(t, plan.prompts),
            TextField(
                "rules",
                t("session.form.rules"),
                description=t("session.form.rules.note"),
                value=plan.rules,
                paragraph=True,
                required=False,
                limit=RULES_LIMIT,
            ),
        ]
        press = custom_id("session", "reworded", session.reference, session.version)
        await open_form(
            interaction, t("session.words.title", reference=session.reference), press, fields
        )

    @on_form("session", "reworded")
    async def reworded(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Keep a session's new words."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        plan = replace(
            session.plan,
            topic=form.text("topic"),
            guests=form.text("guests"),
            prompts=form.text("prompts"),
            rules=form.text("rules"),
        )
        changed = await self.desk.sessions.reword(
            session.guild_id, session.reference, interaction.user.id, plan, seen=number(seen)
        )
        await turn(interaction, show.host_card(tongue(interaction), changed))

    @on_button("session", "time")
    async def time_form(self, interaction: DeskInteraction, reference: str, _seen: str) -> None:
        """Open the form of a session's time."""
        await only_hosts(interaction)
        session = await find(interaction, reference)
        if session.state not in UPCOMING:
            # Said before anybody types in vain.
            raise NotAllowedMove(session.state, session.state)
        t, plan = tongue(interaction), session.plan
        local = local_of(plan.starts, plan.zone).strftime("%Y-%m-%d %H:%M")
        fields: list[Field] = [
            *_time_fields(t, local, plan.zone),
            TextField(
                "minutes", t("session.form.minutes"), value=str(plan.minutes), limit=_MINUTES
            ),
        ]
        if session.state is State.ANNOUNCED:
            fields.append(_why(t))
        press = custom_id("session", "rescheduled", session.reference, session.version)
        await open_form(
            interaction, t("session.time.title", reference=session.reference), press, fields
        )

    @on_form("session", "rescheduled")
    async def rescheduled(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Move a session to another time."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        zone, minutes = zone_of(form.text("zone")), form.text("minutes").strip()
        if not minutes.isdecimal():
            raise Refused("discussion.bad.minutes")
        plan = replace(
            session.plan,
            starts=moment_of(form.text("when"), zone),
            zone=zone,
            minutes=int(minutes),
        )
        moved = await self.desk.sessions.reschedule(
            session.guild_id,
            session.reference,
            interaction.user.id,
            plan,
            why=form.text("why"),
            seen=number(seen),
        )
        t = tongue(interaction)
        said = t("session.moved") if moved.state is State.ANNOUNCED else ""
        await turn(interaction, show.host_card(t, moved, said))

    @on_button("session", "cancel")
    async def cancel_form(self, interaction: DeskInteraction, reference: str, _seen: str) -> None:
        """Ask why, and whether it is meant."""
        await only_hosts(interaction)
        session = await find(interaction, reference)
        if session.state not in UPCOMING:
            raise NotAllowedMove(session.state, State.CANCELLED)
        t = tongue(interaction)
        press = custom_id("session", "cancelled", session.reference, session.version)
        title = t("session.cancel.title", reference=session.reference)
        await open_form(interaction, title, press, [_why(t)])

    @on_form("session", "cancelled")
    async def cancelled(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Call a session off."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await self.desk.sessions.cancel(
            guild_of(interaction),
            session_of(reference),
            interaction.user.id,
            why=form.text("why"),
            seen=number(seen),
        )
        await turn(interaction, show.host_card(tongue(interaction), session))

    @on_menu("session", "host")
    async def host(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Add a host."""
        await only_hosts(interaction)
        chosen = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        await self._set_hosts(interaction, session, (*session.hosts, chosen))

    @on_button("session", "leave")
    async def leave(self, interaction: DeskInteraction, reference: str) -> None:
        """Host it no more."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        left = tuple(one for one in session.hosts if one != interaction.user.id)
        await self._set_hosts(interaction, session, left)

    @manage.autocomplete("ref")
    async def references(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer sessions by a part of the reference or of the topic."""
        t = tongue(interaction)
        try:
            if not await is_host(interaction):
                return []
            lines = await self.desk.sessions.every(guild_of(interaction))
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return offered(
            (
                (f"{one.reference} · {show.state_name(t, one.state)} · {one.topic}", one.reference)
                for one in lines
            ),
            current,
        )

    async def _set_hosts(
        self, interaction: DeskInteraction, session: Session, hosts: tuple[int, ...]
    ) -> None:
        changed = await self.desk.sessions.set_hosts(
            session.guild_id, session.reference, interaction.user.id, hosts
        )
        await turn(interaction, show.host_card(tongue(interaction), changed))

    async def _move(
        self, interaction: DeskInteraction, reference: str, seen: str, to: State
    ) -> None:
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        session = await self.desk.sessions.move(
            guild_of(interaction), session_of(reference), interaction.user.id, to, seen=number(seen)
        )
        await turn(interaction, show.host_card(tongue(interaction), session))


def _topic(t: Tongue, value: str = "") -> TextField:
    return TextField("topic", t("session.form.topic"), value=value, limit=TOPIC_LIMIT)


def _time_fields(t: Tongue, when: str = "", zone: str = "") -> list[TextField]:
    return [
        TextField(
            "when",
            t("session.form.when"),
            description=t("session.form.when.note"),
            value=when,
            placeholder=_EXAMPLE,
            limit=_WHEN,
        ),
        TextField(
            "zone",
            t("session.form.zone"),
            description=t("session.form.zone.note"),
            value=zone,
            placeholder="Europe/Berlin",
            limit=ZONE_LIMIT,
        ),
    ]


def _guests(t: Tongue, value: str = "") -> TextField:
    return TextField(
        "guests",
        t("session.form.guests"),
        description=t("session.form.guests.note"),
        value=value,
        required=False,
        limit=GUESTS_LIMIT,
    )


def _prompts(t: Tongue, value: str = "") -> TextField:
    return TextField(
        "prompts",
        t("session.form.prompts"),
        description=t("session.form.prompts.note"),
        value=value,
        paragraph=True,
        required=False,
        limit=PROMPTS_LIMIT,
    )


def _why(t: Tongue) -> TextField:
    return TextField(
        "why",
        t("session.form.why"),
        description=t("session.form.why.note"),
        paragraph=True,
        required=False,
        limit=REASON_LIMIT,
    )


def _kind(chosen: str) -> Kind:
    if chosen not in set(Kind):
        raise Refused("error.stale")
    return Kind(chosen)
