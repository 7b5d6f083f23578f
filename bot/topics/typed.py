"""What staff type about a topic, trimmed and checked. All of it is public."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.topics.model import (
    CONCERNS_LIMIT,
    FACT_LIMIT,
    KNOWN_LIMIT,
    MOST_ENTRIES,
    MOST_FACTS,
    MOST_SESSIONS,
    MOST_UNKNOWNS,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    UNKNOWN_LIMIT,
    WHY_LIMIT,
    BadTopic,
    Confidence,
    Fact,
    Page,
)

_ADDRESS = re.compile(r"https://[^\s/]+\S*")
_WHEN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no text of people's needs, and PostgreSQL or UTF-8 cannot keep."""
_BULLET = re.compile(r"^[-*•]\s+")


def moment(typed: str) -> str:
    """Return a day, a month or a year as it was typed, such as 2019-03-13, 2019-03 or 2019.

    Raises:
        BadTopic: it is none of them.
    """
    typed = typed.strip()
    if _WHEN.fullmatch(typed) is None:
        raise BadTopic("topics.bad.when")
    try:
        date.fromisoformat(f"{typed}-01-01"[:10] if len(typed) < 10 else typed)
    except ValueError:
        raise BadTopic("topics.bad.when") from None
    return typed


def fact_of(when: str, text: str, source: str, confidence: str) -> Fact:
    """Return a fact as it is kept, without a number.

    Raises:
        BadTopic: a part is empty, too long, no day, no address, or no confidence there is.
    """
    if confidence not in set(Confidence):
        raise BadTopic("topics.bad.confidence")
    return Fact(
        0, moment(when), _line(text, FACT_LIMIT, "fact"), _link(source), Confidence(confidence)
    )


def lines_of(typed: str) -> tuple[str, ...]:
    """Return what was typed one a line, without marks before them and without empty ones."""
    found = (_BULLET.sub("", " ".join(line.split())) for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in found if line))


def words_of(title: str, known: str, unknowns: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """Return a page's words as they are kept.

    Raises:
        BadTopic: a part is empty where it must not be, or too long, or there are too many.
    """
    known = _UNKEPT.sub("", known).strip()
    if not known or len(known) > KNOWN_LIMIT:
        raise BadTopic("topics.bad.known")
    if len(unknowns) > MOST_UNKNOWNS:
        raise BadTopic("topics.bad.unknowns")
    asked = tuple(_line(one, UNKNOWN_LIMIT, "unknowns") for one in unknowns)
    return _line(title, TITLE_LIMIT, "title"), known, asked


def links_of(
    entries: Iterable[str], sessions: Iterable[str], concerns: str
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return what a page leads to, as it is kept.

    Raises:
        BadTopic: there are too many, or staff's topic is too long.
    """
    kept, held = tuple(dict.fromkeys(entries)), tuple(dict.fromkeys(sessions))
    if len(kept) > MOST_ENTRIES:
        raise BadTopic("topics.bad.entries")
    if len(held) > MOST_SESSIONS:
        raise BadTopic("topics.bad.sessions")
    called = " ".join(_UNKEPT.sub("", concerns).split())
    if len(called) > CONCERNS_LIMIT:
        raise BadTopic("topics.bad.concerns")
    return kept, held, called


def why_of(typed: str) -> str:
    """Return why something was changed, in one line; "" for no reason.

    Raises:
        BadTopic: it is too long.
    """
    why = " ".join(_UNKEPT.sub("", typed).split())
    if len(why) > WHY_LIMIT:
        raise BadTopic("topics.bad.why")
    return why


def placed(page: Page, fact: Fact) -> Page:
    """Return a page with a fact in its place in time; one without a number gets the next.

    Raises:
        BadTopic: there are as many as a page can have.
    """
    others = [one for one in page.facts if one.id != fact.id]
    if len(others) >= MOST_FACTS:
        raise BadTopic("topics.bad.facts")
    if not fact.id:
        fact = replace(fact, id=max((one.id for one in page.facts), default=0) + 1)
    return replace(page, facts=in_time([*others, fact]))


def in_time(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return facts in the order of time: a year before its months, a month before its days."""
    return tuple(sorted(facts, key=lambda one: (one.when, one.id)))


def _line(text: str, limit: int, part: str) -> str:
    line = " ".join(_UNKEPT.sub("", text).split())
    if not line or len(line) > limit:
        raise BadTopic(f"topics.bad.{part}")
    return line


def _link(link: str) -> str:
    link = link.strip()
    if len(link) > SOURCE_LIMIT or _ADDRESS.fullmatch(link) is None or _UNKEPT.search(link):
        raise BadTopic("topics.bad.source")
    return link
