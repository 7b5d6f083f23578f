"""Ranking entries for a question, and deciding what can honestly be said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.library import Library
from bot.knowledge.model import Answer, Entry, Match, Outcome, Suggestions, Unknown
from bot.knowledge.search import weights
from bot.knowledge.search.completion import Completion
from bot.knowledge.search.lexical import NameIndex, Scores, WordIndex, grams, stems
from bot.knowledge.search.meaning import DIMENSIONS, Encoder, Vectors, minilm
from bot.knowledge.search.spelling import Spelling
from bot.knowledge.terms import plain

MOST_MATCHES = 10
_CANDIDATES = 64
_NEAR = 0.2  # of what the first match has; a suggestion far behind it is noise
_ENOUGH_WORDS = 6
_UNLISTED = 0.5
"""Likeness to what no entry answers, where nobody has listed that: about what a question has."""


@dataclass(frozen=True)
class Reading:
    """A question as search reads it."""

    text: str
    """With unknown words mended."""
    vector: Vectors
    general: "Reading | None" = None
    """The same with names read as what they name, if there are any."""


@dataclass(frozen=True)
class Signs:
    """What is known of a question's candidates. Rows of `of_entries` go with `places`."""

    places: NDArray[np.intp]
    of_entries: NDArray[np.float32]
    """The signs of `weights.Ranking`, in its order, a row an entry."""
    words: int
    """How many words of the question carry meaning."""
    elsewhere: float = 0.0
    """Likeness of meaning to the nearest question that no entry answers."""


