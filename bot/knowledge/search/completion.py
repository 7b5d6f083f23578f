"""What to offer while somebody types: on every key stroke, so nothing here looks far."""

import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import Entry
from bot.knowledge.terms import Terms, words

_MOST_WORDS = 12
_LONGEST = 32
_SHORTEST_WITH_SLIP = 3
_MOST_ALIKE = 400
_EXACT, _PREFIX, _SAME, _SLIP = 1.0, 0.8, 0.7, 0.5
_QUESTION_FIRST = 0.05


class Completion:
    """Finds names (questions and aliases) by what was typed of them so far."""

    def __init__(self, entries: Sequence[Entry], terms: Terms) -> None:
        self._entries = entries
        self._terms = terms
        owners: list[int] = []
        sizes: list[int] = []
        first: list[bool] = []
        places: dict[str, list[int]] = defaultdict(list)
        for owner, entry in enumerate(entries):
            for name in (entry.question, *entry.aliases):
                given = words(name)
                for word in dict.fromkeys((*given, *self._same(given))):
                    places[word].append(len(owners))
                owners.append(owner)
                sizes.append(len(given))
                first.append(name is entry.question)
        self._owners = np.array(owners, np.intp)
        self._sizes = np.array(sizes, np.float32)
        self._bonus = np.array(first, np.float32) * _QUESTION_FIRST
        self._places = {word: np.array(where, np.intp) for word, where in places.items()}
        self._sorted = sorted(self._places)
        self._beginnings: dict[int, list[str]] = {}

    def complete(self, typed: str, *, limit: int) -> list[Entry]:
        """Return at most `limit` distinct entries, best first; a first page if nothing is typed.

        Every word must go with the name: whole, as the beginning of a word, as another word for
        it, or with one slip. If no name has them all, those that have most come.
        """
        given = [word[:_LONGEST] for word in words(typed)][:_MOST_WORDS]
        if not given or limit < 1:
            return list(self._first_page())[: max(limit, 0)]
        rows = [self._word(word, slip=False) for word in given]
        if not np.all(np.stack(rows) > 0, axis=0).any():
            rows = [self._word(word, slip=True) for word in given]
        return self._best(np.stack(rows), limit)

    def _best(self, rows: NDArray[np.float32], limit: int) -> list[Entry]:
        had = np.count_nonzero(rows, axis=0)
        most = int(had.max(initial=0))
        if most == 0 or most * 2 < len(rows):
            return []
        at = np.flatnonzero(had == most)  # in the order of names, so an entry's stand together
        sizes = np.maximum(self._sizes[at], len(rows))
        score = rows[:, at].sum(0) / (2 * len(rows)) + self._bonus[at] + len(rows) / sizes / 4
        owners = self._owners[at]
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        best = np.maximum.reduceat(score, firsts)
        order = np.argsort(-best, kind="stable")[:limit]
        return [self._entries[place] for place in owners[firsts][order]]

    def _word(self, typed: str, *, slip: bool) -> NDArray[np.float32]:
        """Return how well each name goes with one word."""
        found = np.zeros(len(self._owners), np.float32)
        for word, weight in self._known(typed, slip=slip):
            where = self._places[word]
            found[where] = np.maximum(found[where], weight)
        return found

    def _known(self, typed: str, *, slip: bool) -> Iterator[tuple[str, float]]:
        at = bisect.bisect_left(self._sorted, typed)
        begun = at
        while begun < len(self._sorted) and self._sorted[begun].startswith(typed):
            word = self._sorted[begun]
            yield word, _EXACT if word == typed else _PREFIX + len(typed) / len(word) / 10
            begun += 1
        for word in self._same([typed]):
            if word in self._places:
                yield word, _SAME
        if slip and len(typed) >= _SHORTEST_WITH_SLIP:
            yield from self._alike(typed)

    def _alike(self, typed: str) -> Iterator[tuple[str, float]]:
        """Yield the words that begin as typed but for one slip."""
        for length in (len(typed), len(typed) + 1, len(typed) - 1):
            beginnings = self._of_length(length)
            for beginning, _distance, _at in process.extract(
                typed, beginnings, scorer=OSA.distance, score_cutoff=1, limit=_MOST_ALIKE
            ):
                at = bisect.bisect_left(self._sorted, beginning)
                while at < len(self._sorted) and self._sorted[at].startswith(beginning):
                    closeness = len(beginning) / len(self._sorted[at])
                    yield self._sorted[at], _SLIP + closeness / 10
                    at += 1

    def _of_length(self, length: int) -> list[str]:
        if length not in self._beginnings:
            cut = (word[:length] for word in self._sorted if len(word) >= length)
            self._beginnings[length] = list(dict.fromkeys(cut))
        return self._beginnings[length]

    def _same(self, given: list[str]) -> list[str]:
        """Return the words that a group of synonyms reads these as."""
        read = self._terms.read(" ".join(given))
        known = set(given)
        return [word for word in read if word not in known]

    def _first_page(self) -> Iterator[Entry]:
        """Yield entries of all sections in turn, so that the first page shows what there is."""
        sections: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            sections[entry.section].append(entry)
        for round_ in range(max(map(len, sections.values()), default=0)):
            yield from (listed[round_] for listed in sections.values() if round_ < len(listed))
