"""The forms in which topic pages are written: a page's words, what it leads to, and its facts."""

from bot.platform.cards import Choice as Option
from bot.platform.client import DeskInteraction
from bot.platform.components import custom_id
from bot.platform.forms import ChoiceField, Field, TextField, open_form
from bot.platform.interactions import tongue
from bot.topics.model import (
    CONCERNS_LIMIT,
    FACT_LIMIT,
    KNOWN_LIMIT,
    MOST_UNKNOWNS,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    UNKNOWN_LIMIT,
    WHY_LIMIT,
    Confidence,
    Fact,
    Page,
    Topic,
)
from bot.words import Tongue
from cogs.topic import show

_WHEN = 10
_LINES = 1500
_UNKNOWNS = min(MOST_UNKNOWNS * (UNKNOWN_LIMIT + 2), 4000)


async def add_form(interaction: DeskInteraction) -> None:
    """Open the form of a new page."""
    t = tongue(interaction)
    press = custom_id("topic", "added")
    await open_form(interaction, t("topics.form.add"), press, _words_fields(t, None))


async def words_form(interaction: DeskInteraction, topic: Topic) -> None:
    """Open the form of a page's words."""
    t = tongue(interaction)
    press = custom_id("topic", "worded", topic.reference, topic.version)
    fields = [*_words_fields(t, topic.page), _why(t)]
    await open_form(interaction, t("topics.form.words"), press, fields)


async def links_form(interaction: DeskInteraction, topic: Topic) -> None:
    """Open the form of what a page leads to."""
    t, page = tongue(interaction), topic.page
    fields: list[Field] = [
        TextField(
            "entries",
            t("topics.form.entries"),
            description=t("topics.form.entries.note"),
            value="\n".join(page.entries),
            paragraph=True,
            required=False,
            limit=_LINES,
        ),
        TextField(
            "sessions",
            t("topics.form.sessions"),
            description=t("topics.form.sessions.note"),
            value="\n".join(page.sessions),
            paragraph=True,
            required=False,
            limit=_LINES,
        ),
        TextField(
            "concerns",
            t("topics.form.concerns"),
            description=t("topics.form.concerns.note"),
            value=page.concerns,
            required=False,
            limit=CONCERNS_LIMIT,
        ),
        _why(t),
    ]
    press = custom_id("topic", "linked", topic.reference, topic.version)
    await open_form(interaction, t("topics.form.links"), press, fields)


async def fact_form(interaction: DeskInteraction, topic: Topic, fact: Fact | None) -> None:
    """Open the form of a fact; of a new one, if there is none to correct."""
    t = tongue(interaction)
    chosen = Confidence.REPORTED if fact is None else fact.confidence
    fields: list[Field] = [
        TextField(
            "when",
            t("topics.form.when"),
            description=t("topics.form.when.note"),
            value="" if fact is None else fact.when,
            placeholder="2019-03-13",
            limit=_WHEN,
        ),
        TextField(
            "text",
            t("topics.form.fact.text"),
            description=t("topics.form.fact.note"),
            value="" if fact is None else fact.text,
            paragraph=True,
            limit=FACT_LIMIT,
        ),
        TextField(
            "source",
            t("topics.form.source"),
            value="" if fact is None else fact.source,
            placeholder="https://example.org/report",
            limit=SOURCE_LIMIT,
        ),
        ChoiceField(
            "confidence",
            t("topics.form.confidence"),
            [
                Option(
                    show.confidence_name(t, one),
                    str(one),
                    t(f"topics.confidence.{one}.note"),
                    chosen=one is chosen and fact is not None,
                )
                for one in Confidence
            ],
            placeholder=t("topics.form.confidence.choose"),
        ),
        _why(t),
    ]
    if fact is None:
        press = custom_id("topic", "factadded", topic.reference)
        await open_form(interaction, t("topics.form.fact"), press, fields)
        return
    press = custom_id("topic", "factchanged", topic.reference, fact.id, topic.version)
    await open_form(interaction, t("topics.form.fact.change"), press, fields)


def _words_fields(t: Tongue, page: Page | None) -> list[Field]:
    return [
        TextField(
            "title",
            t("topics.form.title"),
            value="" if page is None else page.title,
            limit=TITLE_LIMIT,
        ),
        TextField(
            "known",
            t("topics.form.known"),
            description=t("topics.form.known.note"),
            value="" if page is None else page.known,
            paragraph=True,
            limit=KNOWN_LIMIT,
        ),
        TextField(
            "unknowns",
            t("topics.form.unknowns"),
            description=t("topics.form.unknowns.note"),
            value="" if page is None else "\n".join(page.unknowns),
            paragraph=True,
            required=False,
            limit=_UNKNOWNS,
        ),
    ]


def _why(t: Tongue) -> TextField:
    return TextField(
        "why",
        t("topics.form.why"),
        description=t("topics.form.why.note"),
        required=False,
        limit=WHY_LIMIT,
    )
