"""/promise: staff keep the account of promises. Everybody reads what they write here."""

from datetime import date

import discord
from discord import Permissions, app_commands
from discord.app_commands import Choice, Range

from bot.platform.access import capabilities, require, requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import Field, TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.promises.model import (
    OFFICE_LIMIT,
    SOURCE_LIMIT,
    TEXT_LIMIT,
    Ledger,
    Spoken,
    State,
    Words,
)
from bot.promises.typed import a_day
from bot.store import StoreUnavailable
from cogs._choices import offered
from cogs._typed import number
from cogs.promises import forms, show
from cogs.promises.look import STAFF, STATES, card_of, promise_of, reader_of
from cogs.triage.told import guild_of

_LEDGERS = {
    Ledger.BRIEFS: words("command.promise.ledger.briefs", "Briefs sent and published"),
    Ledger.KNOWLEDGE: words("command.promise.ledger.knowledge", "Changes to the FAQ"),
    Ledger.CONCERNS: words("command.promise.ledger.concerns", "Concerns answered"),
    Ledger.SESSIONS: words("command.promise.ledger.sessions", "Sessions held"),
}
_REF = words("command.promise.ref", "The promise’s reference, such as P-7K4Q-2M")
_NO_LEDGER = "-"
_LONGEST = 20


