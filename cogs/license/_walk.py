"""How a walk looks: one question a card, its answers as buttons, and the way back."""

from collections.abc import Sequence

import discord

from bot.licensing.walks import ANSWERS, START, Answer, Step, with_answer, without_last
from bot.platform.cards import Button, Card, Row
from bot.platform.components import custom_id
from bot.words import Tongue

_NAMES = {Answer.YES: "yes", Answer.NO: "no", Answer.UNSURE: "unsure"}
_STYLES = {Answer.YES: discord.ButtonStyle.primary}


def question_card(t: Tongue, title: str, step: Step, action: str, *state: str) -> Card:
    """Ask the question of a step. The last part of `state` is the answers so far."""
    *before, answers = state
    number = 1 if answers == START else len(answers) + 1
    buttons = [
        Button(
            t(f"license.answer.{_NAMES[answer]}"),
            custom_id("license", action, *before, with_answer(answers, answer)),
            style=_STYLES.get(answer, discord.ButtonStyle.secondary),
        )
        for answer in ANSWERS[step]
    ]
    rows: list[Row] = [buttons]
    if answers != START:
        rows.append([back_button(t, action, *state)])
    return Card(
        kind=title,
        title=t(f"license.step.{step}"),
        body=t(f"license.step.{step}.note"),
        footer=t("license.walk.number", number=number),
        rows=rows,
    )


def back_button(t: Tongue, action: str, *state: str) -> Button:
    """Return the button that takes the last answer back."""
    *before, answers = state
    return Button(
        t("license.walk.back"), custom_id("license", action, *before, without_last(answers))
    )


def again_button(t: Tongue, action: str, *before: str) -> Button:
    """Return the button that starts over. Its action differs: no two buttons of a card are one."""
    return Button(t("license.walk.again"), custom_id("license", f"{action}-again", *before))


def said_lines(t: Tongue, said: Sequence[tuple[Step, Answer]]) -> list[str]:
    """Return what was answered, question by question."""
    return [f"{t(f'license.step.{step}')} {t(f'license.answer.{_NAMES[a]}')}" for step, a in said]
