"""What people are shown of joining: the offer, their voice, and what became of it."""

from collections.abc import Sequence

import discord

from bot.concerns.joining.model import Offer, Voice
from bot.concerns.model import Consent, State
from bot.platform.cards import Attachment, Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.platform.limits import units
from bot.words import Tongue
from cogs import _entries
from cogs.concern.cards import Server, named

_LEGIBLE = 2500
_ALL = 20_000
_TOPIC = 100
_MOST = 25


def offer_card(t: Tongue, guild_id: int, offer: Offer) -> Card:
    """Offer to join: only the kind, how many, and the topic that staff gave it."""
    about = t("join.offer.kind", kind=t(f"concern.kind.{offer.kind}"))
    if offer.topic:
        about = f"{about}\n{t('join.offer.topic', topic=inert(offer.topic, limit=_TOPIC))}"
    buttons = [
        Button(
            t("join.button.join"),
            custom_id("concern", "join", guild_id, offer.id),
            discord.ButtonStyle.primary,
        ),
        Button(t("join.button.log"), custom_id("concern", "log_mine", guild_id, offer.id)),
    ]
    return Card(
        kind=t("join.offer.kicker"),
        title=t("join.offer.others")
        if offer.people is None
        else t("join.offer.people", count=offer.people),
        body=about,
        parts=[
            Part(t("join.button.join"), t("join.offer.join")),
            Part(t("join.button.log"), t("join.offer.log")),
        ],
        footer=t("join.offer.kept"),
        tone=Tone.UNSURE,
        rows=[buttons],
    )


def joined_card(t: Tongue, voice: Voice, server: Server) -> Card:
    """Say that a voice was added, and what happens with it."""
    return Card(
        kind=t("join.joined.kicker"),
        title=t("join.joined.title", reference=voice.reference),
        body="\n\n".join(
            [t("join.joined.body", server=named(server)), _people(t, voice), t("join.joined.more")]
        ),
        parts=[Part(t("concern.part.consent"), t(f"consent.{voice.consent}"))],
        tone=Tone.ANSWER,
        rows=[[_see(t, voice)]],
    )


def news_card(t: Tongue, voice: Voice, server: Server, *, briefed: bool = False) -> Card:
    """Say where the concern stands that somebody joined, or that a brief speaks for them."""
    rows = [[_see(t, voice)]]
    if voice.state is State.CLOSED:
        rows[0].append(_own(t, voice))
    return Card(
        kind=t("join.news.kicker"),
        title=t("join.news.title", reference=voice.reference),
        body=t("concern.told.briefed", server=named(server)) if briefed else _standing(t, voice),
        footer=t(
            "concern.status.where", date=_entries.long_date(t, voice.at), server=named(server)
        ),
        rows=rows,
    )


