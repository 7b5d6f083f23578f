"""What reporters are shown: receipts, replies, and where their concerns stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cleaning import Refusal
from bot.concerns.model import (
    URGENT_KINDS,
    Case,
    CloseReason,
    Delivery,
    Kind,
    Letter,
    OwnConcern,
    State,
)
from bot.concerns.timing import URGENT_HOURS
from bot.guilds.urgent import Urgent
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.platform.limits import units
from bot.words import Tongue
from cogs import _entries
from cogs.concern import news_cards

PAGE = 8
_LEGIBLE = 2500
"""Units of people's words that a card shows whole beside everything else; more goes in a file."""
_ALL = 20_000
"""More than any text can come to once it is inert: nothing is cut before the card decides."""
_LATEST = 5
"""Parts of a long conversation that its card shows the beginnings of."""
_NAME = 100
NO_CHOICE = Urgent()


@dataclass(frozen=True)
class Server:
    """A server as a card names it."""

    name: str
    staffed: bool = True


def receipt_card(
    t: Tongue, case: Case, server: Server, days: int, urgent: Urgent = NO_CHOICE
) -> Card:
    """Say that it is logged, and what happens next; what is urgent gets help to turn to at once."""
    name = named(server)
    if not server.staffed:
        first = t("concern.logged.no_staff", server=name)
    elif case.kind in URGENT_KINDS:
        first = t("concern.logged.soon", server=name, hours=URGENT_HOURS)
    else:
        first = t("concern.logged.body", server=name, days=days)
    body = [
        first,
        t(f"concern.logged.{case.kind}") if case.kind in URGENT_KINDS else "",
        t("concern.logged.follow"),
    ]
    parts = help_parts(t, case, urgent)
    if case.kind is not Kind.QUESTION:
        parts.append(Part(t("concern.part.consent"), t(f"consent.{case.consent}")))
    return Card(
        kind=t("concern.logged.kind"),
        title=t("concern.logged.title", reference=case.reference),
        body="\n\n".join(line for line in body if line),
        parts=parts,
        footer=t("concern.logged.footer"),
        tone=Tone.ANSWER,
        rows=[[_see(t, case.guild_id, case.reference)]],
    )


def help_parts(t: Tongue, case: Case, urgent: Urgent) -> list[Part]:
    """Return where somebody in an urgent matter finds help at once; nothing for other matters.

    A server's own text is shown as its admins wrote it, so that its links can be pressed.
    """
    if case.kind not in URGENT_KINDS:
        return []
    text = urgent.told(t.language) or t(f"concern.help.{case.kind}")
    return [Part(t("concern.part.help"), text)]


def letter_card(t: Tongue, case: Case, letter: Letter, server: Server) -> Card:
    """Bring a reply, all of it: what does not fit the card comes as a file."""
    if letter.taken_back:
        return Card(
            kind=t("concern.letter.kind"),
            title=t("concern.letter.title", reference=case.reference),
            body=t("concern.letter.taken_back", date=_entries.long_date(t, letter.at)),
            footer=_about(t, case, server),
            rows=[[_see(t, case.guild_id, case.reference)]],
        )
    body, files = [inert(letter.text, limit=_ALL)], []
    if units(body[0]) > _LEGIBLE:
        file = _file(case.reference, [(_from(t, letter), letter.text)])
        files = [file]
        body = [t("concern.letter.file", name=file.name), inert(letter.text, limit=_LEGIBLE)]
    marks = [signed(t, letter)]
    if letter.edited:
        marks.append(t("concern.letter.edited", date=_entries.long_date(t, letter.at)))
    return Card(
        kind=" · ".join(marks),
        title=t("concern.letter.title", reference=case.reference),
        body="\n\n".join(body),
        footer=_about(t, case, server),
        tone=Tone.ANSWER,
        rows=[
            [
                _write(t, case.guild_id, case.reference),
                _see(t, case.guild_id, case.reference),
            ]
        ],
        attachments=files,
    )


