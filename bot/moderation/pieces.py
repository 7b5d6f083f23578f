"""What stands between two spaces: whether it can be passed over wherever it stands.

Nearly every message is made of words that cannot be a part of anything that a check looks for. Each
is looked at once and remembered, so that such a message costs a look into a set, however many rules
and words there are.
"""

import re
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import lru_cache

import re2

from bot.moderation import folding
from bot.moderation.folding import folded, seen
from bot.moderation.wordlists import Vocabulary

_MOST = 50_000
_LONGEST = 128

_PARTS = (
    # Numbers, all but those of the licenses themselves; what is between @ or brackets; links.
    r"\d",
    r"[^\s@]@|@[^\s@]|[\[({<](?:at|dot|punkt|point|arroba|\.|@)?$|"
    r"[\[({<](?:at|dot|punkt|point|arroba|\.|@)[\])}>]|^(?:dot|punkt|arroba|aet)[.,]?$",
    r"://|www\.|[^\s.,]\.[^\W\d_]{2,}|discord|^(?:dsc|gg|invite)\b|[.,]gg",
    # One letter by itself, as in words that are spelled out.
    r"^[^\w@$!]*[b-hj-np-z0-9@$!][^\w@$!]*$",
    # Asking who somebody is.
    r"^\W*(?:who|whos|who's|whose|whoever|knows?|names?|named|id|qui|wer|kennt|chi|wie|quem|kto|zna|"
    r"s'?appelle|hei(?:ss|ß)t|llama|chiama)\b|conhece|identif|recogni[sz]e|reconna|conna|erkenn|qui[eé]n|conoce|conosce|кто|знает",
    # Searching for faces, sending others to somebody.
    r"eyes\b|facecheck|faceseek|face-? ?search|clone|search4|lenso|clearview|faciale|gesichts|"
    r"catfish|revers|precheck|^\W*(?:search\w*|look-?up|lens|yandex|"
    r"spam|raid|report|harass|flood|attack|brigade)\b",
    # What accounts that were taken over send.
    r"nitro|steam|robux|gift|accident|\badmin\b|giving|wallet|airdrop|leak|promo|casino|^\W*qr\b|"
    r"^\W*vote\b|verify|trader|telegram|^\W*double\b|^\W*pay\b|^\W*account|generator|iphone|macbook|v-?bucks|\$|invest|password|guarantee",
)
_HARMLESS = re.compile(
    r"[(\"]?(?:[1-4]\.0|cc0|cc-?by)[)\".,:;!?]*|<(?:@[!&]?|#)\d{15,20}>[.,:;!?]*"
)
"""Versions of licenses, and mentions, which are counted elsewhere."""


class Grade(IntEnum):
    """How closely a text has to be looked at."""

    CLEAN = 0
    PARTS = 1
    """It may be a part of something, but of no word on a list."""
    WORDS = 2


class Pieces:
    """The pieces that were looked at, for one set of rules.

    `needed` are letters of patterns; `tame` says of a link that no check minds it, whatever is
    said around it.
    """

    def __init__(
        self, vocabulary: Vocabulary, needed: Iterable[str], tame: Callable[[str], bool]
    ) -> None:
        self._vocabulary = vocabulary
        self._tame = tame
        self._parts = searched(_PARTS)
        letters = sorted(set(needed))
        self._letters = searched(re2.escape(one) for one in letters) if letters else None
        self._clean: set[str] = set()
        self._wordless: set[str] = set()

    def grade(self, said: str) -> Grade:
        """Say how closely a text in small letters has to be looked at."""
        found = said.split()
        if self._clean.issuperset(found):
            return Grade.CLEAN
        worst = Grade.CLEAN
        for raw in found:
            if raw not in self._clean:
                grade = Grade.PARTS if raw in self._wordless else self._learn(raw)
                worst = max(worst, grade)
        return worst

    def _learn(self, raw: str) -> Grade:
        grade = self._grade(raw)
        if grade is not Grade.WORDS and len(raw) <= _LONGEST:
            kept = self._clean if grade is Grade.CLEAN else self._wordless
            if len(kept) >= _MOST:
                kept.clear()
            kept.add(raw)
        return grade

    def _grade(self, raw: str) -> Grade:
        ascii_ = raw.isascii()
        if "://" in raw and ascii_:
            # Links have checks of their own.
            minded = self._letters is not None and self._letters.Match(raw)
            return Grade.PARTS if minded or not self._tame(raw) else Grade.CLEAN
        if not ascii_ and not _is_plain(raw):
            return Grade.WORDS
        if not self._vocabulary.is_clean(raw):
            return Grade.WORDS
        for read in (raw,) if ascii_ else {raw, folded(raw)}:
            if self._parts.Match(read) and not _HARMLESS.fullmatch(read):
                return Grade.PARTS
            if self._letters is not None and self._letters.Match(read):
                return Grade.PARTS
        return Grade.CLEAN


def _is_plain(raw: str) -> bool:
    """Say whether a piece is drawn as it is written, and hides nothing."""
    if not any(map(str.isalnum, raw)):
        # Emoji and signs: their joiners and variants belong to them.
        return not folding.hidden(raw) and not folding.turned(raw) and folding.marks(raw) <= 1
    if seen(raw) != raw or folding.is_mixed(raw) or folding.marks(raw) > 1:
        return False
    return raw.isprintable() and not folding.is_blank(raw)


def searched(patterns: Iterable[str], *, megabytes: int = 32) -> "re2._Set":
    """Return patterns that are looked for in one pass, in time proportional to the text."""
    return _made(tuple(patterns), megabytes << 20)


@lru_cache(maxsize=32)
def _made(patterns: tuple[str, ...], most_bytes: int) -> "re2._Set":
    # The same ones again when rules are edited, for most of them stay.
    options = re2.Options()
    options.max_mem = most_bytes
    options.log_errors = False
    made = re2.Set.SearchSet(options)
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made