def voice_card(t: Tongue, voice: Voice, server: Server) -> Card:
    """Show a person one of their voices: where the concern stands, and what they said."""
    wrote = [
        (t("concern.part.what"), voice.what),
        (t("concern.part.link"), voice.link),
        (t("concern.part.wish"), voice.wish),
    ]
    wrote = [(label, text) for label, text in wrote if text]
    shown = [(label, inert(text, limit=_ALL)) for label, text in wrote]
    files: list[Attachment] = []
    body = [_standing(t, voice), _people(t, voice)]
    if voice.withdrawn:
        body = [t("join.withdrawn", reference=voice.reference)]
    if not wrote:
        body.append(t("concern.status.erased"))
    if sum(units(text) for _label, text in shown) > _LEGIBLE:
        text = "\n\n\n".join(f"{label}:\n\n{said}" for label, said in wrote)
        files = [Attachment(f"{voice.reference}.txt", text.encode("utf-8", "replace").decode())]
        body.append(t("concern.status.file", name=files[0].name))
        shown = [(label, inert(text, limit=_LEGIBLE // 2)) for label, text in wrote]
    parts = [Part(label, text) for label, text in shown]
    parts.append(Part(t("concern.part.consent"), t(f"consent.{voice.consent}")))
    rows: list[Row] = []
    buttons = []
    if not voice.withdrawn:
        press = custom_id("concern", "voice_consent", voice.guild_id, voice.reference)
        buttons.append(Button(t("anonymous.button.consent"), press))
        press = custom_id("concern", "voice_back", voice.guild_id, voice.reference)
        buttons.append(Button(t("join.button.withdraw"), press))
    if wrote:
        buttons.append(_own(t, voice))
    if buttons:
        rows.append(buttons)
    return Card(
        kind=t("join.voice.kicker", kind=t(f"concern.kind.{voice.kind}")),
        title=_title(t, voice),
        body="\n\n".join(body),
        parts=parts,
        footer=t(
            "concern.status.where", date=_entries.long_date(t, voice.at), server=named(server)
        ),
        rows=rows,
        attachments=files,
    )


def voices_card(t: Tongue, voices: Sequence[Voice]) -> Card:
    """List a person's voices, with a menu to open one."""
    lines = [
        f"**{voice.reference}** · {t(f'concern.kind.{voice.kind}')}\n"
        + (
            t("join.withdrawn", reference=voice.reference)
            if voice.withdrawn
            else _standing(t, voice)
        )
        for voice in voices[:_MOST]
    ]
    menu = Menu(
        t("join.voices.choose"),
        custom_id("concern", "voice"),
        [
            Choice(
                f"{voice.reference} · {t(f'concern.kind.{voice.kind}')}",
                f"{voice.guild_id}:{voice.reference}",
            )
            for voice in voices[:_MOST]
        ],
    )
    return Card(
        kind=t("concern.status.kind"),
        title=t("join.voices.title"),
        body="\n\n".join(lines),
        rows=[menu],
    )


def withdraw_card(t: Tongue, voice: Voice) -> Card:
    """Say what taking a voice back does, and ask."""
    press = custom_id("concern", "voice_gone", voice.guild_id, voice.reference)
    return Card(
        title=t("concern.withdraw.title", reference=voice.reference),
        body=t("join.withdraw.body"),
        rows=[[Button(t("join.button.withdraw"), press, discord.ButtonStyle.danger)]],
    )


def consent_card(t: Tongue, voice: Voice) -> Card:
    """Offer what the desk may do with a voice."""
    menu = Menu(
        t("concern.form.consent"),
        custom_id("concern", "voice_allow", voice.guild_id, voice.reference),
        [Choice(t(f"consent.{one}"), one, chosen=one == voice.consent) for one in Consent],
    )
    return Card(
        title=voice.reference,
        body=t("concern.form.consent.note"),
        parts=[Part(t("concern.part.consent"), t(f"consent.{voice.consent}"))],
        rows=[menu],
    )


def voices_button(t: Tongue, count: int) -> Button:
    """Lead from somebody's own concerns to their voices."""
    return Button(t.plural("join.button.voices", count), custom_id("concern", "voices"))


def _title(t: Tongue, voice: Voice) -> str:
    if not voice.topic:
        return voice.reference
    return t("join.voice.title", reference=voice.reference, topic=inert(voice.topic, limit=_TOPIC))


def _people(t: Tongue, voice: Voice) -> str:
    if voice.people is None:
        return t("join.people.others")
    return t("join.people.count", count=voice.people)


def _standing(t: Tongue, voice: Voice) -> str:
    if voice.state is State.CLOSED and voice.close_reason is not None:
        return t(f"join.reason.{voice.close_reason}")
    return t(f"join.state.{voice.state}")


def _see(t: Tongue, voice: Voice) -> Button:
    press = custom_id("concern", "voice_open", voice.guild_id, voice.reference)
    return Button(t("concern.button.see"), press)


def _own(t: Tongue, voice: Voice) -> Button:
    press = custom_id("concern", "voice_own", voice.guild_id, voice.reference)
    return Button(t("join.button.own"), press)
