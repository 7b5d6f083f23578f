"""Letters that were sent: as whom, changing them, taking them back; and files that came."""

import discord

from bot.concerns.model import REPLY_LIMIT, Case, Letter, SignedAs
from bot.guilds.model import Capability
from bot.platform.cards import Card, Choice
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.platform.mail import guild_tongue
from bot.words import Tongue
from cogs.triage import letter_cards
from cogs.triage.told import guild_of, reference_of, telling

_USUAL = SignedAs.DESK
_NAME = 80


class LetterButtons(DeskCog):
    """Letters and files of a case, each behind a button that only staff can press."""

    @on_button("case", "letters", requires=Capability.STAFF)
    async def letters(self, interaction: DeskInteraction, reference: str) -> None:
        """Offer the letters that may be changed."""
        await acknowledge(interaction)
        case = await self._open(interaction, reference)
        await reply(interaction, letter_cards.letters_card(tongue(interaction), case))

    @on_menu("case", "letter", requires=Capability.STAFF)
    async def letter(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Show the letter that was chosen."""
        await acknowledge_turn(interaction)
        case = await self._open(interaction, reference)
        found = _letter(case, next(iter(values), ""))
        await turn(interaction, letter_cards.letter_card(tongue(interaction), case, found))

    @on_button("case", "amend", requires=Capability.STAFF)
    async def amend(self, interaction: DeskInteraction, reference: str, letter_id: str) -> None:
        """Open the form with the letter's words in it."""
        t = tongue(interaction)
        found = _letter(await self._open(interaction, reference), letter_id)
        press = custom_id("case", "amended", reference, letter_id, found.revision)
        text = TextField(
            "text",
            t("triage.amend.text"),
            description=t("triage.amend.note"),
            value=found.text,
            paragraph=True,
            limit=REPLY_LIMIT,
        )
        await open_form(interaction, t("triage.amend.title"), press, [text])

    @on_form("case", "amended", requires=Capability.STAFF)
    async def amended(
        self, interaction: DeskInteraction, form: Form, reference: str, letter_id: str, seen: str
    ) -> None:
        """Change the letter; if that fails, the words go back to who wrote them."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            await self.desk.triage.edit(
                guild_of(interaction),
                reference_of(reference),
                interaction.user.id,
                _number(letter_id),
                form.text("text"),
                seen=_number(seen),
            )
        await say(interaction, t("triage.amend.done", reference=reference))

    @on_button("case", "unsend", requires=Capability.STAFF)
    async def unsend(self, interaction: DeskInteraction, reference: str, letter_id: str) -> None:
        """Say what taking it back does, and ask."""
        await acknowledge_turn(interaction)
        case = await self._open(interaction, reference)
        found = _letter(case, letter_id)
        await turn(interaction, letter_cards.unsend_card(tongue(interaction), case, found))

    @on_button("case", "unsent", requires=Capability.STAFF)
    async def unsent(self, interaction: DeskInteraction, reference: str, letter_id: str) -> None:
        """Take the letter back."""
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            case = await self.desk.triage.take_back(
                guild_of(interaction),
                reference_of(reference),
                interaction.user.id,
                _number(letter_id),
            )
        said = [t("triage.unsend.done", reference=reference)]
        if case.due_at is not None:
            when = discord.utils.format_dt(case.due_at, "R")
            said.append(t("triage.unsend.again", when=when))
        await turn(interaction, Card(body="\n".join(said)))

    @on_button("case", "files", requires=Capability.STAFF)
    async def files(self, interaction: DeskInteraction, reference: str) -> None:
        """Offer the files of a case."""
        await acknowledge(interaction)
        case = await self._open(interaction, reference)
        await reply(interaction, letter_cards.files_card(tongue(interaction), case))

    @on_menu("case", "file", requires=Capability.STAFF)
    async def file(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Show one file to this person alone; the audit says that they opened it."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            opened = await self.desk.attachments.open(
                guild_of(interaction),
                reference_of(reference),
                interaction.user.id,
                _number(next(iter(values), "")),
            )
        await reply(interaction, letter_cards.file_card(t, reference, opened))

    async def _open(self, interaction: DeskInteraction, reference: str) -> Case:
        with telling(tongue(interaction)):
            return await self.desk.triage.open(
                guild_of(interaction), reference_of(reference), interaction.user.id
            )


def signature_field(t: Tongue) -> ChoiceField:
    """Return the field that asks as whom staff write."""
    return ChoiceField(
        "signed",
        t("triage.signed"),
        [
            Choice(t(f"triage.signed.{way}"), way, t(f"triage.signed.{way}.note"), way is _USUAL)
            for way in SignedAs
        ],
        required=False,
    )


async def signing(interaction: DeskInteraction, chosen: str | None) -> tuple[SignedAs, str]:
    """Return as whom somebody writes, and the name that the reporter reads.

    Raises:
        Refused: there is no such choice.
        StoreUnavailable: the server's setup cannot be read.
    """
    if chosen is not None and chosen not in set(SignedAs):
        raise Refused("error.stale")
    signed = SignedAs(chosen or SignedAs.DESK)
    if signed is SignedAs.NAMED:
        return signed, interaction.user.display_name[:_NAME]
    if signed is SignedAs.DESK:
        return signed, ""
    guild_id = guild_of(interaction)
    setup = await interaction.client.desk.guilds.get(guild_id)
    staff = setup.roles.get(Capability.STAFF, frozenset())
    theirs = [role for role in getattr(interaction.user, "roles", ()) if role.id in staff]
    if theirs:
        return signed, max(theirs).name[:_NAME]
    return signed, guild_tongue(interaction.client, guild_id)("triage.signed.role.unnamed")


def _letter(case: Case, letter_id: str) -> Letter:
    wanted = _number(letter_id)
    found = next((one for one in case.letters if one.id == wanted and not one.of), None)
    if found is None:
        raise Refused("triage.letters.none")
    if found.taken_back:
        raise Refused("triage.letters.taken_back")
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refused("error.stale")
    return int(text)