def signed(t: Tongue, letter: Letter) -> str:
    """Return as whom staff wrote a letter, as its reporter reads it."""
    if not letter.signature:
        return t("concern.letter.kind")
    return t("concern.letter.signed", name=inert(letter.signature, limit=_NAME))


def heard_card(t: Tongue, case: Case, server: Server, link: str) -> Card:
    """Tell who has a case that its reporter wrote; what they wrote is on its card only."""
    return Card(
        kind=t("concern.heard.kind"),
        title=case.reference,
        body=t("concern.heard.body", reference=case.reference, server=named(server)),
        tone=Tone.STAFF,
        rows=[[Button(t("concern.heard.button"), link)]] if link else (),
    )


def about_files(t: Tongue, payload: Mapping[str, Any]) -> list[str]:
    """Return what became of the files that came with a letter, a line each."""
    kept, refused = int(payload.get("files", 0)), list(payload.get("refused", ()))
    lines = [t.plural("concern.files.kept", kept)] if kept else []
    for why in Refusal:
        if why in refused:
            said = t(f"concern.files.refused.{why}")
            lines.append(t.plural("concern.files.refused", refused.count(why), why=said))
    return lines


def refused_card(t: Tongue, refused: Sequence[Refusal]) -> Card:
    """Say why nothing of a message could be taken."""
    return Card(body="\n\n".join(about_files(t, {"refused": [str(why) for why in refused]})))


def waiting_card(t: Tongue, guild_id: int, reference: str) -> Card:
    """Say that a reply or news waits that could not be delivered."""
    press = custom_id("concern", "open", guild_id, reference)
    return Card(
        kind=t("concern.letter.kind"),
        body=t("concern.waiting.body", reference=reference),
        tone=Tone.ANSWER,
        rows=[[Button(t("concern.button.read"), press)]],
    )


def none_card(t: Tongue) -> Card:
    """Say that this person has raised nothing, and how to."""
    return Card(
        kind=t("concern.status.kind"),
        title=t("concern.status.title"),
        body=t("concern.status.none"),
        rows=[
            [
                Button(t("concern.button.raise"), custom_id("concern", "new")),
                Button(t("anonymous.button.raise"), custom_id("concern", "new_hidden")),
                Button(t("anonymous.button.code"), custom_id("concern", "code")),
            ]
        ],
    )


