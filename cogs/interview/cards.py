"""What somebody sees who writes a concern down in direct messages."""

from collections.abc import Sequence

import discord

from bot.concerns.interview import ORDER, Interview, Step
from bot.concerns.model import RAISABLE, Consent
from bot.platform.cards import Button, Card, Choice, Menu, Part, Row
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue

_SHOWN = 700
_ASIDE = 300


def where_card(t: Tongue, guilds: Sequence[discord.Guild]) -> Card:
    """Ask which server it is for."""
    choices = [Choice(guild.name, str(guild.id)) for guild in guilds]
    menu = Menu(t("concern.where.choose"), custom_id("interview", "where"), choices)
    return Card(title=t("concern.where.title"), body=t("concern.where.body"), rows=[menu])


def question_card(t: Tongue, interview: Interview, server: str) -> Card:
    """Ask what is next; where something else came in between, ask what that was."""
    sheet, step = interview.sheet, Step(interview.sheet.step)
    number = ORDER.index(step) + 1
    rows: list[Row] = []
    if sheet.aside:
        rows.append([_button(t, interview, "part"), _button(t, interview, "ask")])
        body = t("interview.aside", question=t(f"interview.title.{step}"))
        parts = [Part(t("interview.aside.wrote"), inert(sheet.aside, limit=_ASIDE))]
    else:
        kept = step is Step.WHAT and bool(sheet.what)
        body = t("interview.ask.what.more") if kept else _asked(t, step)
        if sheet.anew and getattr(sheet, step, None):
            body = f"{_asked(t, step)}\n{t('interview.ask.anew')}"
        parts = _so_far(t, interview, step)
    if step in (Step.KIND, Step.CONSENT):
        press = custom_id("interview", "pick", interview.token, interview.revision)
        numbered = [
            Choice(f"{at}. {choice.label}", choice.value)
            for at, choice in enumerate(choices(t, step), 1)
        ]
        rows.insert(0, Menu(t("interview.choose"), press, numbered))
    buttons = []
    if step is Step.SEND:
        buttons.append(_button(t, interview, "send", discord.ButtonStyle.primary))
    elif step in (Step.LINK, Step.WISH) or (step is Step.WHAT and sheet.what):
        action = "skip" if not getattr(sheet, step) else "done"
        buttons.append(_button(t, interview, action))
    if number > 1:
        buttons.append(_button(t, interview, "back"))
    buttons.append(_button(t, interview, "cancel"))
    rows.append(buttons)
    return Card(
        kind=t("interview.kind", number=number, count=len(ORDER), server=server),
        title=t(f"interview.title.{step}"),
        body=body,
        parts=parts,
        footer=t("interview.footer"),
        rows=rows,
    )


def choices(t: Tongue, step: Step) -> list[Choice]:
    """Return what can be chosen at a step, in the order of its numbers."""
    if step is Step.KIND:
        return [Choice(t(f"concern.kind.{one}"), one) for one in RAISABLE]
    return [Choice(t(f"consent.{one}"), one) for one in Consent] if step is Step.CONSENT else []


def _asked(t: Tongue, step: Step) -> str:
    """Return what is asked at a step, with the last of the numbers where there are some."""
    offered = choices(t, step)
    key = f"interview.ask.{step}"
    return t(key, count=len(offered)) if offered else t(key)


def _so_far(t: Tongue, interview: Interview, step: Step) -> list[Part]:
    """Return what was written at this step, or, before it is sent, all of it."""
    sheet = interview.sheet
    said = {
        Step.WHAT: (t("concern.part.what"), inert(sheet.what, limit=_SHOWN)),
        Step.LINK: (t("concern.part.link"), inert(sheet.link, limit=_ASIDE)),
        Step.WISH: (t("concern.part.wish"), inert(sheet.wish, limit=_ASIDE)),
    }
    if step is Step.SEND:
        said[Step.CONSENT] = (t("concern.part.consent"), t(f"consent.{sheet.consent}"))
    shown = [one for at, one in said.items() if step in (at, Step.SEND)]
    return [Part(label, text) for label, text in shown if text]


def _button(
    t: Tongue,
    interview: Interview,
    action: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> Button:
    press = custom_id("interview", action, interview.token, interview.revision)
    return Button(t(f"interview.button.{action}"), press, style)
