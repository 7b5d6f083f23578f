"""/brief: what is passed on to third parties."""

from collections.abc import Awaitable, Callable
from datetime import date

from discord import Permissions, app_commands
from discord.app_commands import Choice, Range

from bot.concerns.briefs.model import HOW_LIMIT, TO_LIMIT, Brief, Pick, State
from bot.concerns.model import LABEL_LIMIT, TOPIC_LIMIT, Kind
from bot.concerns.model import State as ConcernState
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import capabilities, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.store import StoreUnavailable
from cogs._choices import KINDS, offered
from cogs._choices import STATES as CONCERN_STATES
from cogs.brief import show
from cogs.brief.review import show_next
from cogs.brief.steps import open_reply_form, open_text_form, show_brief, show_to_sign
from cogs.brief.told import brief_of, only_staff, state_name, telling
from cogs.triage.told import guild_of, reference_of

_STATES = {
    State.DRAFT: words("command.brief.state.draft", "Draft"),
    State.CHECKED: words("command.brief.state.checked", "Consent checked"),
    State.REVIEWED: words("command.brief.state.reviewed", "Quotes passed"),
    State.SIGNED: words("command.brief.state.signed", "Signed"),
    State.SENT: words("command.brief.state.sent", "Sent"),
    State.REPLIED: words("command.brief.state.replied", "Replied"),
    State.NO_REPLY: words("command.brief.state.no_reply", "No reply"),
    State.PUBLISHED: words("command.brief.state.published", "Published"),
}
_REF = words("command.brief.ref", "The brief’s reference, such as B-7K4Q-2M")
_LONGEST = 20