class PromiseKeeping(DeskCog):
    """What staff and liaisons do with promises."""

    promise = app_commands.Group(
        name="promise",
        description=words("command.promise.description", "Keep the account of promises"),
        guild_only=True,
        default_permissions=Permissions(manage_messages=True),
    )

    @promise.command(name="add", description=words("command.promise.add", "Add a promise"))
    @app_commands.describe(
        ledger=words("command.promise.add.ledger", "What in the desk’s own ledger shows it")
    )
    @app_commands.choices(
        ledger=[Choice(name=name, value=str(kind)) for kind, name in _LEDGERS.items()]
    )
    @requires(*STAFF)
    async def add(self, interaction: DeskInteraction, ledger: str | None = None) -> None:
        """Open the form of a promise."""
        t = tongue(interaction)
        fields: list[Field] = [
            TextField("text", t("promise.form.text"), paragraph=True, limit=TEXT_LIMIT),
            TextField(
                "source",
                t("promise.form.source"),
                placeholder="https://example.org/statement",
                limit=SOURCE_LIMIT,
            ),
            TextField(
                "made_on",
                t("promise.form.made_on"),
                value=self._today().isoformat(),
                limit=forms.DAY,
            ),
            TextField(
                "owner",
                t("promise.form.owner"),
                description=t("promise.form.owner.note"),
                limit=OFFICE_LIMIT,
            ),
            TextField("due", t("promise.form.due"), placeholder="2026-12-31", limit=forms.DAY),
        ]
        press = custom_id("promise", "added", ledger or _NO_LEDGER)
        await open_form(interaction, t("promise.form.title"), press, fields)

    @on_form("promise", "added")
    async def added(self, interaction: DeskInteraction, form: Form, ledger: str) -> None:
        """Keep a promise."""
        await only_staff(interaction)
        await acknowledge(interaction)
        words_ = Words(
            form.text("text"),
            form.text("source"),
            a_day(form.text("made_on")),
            form.text("owner"),
        )
        promise = await self.desk.promises.add(
            guild_of(interaction),
            interaction.user.id,
            words_,
            due=a_day(form.text("due")),
            drawn=[Ledger(ledger)] if ledger in set(Ledger) else [],
            intake=f"interaction:{interaction.id}",
        )
        await reply(interaction, await card_of(interaction, promise))

    @promise.command(
        name="edit",
        description=words("command.promise.edit", "Put a promise that staff added in other words"),
    )
    @app_commands.describe(ref=_REF)
    @requires(*STAFF)
    async def edit(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Open the form of a promise's words."""
        await forms.words_form(interaction, ref)

    @on_button("promise", "edit")
    async def edit_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form of a promise's words."""
        await only_staff(interaction)
        await forms.words_form(interaction, reference)

    @on_form("promise", "edited")
    async def edited(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Put a promise in other words."""
        await only_staff(interaction)
        await acknowledge(interaction)
        others = {code: Spoken(form.text(f"text_{code}")) for code in forms.others(self.desk)}
        words_ = Words(
            form.text("text"),
            form.text("source"),
            a_day(form.text("made_on")),
            (await forms.found(interaction, reference)).words.owner,
            others,
        )
        promise = await self.desk.promises.reword(
            guild_of(interaction),
            promise_of(reference),
            interaction.user.id,
            words_,
            seen=number(seen),
        )
        await reply(interaction, await card_of(interaction, promise))

    @promise.command(
        name="evidence",
        description=words("command.promise.evidence", "Add something that shows it is kept"),
    )
    @app_commands.describe(ref=_REF)
    @requires(*STAFF)
    async def evidence(self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST]) -> None:
        """Open the form for evidence."""
        await forms.evidence_form(interaction, ref)

    @on_button("promise", "evidence")
    async def evidence_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form for evidence."""
        await only_staff(interaction)
        await forms.evidence_form(interaction, reference)

    @on_form("promise", "shown")
    async def shown(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep evidence."""
        await only_staff(interaction)
        await acknowledge(interaction)
        promise = await self.desk.promises.show(
            guild_of(interaction),
            promise_of(reference),
            interaction.user.id,
            form.text("text"),
            form.text("link"),
            intake=f"interaction:{interaction.id}",
        )
        await reply(interaction, await card_of(interaction, promise))

    @on_menu("promise", "strike")
    async def strike(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Take evidence back that was added by hand."""
        await only_staff(interaction)
        evidence_id = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        promise = await self.desk.promises.strike(
            guild_of(interaction), promise_of(reference), interaction.user.id, evidence_id
        )
        await turn(interaction, show.evidence_card(await reader_of(interaction), promise, 0))

    @promise.command(
        name="state", description=words("command.promise.state", "Say how a promise stands")
    )
    @app_commands.describe(
        ref=_REF, state=words("command.promise.state.state", "How it stands now")
    )
    @app_commands.choices(
        state=[
            Choice(name=name, value=str(state))
            for state, name in STATES.items()
            if state is not State.LATE
        ]
    )
    @requires(*STAFF)
    async def state(
        self, interaction: DeskInteraction, ref: Range[str, 1, _LONGEST], state: str
    ) -> None:
        """Open the form in which staff say what everybody will read about it."""
        await forms.state_form(interaction, ref, state)

    @on_menu("promise", "state")
    async def state_menu(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Open the form for the state that was chosen."""
        await only_staff(interaction)
        await forms.state_form(interaction, reference, values[0] if values else "", seen)

    @on_form("promise", "moved")
    async def moved(
        self, interaction: DeskInteraction, form: Form, reference: str, state: str, seen: str
    ) -> None:
        """Move a promise."""
        await only_staff(interaction)
        await acknowledge(interaction)
        typed = form.text("due").strip()
        promise = await forms.found(interaction, reference)
        drawn = await self.desk.evidence.of(promise.guild_id, promise.drawn, promise.words.made_on)
        moved = await self.desk.promises.move(
            promise.guild_id,
            promise.reference,
            interaction.user.id,
            forms.state_of(state),
            note=form.text("note"),
            seen=number(seen),
            shown=any(one.shows for one in drawn),
            due=a_day(typed) if typed else None,
        )
        await reply(interaction, await card_of(interaction, moved))

    @promise.command(
        name="due", description=words("command.promise.due", "Say when it is due next")
    )
    @app_commands.describe(
        ref=_REF, day=words("command.promise.due.day", "A day, such as 2026-12-31")
    )
    @requires(*STAFF)
    async def due(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, _LONGEST],
        day: Range[str, 1, _LONGEST],
    ) -> None:
        """Set the next day."""
        await acknowledge(interaction)
        await self._set_due(interaction, ref, day)

    @on_button("promise", "due")
    async def due_button(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form for the next day."""
        await only_staff(interaction)
        t = tongue(interaction)
        promise = await forms.found(interaction, reference)
        value = "" if promise.due is None else promise.due.isoformat()
        field = TextField("due", t("promise.form.due"), value=value, limit=forms.DAY)
        press = custom_id("promise", "dueset", promise.reference)
        await open_form(
            interaction, t("promise.due.title", reference=promise.reference), press, [field]
        )

    @on_form("promise", "dueset")
    async def due_set(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Set the next day."""
        await only_staff(interaction)
        await acknowledge(interaction)
        await self._set_due(interaction, reference, form.text("due"))

    @promise.command(
        name="owner", description=words("command.promise.owner", "Say who sees to a promise")
    )
    @app_commands.describe(
        ref=_REF,
        office=words("command.promise.owner.office", "An office; everybody reads it"),
        person=words("command.promise.owner.person", "A person; only staff see who"),
    )
    @requires(*STAFF)
    async def owner(
        self,
        interaction: DeskInteraction,
        ref: Range[str, 1, _LONGEST],
        office: Range[str, 1, OFFICE_LIMIT] | None = None,
        person: discord.Member | None = None,
    ) -> None:
        """Set who sees to a promise."""
        if office is None and person is None:
            raise Refused("promise.bad.nobody")
        await acknowledge(interaction)
        promise = await self.desk.promises.set_owner(
            guild_of(interaction),
            promise_of(ref),
            interaction.user.id,
            office=office,
            person=None if person is None else person.id,
        )
        await reply(interaction, await card_of(interaction, promise))

    @edit.autocomplete("ref")
    @evidence.autocomplete("ref")
    @state.autocomplete("ref")
    @due.autocomplete("ref")
    @owner.autocomplete("ref")
    async def references(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer promises by a part of the reference or of the text."""
        t = tongue(interaction)
        try:
            if not set(STAFF) & await capabilities(interaction):
                return []
            lines, _ = await self.desk.promises.list_(guild_of(interaction))
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        return offered(
            (
                (
                    f"{one.reference} · {show.state_name(t, one.state)} · "
                    f"{one.words.said(t.language).text}",
                    one.reference,
                )
                for one in lines
            ),
            current,
        )

    async def _set_due(self, interaction: DeskInteraction, typed: str, day: str) -> None:
        promise = await self.desk.promises.set_due(
            guild_of(interaction), promise_of(typed), interaction.user.id, a_day(day)
        )
        await reply(interaction, await card_of(interaction, promise))

    def _today(self) -> date:
        return self.desk.clock().date()


async def only_staff(interaction: DeskInteraction) -> None:
    """Let staff and liaisons pass."""
    await require(interaction, *STAFF)
