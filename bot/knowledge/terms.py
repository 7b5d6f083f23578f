"""Which words mean the same: `_terms.yaml`, read into a table that search looks words up in."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

MOST_CHARACTERS = 4_000
MOST_WORDS = 400

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))


def words(text: str) -> list[str]:
    """Return the words of a text: case, accents, apostrophes and punctuation left out.

    At most `MOST_WORDS` words of the first `MOST_CHARACTERS` characters; whatever a person sends,
    the work after this is bounded.
    """
    flat = text[:MOST_CHARACTERS].casefold()
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]).casefold()
        flat = "".join(c for c in flat if not unicodedata.combining(c))
    return _WORD.findall(flat.translate(_APOSTROPHES))[:MOST_WORDS]


def plain(text: str) -> str:
    """Return a text as its words only; equal for texts that a person would call the same."""
    return " ".join(words(text))


@dataclass(frozen=True)
class Terms:
    """Groups of words and phrases that mean the same, and words that carry no meaning.

    `same` pairs what is written with what it is read as; both may be several words. `common` are
    the words a question is full of whatever it is about. `names` pairs names of companies and
    places on the web with what they are.
    """

    same: tuple[tuple[str, str], ...] = ()
    common: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _read_as(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {tuple(words(left)): tuple(words(right)) for left, right in self.same}

    @cached_property
    def _kinds(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {tuple(words(name)): tuple(words(kind)) for name, kind in self.names}

    @cached_property
    def _window(self) -> int:
        return max(map(len, self._read_as), default=0)

    @cached_property
    def common_words(self) -> frozenset[str]:
        """The words that carry no meaning, as `words` gives them."""
        return frozenset(word for text in self.common for word in words(text))

    @property
    def written(self) -> tuple[str, ...]:
        """Everything that the groups hold, and the common words."""
        return (*(side for pair in self.same for side in pair), *self.common)

    def read(self, text: str) -> list[str]:
        """Return the words of a text, each phrase of a group replaced by the group's own word."""
        return list(self._replaced(words(text)))

    def without_names(self, text: str) -> str | None:
        """Return a text with names read as what they name, or None if there is none in it.

        "mugs on Etsy with my photo" is about a shop; which one says nothing.
        """
        given = words(text)
        said = list(_replaced(given, self._kinds, max(map(len, self._kinds), default=0)))
        return " ".join(said) if said != given else None

    def _replaced(self, given: list[str]) -> Iterable[str]:
        return _replaced(given, self._read_as, self._window)


def _replaced(
    given: list[str], read_as: dict[tuple[str, ...], tuple[str, ...]], window: int
) -> Iterable[str]:
    at = 0
    while at < len(given):
        for width in range(min(window, len(given) - at), 0, -1):
            found = read_as.get(tuple(given[at : at + width]))
            if found is not None:
                yield from found
                at += width
                break
        else:
            yield given[at]
            at += 1
