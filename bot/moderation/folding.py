"""Reading text as people see it: look-alike letters, signs for letters, marks, the invisible.

The look-alikes are the Cyrillic, Greek and small-capital letters that are drawn as Latin ones
(Unicode Technical Standard 39, https://www.unicode.org/reports/tr39/, names the idea); everything
that Unicode itself calls compatible (full-width, mathematical) is folded by NFKC.
"""

import re
import unicodedata
from functools import lru_cache

_DRAWN_ALIKE = {
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "ғ": "f", "һ": "h", "н": "h",
    "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p",
    "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "у": "y", "ц": "u", "ѵ": "v", "ԝ": "w", "х": "x",
    "ү": "y", "з": "3", "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v",
    "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ø": "o", "đ": "d",
    "ł": "l", "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d",
    "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ʟ": "l", "ᴍ": "m", "ɴ": "n",
    "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y",
    "ᴢ": "z", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
}  # fmt: skip
_ALIKE = str.maketrans(_DRAWN_ALIKE)

_SIGNS = str.maketrans(
    {"0": "o", "1": "i", "l": "i", "|": "i", "!": "i", "3": "e", "4": "a", "@": "a", "5": "s",
     "$": "s", "7": "t", "8": "b", "v": "u", "'": None, "-": None, "_": None, "~": None}
)  # fmt: skip

_JOINED = re.compile(r"\w(?:[._*~\-/|]+\w)+")
_SPLIT = re.compile(r"[^\w'@$!|*\-~]+")
_ENDS = "\"'()[]{}<>.,;:!?*_~`#-|…/\\"
_RUN = re.compile(r"(.)\1{2,}")
_LATIN = re.compile(r"[a-z]")
_OTHER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")

HIDDEN = frozenset({"Cf", "Co", "Cn"})
_BLANKS = frozenset("\u3164\u115f\u1160\uffa0\u2800\u034f")


def seen(text: str) -> str:
    """Return a text in small letters, without what nobody sees and with compatible forms folded."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).lower()
    if any(unicodedata.category(one) in HIDDEN for one in text if ord(one) > 127):
        text = "".join(one for one in text if unicodedata.category(one) not in HIDDEN)
    return text


def folded(text: str) -> str:
    """Return a text as Latin letters without accents, as far as it is drawn like that."""
    text = seen(text)
    if text.isascii():
        return text
    text = text.translate(_ALIKE)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text)
    return "".join(one for one in text if unicodedata.category(one) != "Mn")


def skeleton(token: str) -> str:
    """Return a folded token with signs read as letters, so that disguises of one word are alike."""
    return token.translate(_SIGNS)


def calmed(token: str) -> tuple[str, ...]:
    """Return a token with long runs of a letter shortened to two and to one, if it has any."""
    if not _RUN.search(token):
        return ()
    return (_RUN.sub(r"\1\1", token), _RUN.sub(r"\1", token))


@lru_cache(maxsize=8192)
def tokens(raw: str) -> tuple[str, ...]:
    """Return the skeletons of what stands between two spaces of a folded text: most often one."""
    bare = raw.strip(_ENDS)
    if not bare:
        return (raw.translate(_SIGNS),) if len(raw) == 1 and raw.isalnum() else ()
    if _JOINED.fullmatch(bare):
        return (skeleton(re.sub(r"[._*~\-/|]+", "", bare)),)
    # A sign at either end that stands for a letter: @sshole, a$$.
    whole = raw.strip("\"'()[]{}<>.,;:?*_~`#-…/\\").rstrip("!")
    parts = [part.strip(_ENDS if part[:1] not in "@$" else ".,;:?") for part in _SPLIT.split(whole)]
    return tuple(skeleton(part) for part in parts if part)


def is_mixed(token: str) -> bool:
    """Say whether a token mixes Latin with letters of a script that look like them."""
    return bool(_LATIN.search(token) and _OTHER.search(token))


def hidden(text: str) -> int:
    """Return how many characters of a text nobody sees, where no script or emoji needs them."""
    count = 0
    for at, one in enumerate(text):
        if one in _BLANKS or (unicodedata.category(one) in HIDDEN and not _is_needed(text, at)):
            count += 1
    return count


def is_blank(text: str) -> bool:
    """Say whether a text holds letters that are drawn as nothing."""
    return not _BLANKS.isdisjoint(text)


def turned(text: str) -> bool:
    """Say whether a text holds overrides of its direction, which fake what is read."""
    return "\u202e" in text or "\u202d" in text


def marks(text: str) -> int:
    """Return the most marks that stand on one letter, Hebrew and Arabic vowels left aside."""
    most = run = 0
    for one in text:
        if unicodedata.category(one) in ("Mn", "Me") and not "\u0590" <= one <= "\u06ff":
            run += 1
            most = max(most, run)
        else:
            run = 0
    return most


def _is_needed(text: str, at: int) -> bool:
    one = text[at]
    if one == "\ufeff":
        return at == 0
    if one in "\u200c\u200d":  # joiners: between emoji, and within Persian and Indian words
        around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        return any(ord(other) > 0x2FF for other in around)
    if one in "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c":
        return any("\u0590" <= other <= "\u08ff" for other in text)
    return "\U000e0020" <= one <= "\U000e007f"  # flags of regions
