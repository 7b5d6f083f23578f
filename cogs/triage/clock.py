"""What cards say of time and of news: by when a reply is due, and what the reporter was told."""

import discord

from bot.concerns.model import Case, Delivery, State
from bot.words import Tongue

_TOLD = 3


def due_lines(t: Tongue, case: Case) -> list[str]:
    """Return by when staff should have replied, if the service clock runs or pauses."""
    if case.due_at is not None:
        when = discord.utils.format_dt(case.due_at, "R")
        return [t("triage.due", when=when, on=discord.utils.format_dt(case.due_at, "f"))]
    if case.state is State.WAITING and case.clock_left is not None:
        return [t("triage.due.paused", hours=-(-case.clock_left // 3600))]
    return []


def told_lines(t: Tongue, case: Case, *, most: int = _TOLD) -> list[str]:
    """Return what the reporter was told besides replies, and whether it arrived: the latest."""
    lines = []
    for news in case.news[-most:]:
        delivery = t(f"triage.delivery.{news.delivery}")
        if case.anonymous and news.delivery is Delivery.MAILBOX:
            delivery = t("triage.delivery.mailbox.anonymous")
        age = discord.utils.format_dt(news.at, "R")
        lines.append(t("triage.told", what=t(f"triage.told.{news.what}"), age=age, how=delivery))
    return lines
