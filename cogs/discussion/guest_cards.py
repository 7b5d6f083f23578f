"""How guests look: invitations, what hosts can do, and the introduction in a session's post."""

from collections.abc import Sequence

import discord

from bot.discussions.guests.model import COMING, INTRODUCTION_LIMIT, Guest, Invitation
from bot.discussions.model import Session
from bot.platform.cards import Button, Card, Part, PersonMenu, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue
from cogs.discussion.show import at


def list_card(t: Tongue, session: Session, guests: Sequence[Guest], said: str = "") -> Card:
    """Show hosts a session's guests; the first few that wait for something have buttons."""
    lines = [
        t("guest.line", who=f"<@{one.user_id}>", state=t(f"guest.state.{one.state}"))
        for one in guests
    ]
    rows: list[Row] = [
        PersonMenu(t("guest.invite"), custom_id("guest", "invite", session.reference))
    ]
    parts = [Part(t("guest.part.guests"), lines)] if lines else []
    waiting = [one for one in guests if one.introduction and not one.shown and one.state in COMING]
    for one in waiting[:1]:
        words = inert(one.introduction, limit=2 * INTRODUCTION_LIMIT)
        parts.append(Part(t("guest.part.says", who=f"<@{one.user_id}>"), words))
        rows.append(
            [
                Button(
                    t("guest.button.show"),
                    custom_id("guest", "show", one.id),
                    discord.ButtonStyle.primary,
                )
            ]
        )
    replies = Button(t("guest.button.replies"), custom_id("guest", "replies", session.reference))
    staying = [one for one in guests if one.state is not Invitation.REMOVED and one.user_id]
    if staying:
        rows.append(PersonMenu(t("guest.remove"), custom_id("guest", "remove", session.reference)))
    return Card(
        kind=t("guest.kind"),
        title=inert(session.plan.topic, limit=250),
        body=said or t("guest.list"),
        parts=parts,
        footer=session.reference,
        tone=Tone.STAFF,
        rows=[*rows, [replies]] if guests else rows,
    )


def letter_card(t: Tongue, session: Session, guest: Guest, what: str, server: str) -> Card:
    """Write to a guest or a host; a guest finds there what they can do."""
    buttons: list[Button] = []
    if what == "invited":
        buttons = [
            Button(
                t("guest.button.accept"),
                custom_id("guest", "answer", guest.id, "yes"),
                discord.ButtonStyle.primary,
            ),
            Button(t("guest.button.decline"), custom_id("guest", "answer", guest.id, "no")),
        ]
    elif what == "opened":
        buttons = [
            Button(
                t("guest.button.here"),
                custom_id("guest", "here", guest.id),
                discord.ButtonStyle.primary,
            )
        ]
    if session.link:
        buttons.append(Button(t("discussion.button.go"), session.link))
    return Card(
        kind=t("guest.kind.letter"),
        title=inert(session.plan.topic, limit=250),
        body=t(
            f"guest.tell.{what}",
            who=f"<@{guest.user_id}>",
            server=inert(server, limit=100),
            starts=at(session.plan.starts),
            reference=session.reference,
        ),
        footer=t("discussion.footer", reference=session.reference, server=server),
        tone=Tone.ANSWER,
        rows=[buttons] if buttons else [],
    )


def accepted_card(t: Tongue, guest: Guest, said: str) -> Card:
    """Answer a guest, with what they can do next."""
    introduce = Button(
        t("guest.button.introduce"),
        custom_id("guest", "introduce", guest.id),
        discord.ButtonStyle.primary,
    )
    decline = Button(t("guest.button.decline"), custom_id("guest", "answer", guest.id, "no"))
    answer = Button(t("guest.button.reply"), custom_id("guest", "reply", guest.id))
    rows: list[Row] = [[introduce, answer, decline]] if guest.state in COMING else []
    return Card(kind=t("guest.kind.letter"), body=said, rows=rows)


def introduction_card(t: Tongue, guest: Guest) -> Card:
    """Introduce a guest to everybody in the session's post, in their own words."""
    stays = guest.shown and guest.state in COMING
    words = inert(guest.introduction, limit=2 * INTRODUCTION_LIMIT)
    who = f"<@{guest.user_id}>" if guest.user_id else t("guest.somebody")
    return Card(
        kind=t("guest.kind.introduction"),
        body=f"{who}\n{words}" if stays else t("guest.not_coming"),
        footer=t("guest.kind.note") if stays else "",
        tone=Tone.ANSWER if stays else Tone.PLAIN,
    )
