"""Words and parts of words: an inverted index that says how well each document covers a query."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from bot.knowledge.terms import Terms

Scores = NDArray[np.float32]

_SATURATION = 1.2  # k1: how soon more of the same word stops to count
_LENGTH = 0.5  # b: how much a long document is held against it
_GRAM = 3
_stem = snowballstemmer.stemmer("english").stemWord


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of an English word (Porter's second algorithm)."""
    return str(_stem(word))


def stems(terms: Terms, text: str) -> list[str]:
    """Return a text's words as the index knows them: synonyms joined, common words left out."""
    return [stem(word) for word in terms.read(text) if word not in terms.common_words]


def grams(terms: Terms, text: str) -> list[str]:
    """Return the three-letter pieces of a text's words; a misspelled word keeps most of its own."""
    found = []
    for word in terms.read(text):
        if word not in terms.common_words:
            edged = f" {word} "
            found += [edged[at : at + _GRAM] for at in range(len(edged) - _GRAM + 1)]
    return found


@dataclass(frozen=True)
class Hits:
    """What each document has of a query, both from 0 to 1.

    `bm25` is Okapi BM25 (Robertson and Zaragoza 2009, the non-negative idf of Lucene) over the most
    that the query could reach; `coverage` is the share of the query's weight that is there at all.
    """

    bm25: Scores
    coverage: Scores


class WordIndex:
    """An inverted index over documents that are lists of tokens."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        self._count = len(documents)
        counted = [Counter(document) for document in documents]
        lengths = np.array([counts.total() for counts in counted], np.float32)
        mean = float(lengths.mean()) if self._count else 0.0
        shrink = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / (mean or 1.0))
        places: dict[str, list[int]] = defaultdict(list)
        times: dict[str, list[int]] = defaultdict(list)
        for place, counts in enumerate(counted):
            for token, often in counts.items():
                places[token].append(place)
                times[token].append(often)
        self._idf = {token: self._rarity(len(where)) for token, where in places.items()}
        self._unknown = self._rarity(0)
        self._postings: dict[str, tuple[NDArray[np.int32], Scores]] = {}
        for token, where in places.items():
            at = np.array(where, np.int32)
            count = np.array(times[token], np.float32)
            weight: Scores = (count * (_SATURATION + 1) / (count + shrink[at])).astype(np.float32)
            self._postings[token] = at, weight

    def __contains__(self, token: str) -> bool:
        return token in self._postings

    def search(self, query: Iterable[str]) -> Hits:
        """Return how well each document covers a query; a token counts once."""
        bm25 = np.zeros(self._count, np.float32)
        coverage = np.zeros(self._count, np.float32)
        whole = 0.0
        for token in dict.fromkeys(query):
            rarity = self.rarity(token)
            whole += rarity
            posting = self._postings.get(token)
            if posting is not None:
                at, weight = posting
                bm25[at] += rarity * weight
                coverage[at] += rarity
        if whole:
            bm25 /= whole * (_SATURATION + 1)
            coverage /= whole
        return Hits(bm25, coverage)

    def rarity(self, token: str) -> float:
        """Return the weight of a token: the fewer documents have it, the more."""
        return self._idf.get(token, self._unknown)

    def _rarity(self, documents: int) -> float:
        return math.log(1 + (self._count - documents + 0.5) / (documents + 0.5))


class NameIndex:
    """Says how far a query has the very words of one of a document's names, and no others.

    The measure is the weighted Jaccard index: the weight of the words that both have over the
    weight of all words that either has, from 0 to 1.
    """

    def __init__(self, documents: Sequence[Sequence[Iterable[str]]], words: WordIndex) -> None:
        self._words = words
        self._ids: dict[str, int] = {}
        ids: list[int] = []
        lengths: list[int] = []
        names: list[int] = []
        for document in documents:
            said = [token for name in document if (token := frozenset(name))]
            for name in said or [frozenset([""])]:
                ids += [self._ids.setdefault(token, len(self._ids)) for token in sorted(name)]
                lengths.append(len(name))
            names.append(max(len(said), 1))
        self._tokens = np.array(ids, np.int32)
        self._starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.intp)
        self._names = np.concatenate(([0], np.cumsum(names))).astype(np.intp)
        self._rarity = np.array([words.rarity(token) for token in self._ids], np.float32)

    def search(self, query: Iterable[str], places: NDArray[np.intp]) -> Scores:
        """Return the likeness of the likest name, for each of these documents."""
        asked = set(query)
        whole = sum(map(self._words.rarity, asked))
        if not whole or not len(places):
            return np.zeros(len(places), np.float32)
        weight = np.zeros(len(self._ids), np.float32)
        known = [at for token in asked if (at := self._ids.get(token)) is not None]
        weight[known] = self._rarity[known]
        firsts, lasts = self._names[places], self._names[places + 1]
        rows = _spans(firsts, lasts)
        begin, end = self._starts[rows], self._starts[rows + 1]
        tokens = self._tokens[_spans(begin, end)]
        edges = np.concatenate(([0], np.cumsum(end - begin)[:-1]))
        both = np.add.reduceat(weight[tokens], edges)
        either = np.add.reduceat(self._rarity[tokens], edges) + whole - both
        likest: Scores = np.maximum.reduceat(
            both / either, np.concatenate(([0], np.cumsum(lasts - firsts)[:-1]))
        ).astype(np.float32)
        return likest


def _spans(begin: NDArray[np.intp], end: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the numbers of several ranges, one range after the other."""
    lengths = end - begin
    shift = np.repeat(begin - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    spans: NDArray[np.intp] = np.arange(int(lengths.sum())) + shift
    return spans