class BriefCommands(DeskCog):
    """/brief, for liaisons, and for staff who review and sign."""

    brief = app_commands.Group(
        name="brief",
        description=words("command.brief.description", "Concerns, passed on to a third party"),
        guild_only=True,
        default_permissions=Permissions(manage_messages=True),
    )

    @brief.command(name="new", description=words("command.brief.new", "Begin a brief"))
    @requires(Capability.LIAISON)
    async def new(self, interaction: DeskInteraction) -> None:
        """Open the form of a brief."""
        await open_text_form(interaction, custom_id("brief", "new"))

    @brief.command(
        name="add",
        description=words("command.brief.add", "Put concerns in, as far as people allow it"),
    )
    @app_commands.describe(
        ref=_REF,
        concern=words("command.brief.add.concern", "One concern’s reference, such as C-7K4Q-2M"),
        kind=words("command.brief.add.kind", "Those of this kind"),
        state=words("command.brief.add.state", "Those that stand here"),
        since=words("command.brief.add.since", "Raised on this day or later, such as 2026-03-13"),
        until=words("command.brief.add.until", "Raised on this day or earlier"),
        topic=words("command.brief.add.topic", "Those that staff gave this topic"),
        label=words("command.brief.add.label", "Those that staff gave this label"),
    )
    @app_commands.choices(
        kind=[Choice(name=name, value=str(kind)) for kind, name in KINDS.items()],
        state=[Choice(name=name, value=str(state)) for state, name in CONCERN_STATES.items()],
    )
    @requires(Capability.LIAISON)
    async def add(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, _LONGEST],
        concern: Range[str, 1, _LONGEST] | None = None,
        kind: str | None = None,
        state: str | None = None,
        since: Range[str, 1, _LONGEST] | None = None,
        until: Range[str, 1, _LONGEST] | None = None,
        topic: Range[str, 1, TOPIC_LIMIT] = "",
        label: Range[str, 1, LABEL_LIMIT] = "",
    ) -> None:
        """Put concerns into a brief; say how many could not be, and whom to ask first."""
        t = tongue(interaction)
        await acknowledge(interaction)
        pick = Pick(
            kind=None if kind is None else Kind(kind),
            state=None if state is None else ConcernState(state),
            since=_day(since),
            until=_day(until),
            references=() if concern is None else (reference_of(concern),),
            topic=topic,
            label=label,
        )
        guild_id, reference = guild_of(interaction), brief_of(ref)
        with telling(t):
            picked = await self.desk.briefs.add(guild_id, reference, interaction.user.id, pick)
            brief = await self.desk.briefs.brief(guild_id, reference)
        await reply(interaction, Card(title=reference, body=show.picked_lines(t, picked)))
        await show_brief(interaction, brief)

    @brief.command(name="remove", description=words("command.brief.remove", "Take one concern out"))
    @app_commands.describe(
        ref=_REF,
        concern=words("command.brief.add.concern", "One concern’s reference, such as C-7K4Q-2M"),
    )
    @requires(Capability.LIAISON)
    async def remove(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, _LONGEST],
        concern: Range[str, 1, _LONGEST],
    ) -> None:
        """Take a concern out of a brief."""
        wanted = reference_of(concern)
        await _do(interaction, ref, lambda at, of, by: self.desk.briefs.drop(at, of, by, wanted))

    @brief.command(name="show", description=words("command.brief.show", "Open a brief"))
    @app_commands.describe(ref=_REF)
    @requires(Capability.STAFF, Capability.LIAISON)
    async def show(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Open a brief."""
        await acknowledge(interaction)
        await _open(interaction, ref)

    @brief.command(
        name="redact",
        description=words("command.brief.redact", "Look at quotes one by one, and pass them"),
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.STAFF, Capability.LIAISON)
    async def redact(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Show the first quote that waits for a person."""
        await acknowledge(interaction)
        await show_next(interaction, brief_of(ref))

    @brief.command(
        name="sign", description=words("command.brief.sign", "Read the exact text, and sign it")
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.STAFF, Capability.LIAISON)
    async def sign(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Show the exact text, to be signed."""
        await acknowledge(interaction)
        await show_to_sign(interaction, brief_of(ref))

    @brief.command(
        name="send",
        description=words("command.brief.send", "Record that you sent it: to whom, and how"),
    )
    @app_commands.describe(
        ref=_REF,
        to=words("command.brief.send.to", "Whom exactly: a person, an office, an address"),
        how=words("command.brief.send.how", "By what way: e-mail, letter, their form"),
    )
    @requires(Capability.LIAISON)
    async def send(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, _LONGEST],
        to: Range[str, 1, TO_LIMIT],
        how: Range[str, 1, HOW_LIMIT],
    ) -> None:
        """Record that a brief was sent; its reply is awaited, and its reporters hear of it."""
        await _do(
            interaction, ref, lambda at, of, by: self.desk.briefs.send(at, of, by, to=to, how=how)
        )

    @brief.command(
        name="reply", description=words("command.brief.reply", "Record what was replied")
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.LIAISON)
    async def answer(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Open the form for a reply."""
        await open_reply_form(interaction, brief_of(ref))

    @brief.command(
        name="publish", description=words("command.brief.publish", "Record that it is public")
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.LIAISON)
    async def publish(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Record that a brief is public."""
        await _do(interaction, ref, self.desk.briefs.publish)

    @brief.command(name="list", description=words("command.brief.list", "Briefs, newest first"))
    @app_commands.describe(state=words("command.brief.list.state", "Only those that stand here"))
    @app_commands.choices(
        state=[Choice(name=name, value=str(state)) for state, name in _STATES.items()]
    )
    @requires(Capability.STAFF, Capability.LIAISON)
    async def list_(self, interaction: DeskInteraction, state: str | None = None) -> None:
        """Show the first page of briefs."""
        await acknowledge(interaction)
        await reply(interaction, await self._page(interaction, state or show.NO_STATE, None))

    @on_button("brief", "list")
    async def leaf(self, interaction: DeskInteraction, state: str, after: str) -> None:
        """Show another page of briefs."""
        await only_staff(interaction)
        await acknowledge_turn(interaction)
        await turn(interaction, await self._page(interaction, state, brief_of(after)))

    @on_menu("brief", "open")
    async def opened(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a brief that was chosen from the list."""
        await only_staff(interaction)
        await acknowledge(interaction)
        await _open(interaction, values[0] if values else "")

    @add.autocomplete("ref")
    @remove.autocomplete("ref")
    @show.autocomplete("ref")
    @redact.autocomplete("ref")
    @sign.autocomplete("ref")
    @send.autocomplete("ref")
    @answer.autocomplete("ref")
    @publish.autocomplete("ref")
    async def references(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer briefs by a part of the reference or of the title; staff and liaisons only."""
        t = tongue(interaction)
        try:
            if not {Capability.STAFF, Capability.LIAISON} & await capabilities(interaction):
                return []
            lines, _ = await self.desk.briefs.list_(guild_of(interaction), limit=200)
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return offered(
            (
                (f"{one.reference} · {state_name(t, one.state)} · {one.title}", one.reference)
                for one in lines
            ),
            current,
        )

    @add.autocomplete("topic")
    async def topics(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the topics that staff gave; staff and liaisons only."""
        return await self._named(interaction, current, self.desk.triage.topics)

    @add.autocomplete("label")
    async def labels(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the labels that staff gave; staff and liaisons only."""
        return await self._named(interaction, current, self.desk.triage.labels)

    async def _named(
        self,
        interaction: DeskInteraction,
        current: str,
        known: Callable[[int, str], Awaitable[list[str]]],
    ) -> list[Choice[str]]:
        try:
            if not {Capability.STAFF, Capability.LIAISON} & await capabilities(interaction):
                return []
            found = await known(guild_of(interaction), current)
        except StoreUnavailable:
            return []
        return [Choice(name=plain(one, limit=limits.CHOICE_NAME), value=one) for one in found]

    async def _page(self, interaction: DeskInteraction, state: str, after: str | None) -> Card:
        if state != show.NO_STATE and state not in set(State):
            raise Refused("error.stale")
        wanted = None if state == show.NO_STATE else State(state)
        lines, following = await self.desk.briefs.list_(
            guild_of(interaction), state=wanted, after=after
        )
        return show.list_card(tongue(interaction), lines, wanted, following)


async def _do(
    interaction: DeskInteraction, typed: str, act: Callable[[int, str, int], Awaitable[Brief]]
) -> None:
    """Do something with a brief, given server, reference and person; show the brief after it."""
    await acknowledge(interaction)
    with telling(tongue(interaction)):
        brief = await act(guild_of(interaction), brief_of(typed), interaction.user.id)
    await show_brief(interaction, brief)


async def _open(interaction: DeskInteraction, typed: str) -> None:
    with telling(tongue(interaction)):
        brief = await interaction.client.desk.briefs.brief(guild_of(interaction), brief_of(typed))
    await show_brief(interaction, brief)


def _day(typed: str | None) -> date | None:
    """Return a day as it was typed.

    Raises:
        Refused: it is none.
    """
    if typed is None:
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused("brief.bad.day") from None
