"""The buttons under a case: decide a report, lift, note, try again, decide an appeal."""

from bot.moderation.cases.appeals import Decision
from bot.moderation.cases.model import REASON_LIMIT, Act, Order, State
from bot.platform.access import require
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import Field, TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue
from cogs.mod import show
from cogs.mod.act import open_acts
from cogs.mod.group import MODERATOR, case_of, minutes_of
from cogs.triage.told import guild_of

_FORMS = {
    "nothing": "mod.decide.nothing",
    "lift": "mod.decide.lift",
    "note": "mod.decide.note",
    "uphold": "mod.decide.uphold",
    "change": "mod.decide.change",
    "grant": "mod.decide.grant",
}
_OUTCOMES = {"uphold": State.UPHELD, "change": State.CHANGED, "grant": State.LIFTED}


class Deciding(DeskCog):
    """What moderators decide with a button."""

    @on_button("mod", "decide")
    async def decide(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form for an act on what was reported."""
        await require(interaction, MODERATOR)
        case = await self.desk.cases.case(guild_of(interaction), case_of(reference))
        if case.act is not Act.REPORT or case.subject is None:
            raise Refused("mod.already_decided", reference=case.reference)
        await open_acts(interaction, case.subject, on=case.reference)

    @on_button("mod", "nothing")
    async def nothing(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask why nothing has to be done."""
        await self._ask(interaction, "nothing", reference)

    @on_button("mod", "lift")
    async def lift_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask why it is lifted."""
        await self._ask(interaction, "lift", reference)

    @on_button("mod", "note")
    async def note_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask what to note."""
        await self._ask(interaction, "note", reference)

    @on_button("mod", "uphold")
    async def uphold(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask what the member is answered."""
        await self._ask(interaction, "uphold", reference)

    @on_button("mod", "change")
    async def change(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask what the member is answered, and how long it lasts from now."""
        await self._ask(interaction, "change", reference)

    @on_button("mod", "grant")
    async def grant(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask what the member is answered."""
        await self._ask(interaction, "grant", reference)

    @on_button("mod", "again")
    async def again(self, interaction: DeskInteraction, reference: str) -> None:
        """Try again what Discord refused."""
        await require(interaction, MODERATOR)
        await acknowledge(interaction)
        case = await self.desk.cases.again(
            guild_of(interaction), case_of(reference), interaction.user.id
        )
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))

    @on_form("mod", "said")
    async def said(
        self, interaction: DeskInteraction, form: Form, what: str, reference: str
    ) -> None:
        """Do what a button and its form say."""
        await require(interaction, MODERATOR)
        guild_id, ref, by = guild_of(interaction), case_of(reference), interaction.user.id
        text, cases = form.text("text"), self.desk.cases
        await acknowledge(interaction)
        if what == "nothing":
            there = await cases.case(guild_id, ref)
            order = Order(Act.NONE, there.rule, text, subject=there.subject)
            once = f"interaction:{interaction.id}"
            case = await cases.act(guild_id, by, order, intake=once, on=ref)
        elif what == "lift":
            case = await cases.lift(guild_id, ref, by, text)
        elif what == "note":
            case = await cases.note(guild_id, ref, by, text)
        elif what in _OUTCOMES:
            minutes = minutes_of(form.text("length")) or 0
            case = await cases.decide(guild_id, ref, by, Decision(_OUTCOMES[what], text, minutes))
        else:
            raise Refused("error.stale")
        await reply(interaction, show.case_card(self.desk, tongue(interaction), case))

    async def _ask(self, interaction: DeskInteraction, what: str, reference: str) -> None:
        await require(interaction, MODERATOR)
        t, ref = tongue(interaction), case_of(reference)
        answers = what in _OUTCOMES
        fields: list[Field] = [
            TextField(
                "text",
                t("mod.form.answer" if answers else "mod.form.why"),
                description=t("mod.form.answer.note" if answers else "mod.form.why.note"),
                paragraph=True,
                limit=REASON_LIMIT,
            )
        ]
        if what == "change":
            label, note = t("mod.form.shorter"), t("mod.form.shorter.note")
            fields.append(TextField("length", label, description=note, required=False, limit=10))
        await open_form(
            interaction,
            t(_FORMS[what], reference=ref),
            custom_id("mod", "said", what, ref),
            fields,
        )
