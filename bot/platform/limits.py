"""Discord's limits, and cutting text to them without cutting a character in half.

The numbers are Discord's own (https://discord.com/developers/docs/components/reference and
.../interactions/application-commands). Discord does not say whether it counts code points or
UTF-16 code units; the desk counts the latter, which are never fewer, so both readings hold.
"""

import unicodedata
from collections.abc import Iterator

TEXT = 4000
"""All text displays of one message together."""
COMPONENTS = 40
ALT = 1024
"""The description of a picture."""
ROWS = 5
ROW_BUTTONS = 5
BUTTON_LABEL = 80
BUTTON_URL = 512
CUSTOM_ID = 100
OPTIONS = 25
OPTION_TEXT = 100
PLACEHOLDER = 150
CHOICES = 25
CHOICE_NAME = 100
MODAL_TITLE = 45
FIELD_LABEL = 45
FIELD_DESCRIPTION = 100
FIELD_PLACEHOLDER = 100
FIELD_TEXT = 4000
MODAL_FIELDS = 5

ELLIPSIS = "…"

_JOINERS = "\u200c\u200d"
_TYPES_EXTENDING = frozenset({"Mn", "Me", "Mc"})


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, the larger of the two ways to count."""
    return len(text) + sum(character > "\uffff" for character in text)


def graphemes(text: str) -> Iterator[str]:
    """Yield what people see as single characters: a letter with its marks, an emoji, a flag.

    Follows Unicode's annex 29 closely enough to cut text: marks, joiners, emoji modifiers and
    tags stay with what they modify, flags stay pairs, Hangul syllables stay whole.
    """
    cluster = ""
    for character in text:
        if cluster and not _belongs(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def shorten(text: str, limit: int) -> str:
    """Return `text`, or as much of its beginning as fits `limit` units with an ellipsis."""
    if units(text) <= limit:
        return text
    kept: list[str] = []
    left = limit - units(ELLIPSIS)
    for cluster in graphemes(text):
        left -= units(cluster)
        if left < 0:
            break
        kept.append(cluster)
    return ("".join(kept).rstrip() + ELLIPSIS)[:limit]


def _belongs(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if last == "\n" or character == "\n":
        return False
    return (
        unicodedata.category(character) in _TYPES_EXTENDING
        or character in _JOINERS
        or (last == "\u200d" and character > "\x7f")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags, as in the flags of nations
        or (_is_regional(character) and _is_regional(last) and len(cluster) == 1)
        or _is_hangul_pair(last, character)
    )


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_hangul_pair(last: str, character: str) -> bool:
    if "\u1100" <= last <= "\u115f":
        return "\u1100" <= character <= "\u11a7" or "\uac00" <= character <= "\ud7a3"
    if "\u1160" <= last <= "\u11a7" or "\uac00" <= last <= "\ud7a3":
        return "\u1160" <= character <= "\u11ff"
    return "\u11a8" <= last <= "\u11ff" and "\u11a8" <= character <= "\u11ff"
