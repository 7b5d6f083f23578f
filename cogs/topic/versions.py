"""How the versions of topic pages look: all of them, one with what it changed, and erasing one."""

from collections.abc import Sequence

import discord

from bot.platform.cards import Button, Card, Choice, Menu, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.topics.model import (
    KNOWN_LIMIT,
    TITLE_LIMIT,
    UNKNOWN_LIMIT,
    WHY_LIMIT,
    Page,
    Topic,
    Version,
)
from bot.words import Tongue
from cogs.topic.show import FACTS, Reader, fact_line, inner, leaf, leafing, leaves, long_day
from cogs.triage.told import staff_name

_MANY = 10


def history_card(reader: Reader, topic: Topic, page: int) -> Card:
    """Show a page of the versions, the latest first."""
    t, reference = reader.t, topic.reference
    shown, page, pages = leaf(topic.versions[::-1], page, _MANY)
    lines = [_version(reader, one) for one in shown]
    choices = [
        Choice(t("topic.version", number=one.number), str(one.number), t(f"topic.what.{one.what}"))
        for one in shown
    ]
    menu = Menu(t("topic.version.open"), custom_id("topic", "version", reference), choices)
    return inner(reader, topic, t("topic.part.history"), lines, [menu], page, pages, "history")


def version_card(reader: Reader, topic: Topic, version: Version, page: int) -> Card:
    """Show what a version changed, and the page as it was; those who keep it can restore it."""
    t, says, ids = reader.t, version.page, (topic.reference, version.number)
    line = _version(reader, version)
    if version.blanked:
        return inner(reader, topic, t("topic.kind.version"), [line], [], 0, 1, "")
    before = [one for one in topic.versions if one.number < version.number and not one.blanked]
    parts = []
    if before and page == 0:
        changed = _changed(t, before[-1].page, says)
        if changed:
            parts.append(Part(t("topic.part.changed"), changed))
    shown, page, pages = leaf(says.facts or (), page, FACTS) if says.facts else ((), 0, 1)
    if page == 0:
        parts.append(Part(t("topic.part.known"), inert(says.known, limit=2 * KNOWN_LIMIT)))
        if says.unknowns:
            asked = [inert(one, limit=2 * UNKNOWN_LIMIT) for one in says.unknowns]
            parts.append(Part(t("topic.part.unknowns"), asked))
    if shown:
        parts.append(Part(t("topic.part.timeline"), [fact_line(t, one) for one in shown]))
    acts = []
    if reader.keeps and says != topic.page:
        acts.append(Button(t("topics.button.restore"), custom_id("topic", "restore", *ids)))
    if reader.keeps and version.number != topic.version:
        acts.append(Button(t("topics.button.blank"), custom_id("topic", "blanking", *ids)))
    back = custom_id("topic", "history", topic.reference, 0)
    turns = leafing(t, page, pages, "versionpage", *map(str, ids))
    rows: list[Row] = [[*turns, Button(t("topic.button.history"), back)]]
    if acts:
        rows.append(acts)
    title = inert(says.title, limit=2 * TITLE_LIMIT)
    return Card(
        kind=t("topic.kind.version"),
        title=f"{title} · {t('topic.version', number=version.number)}",
        body=line,
        parts=parts,
        footer=leaves(t, page, pages),
        tone=Tone.UNSURE,
        rows=rows,
        shortened=t("topic.version.shortened"),
    )


def blanking_card(reader: Reader, topic: Topic, version: Version) -> Card:
    """Ask whether a version's words shall be erased: that cannot be taken back."""
    t, ids = reader.t, (topic.reference, version.number)
    return Card(
        kind=t("topic.kind.version"),
        title=t("topics.blank.title", number=version.number),
        body=t("topics.blank.body"),
        tone=Tone.TROUBLE,
        rows=[
            [
                Button(
                    t("topics.blank.yes"),
                    custom_id("topic", "blank", *ids),
                    discord.ButtonStyle.danger,
                ),
                Button(t("topics.blank.no"), custom_id("topic", "versionpage", *ids, 0)),
            ]
        ],
    )


def _changed(t: Tongue, before: Page, after: Page) -> list[str]:
    """Return what a version says that the one before did not, and the other way round."""

    def lines(page: Page) -> Sequence[str]:
        facts = [fact_line(t, one) for one in page.facts]
        asked = [inert(one, limit=2 * UNKNOWN_LIMIT) for one in page.unknowns]
        known = inert(page.known, limit=2 * KNOWN_LIMIT)
        return (inert(page.title, limit=2 * TITLE_LIMIT), known, *asked, *facts)

    old, new = lines(before), lines(after)
    gone = [t("topic.changed.gone", what=one) for one in old if one not in new]
    come = [t("topic.changed.new", what=one) for one in new if one not in old]
    return gone + come


def _version(reader: Reader, version: Version) -> str:
    t = reader.t
    line = t(
        "topic.version.line",
        number=version.number,
        day=long_day(t, version.at.date()),
        what=t(f"topic.what.{version.what}"),
    )
    if version.blanked:
        line = f"{line}. {t('topic.version.blanked')}"
    if version.why:
        line = f"{line}: {inert(version.why, limit=2 * WHY_LIMIT)}"
    if reader.keeps and version.by is not None:
        return t("topics.version.by", line=line, who=staff_name(t, version.by))
    return line
