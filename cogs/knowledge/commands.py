"""/knowledge for editors, and /changes for everybody."""

from discord import Permissions, app_commands

from bot.guilds.model import Capability
from bot.knowledge.drafting import Typed
from bot.knowledge.export import entry_data
from bot.platform import limits
from bot.platform.access import requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, reply, say, tongue
from cogs.knowledge import show
from cogs.knowledge.act import open_draft, published, rolled_back
from cogs.triage.told import guild_of

_ENTRY = words("command.knowledge.entry", "A few words of the entry's question")


class KnowledgeCommands(DeskCog):
    """The commands."""

    knowledge = app_commands.Group(
        name="knowledge",
        description=words("command.knowledge.description", "Entries, from editors' side"),
        guild_only=True,
        default_permissions=Permissions(manage_messages=True),
    )

    @app_commands.command(
        name="changes",
        description=words("command.changes.description", "What changed in the FAQ lately"),
    )
    @app_commands.guild_only()
    async def changes(self, interaction: DeskInteraction) -> None:
        """Show the public change log."""
        await acknowledge(interaction)
        found = await self.desk.revisions.changes(guild_of(interaction))
        await reply(interaction, show.changes_card(tongue(interaction), found))

    @knowledge.command(
        name="gaps",
        description=words("command.knowledge.gaps", "What people ask that no entry answers"),
    )
    @requires(Capability.EDITOR)
    async def gaps(self, interaction: DeskInteraction) -> None:
        """Show the gaps."""
        await acknowledge(interaction)
        found = await self.desk.gaps.open_ones(guild_of(interaction))
        await reply(interaction, show.gaps_card(tongue(interaction), found))

    @knowledge.command(
        name="draft",
        description=words("command.knowledge.draft", "Write a new entry, or edit one"),
    )
    @app_commands.describe(
        entry=_ENTRY,
        section=words("command.knowledge.section", "For a new entry: the section it belongs in"),
    )
    @requires(Capability.EDITOR)
    async def draft(
        self, interaction: DeskInteraction, entry: str | None = None, section: str | None = None
    ) -> None:
        """Open the form for a draft."""
        shelf = self.desk.knowledge.of(guild_of(interaction))
        if entry is not None:
            found = shelf.get(entry)
            if found is None:
                raise Refused("ask.gone")
            await open_draft(interaction, Typed.of(entry_data(found)), entry_id=found.id)
            return
        known = {one.id for one in shelf.library.sections}
        if section not in known:
            raise Refused("knowledge.which_section")
        await open_draft(interaction, Typed("", "", "", "", ""), section=section)

    @knowledge.command(
        name="review",
        description=words("command.knowledge.review", "Drafts, and what waits for a second look"),
    )
    @requires(Capability.EDITOR)
    async def review(self, interaction: DeskInteraction) -> None:
        """Show what waits for an editor."""
        await acknowledge(interaction)
        guild_id = guild_of(interaction)
        pending = await self.desk.revisions.pending(guild_id)
        conflicts = await self.desk.editing.conflicts(guild_id)
        await reply(interaction, show.review_card(tongue(interaction), pending, conflicts))

    @knowledge.command(
        name="publish",
        description=words("command.knowledge.publish", "Publish what was reviewed"),
    )
    @app_commands.describe(
        ref=words(
            "command.knowledge.ref", "Its reference, such as R-7K4Q-2M, from /knowledge review"
        )
    )
    @requires(Capability.EDITOR)
    async def publish(
        self, interaction: DeskInteraction, ref: app_commands.Range[str, 1, 100]
    ) -> None:
        """Publish a revision."""
        await acknowledge(interaction)
        await published(interaction, ref)

    @knowledge.command(
        name="retire",
        description=words("command.knowledge.retire", "Propose to take an entry out of sight"),
    )
    @app_commands.describe(
        entry=_ENTRY, reason=words("command.knowledge.reason", "Why; everybody can read it")
    )
    @requires(Capability.EDITOR)
    async def retire(
        self,
        interaction: DeskInteraction,
        entry: str,
        reason: app_commands.Range[str, 3, 300],
    ) -> None:
        """Put the retirement of an entry up for review."""
        await acknowledge(interaction)
        guild_id, who = guild_of(interaction), interaction.user.id
        made = await self.desk.editing.retire(guild_id, entry, who, reason)
        await say(interaction, tongue(interaction)("knowledge.proposed", reference=made.reference))

    @knowledge.command(
        name="rollback",
        description=words("command.knowledge.rollback", "Take back the last revision of an entry"),
    )
    @app_commands.describe(entry=_ENTRY)
    @requires(Capability.EDITOR)
    async def rollback(self, interaction: DeskInteraction, entry: str) -> None:
        """Take back a revision."""
        await acknowledge(interaction)
        await rolled_back(interaction, entry)

    @knowledge.command(
        name="feedback",
        description=words("command.knowledge.feedback", "What people called wrong or outdated"),
    )
    @requires(Capability.EDITOR)
    async def feedback(self, interaction: DeskInteraction) -> None:
        """Show what people said about entries."""
        await acknowledge(interaction)
        guild_id = guild_of(interaction)
        said = await self.desk.feedback.queue(guild_id)
        shelf = self.desk.knowledge.of(guild_id)
        await reply(interaction, show.feedback_card(tongue(interaction), said, shelf))

    @knowledge.command(
        name="stale",
        description=words("command.knowledge.stale", "Entries whose review is due"),
    )
    @requires(Capability.EDITOR)
    async def stale(self, interaction: DeskInteraction) -> None:
        """Show what is due."""
        await acknowledge(interaction)
        due = self.desk.digest.stale(guild_of(interaction))
        await reply(interaction, show.stale_card(tongue(interaction), due))

    @draft.autocomplete("entry")
    @retire.autocomplete("entry")
    @rollback.autocomplete("entry")
    async def entries(
        self, interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer entries by what was typed."""
        shelf = self.desk.knowledge.of(interaction.guild_id)
        found = await shelf.complete(typed, limit=limits.CHOICES)
        return [
            app_commands.Choice(name=plain(one.question, limit=limits.CHOICE_NAME), value=one.id)
            for one in found
        ]

    @draft.autocomplete("section")
    async def sections(
        self, interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer sections by a part of their title."""
        sections = self.desk.knowledge.of(interaction.guild_id).library.sections
        return [
            app_commands.Choice(name=plain(one.title, limit=limits.CHOICE_NAME), value=one.id)
            for one in sections
            if typed.casefold() in one.title.casefold()
        ][: limits.CHOICES]
