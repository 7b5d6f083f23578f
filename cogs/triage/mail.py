"""/triage mail: messages that could not be read, or not for sure, until staff looked at them."""

from bot.concerns.mail.model import Held, NoSuchMail, Opened
from bot.concerns.troubles import TooMany
from bot.guilds.model import Capability
from bot.ids import read_reference
from bot.platform.access import requires
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.words import Tongue
from cogs.triage.themes import TriageThemes
from cogs.triage.told import guild_of

_EXCERPT = 1500
_SUBJECT = 200
_FILE = 500_000


class TriageMail(TriageThemes):
    """/triage with the command that shows the e-mail that waits."""

    @TriageThemes.triage.command(
        name="mail",
        description=words("command.triage.mail", "E-mail the desk could not log by itself"),
    )
    @requires(Capability.STAFF)
    async def mail(self, interaction: DeskInteraction) -> None:
        """Show what waits, with a menu to open one."""
        await acknowledge(interaction)
        held, count = await self.desk.mail.held(guild_of(interaction))
        await reply(interaction, list_card(tongue(interaction), held, count))

    @on_menu("case", "mail_open", requires=Capability.STAFF)
    async def opened(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a message; the audit says who did."""
        await acknowledge(interaction)
        reference = _reference(values[0] if values else "")
        try:
            opened = await self.desk.mail.open_held(
                self.desk.audit, guild_of(interaction), reference, interaction.user.id
            )
        except NoSuchMail:
            raise Refused("triage.mail.gone") from None
        await reply(interaction, opened_card(tongue(interaction), opened))

    @on_button("case", "mail_log", requires=Capability.STAFF)
    async def logged(self, interaction: DeskInteraction, reference: str) -> None:
        """Log a message as a concern of whoever sent it."""
        await acknowledge_turn(interaction)
        try:
            receipt = await self.desk.mail.log_held(
                self.desk.audit,
                guild_of(interaction),
                _reference(reference),
                interaction.user.id,
            )
        except NoSuchMail:
            raise Refused("triage.mail.gone") from None
        except TooMany:
            raise Refused("triage.mail.too_many") from None
        t = tongue(interaction)
        await turn(interaction, Card(body=t("triage.mail.logged", reference=receipt.reference)))

    @on_button("case", "mail_done", requires=Capability.STAFF)
    async def done(self, interaction: DeskInteraction, reference: str) -> None:
        """Be done with a message."""
        await acknowledge_turn(interaction)
        try:
            await self.desk.mail.done_held(
                self.desk.audit,
                guild_of(interaction),
                _reference(reference),
                interaction.user.id,
            )
        except NoSuchMail:
            raise Refused("triage.mail.gone") from None
        await turn(interaction, Card(body=tongue(interaction)("triage.mail.done")))


def list_card(t: Tongue, held: tuple[Held, ...], count: int) -> Card:
    """Show what waits: why and since when, nothing of what is in it."""
    kind, title = t("triage.mail.kind"), t("triage.mail.title")
    if not held:
        return Card(kind=kind, title=title, body=t("triage.mail.none"))
    lines = [_line(t, one) for one in held]
    menu = Menu(
        t("triage.mail.open"),
        custom_id("case", "mail_open"),
        [Choice(one.reference, one.reference, t(f"triage.mail.why.{one.why}")) for one in held],
    )
    footer = t.plural("triage.mail.count", count)
    return Card(
        kind=kind, title=title, body="\n".join(lines), footer=footer, tone=Tone.STAFF, rows=[menu]
    )


def opened_card(t: Tongue, opened: Opened) -> Card:
    """Show a message: what can be read of it, and all of it as a file."""
    held = opened.held
    buttons = []
    if held.known and held.concern is None:
        buttons.append(Button(t("triage.mail.button.log"), _press("mail_log", held)))
    buttons.append(Button(t("triage.mail.button.done"), _press("mail_done", held)))
    rows: list[Row] = [buttons]
    parts = []
    if opened.subject:
        parts.append(Part(t("triage.mail.subject"), inert(opened.subject, limit=_SUBJECT)))
    if opened.text.strip():
        parts.append(Part(t("triage.mail.text"), inert(opened.text, limit=_EXCERPT)))
    source = opened.raw[:_FILE].decode("utf-8", "replace")
    return Card(
        kind=t("triage.mail.kind"),
        title=held.reference,
        body=f"{_line(t, held)}\n{t('triage.mail.file', name=f'{held.reference}.txt')}",
        parts=parts,
        tone=Tone.STAFF,
        rows=rows,
        shortened=t("triage.show.in_file"),
        attachments=[Attachment(f"{held.reference}.txt", source)],
    )


def _line(t: Tongue, held: Held) -> str:
    said = t(
        "triage.mail.line",
        reference=held.reference,
        why=t(f"triage.mail.why.{held.why}"),
        age=f"<t:{int(held.at.timestamp())}:R>",
    )
    return said if held.concern is None else f"{said} · {held.concern}"


def _press(action: str, held: Held) -> str:
    return custom_id("case", action, held.reference)


def _reference(typed: str) -> str:
    reference = read_reference(typed, "M")
    if reference is None:
        raise Refused("triage.mail.gone")
    return reference
