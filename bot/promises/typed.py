"""What staff type about promises, trimmed and checked. All of it is public."""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.promises.model import OFFICE_LIMIT, SOURCE_LIMIT, TEXT_LIMIT, BadPromise, Words

FURTHEST = timedelta(days=3653)
_ADDRESS = re.compile(r"https://[^\s/]+\S*")
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no text of people's needs, and PostgreSQL or UTF-8 cannot keep."""


def some_text(text: str, limit: int, problem: str) -> str:
    """Return a text, trimmed; it may be empty.

    Raises:
        BadPromise: it is too long.
    """
    text = _UNKEPT.sub("", text).strip()
    if len(text) > limit:
        raise BadPromise(problem)
    return text


def a_line(text: str, limit: int, problem: str) -> str:
    """Return a text as one line.

    Raises:
        BadPromise: it is empty or too long.
    """
    line = " ".join(some_text(text, 10 * limit, problem).split())
    if not line or len(line) > limit:
        raise BadPromise(problem)
    return line


def a_link(link: str, limit: int) -> str:
    """Return the address of a page that anybody can open.

    Raises:
        BadPromise: it is no `https://` address, or too long.
    """
    link = link.strip()
    if len(link) > limit or _ADDRESS.fullmatch(link) is None or _UNKEPT.search(link):
        raise BadPromise("promise.bad.link")
    return link


def office_of(office: str) -> str:
    """Return an office's name.

    Raises:
        BadPromise: it is empty or too long.
    """
    return a_line(office, OFFICE_LIMIT, "promise.bad.owner")


def a_day(typed: str) -> date:
    """Return a day as it was typed, such as 2026-04-01.

    Raises:
        BadPromise: it is none.
    """
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadPromise("promise.bad.day") from None


def a_day_ahead(due: date, today: date) -> date:
    """Return a day by which something can still be done.

    Raises:
        BadPromise: it has passed, or is further away than ten years.
    """
    if not today <= due <= today + FURTHEST:
        raise BadPromise("promise.bad.due")
    return due


def checked(words: Words, today: date) -> Words:
    """Return what is promised, trimmed.

    Raises:
        BadPromise: a part is empty or too long, the source is no address, or it was made later
            than today.
    """
    if words.made_on > today:
        raise BadPromise("promise.bad.made_on")
    return replace(
        words,
        text=a_line(words.text, TEXT_LIMIT, "promise.bad.text"),
        source=a_link(words.source, SOURCE_LIMIT),
        owner=office_of(words.owner),
        others={
            code: replace(one, text=a_line(one.text, TEXT_LIMIT, "promise.bad.text"))
            for code, one in words.others.items()
            if one.text.strip()
        },
    )
