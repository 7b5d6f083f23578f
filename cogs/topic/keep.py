"""/topic add, edit, fact, link and restore: those who keep the pages. Everybody reads them."""

from dataclasses import replace

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.ids import read_reference
from bot.platform.access import requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, turn
from bot.platform.limits import CHOICES
from bot.store import StoreUnavailable
from bot.topics.model import CONCERNS_LIMIT, BadTopic, Fact, Page, Topic
from bot.topics.typed import fact_of, lines_of
from cogs._choices import offered
from cogs._typed import number
from cogs.topic import show, versions
from cogs.topic._group import (
    GROUP,
    KEEPERS,
    LONGEST,
    PAGE_WORD,
    card_of,
    find,
    offered_pages,
    only_keepers,
    reader_of,
    topic_of,
)
from cogs.topic.forms import add_form, fact_form, links_form, words_form
from cogs.triage.told import guild_of

_ENTRY = 64


class TopicKeeping(DeskCog):
    """What staff and editors do with topic pages."""

    @GROUP.command(name="add", description=words("command.topic.add", "Begin a page on a matter"))
    @requires(*KEEPERS)
    async def add_(self, interaction: DeskInteraction) -> None:
        """Open the form of a new page."""
        await add_form(interaction)

    @on_button("topic", "add")
    async def add(self, interaction: DeskInteraction) -> None:
        """Open the form of a new page."""
        await only_keepers(interaction)
        await add_form(interaction)

    @on_form("topic", "added")
    async def added(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep a new page."""
        await only_keepers(interaction)
        await acknowledge(interaction)
        page = Page(form.text("title"), form.text("known"), (), lines_of(form.text("unknowns")))
        topic = await self.desk.topics.add(
            guild_of(interaction), interaction.user.id, page, intake=_intake(interaction)
        )
        await reply(interaction, await card_of(interaction, topic))

    @GROUP.command(
        name="edit", description=words("command.topic.edit", "Change what a page says, or leads to")
    )
    @app_commands.describe(
        page=PAGE_WORD, part=words("command.topic.edit.part", "What to change; the words at first")
    )
    @app_commands.choices(
        part=[
            Choice(
                name=words("command.topic.edit.words", "Title, what is known, what is not"),
                value="words",
            ),
            Choice(
                name=words("command.topic.edit.links", "Answers, sessions, concerns"), value="links"
            ),
        ]
    )
    @requires(*KEEPERS)
    async def edit_(
        self, interaction: DeskInteraction, page: Range[str, 1, LONGEST], part: str = "words"
    ) -> None:
        """Open one of the forms of a page."""
        topic = await find(interaction, page)
        await (links_form if part == "links" else words_form)(interaction, topic)

    @on_button("topic", "words")
    async def words_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form of a page's words."""
        await only_keepers(interaction)
        await words_form(interaction, await find(interaction, reference))

    @on_form("topic", "worded")
    async def worded(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Keep a page's words."""
        await only_keepers(interaction)
        await acknowledge(interaction)
        topic = await self.desk.topics.set_words(
            guild_of(interaction),
            topic_of(reference),
            interaction.user.id,
            title=form.text("title"),
            known=form.text("known"),
            unknowns=lines_of(form.text("unknowns")),
            why=form.text("why"),
            seen=number(seen),
            intake=_intake(interaction),
        )
        await reply(interaction, await card_of(interaction, topic))

    @on_button("topic", "links")
    async def links_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form of what a page leads to."""
        await only_keepers(interaction)
        await links_form(interaction, await find(interaction, reference))

    @on_form("topic", "linked")
    async def linked(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Keep what a page leads to."""
        await only_keepers(interaction)
        await acknowledge(interaction)
        topic = await self._set_links(
            interaction,
            reference,
            lines_of(form.text("entries")),
            lines_of(form.text("sessions")),
            form.text("concerns"),
            form.text("why"),
            number(seen),
        )
        await reply(interaction, await card_of(interaction, topic))

    @GROUP.command(
        name="link",
        description=words("command.topic.link", "Add an answer, a session or concerns to a page"),
    )
    @app_commands.describe(
        page=PAGE_WORD,
        entry=words("command.topic.link.entry", "An answer of the FAQ"),
        session=words("command.topic.link.session", "A session about it"),
        concerns=words("command.topic.link.concerns", "The topic that staff give such concerns"),
    )
    @requires(*KEEPERS)
    async def link_(
        self,
        interaction: DeskInteraction,
        page: Range[str, 1, LONGEST],
        entry: Range[str, 1, _ENTRY] | None = None,
        session: Range[str, 1, LONGEST] | None = None,
        concerns: Range[str, 1, CONCERNS_LIMIT] | None = None,
    ) -> None:
        """Add to what a page leads to."""
        if entry is None and session is None and concerns is None:
            raise Refused("topics.bad.nothing")
        await acknowledge(interaction)
        topic = await find(interaction, page)
        says = topic.page
        changed = await self._set_links(
            interaction,
            topic.reference,
            (*says.entries, *([entry] if entry else [])),
            (*says.sessions, *([session] if session else [])),
            concerns or says.concerns,
            "",
            topic.version,
        )
        await reply(interaction, await card_of(interaction, changed))

    @GROUP.command(name="fact", description=words("command.topic.fact", "Add a fact to a page"))
    @app_commands.describe(page=PAGE_WORD)
    @requires(*KEEPERS)
    async def fact_(self, interaction: DeskInteraction, page: Range[str, 1, LONGEST]) -> None:
        """Open the form of a new fact."""
        await fact_form(interaction, await find(interaction, page), None)

    @on_button("topic", "fact")
    async def fact(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form of a new fact."""
        await only_keepers(interaction)
        await fact_form(interaction, await find(interaction, reference), None)

    @on_form("topic", "factadded")
    async def fact_added(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a new fact."""
        await only_keepers(interaction)
        await acknowledge(interaction)
        topic = await self.desk.topics.add_fact(
            guild_of(interaction),
            topic_of(reference),
            interaction.user.id,
            _fact(form),
            why=form.text("why"),
            intake=_intake(interaction),
        )
        newest = max(one.id for one in topic.page.facts)
        reader = await reader_of(interaction)
        await reply(interaction, show.timeline_card(reader, topic, show.leaf_of(topic, newest)))

    @on_menu("topic", "choose")
    async def choose(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, _seen: str
    ) -> None:
        """Show a fact that was chosen, to change it."""
        await only_keepers(interaction)
        await acknowledge_turn(interaction)
        topic = await find(interaction, reference)
        fact = topic.page.fact(number(values[0] if values else ""))
        await turn(interaction, show.fact_card(await reader_of(interaction), topic, fact))

    @on_button("topic", "change")
    async def change(
        self, interaction: DeskInteraction, reference: str, fact_id: str, _seen: str
    ) -> None:
        """Open the form of a fact."""
        await only_keepers(interaction)
        topic = await find(interaction, reference)
        await fact_form(interaction, topic, topic.page.fact(number(fact_id)))

    @on_form("topic", "factchanged")
    async def fact_changed(
        self, interaction: DeskInteraction, form: Form, reference: str, fact_id: str, seen: str
    ) -> None:
        """Correct a fact."""
        await only_keepers(interaction)
        await acknowledge(interaction)
        topic = await self.desk.topics.change_fact(
            guild_of(interaction),
            topic_of(reference),
            interaction.user.id,
            replace(_fact(form), id=number(fact_id)),
            why=form.text("why"),
            seen=number(seen),
            intake=_intake(interaction),
        )
        leaf, reader = show.leaf_of(topic, number(fact_id)), await reader_of(interaction)
        await reply(interaction, show.timeline_card(reader, topic, leaf))

    @on_button("topic", "remove")
    async def remove(
        self, interaction: DeskInteraction, reference: str, fact_id: str, seen: str
    ) -> None:
        """Take a fact out."""
        await only_keepers(interaction)
        await acknowledge_turn(interaction)
        topic = await self.desk.topics.remove_fact(
            guild_of(interaction),
            topic_of(reference),
            interaction.user.id,
            number(fact_id),
            seen=number(seen),
            intake=_intake(interaction),
        )
        await turn(interaction, show.timeline_card(await reader_of(interaction), topic, 0))

    @GROUP.command(
        name="restore",
        description=words("command.topic.restore", "Let a page say again what it said before"),
    )
    @app_commands.describe(
        page=PAGE_WORD, version=words("command.topic.restore.version", "The version’s number")
    )
    @requires(*KEEPERS)
    async def restore_(
        self,
        interaction: DeskInteraction,
        page: Range[str, 1, LONGEST],
        version: Range[int, 1, 100_000],
    ) -> None:
        """Restore a version."""
        await acknowledge(interaction)
        topic = await self._restore(interaction, page, version)
        await reply(interaction, await card_of(interaction, topic))

    @on_button("topic", "restore")
    async def restore(self, interaction: DeskInteraction, reference: str, version: str) -> None:
        """Restore a version."""
        await only_keepers(interaction)
        await acknowledge_turn(interaction)
        topic = await self._restore(interaction, reference, number(version))
        await turn(interaction, await card_of(interaction, topic))

    @on_button("topic", "blanking")
    async def blanking(self, interaction: DeskInteraction, reference: str, version: str) -> None:
        """Ask whether the words of an earlier version shall be erased."""
        await only_keepers(interaction)
        await acknowledge_turn(interaction)
        topic = await find(interaction, reference)
        card = versions.blanking_card(
            await reader_of(interaction), topic, topic.at(number(version))
        )
        await turn(interaction, card)

    @on_button("topic", "blank")
    async def blank(self, interaction: DeskInteraction, reference: str, version: str) -> None:
        """Erase the words of an earlier version."""
        await only_keepers(interaction)
        await acknowledge_turn(interaction)
        topic = await self.desk.topics.blank(
            guild_of(interaction), topic_of(reference), interaction.user.id, number(version)
        )
        await turn(interaction, versions.history_card(await reader_of(interaction), topic, 0))

    @edit_.autocomplete("page")
    @fact_.autocomplete("page")
    @link_.autocomplete("page")
    @restore_.autocomplete("page")
    async def pages_kept(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer pages."""
        return await offered_pages(interaction, current)

    @link_.autocomplete("entry")
    async def entries_offered(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer entries whose question goes with what was typed so far."""
        shelf = self.desk.knowledge.of(interaction.guild_id)
        found = await shelf.complete(current, limit=CHOICES)
        return offered(((one.question, one.id) for one in found), "")

    @link_.autocomplete("session")
    async def sessions_offered(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer sessions that everybody may know of."""
        guild_id = guild_of(interaction)
        try:
            coming = await self.desk.sessions.upcoming(guild_id)
            past = await self.desk.sessions.past(guild_id)
        except StoreUnavailable:
            return []
        return offered(
            ((f"{one.topic} · {one.reference}", one.reference) for one in (*coming, *past)),
            current,
        )

    @link_.autocomplete("concerns")
    async def concerns_offered(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer the topics that staff gave to concerns; to staff only."""
        if not (await reader_of(interaction)).keeps:
            return []
        try:
            found = await self.desk.triage.topics(guild_of(interaction), current)
        except StoreUnavailable:
            return []
        return offered(((one, one) for one in found), "")

    async def _restore(self, interaction: DeskInteraction, typed: str, version: int) -> Topic:
        return await self.desk.topics.restore(
            guild_of(interaction),
            topic_of(typed),
            interaction.user.id,
            version,
            intake=_intake(interaction),
        )

    async def _set_links(
        self,
        interaction: DeskInteraction,
        reference: str,
        entries: tuple[str, ...],
        sessions: tuple[str, ...],
        concerns: str,
        why: str,
        seen: int,
    ) -> Topic:
        guild_id = guild_of(interaction)
        held = tuple(read_reference(one, "S") or one for one in sessions)
        says = (await find(interaction, reference)).page
        # What stands there already may have gone since; that is no reason to stop anybody.
        new = [one for one in entries if one not in says.entries]
        new_held = [one for one in held if one not in says.sessions]
        unknown = await self.desk.topic_pages.unknown_links(guild_id, new, new_held)
        if unknown:
            raise BadTopic("topics.bad.links", {"unknown": inert(", ".join(unknown), limit=300)})
        return await self.desk.topics.set_links(
            guild_id,
            topic_of(reference),
            interaction.user.id,
            entries=entries,
            sessions=held,
            concerns=concerns,
            why=why,
            seen=seen,
            intake=_intake(interaction),
        )


def _fact(form: Form) -> Fact:
    return fact_of(
        form.text("when"), form.text("text"), form.text("source"), form.choice("confidence") or ""
    )


def _intake(interaction: DeskInteraction) -> str:
    return f"interaction:{interaction.id}"