class Search:
    """Searches one library; built once for it. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder | None = None) -> None:
        self._terms = library.terms
        self._entries = tuple(library.published.values())
        self._encoder = encoder or minilm()
        self._completion = Completion(self._entries, library.terms)
        self._called = [called(library, entry) for entry in self._entries]
        self._asked = {
            plain(name): entry
            for entry, listed in reversed(list(zip(self._entries, self._called, strict=True)))
            for name in reversed(listed)
        }
        self._sources = [
            frozenset(source.url for source in entry.sources if "#" in source.url)
            for entry in self._entries
        ]
        texts = [
            whole(entry, listed) for entry, listed in zip(self._entries, self._called, strict=True)
        ]
        self._spelling = Spelling((*texts, *library.terms.written))
        self._words = WordIndex([stems(self._terms, text) for text in texts])
        self._letters = WordIndex([grams(self._terms, " ".join(listed)) for listed in self._called])
        self._wording = NameIndex(
            [[stems(self._terms, name) for name in listed] for listed in self._called],
            self._words,
        )
        self._index_meaning()
        self._elsewhere = self._encoder.names(library.elsewhere).astype(np.float32)

    def read(self, question: str) -> Reading:
        """Return a question with its words mended, and what it means."""
        asked = self._spelling.mend(question) or question
        named = self._terms.without_names(asked)
        if named is None:
            return Reading(asked, self._encoder.questions([asked])[0])
        vector, general = self._encoder.questions([asked, named])
        return Reading(asked, vector, Reading(named, general))

    def answer(self, question: str, reading: Reading | None = None) -> Outcome:
        """Return what can be said to a question; `reading` saves reading it twice."""
        signs = self.signs(question, reading)
        if not len(signs.places):
            return Unknown((), 0.0)
        scores = signs.of_entries @ _RANKING
        order = np.argsort(-scores, kind="stable")
        confidence = self._confidence(signs, scores, order)
        matches = [
            Match(self._entries[signs.places[at]], float(np.clip(scores[at] / _MOST, 0.0, 1.0)))
            for at in order[:MOST_MATCHES]
        ]
        named = self.named(question)
        if named is not None:
            # Asked in the very words of an entry: nothing is left to weigh.
            others = (match for match in matches if match.entry is not named)
            matches = [Match(named, 1.0), *others][:MOST_MATCHES]
            return Answer(named, 1.0, tuple(matches))
        if confidence >= weights.ANSWER:
            return Answer(matches[0].entry, confidence, tuple(matches))
        if confidence >= weights.SUGGEST:
            least = matches[0].score - _NEAR
            near = tuple(match for match in matches if match.score >= least)
            return Suggestions(near, confidence)
        return Unknown(tuple(matches), confidence)

    def named(self, question: str) -> Entry | None:
        """Return the entry that is asked for in its very words."""
        return self._asked.get(plain(question))

    def complete(self, typed: str, *, limit: int) -> list[Entry]:
        """Return entries whose question or an alias goes with what was typed, best first."""
        return self._completion.complete(typed, limit=limit)

    def signs(self, question: str, reading: Reading | None = None) -> Signs:
        """Return what is known of the entries that come nearest to a question."""
        if not self._entries or not plain(question):
            return Signs(np.zeros(0, np.intp), np.zeros((0, len(_RANKING)), np.float32), 0)
        reading = reading or self.read(question)
        every = self._signs_of_entries(reading)
        places = self._candidates(every)
        chosen = every[places]
        read = stems(self._terms, reading.text)
        chosen[:, 0] = self._likest_name(reading.vector, places)
        chosen[:, 6] = self._wording.search(read, places)
        if reading.general is not None:
            likest = self._likest_name(reading.general.vector, places)
            chosen[:, 0] = np.maximum(chosen[:, 0], likest)
            worded = self._wording.search(stems(self._terms, reading.general.text), places)
            chosen[:, 6] = np.maximum(chosen[:, 6], worded)
        likeness = self._elsewhere @ reading.vector
        elsewhere = float(likeness.max()) if len(likeness) else _UNLISTED
        return Signs(places, chosen, len(set(read)), elsewhere)

    def certainty(self, signs: Signs) -> tuple[int, list[float]]:
        """Return the place of the first entry, and the signs of `weights.Certainty`."""
        scores = signs.of_entries @ _RANKING
        order = np.argsort(-scores, kind="stable")
        return int(signs.places[order[0]]), self._doubts(signs, scores, order)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that are searched; `places` count in them."""
        return self._entries

    def _index_meaning(self) -> None:
        self._names = self._encoder.names([name for listed in self._called for name in listed])
        counts = [len(listed) for listed in self._called]
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.intp)
        count = len(self._entries)
        self._questions = np.zeros((count, DIMENSIONS), np.float32)
        self._middles = np.zeros((count, DIMENSIONS), np.float32)
        for place in range(count):
            rows = self._names[self._starts[place] : self._starts[place + 1]].astype(np.float32)
            self._questions[place] = rows[0]
            middle = rows.mean(0)
            self._middles[place] = middle / (np.linalg.norm(middle) or 1.0)

    def _signs_of_entries(self, reading: Reading) -> Scores:
        words = self._words.search(stems(self._terms, reading.text))
        letters = self._letters.search(grams(self._terms, reading.text))
        every = np.zeros((len(self._entries), len(_RANKING)), np.float32)
        every[:, 1] = self._middles @ reading.vector
        every[:, 2] = self._questions @ reading.vector
        every[:, 3] = words.bm25
        every[:, 4] = words.coverage
        every[:, 5] = letters.coverage
        if reading.general is not None:
            return np.maximum(every, self._signs_of_entries(reading.general))
        return every

    def _candidates(self, every: Scores) -> NDArray[np.intp]:
        """Return the best by all signs but the dear one, which looks at each name."""
        if len(every) <= _CANDIDATES:
            return np.arange(len(every))
        rough = every @ _RANKING
        return np.sort(np.argpartition(-rough, _CANDIDATES)[:_CANDIDATES])

    def _likest_name(self, vector: Vectors, places: NDArray[np.intp]) -> Scores:
        starts, ends = self._starts[places], self._starts[places + 1]
        rows = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
        likeness = self._names[rows].astype(np.float32) @ vector
        firsts = np.concatenate(([0], np.cumsum(ends - starts)[:-1]))
        likest: Scores = np.maximum.reduceat(likeness, firsts)
        return likest

    def _doubts(self, signs: Signs, scores: Scores, order: NDArray[np.intp]) -> list[float]:
        first = order[0]
        likelihood = np.exp(scores - scores[first])
        sources = self._sources[signs.places[first]]
        kin = [
            at
            for at, place in enumerate(signs.places)
            if at == first or sources & self._sources[place]
        ]
        return [
            float(scores[first]),
            float(likelihood[kin].sum() / likelihood.sum()),
            float(signs.of_entries[:, 0].max()),
            signs.elsewhere,
            min(signs.words, _ENOUGH_WORDS) / _ENOUGH_WORDS,
        ]

    def _confidence(self, signs: Signs, scores: Scores, order: NDArray[np.intp]) -> float:
        odds = float(np.dot(self._doubts(signs, scores, order), _CERTAINTY[:-1]) + _CERTAINTY[-1])
        return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


def kept(library: Library, file: Path | None) -> Encoder:
    """Return the encoder, with the vectors of a library's names taken from a file or put there."""
    encoder = minilm()
    listed = [name for entry in library.published.values() for name in called(library, entry)]
    listed += library.elsewhere
    if file is not None and not encoder.knows(listed):
        encoder.load(file)
        if not encoder.knows(listed):
            encoder.names(listed)
            encoder.save(file, listed)
    return encoder


def called(library: Library, entry: Entry) -> tuple[str, ...]:
    """Return what an entry is asked by: its question, its aliases, and everyday wording."""
    return (entry.question, *entry.aliases, *library.everyday.get(entry.id, ()))


def whole(entry: Entry, listed: Sequence[str]) -> str:
    """Return everything that an entry says and is asked by, for the word index."""
    parts = (*listed, entry.answer, *entry.depends_on, entry.beyond_license or "")
    return "\n".join(parts)


_RANKING = np.array(list(vars(weights.RANKING).values()), np.float32)
_MOST = float(_RANKING.sum())
_CERTAINTY = np.array(list(vars(weights.CERTAINTY).values()))
