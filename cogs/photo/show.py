"""How guarded pictures look: in the channel, to their author, and to admins."""

from collections.abc import Sequence

from bot.cleaning import Refusal
from bot.moderation.model import Rule
from bot.moderation.photos.model import Photo, PhotoSetup, Said, State
from bot.platform.cards import Attachment, Button, Card, ChannelMenu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

LARGE = Refusal.LARGE
NO_ALT = "A picture whose author did not describe it"
"""Screen readers say at least that it is one. It stays with the picture, so it is English."""
_TEXT = 2000
_FILE = "your-message.txt"


def post_card(t: Tongue, photo: Photo, files: Sequence[Attachment], *, answers: str = "") -> Card:
    """Show the pictures: covered with a question to their author, or with what they said."""
    who = t("guard.gone") if photo.author is None else f"<@{photo.author}>"
    take_down = Button(t("photo.button.back"), custom_id("photo", "back", photo.message_id))
    lines = [t("photo.post.from", who=who)]
    if answers:
        lines.append(t("photo.post.answers", link=answers))
    if photo.text:
        lines.append(inert(photo.text, limit=_TEXT))
    if photo.state is State.SHOWN and photo.said is not None:
        footer, rows = t(f"photo.post.said.{photo.said}"), [[take_down]]
    else:
        until = f"<t:{int(photo.ends_at.timestamp())}:R>"
        lines.insert(1, t("photo.post.covered", until=until))
        footer = t("photo.post.footer")
        rows = [
            [
                Button(t(f"photo.button.{said}"), custom_id("photo", said, photo.message_id))
                for said in Said
            ]
            + [take_down]
        ]
    return Card(
        kind=t("photo.kind"),
        body="\n".join(lines),
        attachments=files,
        footer=footer,
        rows=rows,
    )


def author_card(t: Tongue, photo: Photo, why: str, rule: Rule | None, server: str) -> Card:
    """Tell an author, and nobody else, what became of their pictures and why."""
    where, named = f"<#{photo.channel_id}>", inert(server, limit=100)
    parts = []
    if rule is not None and why != "located":
        title, text = rule.said(t.language)
        parts.append(Part(t("guard.part.rule"), f"{title}\n{text}"))
    card = Card(
        kind=t("guard.kind"),
        title=t(f"photo.{why}.title"),
        body=t(f"photo.{why}.body", channel=where, server=named),
        parts=parts,
    )
    return card if why == "located" else card.handing_back(photo.text or "", _FILE)


def back_card(t: Tongue, photo: Photo) -> Card:
    """Tell an author that theirs is down, with the text back."""
    card = Card(kind=t("photo.kind"), title=t("photo.back.title"), body=t("photo.back.body"))
    return card.handing_back(photo.text or "", _FILE)


def setup_card(t: Tongue, setup: PhotoSetup, faults: Sequence[str]) -> Card:
    """Show admins where pictures are guarded, and what is in the way."""
    where = ", ".join(f"<#{one}>" for one in setup.channels)
    lines = [
        t("photo.does.where", channels=where) if where else t("photo.does.nowhere"),
        t("photo.does.covered"),
        t.plural("photo.does.ends", setup.hours),
        t("photo.does.place"),
        t("photo.does.faces"),
    ]
    rows: list[Row] = [
        ChannelMenu(t("photo.setup.channel"), custom_id("photo", "channel")),
        [
            Button(t("photo.setup.hours"), custom_id("photo", "hours")),
            *([Button(t("photo.setup.none"), custom_id("photo", "none"))] if where else []),
        ],
    ]
    parts = [Part(t("photo.part.does"), lines)]
    if faults:
        parts.append(Part(t("setup.part.faults"), list(faults)))
    return Card(
        kind=t("setup.kind"),
        title=t("photo.setup.title"),
        body=t("photo.setup.body"),
        parts=parts,
        tone=Tone.UNSURE if faults else Tone.STAFF,
        rows=rows,
    )
