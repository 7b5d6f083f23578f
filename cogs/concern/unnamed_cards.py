"""What anonymous reporters are shown: what Discord sees, their code, their mailbox."""

import dataclasses

import discord

from bot.concerns.model import UNNAMED_CONSENTS, URGENT_KINDS, Case, OwnConcern, State
from bot.concerns.timing import URGENT_HOURS
from bot.guilds.urgent import Urgent
from bot.platform.cards import Button, Card, Choice, Menu, Part, Tone
from bot.platform.components import custom_id
from bot.words import Tongue
from cogs.concern.cards import NO_CHOICE, Server, help_parts, named, own_card


def before_card(t: Tongue, guild_id: int, web_form: str) -> Card:
    """Say honestly who sees what, before a word is typed. `web_form` is its address."""
    buttons = [
        Button(
            t("anonymous.button.open"),
            custom_id("concern", "hide", guild_id),
            discord.ButtonStyle.primary,
        )
    ]
    if web_form:
        buttons.append(Button(t("anonymous.button.web"), web_form))
    return Card(
        kind=t("anonymous.kind"),
        title=t("anonymous.before.title"),
        body=t("anonymous.before.body"),
        parts=[
            Part(
                t("anonymous.before.honest"),
                [
                    t("anonymous.before.discord"),
                    t("anonymous.before.web") if web_form else t("anonymous.before.no_web"),
                    t("anonymous.before.style"),
                    t("anonymous.before.lost"),
                ],
            )
        ],
        rows=[buttons],
    )


def code_card(
    t: Tongue, case: Case, code: str, server: Server, days: int, urgent: Urgent = NO_CHOICE
) -> Card:
    """Say that it is logged, and show the code: this once and never again."""
    body = [
        t("anonymous.logged.soon", server=named(server), hours=URGENT_HOURS)
        if case.kind in URGENT_KINDS
        else t("anonymous.logged.body", server=named(server), days=days),
        t(f"concern.logged.{case.kind}") if case.kind in URGENT_KINDS else "",
    ]
    return Card(
        kind=t("concern.logged.kind"),
        title=t("concern.logged.title", reference=case.reference),
        body="\n\n".join(line for line in body if line),
        parts=[
            Part(t("anonymous.logged.code"), f"```\n{code}\n```"),
            *help_parts(t, case, urgent),
            Part(t("concern.part.consent"), t(f"consent.{case.consent}")),
        ],
        footer=t("anonymous.logged.footer"),
        tone=Tone.ANSWER,
        rows=[[Button(t("anonymous.button.code"), custom_id("concern", "code"))]],
    )


def mailbox_card(t: Tongue, own: OwnConcern, server: Server, token: str) -> Card:
    """Show a concern to whoever holds its code."""
    card = own_card(t, own, server, alone=True)
    buttons = []
    if own.state is not State.CLOSED:
        buttons.append(Button(t("concern.button.write"), custom_id("concern", "code_write", token)))
    elif own.what:
        buttons.append(
            Button(t("concern.button.reopen"), custom_id("concern", "code_reopen", token))
        )
    if own.what:
        buttons += [
            Button(t("anonymous.button.consent"), custom_id("concern", "code_consent", token)),
            Button(t("anonymous.button.withdraw"), custom_id("concern", "code_withdraw", token)),
        ]
    return dataclasses.replace(card, rows=[buttons] if buttons else [])


def consent_card(t: Tongue, own: OwnConcern, token: str) -> Card:
    """Offer what the desk may do with a concern."""
    menu = Menu(
        t("anonymous.consent.choose"),
        custom_id("concern", "code_consent", token),
        [Choice(t(f"consent.{one}"), one, chosen=one == own.consent) for one in UNNAMED_CONSENTS],
    )
    back = Button(t("anonymous.button.back"), custom_id("concern", "code_show", token))
    return Card(
        title=own.reference,
        body=f"{t('concern.form.consent')}\n{t('concern.form.consent.note')}",
        rows=[menu, [back]],
    )


def withdraw_card(t: Tongue, token: str) -> Card:
    """Say what withdrawing does, and ask."""
    return Card(
        title=t("anonymous.withdraw.title"),
        body=t("anonymous.withdraw.body"),
        tone=Tone.UNSURE,
        rows=[
            [
                Button(
                    t("anonymous.button.withdraw"),
                    custom_id("concern", "code_gone", token),
                    discord.ButtonStyle.danger,
                ),
                Button(t("anonymous.button.back"), custom_id("concern", "code_show", token)),
            ]
        ],
    )


def withdrawn_card(t: Tongue, own: OwnConcern) -> Card:
    """Say that it is withdrawn."""
    return Card(title=own.reference, body=t("anonymous.withdrawn"), tone=Tone.ANSWER)
