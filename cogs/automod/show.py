"""How AutoMod looks to admins: what it blocks or would block, and what it leaves to the desk."""

from collections.abc import Mapping

import discord

from bot.moderation.native.model import Kind, NativeRule, Plan, State, Why
from bot.moderation.native.service import Native
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.components import custom_id
from bot.platform.inert import plain
from bot.words import Tongue


def automod_card(t: Tongue, native: Native, plan: Plan, titles: Mapping[str, str]) -> Card:
    """Show how things stand, and what one press does."""
    states = {one.check_id: one.state for one in native.kept}
    lines = [_line(t, one, states.get(one.check_id), titles) for one in plan.rules]
    what = "automod.part.rules" if native.wanted else "automod.part.would"
    parts = [Part(t(what), lines or t("automod.none"))]
    left = [_left(t, why, plan) for why in Why if any(why is one for _check, one in plan.left)]
    if left:
        parts.append(Part(t("automod.part.left"), left))
    if native.trouble:
        parts.append(Part(t("setup.part.faults"), [t("automod.lacks", permission=native.trouble)]))
    buttons = [
        Button(t("automod.button.off"), custom_id("automod", "off"))
        if native.wanted
        else Button(t("automod.button.on"), custom_id("automod", "on"), discord.ButtonStyle.primary)
    ]
    if native.wanted and {State.CHANGED, State.DELETED} & set(states.values()):
        buttons.append(Button(t("automod.button.back"), custom_id("automod", "back")))
    if native.wanted or native.trouble:
        buttons.append(Button(t("automod.button.again"), custom_id("automod", "again")))
    return Card(
        kind=t("automod.kind"),
        title=t("automod.title.on" if native.wanted else "automod.title.off"),
        body=t("automod.body.on" if native.wanted else "automod.body.off"),
        parts=parts,
        tone=Tone.UNSURE if native.trouble else Tone.STAFF,
        footer=t("automod.footer"),
        rows=[buttons],
    )


def _line(t: Tongue, rule: NativeRule, state: State | None, titles: Mapping[str, str]) -> str:
    title = plain(titles.get(rule.rule, rule.rule), limit=100)
    if rule.kind is Kind.MENTIONS:
        line = t("automod.line.mentions", check=rule.check_id, count=rule.mentions, rule=title)
    else:
        key = "automod.line.left" if rule.left else "automod.line.keywords"
        line = t(key, check=rule.check_id, count=len(rule.keywords), left=rule.left, rule=title)
    if state in (None, State.KEPT):
        return line
    return f"{line}: {t(f'automod.state.{state}')}"


def _left(t: Tongue, why: Why, plan: Plan) -> str:
    checks = ", ".join(check for check, one in plan.left if one is why)
    return t("automod.why.line", why=t(f"automod.why.{why}"), checks=checks)
