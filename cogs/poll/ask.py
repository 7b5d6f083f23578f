"""/poll start, list and show: asking, looking, and closing."""

from datetime import timedelta

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions.polls.model import (
    MOST_OPEN,
    MOST_OPTIONS,
    OPTION_LIMIT,
    QUESTION_LIMIT,
    Asked,
    BadBallot,
    Kind,
    NoSuchPoll,
    PollIsClosed,
    TooManyPolls,
)
from bot.platform.access import capabilities, require, requires
from bot.platform.cards import Button, Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.store import StoreUnavailable
from cogs._choices import offered
from cogs._holding import postable, session_choices
from cogs._typed import number
from cogs.discussion._group import session_of
from cogs.poll import show
from cogs.poll._group import GROUP, HOSTS, KINDS, LONGEST, poll_of
from cogs.triage.told import guild_of

_HOURS = 24
_NO_SESSION = "none"


class PollAsking(DeskCog):
    """Opening, showing and closing polls."""

    group = GROUP

    async def cog_load(self) -> None:
        """Say what people are told when a poll cannot do what they ask."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NoSuchPoll, lambda t, _error: t("poll.no_such"))
        know(PollIsClosed, lambda t, _error: t("poll.is_closed"))
        know(BadBallot, lambda t, _error: t("poll.bad_ballot"))
        know(TooManyPolls, lambda t, _error: t("poll.too_many", most=MOST_OPEN))

    @GROUP.command(name="start", description=words("command.poll.start", "For hosts: ask a poll"))
    @app_commands.describe(
        kind=words("command.poll.kind", "How people vote"),
        hours=words("command.poll.hours", "After how many hours it closes"),
        hidden=words("command.poll.hidden", "Show no counts before it closes"),
        session=words("command.poll.session", "Hold it in a session; it closes with that"),
    )
    @app_commands.choices(kind=[Choice(name=name, value=str(one)) for one, name in KINDS.items()])
    @requires(*HOSTS)
    async def start(
        self,
        interaction: DeskInteraction,
        kind: str,
        hours: Range[int, 1, 768] = _HOURS,
        hidden: bool = False,
        session: Range[str, 0, LONGEST] = "",
    ) -> None:
        """Open the form of question and options."""
        postable(interaction)
        held = session_of(session) if session else _NO_SESSION
        press = custom_id("poll", "asked", Kind(kind), hours, int(hidden), held)
        await self._form(interaction, press)

    @start.autocomplete("session")
    async def start_sessions(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that a poll can be held in."""
        return await session_choices(interaction, current)

    async def _form(self, interaction: DeskInteraction, press: str) -> None:
        t = tongue(interaction)
        fields = [
            TextField("question", t("poll.form.question"), limit=QUESTION_LIMIT),
            TextField(
                "options",
                t("poll.form.options"),
                description=t("poll.form.options.note", most=MOST_OPTIONS),
                paragraph=True,
                limit=MOST_OPTIONS * (OPTION_LIMIT + 2),
            ),
        ]
        await open_form(interaction, t("poll.form.title"), press, fields)

    @on_form("poll", "asked")
    async def asked(
        self,
        interaction: DeskInteraction,
        form: Form,
        kind: str,
        hours: str,
        hidden: str,
        session: str,
    ) -> None:
        """Open the poll; as Discord's own, where that can ask it and the desk may post one."""
        await require(interaction, *HOSTS)
        if kind not in list(Kind):
            raise Refused("error.stale")
        channel = postable(interaction)
        await acknowledge(interaction)
        asked = Asked(
            form.text("question"),
            tuple(form.text("options").splitlines()),
            Kind(kind),
            hidden == "1",
        )
        me = channel.guild.me
        poll = await self.desk.polls.open(
            guild_of(interaction),
            interaction.user.id,
            asked,
            intake=f"interaction:{interaction.id}",
            channel_id=channel.id,
            closes_at=self.desk.clock() + timedelta(hours=number(hours)),
            native=channel.permissions_for(me).send_polls,
            session="" if session == _NO_SESSION else session_of(session),
        )
        t = tongue(interaction)
        where = f"<#{poll.channel_id}>"
        body = t("poll.opened.native" if poll.native else "poll.opened", channel=where)
        await reply(interaction, Card(kind=t("poll.kind"), body=body, footer=poll.reference))

    @GROUP.command(name="list", description=words("command.poll.list", "Polls, the latest first"))
    async def list_(self, interaction: DeskInteraction) -> None:
        """Show the server's polls."""
        await acknowledge(interaction)
        polls = await self.desk.polls.polls(guild_of(interaction))
        await reply(interaction, show.list_card(tongue(interaction), polls))

    @GROUP.command(
        name="show", description=words("command.poll.show", "A poll as it stands, or its result")
    )
    @app_commands.describe(ref=words("command.poll.ref", "Which one"))
    async def show(self, interaction: DeskInteraction, ref: Range[str, 1, LONGEST]) -> None:
        """Show a poll, and to hosts how to close it."""
        await acknowledge(interaction)
        await reply(interaction, await self._look(interaction, ref))

    @show.autocomplete("ref")
    async def show_polls(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the server's polls."""
        try:
            polls = await self.desk.polls.polls(guild_of(interaction))
        except StoreUnavailable:
            return []
        return offered(((one.asked.question, one.reference) for one in polls), current)

    @on_menu("poll", "open")
    async def opened(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a poll that was chosen from the list."""
        await acknowledge_turn(interaction)
        await turn(interaction, await self._look(interaction, values[0] if values else ""))

    @on_button("poll", "close")
    async def sure(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask whether it is meant: there is no way back."""
        await require(interaction, *HOSTS)
        t = tongue(interaction)
        press = custom_id("poll", "closeit", poll_of(reference))
        button = Button(t("poll.button.sure"), press, discord.ButtonStyle.danger)
        await reply(interaction, Card(body=t("poll.sure"), rows=[[button]]))

    @on_button("poll", "closeit")
    async def close(self, interaction: DeskInteraction, reference: str) -> None:
        """Close a poll and show its result."""
        await require(interaction, *HOSTS)
        await acknowledge_turn(interaction)
        poll = await self.desk.polls.close(
            guild_of(interaction), poll_of(reference), interaction.user.id
        )
        await turn(interaction, show.result_card(tongue(interaction), poll))

    async def _look(self, interaction: DeskInteraction, typed: str) -> Card:
        poll = await self.desk.polls.poll(guild_of(interaction), poll_of(typed))
        standing = await self.desk.polls.standing(poll)
        host = bool(set(HOSTS) & await capabilities(interaction))
        return show.look_card(tongue(interaction), poll, standing, host=host)
