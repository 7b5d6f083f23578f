"""What editors press: on gaps, drafts and revisions."""

from bot.guilds.model import Capability
from bot.ids import read_reference
from bot.knowledge.drafting import Typed
from bot.knowledge.gapmodel import NoSuchGap
from bot.knowledge.revisionmodel import FourEyes, NoSuchRevision, NotReady
from bot.knowledge.revisions import REASON_LIMIT
from bot.platform.cards import Card, Choice, Menu
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.workflows.editing import Draft
from cogs.knowledge import show
from cogs.triage.told import guild_of

EDITOR = Capability.EDITOR


class EditorButtons(DeskCog):
    """Gaps, drafts, reviews."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        known = client.sentences.know
        known(NoSuchGap, lambda t, _e: t("knowledge.no_gap"))
        known(NoSuchRevision, lambda t, _e: t("knowledge.no_revision"))
        known(FourEyes, lambda t, _e: t("knowledge.four_eyes"))
        known(NotReady, lambda t, e: t("knowledge.not_ready", faults="\n".join(e.faults[:5])))

    @on_menu("knowledge", "gap", requires=EDITOR)
    async def open_gap(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a gap from the list."""
        await acknowledge(interaction)
        await self._show_gap(interaction, values[0] if values else "")

    @on_button("knowledge", "aside", requires=EDITOR)
    async def set_aside(self, interaction: DeskInteraction, reference: str) -> None:
        """Take a gap off the list."""
        await acknowledge_turn(interaction)
        await self.desk.gaps.set_aside(guild_of(interaction), reference, interaction.user.id)
        await turn(interaction, Card(body=tongue(interaction)("knowledge.gap.aside.done")))

    @on_menu("knowledge", "merge", requires=EDITOR)
    async def merge(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Put a gap into the one that was chosen."""
        await acknowledge_turn(interaction)
        into = values[0] if values else ""
        guild_id, who = guild_of(interaction), interaction.user.id
        gap = await self.desk.gaps.merge(guild_id, reference, into, who)
        others = await self.desk.gaps.open_ones(guild_id)
        await turn(interaction, show.gap_card(tongue(interaction), gap, others))

    @on_menu("knowledge", "out", requires=EDITOR)
    async def take_out(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Give a question that is in the wrong gap a gap of its own."""
        await acknowledge_turn(interaction)
        chosen = values[0] if values else ""
        if not chosen.isdecimal():
            raise Refused("error.stale")
        guild_id, who = guild_of(interaction), interaction.user.id
        gap = await self.desk.gaps.take_out(guild_id, int(chosen), who)
        others = await self.desk.gaps.open_ones(guild_id)
        await turn(interaction, show.gap_card(tongue(interaction), gap, others))

    @on_button("knowledge", "fill", requires=EDITOR)
    async def fill(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask which section the answer to a gap belongs in."""
        await acknowledge(interaction)
        t = tongue(interaction)
        sections = self.desk.knowledge.of(guild_of(interaction)).library.sections
        menu = Menu(
            t("knowledge.section.choose"),
            custom_id("knowledge", "in", reference),
            [Choice(one.title, one.id, one.about) for one in sections],
        )
        await reply(interaction, Card(body=t("knowledge.section.body"), rows=[menu]))

    @on_menu("knowledge", "in", requires=EDITOR)
    async def chosen(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Open the form for a gap's answer, with the questions in it as people asked them."""
        gap = await self.desk.gaps.get(guild_of(interaction), reference)
        asked = [" ".join(one.text.split())[:100] for one in reversed(gap.questions)]
        typed = Typed(asked[0] if asked else "", "\n".join(asked[1:]), "", "", "")
        await open_draft(interaction, typed, section=values[0] if values else "", gap=reference)

    @on_form("knowledge", "draft", requires=EDITOR)
    async def written(
        self, interaction: DeskInteraction, form: Form, section: str, entry_id: str, gap: str
    ) -> None:
        """Keep a draft, whatever is wrong with it; what was typed goes back if that fails."""
        await acknowledge(interaction)
        draft = await self.desk.editing.draft(
            guild_of(interaction),
            interaction.user.id,
            _typed(form),
            section="" if section == show.NOTHING else section,
            entry_id="" if entry_id == show.NOTHING else entry_id,
            gap=None if gap == show.NOTHING else gap,
        )
        await self._reply(interaction, draft)

    @on_button("knowledge", "edit", requires=EDITOR)
    async def edit(self, interaction: DeskInteraction, reference: str) -> None:
        """Open a draft again."""
        there = await self.desk.revisions.get(guild_of(interaction), reference)
        t = tongue(interaction)
        await open_form(
            interaction,
            t("knowledge.form.title"),
            custom_id("knowledge", "redraft", reference),
            show.form_fields(t, Typed.of(there.data)),
        )

    @on_form("knowledge", "redraft", requires=EDITOR)
    async def rewritten(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a new wording of a draft."""
        await acknowledge(interaction)
        draft = await self.desk.editing.draft(
            guild_of(interaction), interaction.user.id, _typed(form), replacing=reference
        )
        await self._reply(interaction, draft)

    @on_menu("knowledge", "look", requires=EDITOR)
    async def look(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a revision from the list."""
        await acknowledge(interaction)
        reference = values[0] if values else ""
        await self._reply(
            interaction, await self.desk.editing.look(guild_of(interaction), reference)
        )

    @on_button("knowledge", "preview", requires=EDITOR)
    async def preview(self, interaction: DeskInteraction, reference: str) -> None:
        """Show an entry as members will see it."""
        await acknowledge(interaction)
        t = tongue(interaction)
        there = await self.desk.revisions.get(guild_of(interaction), reference)
        card = show.preview_card(t, there)
        await reply(interaction, card or Card(body=t("knowledge.preview.none")))

    @on_button("knowledge", "propose", requires=EDITOR)
    async def propose(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask for the reason of a change."""
        t = tongue(interaction)
        reason = TextField(
            "reason",
            t("knowledge.reason"),
            description=t("knowledge.reason.note"),
            limit=REASON_LIMIT,
        )
        press = custom_id("knowledge", "proposed", reference)
        await open_form(interaction, t("knowledge.reason.title"), press, [reason])

    @on_form("knowledge", "proposed", requires=EDITOR)
    async def proposed(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Put a draft up for review."""
        await acknowledge(interaction)
        guild_id, who = guild_of(interaction), interaction.user.id
        await self.desk.editing.propose(guild_id, reference, who, form.text("reason"))
        await say(interaction, tongue(interaction)("knowledge.proposed", reference=reference))

    @on_button("knowledge", "publish", requires=EDITOR)
    async def publish(self, interaction: DeskInteraction, reference: str) -> None:
        """Publish what is up for review."""
        await acknowledge(interaction)
        await published(interaction, reference)

    @on_menu("knowledge", "settle", requires=EDITOR)
    async def settle(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Take an entry off the queue of what people said."""
        await acknowledge_turn(interaction)
        guild_id = guild_of(interaction)
        entry_id = values[0] if values else ""
        await self.desk.feedback.settle(guild_id, entry_id, interaction.user.id)
        said = await self.desk.feedback.queue(guild_id)
        shelf = self.desk.knowledge.of(guild_id)
        await turn(interaction, show.feedback_card(tongue(interaction), said, shelf))

    @on_button("knowledge", "discard", requires=EDITOR)
    async def discard(self, interaction: DeskInteraction, reference: str) -> None:
        """Drop a draft."""
        await acknowledge_turn(interaction)
        await self.desk.editing.discard(guild_of(interaction), reference, interaction.user.id)
        await turn(
            interaction, Card(body=tongue(interaction)("knowledge.discarded", reference=reference))
        )

    @on_button("knowledge", "stand", requires=EDITOR)
    async def stand_by(self, interaction: DeskInteraction, reference: str) -> None:
        """Keep a revision although the files changed under it."""
        await acknowledge(interaction)
        await self.desk.editing.stand_by(guild_of(interaction), reference, interaction.user.id)
        await say(interaction, tongue(interaction)("knowledge.stood_by"))

    @on_button("knowledge", "back", requires=EDITOR)
    async def back(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Take back an entry's last revision."""
        await acknowledge(interaction)
        await rolled_back(interaction, entry_id)

    async def _show_gap(self, interaction: DeskInteraction, reference: str) -> None:
        guild_id = guild_of(interaction)
        gap = await self.desk.gaps.get(guild_id, reference)
        others = await self.desk.gaps.open_ones(guild_id)
        await reply(interaction, show.gap_card(tongue(interaction), gap, others))

    async def _reply(self, interaction: DeskInteraction, draft: Draft) -> None:
        sections = self.desk.knowledge.of(guild_of(interaction)).library.sections
        section = next((one for one in sections if one.id == draft.revision.section), None)
        await reply(interaction, show.draft_card(tongue(interaction), draft, section))


async def open_draft(
    interaction: DeskInteraction,
    typed: Typed,
    *,
    section: str = show.NOTHING,
    entry_id: str = show.NOTHING,
    gap: str = show.NOTHING,
) -> None:
    """Open the form that writes a draft."""
    t = tongue(interaction)
    press = custom_id("knowledge", "draft", section, entry_id, gap)
    await open_form(interaction, t("knowledge.form.title"), press, show.form_fields(t, typed))


async def published(interaction: DeskInteraction, typed: str) -> None:
    """Publish by a reference, and say what followed."""
    reference = read_reference(typed, "R") or typed
    desk = interaction.client.desk
    done = await desk.editing.publish(guild_of(interaction), reference, interaction.user.id)
    t = tongue(interaction)
    await say(interaction, t.plural("knowledge.published", done.told))


async def rolled_back(interaction: DeskInteraction, entry_id: str) -> None:
    """Roll an entry back, and say what stands now."""
    desk = interaction.client.desk
    now = await desk.editing.roll_back(guild_of(interaction), entry_id, interaction.user.id)
    t = tongue(interaction)
    if now is None:
        await say(interaction, t("knowledge.back.files"))
    else:
        await say(interaction, t("knowledge.back.revision", reference=now.reference))


def _typed(form: Form) -> Typed:
    names = ("question", "aliases", "answer", "depends_on", "sources")
    return Typed(*(form.text(name) for name in names))
