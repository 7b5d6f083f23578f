"""How letters look to staff: a line each on a case, one by one to change it, and their files."""

import discord

from bot.cleaning import Form
from bot.concerns.attachments import OpenFile
from bot.concerns.model import Case, Delivery, Direction, FileNote, Letter, SignedAs
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert, plain
from bot.platform.limits import OPTIONS
from bot.words import Tongue
from cogs.triage.told import staff_name

_NAME = 60
_BEGINNING = 80
_TEXT = 2500


def letter_line(t: Tongue, case: Case, letter: Letter) -> str:
    """Return who wrote a letter, as whom and when, and what became of it, as one line."""
    age = discord.utils.format_dt(letter.at, "R")
    if letter.direction is Direction.FROM_REPORTER:
        said = t("triage.letter.from_reporter", age=age)
        if letter.of:
            said = t("casework.letter.from_part", age=age, reference=letter.of)
        marks = [t("triage.letter.removed")] if letter.taken_back else []
    else:
        delivery = _delivery(t, case, letter)
        who, signed = staff_name(t, letter.by), _signed(t, letter)
        said = t("triage.letter.to_reporter", who=who, signed=signed, age=age, delivery=delivery)
        marks = []
    if letter.edited and not letter.taken_back:
        marks.append(t("triage.letter.edited"))
    if letter.files:
        marks.append(t.plural("triage.letter.files", len(letter.files)))
    return " · ".join((said, *marks))


def letters_row(t: Tongue, case: Case) -> list[Row]:
    """Return what can be pressed about a case's letters, as a row if there is anything."""
    row = []
    if any(one.direction is Direction.TO_REPORTER and not one.of for one in case.letters):
        press = custom_id("case", "letters", case.reference)
        row.append(Button(t("triage.button.letters"), press))
    if case.files:
        label = t.plural("triage.button.files", len(case.files))
        row.append(Button(label, custom_id("case", "files", case.reference)))
    return [row] if row else []


def letters_card(t: Tongue, case: Case) -> Card:
    """Offer the letters that staff wrote and have not taken back, the newest first."""
    sent = [one for one in case.letters if _changeable(one)][: -OPTIONS - 1 : -1]
    if not sent:
        return Card(body=t("triage.letters.none"), tone=Tone.STAFF)
    choices = [
        Choice(
            plain(letter.text, limit=_BEGINNING),
            str(letter.id),
            f"{letter.at:%Y-%m-%d %H:%M} UTC",
        )
        for letter in sent
    ]
    return Card(
        title=t("triage.letters.title", reference=case.reference),
        body=t("triage.letters.body"),
        tone=Tone.STAFF,
        rows=[
            Menu(t("triage.letters.choose"), custom_id("case", "letter", case.reference), choices)
        ],
    )


def letter_card(t: Tongue, case: Case, letter: Letter) -> Card:
    """Show one letter of staff's, with what may be done to it."""
    edit = custom_id("case", "amend", case.reference, letter.id)
    back = custom_id("case", "unsend", case.reference, letter.id)
    return Card(
        title=t("triage.letters.title", reference=case.reference),
        body=letter_line(t, case, letter),
        parts=[Part(t("triage.unsend.letter"), inert(letter.text, limit=_TEXT))],
        tone=Tone.STAFF,
        rows=[
            [
                Button(t("triage.button.amend"), edit),
                Button(t("triage.button.unsend"), back, discord.ButtonStyle.danger),
            ]
        ],
    )


def unsend_card(t: Tongue, case: Case, letter: Letter) -> Card:
    """Ask whether a letter is to be taken back, and say what that does."""
    gone = letter.delivery in (Delivery.DELIVERED, Delivery.SEEN)
    said = t("triage.unsend.delivered" if gone else "triage.unsend.waiting")
    press = custom_id("case", "unsent", case.reference, letter.id)
    return Card(
        title=t("triage.unsend.title"),
        body=said,
        parts=[Part(t("triage.unsend.letter"), inert(letter.text, limit=600))],
        tone=Tone.STAFF,
        rows=[[Button(t("triage.button.unsend"), press, discord.ButtonStyle.danger)]],
    )


def files_card(t: Tongue, case: Case) -> Card:
    """Offer the files of a case, the newest first; which one is opened is noted."""
    choices = [
        Choice(_named(t, one), str(one.id), f"{one.at:%Y-%m-%d %H:%M} UTC")
        for one in case.files[: -OPTIONS - 1 : -1]
    ]
    if not choices:
        return Card(body=t("triage.files.none"), tone=Tone.STAFF)
    menu = Menu(t("triage.files.choose"), custom_id("case", "file", case.reference), choices)
    return Card(
        title=t("triage.files.title", reference=case.reference),
        body=t("triage.files.body"),
        tone=Tone.STAFF,
        rows=[menu],
    )


def file_card(t: Tongue, reference: str, file: OpenFile) -> Card:
    """Hand one file over, covered until it is pressed."""
    said = t("triage.files.text" if file.form is Form.TEXT else "triage.files.picture")
    return Card(
        title=t("triage.files.title", reference=reference),
        body=said,
        tone=Tone.STAFF,
        attachments=[Attachment(file.name, data=file.data)],
    )


def earlier(t: Tongue, case: Case, letter: Letter) -> list[str]:
    """Return what a letter said before, as blocks of plain text."""
    return [
        f"{t('triage.file.before')}, {past.at:%Y-%m-%d %H:%M} UTC\n{past.text}"
        for past in case.past
        if past.letter_id == letter.id
    ]


def _changeable(letter: Letter) -> bool:
    outward = letter.direction is Direction.TO_REPORTER and not letter.of
    return outward and not letter.taken_back


def _delivery(t: Tongue, case: Case, letter: Letter) -> str:
    if letter.taken_back:
        return t(f"triage.taken_back.{letter.delivery}")
    if case.anonymous and letter.delivery is Delivery.MAILBOX:
        return t("triage.delivery.mailbox.anonymous")
    if letter.outdated and letter.delivery is Delivery.PENDING:
        return t("triage.delivery.changing")
    return t(f"triage.delivery.{letter.delivery}")


def _signed(t: Tongue, letter: Letter) -> str:
    if letter.signed is SignedAs.DESK or not letter.signature:
        return t("triage.signed.as_desk")
    return t("triage.signed.as_name", name=inert(letter.signature, limit=_NAME))


def _named(t: Tongue, note: FileNote) -> str:
    size = max(note.size // 1024, 1)
    return t("triage.files.line", number=note.id, sort=note.form.upper(), size=size)
