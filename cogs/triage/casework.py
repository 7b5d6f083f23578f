"""/triage for what *More* does, from the keyboard."""

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.concerns.model import Priority
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import capabilities, require, requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.forms import open_form
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, reply, say, tongue
from bot.store import StoreUnavailable
from cogs.triage import more
from cogs.triage.commands import TriageCommands, open_choices
from cogs.triage.macros import list_card
from cogs.triage.told import guild_of, reference_of, refuse_kept_out, staff_name, telling

_REF = words("command.triage.show.ref", "Its reference, such as C-7K4Q-2M")
_Typed = app_commands.Range[str, 1, 100]


class TriageCasework(TriageCommands):
    """/triage with what staff arrange about a case."""

    triage = TriageCommands.triage

    @TriageCommands.triage.command(
        name="assign",
        description=words("command.triage.assign", "Give a concern to somebody, who is told"),
    )
    @app_commands.describe(
        ref=_REF,
        to=words("command.triage.assign.to", "A staff member"),
        note=words("command.triage.assign.note", "What they should know; only staff read it"),
    )
    @requires(Capability.STAFF)
    async def assign(
        self,
        interaction: DeskInteraction,
        ref: _Typed,
        to: discord.Member,
        note: app_commands.Range[str, 1, 2000] = "",
    ) -> None:
        """Give a case to a staff member, with a note if there is one."""
        await acknowledge(interaction)
        await more.assign(interaction, ref, to.id, note)

    @TriageCommands.triage.command(
        name="priority",
        description=words("command.triage.priority", "Say how soon a concern is looked at"),
    )
    @app_commands.describe(
        ref=_REF,
        priority=words("command.triage.priority.to", "Urgent alerts staff at once"),
    )
    @app_commands.choices(
        priority=[
            Choice(name=words("command.triage.priority.normal", "Normal"), value="NORMAL"),
            Choice(name=words("command.triage.priority.high", "High"), value="HIGH"),
            Choice(name=words("command.triage.priority.urgent", "Urgent"), value="URGENT"),
        ]
    )
    @requires(Capability.STAFF)
    async def priority(self, interaction: DeskInteraction, ref: _Typed, priority: str) -> None:
        """Set a case's priority."""
        await acknowledge(interaction)
        await more.prioritize(interaction, ref, Priority[priority])

    @TriageCommands.triage.command(
        name="topic",
        description=words("command.triage.topic", "Give a concern a topic, a label, or none"),
    )
    @app_commands.describe(
        ref=_REF,
        topic=words("command.triage.topic.topic", "A short title; people who join may read it"),
        label=words("command.triage.topic.label", "A label to add, for staff"),
        remove=words("command.triage.topic.remove", "A label to take off"),
    )
    @requires(Capability.STAFF)
    async def topic(
        self,
        interaction: DeskInteraction,
        ref: _Typed,
        topic: app_commands.Range[str, 1, 100] | None = None,
        label: app_commands.Range[str, 1, 100] | None = None,
        remove: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Set topic and labels; with nothing chosen, open the form with both."""
        t = tongue(interaction)
        if topic is None and label is None and remove is None:
            with telling(t):
                case = await self.desk.triage.case(
                    guild_of(interaction), reference_of(ref), by=interaction.user.id
                )
            await open_form(interaction, *more.describe_form(t, case))
            return
        await acknowledge(interaction)
        with telling(t):
            case = await self.desk.triage.case(
                guild_of(interaction), reference_of(ref), by=interaction.user.id
            )
        gone = (remove or "").casefold().strip()
        labels = [one for one in case.labels if one != gone] + ([label] if label else [])
        kept = case.topic if topic is None else topic
        await more.describe(interaction, ref, kept, labels, seen=len(case.events))

    @TriageCommands.triage.command(
        name="note", description=words("command.triage.note", "Write a note that only staff read")
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.STAFF)
    async def note(self, interaction: DeskInteraction, ref: _Typed) -> None:
        """Open the form of a note."""
        reference = await refuse_kept_out(interaction, ref)
        await open_form(interaction, *more.note_form(tongue(interaction), reference))

    @TriageCommands.triage.command(
        name="merge",
        description=words("command.triage.merge", "Make a concern part of another of the same"),
    )
    @app_commands.describe(
        ref=_REF, into=words("command.triage.merge.into", "The one it becomes part of")
    )
    @requires(Capability.STAFF)
    async def merge(self, interaction: DeskInteraction, ref: _Typed, into: _Typed) -> None:
        """Merge two cases."""
        await acknowledge(interaction)
        await more.merge(interaction, ref, into)

    @TriageCommands.triage.command(
        name="split",
        description=words("command.triage.split", "Take a concern out of the one it is part of"),
    )
    @app_commands.describe(ref=_REF)
    @requires(Capability.STAFF)
    async def split(self, interaction: DeskInteraction, ref: _Typed) -> None:
        """Split a case off."""
        await more.split(interaction, ref)

    @TriageCommands.triage.command(
        name="macros",
        description=words("command.triage.macros", "Replies to write once and use again"),
    )
    @requires(Capability.STAFF)
    async def macros(self, interaction: DeskInteraction) -> None:
        """Show the macros."""
        await acknowledge(interaction)
        await reply(interaction, await list_card(self.desk, interaction))

    @TriageCommands.triage.command(
        name="exclude",
        description=words(
            "command.triage.exclude", "Keep out of a concern; admins: keep somebody else out"
        ),
    )
    @app_commands.describe(
        ref=_REF, who=words("command.triage.exclude.who", "Yourself, if you choose nobody")
    )
    @requires(Capability.STAFF)
    async def exclude(
        self, interaction: DeskInteraction, ref: _Typed, who: discord.Member | None = None
    ) -> None:
        """Let somebody see nothing of a case any more."""
        whom = interaction.user.id if who is None else who.id
        if whom != interaction.user.id:
            await require(interaction, Capability.ADMIN)
        await acknowledge(interaction)
        await more.exclude(interaction, ref, whom)

    @TriageCommands.triage.command(
        name="include",
        description=words("command.triage.include", "Admins: let somebody take part again"),
    )
    @app_commands.describe(ref=_REF, who=words("command.triage.include.who", "Who kept out of it"))
    @requires(Capability.ADMIN)
    async def include(self, interaction: DeskInteraction, ref: _Typed, who: discord.Member) -> None:
        """Let somebody take part in a case again."""
        t, reference = tongue(interaction), reference_of(ref)
        await acknowledge(interaction)
        with telling(t):
            await self.desk.triage.include(
                guild_of(interaction), reference, interaction.user.id, who.id
            )
        await say(
            interaction, t("casework.include.done", reference=reference, who=staff_name(t, who.id))
        )

    @assign.autocomplete("ref")
    @priority.autocomplete("ref")
    @topic.autocomplete("ref")
    @note.autocomplete("ref")
    @merge.autocomplete("ref")
    @merge.autocomplete("into")
    @split.autocomplete("ref")
    @exclude.autocomplete("ref")
    @include.autocomplete("ref")
    async def case_references(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer concerns by a part of the reference; staff only."""
        return await open_choices(interaction, current)

    @topic.autocomplete("topic")
    async def topics(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the topics there are; staff only."""
        return await self._offered(interaction, current, labels=False)

    @topic.autocomplete("label")
    @topic.autocomplete("remove")
    async def known_labels(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the labels there are; staff only."""
        return await self._offered(interaction, current, labels=True)

    async def _offered(
        self, interaction: DeskInteraction, current: str, *, labels: bool
    ) -> list[Choice[str]]:
        try:
            if Capability.STAFF not in await capabilities(interaction):
                return []
            known = self.desk.triage.labels if labels else self.desk.triage.topics
            found = await known(guild_of(interaction), current)
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return [
            Choice(name=plain(one, limit=limits.CHOICE_NAME), value=one)
            for one in found[: limits.CHOICES]
        ]
