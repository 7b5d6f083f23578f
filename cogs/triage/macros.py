"""/triage macros: replies that staff write once, and using them."""

from collections.abc import Sequence

from bot.concerns.macros import BLANKS, NAME_LIMIT, Macro
from bot.concerns.model import REPLY_LIMIT, Case
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform import errors
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert, plain
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.platform.mail import guild_tongue
from bot.words import Tongue
from cogs.triage.act import open_reply
from cogs.triage.told import guild_of, reference_of, telling

_SHOWN = 1500
_FIRST_WORDS = 90
_NONE = "-"


class MacroButtons(DeskCog):
    """Adding, editing, removing and using macros."""

    @on_menu("case", "macro", requires=Capability.STAFF)
    async def use(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Open the form of a reply with a macro in it, its blanks filled in."""
        reference, t = reference_of(reference), tongue(interaction)
        macro = await self._found(interaction, next(iter(values), ""))
        with telling(t):
            case = await self.desk.triage.case(
                guild_of(interaction), reference, by=interaction.user.id
            )
        guild = interaction.guild
        t = guild_tongue(self.client, case.guild_id)
        blanks = _values(self.desk, t, case, "" if guild is None else guild.name)
        await open_reply(interaction, reference, macro.filled(blanks))

    @on_menu("macro", "look", requires=Capability.STAFF)
    async def look(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Show one macro."""
        await acknowledge_turn(interaction)
        macro, t = await self._found(interaction, next(iter(values), "")), tongue(interaction)
        buttons = [
            Button(t("casework.button.edit"), custom_id("macro", "edit", macro.id)),
            Button(
                t("casework.button.remove"), custom_id("macro", "remove", macro.id, macro.version)
            ),
            Button(t("casework.button.all_macros"), custom_id("macro", "all")),
        ]
        card = Card(
            kind=t("casework.macro.kind"),
            title=plain(macro.name, limit=NAME_LIMIT),
            body=inert(macro.text, limit=_SHOWN),
            tone=Tone.STAFF,
            rows=[buttons],
            shortened=t("casework.macro.shortened"),
        )
        await turn(interaction, card)

    @on_button("macro", "all", requires=Capability.STAFF)
    async def all(self, interaction: DeskInteraction) -> None:
        """Go back to the list."""
        await acknowledge_turn(interaction)
        await turn(interaction, await list_card(self.desk, interaction))

    @on_button("macro", "add", requires=Capability.STAFF)
    async def add(self, interaction: DeskInteraction, kept: str = "") -> None:
        """Open the form of a new macro, with what could not be kept still in it."""
        name, text = self._remembered(interaction, kept)
        await _open(interaction, name, text, custom_id("macro", "write", _NONE, 0))

    @on_button("macro", "edit", requires=Capability.STAFF)
    async def edit(self, interaction: DeskInteraction, macro_id: str, kept: str = "") -> None:
        """Open the form of a macro."""
        macro = await self._found(interaction, macro_id)
        name, text = self._remembered(interaction, kept)
        press = custom_id("macro", "write", macro.id, macro.version)
        await _open(interaction, name or macro.name, text or macro.text, press)

    @on_form("macro", "write", requires=Capability.STAFF)
    async def written(
        self, interaction: DeskInteraction, form: Form, macro_id: str, seen: str
    ) -> None:
        """Keep a macro; if it cannot be, what was typed comes back."""
        t, name, text = tongue(interaction), form.text("name"), form.text("text")
        guild_id, by = guild_of(interaction), interaction.user.id
        try:
            await acknowledge(interaction)
            with telling(t):
                if macro_id == _NONE:
                    macro = await self.desk.macros.add(guild_id, by, name, text)
                else:
                    number, version = _number(macro_id), _number(seen)
                    macro = await self.desk.macros.edit(
                        guild_id, by, number, name, text, seen=version
                    )
        except Exception as error:
            kept = self.client.memory.keep(by, f"{name}\n{text}")
            action = ("add", kept) if macro_id == _NONE else ("edit", macro_id, kept)
            again = Button(t("concern.button.again"), custom_id("macro", *action))
            await errors.answer(
                interaction, error, where="macro:write", typed=form.typed(), rows=[[again]]
            )
            return
        back = Button(t("casework.button.all_macros"), custom_id("macro", "all"))
        said = t("casework.macro.kept", name=inert(macro.name, limit=2 * NAME_LIMIT))
        await reply(interaction, Card(body=said, tone=Tone.STAFF, rows=[[back]]))

    @on_button("macro", "remove", requires=Capability.STAFF)
    async def remove(self, interaction: DeskInteraction, macro_id: str, seen: str) -> None:
        """Remove a macro."""
        await acknowledge_turn(interaction)
        with telling(tongue(interaction)):
            await self.desk.macros.remove(
                guild_of(interaction), interaction.user.id, _number(macro_id), seen=_number(seen)
            )
        await turn(interaction, await list_card(self.desk, interaction))

    async def _found(self, interaction: DeskInteraction, macro_id: str) -> Macro:
        macro = await self.desk.macros.get(guild_of(interaction), _number(macro_id))
        if macro is None:
            raise Refused("casework.bad.macro_changed")
        return macro

    def _remembered(self, interaction: DeskInteraction, token: str) -> tuple[str, str]:
        kept = self.client.memory.find(token, interaction.user.id) if token else None
        name, _, text = (kept or "").partition("\n")
        return name, text


async def list_card(desk: Desk, interaction: DeskInteraction) -> Card:
    """Show a server's macros, to look at one or to add another."""
    t = tongue(interaction)
    macros = await desk.macros.all(guild_of(interaction))
    rows: list[Row] = [[Button(t("casework.button.add_macro"), custom_id("macro", "add"))]]
    if macros:
        rows.insert(0, macro_menu(t, macros, custom_id("macro", "look")))
    blanks = [
        t("casework.macro.blank", blank=f"{{{one}}}", what=t(f"casework.blank.{one}"))
        for one in BLANKS
    ]
    return Card(
        kind=t("casework.macro.kind"),
        title=t("casework.macros.title"),
        body=t("casework.macros.body" if macros else "casework.macros.none"),
        parts=[Part(t("casework.macros.blanks"), blanks)],
        tone=Tone.STAFF,
        rows=rows,
    )


def macro_menu(t: Tongue, macros: Sequence[Macro], press: str) -> Menu:
    """Offer a server's macros."""
    choices = [Choice(one.name, str(one.id), plain(one.text, limit=_FIRST_WORDS)) for one in macros]
    return Menu(t("casework.macro.choose"), press, choices)


def _values(desk: Desk, t: Tongue, case: Case, server: str) -> dict[str, str]:
    """Return what a macro's blanks stand for, in the words that reporters read."""
    return {
        "reference": case.reference,
        "kind": t(f"concern.kind.{case.kind}"),
        "topic": case.topic,
        "days": str(max((desk.clock() - case.raised_at).days, 0)),
        "state": t(f"concern.state.{case.state}"),
        "server": server,
    }


async def _open(interaction: DeskInteraction, name: str, text: str, press: str) -> None:
    t = tongue(interaction)
    fields = [
        TextField("name", t("casework.macro.name"), value=name, limit=NAME_LIMIT),
        TextField(
            "text",
            t("casework.macro.text"),
            description=t(
                "casework.macro.text.note", blanks=" ".join(f"{{{one}}}" for one in BLANKS)
            ),
            value=text,
            paragraph=True,
            limit=REPLY_LIMIT,
        ),
    ]
    await open_form(interaction, t("casework.macro.form"), press, fields)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refused("error.stale")
    return int(text)
