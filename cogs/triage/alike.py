"""What else is like a case: similar concerns, and what the people who joined it said."""

from collections.abc import Sequence

from bot.concerns.finding.likeness import Similar
from bot.concerns.joining.model import Note
from bot.concerns.model import Case
from bot.guilds.model import Capability
from bot.platform.cards import Attachment, Button, Card, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs.triage import show
from cogs.triage.told import guild_of, reference_of, telling

_SAID = 400
_SHOWN = 5


class Alike(DeskCog):
    """Similar concerns, and voices."""

    @on_button("case", "similar", requires=Capability.STAFF)
    async def similar(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the concerns most like this one."""
        t = tongue(interaction)
        await acknowledge(interaction)
        named = reference_of(reference)
        with telling(t):
            found = await self.desk.finding.likeness.similar(
                guild_of(interaction), named, by=interaction.user.id
            )
        await reply(interaction, similar_card(t, named, found))

    @on_button("case", "voices", requires=Capability.STAFF)
    async def voices(self, interaction: DeskInteraction, reference: str) -> None:
        """Show what the people said who joined this one; never who they are."""
        t = tongue(interaction)
        await acknowledge(interaction)
        named = reference_of(reference)
        with telling(t):
            notes = await self.desk.joining.voices.notes(
                guild_of(interaction), named, interaction.user.id
            )
        await reply(interaction, notes_card(t, named, notes))


def alike_row(t: Tongue, case: Case) -> list[Button]:
    """Lead from a case to what is like it."""
    buttons = [
        Button(t("triage.similar.button"), custom_id("case", "similar", case.reference)),
    ]
    if case.voices:
        press = custom_id("case", "voices", case.reference)
        buttons.append(Button(t.plural("triage.voices.button", case.voices), press))
    return buttons


def similar_card(t: Tongue, reference: str, found: Sequence[Similar]) -> Card:
    """Show concerns like one, the likest first, with how like they are."""
    lines = [
        t(
            "triage.similar.line",
            line=show.summary_line(t, one.summary),
            percent=round(100 * one.likeness),
        )
        for one in found
    ]
    rows: list[Row] = [show.open_menu(t, [one.summary for one in found])] if found else []
    return Card(
        kind=t("triage.similar.kind"),
        title=t("triage.similar.title", reference=reference),
        body="\n".join(lines) or t("triage.similar.none"),
        footer=t("triage.similar.note") if found else "",
        tone=Tone.STAFF,
        rows=rows,
    )


def notes_card(t: Tongue, reference: str, notes: Sequence[Note]) -> Card:
    """Show what people said with their voices, the latest in short, all of it in a file."""
    parts = [
        Part(
            show.consent_words(t, note.consent),
            inert(note.what, limit=_SAID) or t("triage.card.erased"),
        )
        for note in notes[-_SHOWN:]
    ]
    whole = "\n\n\n".join(
        "\n\n".join(text for text in (f"{note.at:%Y-%m-%d} · {note.consent}", *_said(note)) if text)
        for note in notes
    )
    files = [Attachment(f"{reference}-voices.txt", whole.encode("utf-8", "replace").decode())]
    return Card(
        kind=t("triage.voices.kind"),
        title=t("triage.voices.title", reference=reference),
        body="" if notes else t("triage.voices.none"),
        parts=parts,
        footer=t("triage.voices.note") if notes else "",
        tone=Tone.STAFF,
        attachments=files if notes else [],
    )


def _said(note: Note) -> tuple[str, str, str]:
    return note.what, note.link, note.wish
