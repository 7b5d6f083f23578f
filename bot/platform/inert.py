"""People's words, made harmless to show on Discord, and still their words.

`inert` is for places where Discord renders markup (cards, messages). It puts a backslash before
every character that markup, mentions and links are made of. A reader sees exactly what was
typed, can copy it, and nothing in it works: Discord shows `https:\\/\\/example.org` as an address
that cannot be pressed and that no preview is made of. Breaking links with invisible characters
instead would hand people an address that fails when they paste it.

`plain` is for places where Discord renders no markup (button and option labels, autocomplete).

Both drop what cannot be seen (controls, zero-width characters, bidirectional overrides and
isolates) and cap stacked marks. Right-to-left text needs none of these to be read: its letters
carry their own direction.

`allowed_mentions` none, which the client sets on everything it sends, is the other half: this
module keeps people's words from *looking* like mentions, that one keeps them from notifying.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from bot.platform.limits import ELLIPSIS, graphemes, shorten, units

_ESCAPED = frozenset("\\*_~`|<>[]@#/")
"""Without these there is no mention, command or timestamp (`<`), link or invite (`/`, `[`),
heading or subtext (`#`), quote (`>`), emphasis, spoiler or code."""

_BULLETS = frozenset("-+")
_BREAK = "\u200b"
"""Follows the @ of @everyone and @here, so that not even a search of the raw text finds them."""

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_SURROGATES = re.compile("[\ud800-\udfff]")

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffc"
    "\U000e0000-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Arabic and Syriac signs that Unicode files under "format" and that people do see."""

_LOOSE_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
"""Marks that go on anything, which is what zalgo is made of."""
_LOOSE_CAP = 2
_CAP = 5
"""Hebrew with cantillation and stacked Tibetan reach four marks of their own script."""

_JOINERS = frozenset("\u200c\u200d")
_EMOJI_STYLES = frozenset("\ufe0e\ufe0f")
_KEYCAPS = frozenset("0123456789#*")
_SPACE_LOOKALIKE = "\u2800"


def inert(text: str, *, limit: int) -> str:
    """Return people's text with nothing in it that Discord would act on.

    Args:
        text: anything at all, lone surrogates included.
        limit: the most UTF-16 code units to return, backslashes counted; what is longer ends in
            an ellipsis and is never cut inside a character.

    Returns:
        The text to place in a card or message; "" if nothing in `text` can be seen.
    """
    kept: list[str] = []
    left = limit
    pieces = list(_escaped(clean(text)))
    if sum(units(piece) for piece in pieces) <= limit:
        return "".join(pieces)
    left -= units(ELLIPSIS)
    for piece in pieces:
        left -= units(piece)
        if left < 0:
            break
        kept.append(piece)
    return ("".join(kept).rstrip() + ELLIPSIS)[: max(limit, 0)]


def plain(text: str, *, limit: int) -> str:
    """Return people's text as one clean line, for labels, options and autocomplete choices."""
    return shorten(" ".join(clean(text).split()), limit)


def link(title: str, url: str, *, limit: int = 200) -> str:
    """Return a masked link to a web page; only the title, if `url` is not one.

    The title may be anybody's words; the address must be one the desk itself stands behind.
    """
    shown = inert(" ".join(title.split()), limit=limit)
    if not is_web_address(url):
        return shown
    target = quote(url, safe="!#$%&'*+,/:;=?@~-._")
    return f"[{shown or ELLIPSIS}]({target})"


def is_web_address(text: str) -> bool:
    """Say whether `text` is an address a browser opens, and nothing else."""
    return re.fullmatch(r"https?://[^\s/]\S*", text) is not None


def clean(text: str) -> str:
    """Return `text` without what cannot be seen; the words, and all markup, stay as they are."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = _INVISIBLE.sub("", text)
    text = "".join(_capped(_seen(text)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _seen(text: str) -> Iterator[str]:
    """Yield the characters that can be seen; other spaces become spaces."""
    for place, character in enumerate(text):
        if character == "\n":
            yield character
            continue
        if character in _JOINERS:
            if _joins(text[place - 1 : place], text[place + 1 : place + 2]):
                yield character
            continue
        if character in _EMOJI_STYLES:
            if _takes_style(text[place - 1 : place]):
                yield character
            continue
        category = unicodedata.category(character)
        if category == "Zs" or character in ("\t", _SPACE_LOOKALIKE):
            yield " "
        elif category == "Cc" or (category == "Cf" and character not in _VISIBLE_FORMATS):
            continue
        elif ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            continue  # noncharacters
        else:
            yield character


def _joins(before: str, after: str) -> bool:
    """Say whether a joiner here does its work: inside Persian or Indic words, and emoji."""
    return all(side > "\x7f" and unicodedata.category(side)[0] in "LMS" for side in (before, after))


def _takes_style(before: str) -> bool:
    """Say whether a character can be shown as text or as emoji."""
    return before in _KEYCAPS or (bool(before) and unicodedata.category(before)[0] == "S")


def _capped(characters: Iterator[str]) -> Iterator[str]:
    """Yield characters with no more marks stacked on each than any writing system needs."""
    loose = marks = 0
    for character in characters:
        if unicodedata.category(character) not in ("Mn", "Me"):
            loose = marks = 0
        else:
            marks += 1
            loose += _LOOSE_MARKS.match(character) is not None
            if marks > _CAP or loose > _LOOSE_CAP:
                continue
        yield character


def _escaped(text: str) -> Iterator[str]:
    """Yield what people see as characters, each with the backslashes that it needs."""
    at_start, number = True, False
    place = 0
    for cluster in graphemes(text):
        first = cluster[0]
        if first in _ESCAPED:
            ward = _BREAK if _calls_everybody(text, place) else ""
            yield f"\\{first}{ward}{cluster[1:]}"
        elif (at_start and first in _BULLETS) or (number and first in ".)"):
            yield f"\\{cluster}"
        else:
            yield cluster
        place += len(cluster)
        number = (at_start or number) and first.isdecimal()
        at_start = first == "\n" or (at_start and first.isspace())


def _calls_everybody(text: str, place: int) -> bool:
    return text[place] == "@" and text[place + 1 : place + 9].casefold().startswith(
        ("everyone", "here")
    )