def list_card(t: Tongue, shown: Sequence[OwnConcern], page: int, total: int) -> Card:
    """Show a page of a person's own concerns. Pages count from 0."""
    pages = max((total + PAGE - 1) // PAGE, 1)
    menu = Menu(
        t("concern.status.choose"),
        custom_id("concern", "pick"),
        [
            Choice(
                f"{own.reference} · {t(f'concern.kind.{own.kind}')}",
                f"{own.guild_id}:{own.reference}",
                description=_news(t, own),
            )
            for own in shown
        ],
    )
    rows: list[Row] = [menu]
    if pages > 1:
        rows.append(
            [
                Button(
                    t("faq.button.previous"),
                    custom_id("concern", "page", max(page - 1, 0)),
                    disabled=page == 0,
                ),
                Button(
                    t("faq.button.next"),
                    custom_id("concern", "page", page + 1),
                    disabled=page + 1 >= pages,
                ),
            ]
        )
    return Card(
        kind=t("concern.status.kind"),
        title=t("concern.status.title"),
        body="\n\n".join(_line(t, own) for own in shown),
        footer=t("concern.status.page", page=page + 1, pages=pages) if pages > 1 else "",
        rows=rows,
    )


def own_card(t: Tongue, own: OwnConcern, server: Server, *, alone: bool = False) -> Card:
    """Show one of a person's own concerns: where it stands, what staff said, what they wrote.

    What does not fit is in a file, whole. `alone` leaves out the way back to all their concerns,
    where there are no others.
    """
    wrote = [
        (t("concern.part.what"), own.what),
        (t("concern.part.link"), own.link),
        (t("concern.part.wish"), own.wish),
    ]
    wrote = [(label, text) for label, text in wrote if text]
    letters = [(_from(t, letter), _said(t, letter)) for letter in own.letters]
    shown = [(label, inert(text, limit=_ALL)) for label, text in (*letters[::-1], *wrote)]
    body, files = [_standing(t, own.state, own.close_reason)], []
    if not own.what:
        body.append(t("concern.status.erased"))
    if sum(units(text) for _label, text in shown) > _LEGIBLE:
        file = _file(own.reference, (*wrote, *letters))
        files = [file]
        body.append(t("concern.status.file", name=file.name))
        shown = shown[: max(len(wrote), _LATEST)]
    parts = news_cards.waiting_part(t, own, named(server))
    parts += [Part(label, text) for label, text in shown]
    if own.kind is not Kind.QUESTION:
        parts.append(Part(t("concern.part.consent"), t(f"consent.{own.consent}")))
    buttons, rest = news_cards.own_buttons(t, own)
    if not alone:
        buttons.append(Button(t("concern.button.all"), custom_id("concern", "all")))
    return Card(
        kind=t(f"concern.kind.{own.kind}"),
        title=own.reference,
        body="\n\n".join(body),
        parts=parts,
        footer=t(
            "concern.status.where",
            date=_entries.long_date(t, own.raised_at),
            server=named(server),
        ),
        tone=Tone.ANSWER if own.waiting or own.state is State.ANSWERED else Tone.PLAIN,
        rows=[row for row in (buttons, rest) if row],
        attachments=files,
    )


def _about(t: Tongue, case: Case, server: Server) -> str:
    date = _entries.long_date(t, case.raised_at)
    return t("concern.letter.footer", server=named(server), date=date)


def _line(t: Tongue, own: OwnConcern) -> str:
    first = t(
        "concern.status.line",
        reference=own.reference,
        kind=t(f"concern.kind.{own.kind}"),
        date=_entries.long_date(t, own.raised_at),
    )
    return f"{first}\n{_news(t, own)}"


def _news(t: Tongue, own: OwnConcern) -> str:
    if own.waiting:
        return t("concern.status.waiting")
    if any(one.delivery is Delivery.MAILBOX for one in own.news):
        return f"{_standing(t, own.state, own.close_reason)} {t('concern.status.news')}"
    return _standing(t, own.state, own.close_reason)


def _standing(t: Tongue, state: State, reason: CloseReason | None) -> str:
    if state is State.CLOSED and reason is not None:
        return t(f"concern.reason.{reason}")
    return t(f"concern.state.{state}")


def _from(t: Tongue, letter: Letter) -> str:
    date = _entries.long_date(t, letter.at)
    if letter.signature:
        said = t("concern.part.signed", name=inert(letter.signature, limit=_NAME), date=date)
    else:
        said = t(f"concern.part.{letter.direction}", date=date)
    return t("concern.part.edited", said=said) if letter.edited else said


def _said(t: Tongue, letter: Letter) -> str:
    """Return what a letter says, or what stands in the place of its words."""
    lines = [t("concern.part.taken_back")] if letter.taken_back else [letter.text]
    if letter.files:
        lines.append(t.plural("concern.part.files", len(letter.files)))
    return "\n".join(line for line in lines if line)


def _see(t: Tongue, guild_id: int, reference: str) -> Button:
    return Button(t("concern.button.see"), custom_id("concern", "open", guild_id, reference))


def _write(t: Tongue, guild_id: int, reference: str) -> Button:
    return Button(t("concern.button.write"), custom_id("concern", "write", guild_id, reference))


def named(server: Server) -> str:
    """Return a server's name, inert."""
    return inert(server.name, limit=_NAME)


def _file(reference: str, said: Sequence[tuple[str, str]]) -> Attachment:
    text = "\n\n\n".join((reference, *(f"{label}:\n\n{text}" for label, text in said)))
    return Attachment(f"{reference}.txt", text.encode("utf-8", "replace").decode())
