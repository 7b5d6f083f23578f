"""Telling kinds of text apart by what was learned from examples: what rules did not think of.

A ridge regression, a column a class (Rifkin et al. 2003), over the sentence embedding that search
computes anyway, and hashed words and pieces of words (Weinberger et al. 2009). `python -m
benchmarks fit-scope` learns `classifier.npz` from `benchmarks/texts/scope` and from every question
that an entry answers; nothing of a text is kept but sums.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.terms import words

Floats = NDArray[np.float32]

PIECES = 4_096
"""How many places pieces are hashed into."""
LETTERS = 1.5
"""How much pieces count beside the embedding, both of length 1."""
PULL = 2.0
"""How much the confidence that an entry answers holds against a kind."""
NONE = "none"
"""The class of questions that an entry answers."""
ELSEWHERE = "elsewhere"
"""The class of everything else that is no kind: recipes, sports, other law."""

_SIZES = (3, 4)
_MOST_WORDS = 60
_FILE = Path(__file__).with_suffix(".npz")


def pieces(text: str) -> Floats:
    """Return a text's words, pairs of words and letters as a vector of length 1, or of 0."""
    found = np.zeros(PIECES, np.float32)
    for piece in set(_pieces(words(text)[:_MOST_WORDS])):
        found[zlib.crc32(piece.encode()) % PIECES] += 1
    length = float(np.linalg.norm(found))
    return found / length if length else found


def features(text: str, vector: Floats) -> Floats:
    """Return what the regression looks at: the embedding, the pieces, and a constant."""
    return np.concatenate((vector, LETTERS * pieces(text), np.ones(1, np.float32)))


@dataclass(frozen=True)
class Classifier:
    """Knows the classes, their weights (a column each), and from where up a kind is named."""

    classes: tuple[str, ...]
    weights: Floats
    limits: Mapping[str, float]
    """How far a kind must stand above `NONE` to be named; out of reach for what is no kind."""

    @classmethod
    def read(cls, file: Path = _FILE) -> Self:
        """Read what `write` wrote."""
        with file.open("rb") as data, np.load(data, allow_pickle=False) as saved:
            classes = tuple(map(str, saved["classes"]))
            limits = dict(zip(classes, map(float, saved["limits"]), strict=True))
            return cls(classes, saved["weights"].astype(np.float32), limits)

    def write(self, file: Path = _FILE) -> None:
        """Write the weights, to half a float's precision."""
        limits = np.array([self.limits[one] for one in self.classes], np.float32)
        with file.open("wb") as out:
            np.savez_compressed(
                out,
                classes=np.array(self.classes),
                weights=self.weights.astype(np.float16),
                limits=limits,
            )

    def kind(self, text: str, vector: Floats, confidence: float) -> str | None:
        """Return the class of a text, if it stands far enough above a question for an entry.

        `confidence` is how likely an entry answers it, as the search has it: that counts against.
        """
        total = features(text, vector) @ self.weights
        question = float(total[self.classes.index(NONE)])
        total[self.classes.index(NONE)] = -np.inf
        name = self.classes[int(total.argmax())]
        above = float(total.max()) - question - PULL * confidence
        return name if above >= self.limits[name] else None


@cache
def classifier() -> Classifier:
    """Return what was learned, read once a process."""
    return Classifier.read()


def _pieces(given: list[str]) -> Iterator[str]:
    if not given:
        return
    yield from given
    yield from (f"{one} {other}" for one, other in pairwise(given))
    yield f"^{given[0]}"
    yield f"{given[-1]}$"
    yield f"#{min(len(given), 12) // 2}"
    flat = f" {' '.join(given)} "
    for size in _SIZES:
        yield from (flat[at : at + size] for at in range(len(flat) - size + 1))
