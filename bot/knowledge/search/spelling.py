"""Mending words that are one slip away from a word of the knowledge base."""

from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.search.wordpiece import wordpiece
from bot.knowledge.terms import words

_SHORTEST = 5
_LONGEST = 30
_MOST_MENDED = 8


class Spelling:
    """Knows the words of a library, and common English words, which are left as they are."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._times = Counter(word for text in texts for word in words(text))
        self._targets = [word for word in self._times if _SHORTEST <= len(word) <= _LONGEST]

    def mend(self, text: str) -> str | None:
        """Return a text with unknown words mended, or None if there is nothing to mend.

        A slip is one letter too many, missing, wrong or swapped with its neighbor.
        """
        given = words(text)
        unknown = [word for word in dict.fromkeys(given) if self._unknown(word)]
        mended = {
            word: better
            for word in unknown[:_MOST_MENDED]
            if (better := self._nearest(word)) is not None
        }
        return " ".join(mended.get(word, word) for word in given) if mended else None

    def _unknown(self, word: str) -> bool:
        return (
            _SHORTEST <= len(word) <= _LONGEST
            and word.isascii()
            and word.isalpha()
            and word not in self._times
            and word not in wordpiece()
        )

    def _nearest(self, word: str) -> str | None:
        near = process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=1, limit=None)
        if not near:
            return None
        # Few people mistype the first letter; then the more common word.
        best = max(near, key=lambda one: (one[0][0] == word[0], self._times[one[0]]))
        return str(best[0])
