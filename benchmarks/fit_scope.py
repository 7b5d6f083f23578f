"""Learn what the kinds of text outside the subject look like, and write it down."""

import zlib

import numpy as np
from numpy.typing import NDArray

from benchmarks._questions import KNOWLEDGE
from benchmarks._scope_texts import KINDS, learned
from bot.knowledge.classifier import ELSEWHERE, NONE, PULL, Classifier, features
from bot.knowledge.library import Library
from bot.knowledge.model import Answer
from bot.knowledge.scope import Kind, Scope
from bot.knowledge.search.engine import Search
from bot.knowledge.terms import plain

BY_NAME_ONLY = True

_RIDGE = 3.0
_FOLDS = 5
_APART = 0.05
_LEAST = -0.7
_CLASSES = (*KINDS, ELSEWHERE, NONE)

Floats = NDArray[np.float64]


def run() -> None:
    """Learn, set the limits on other folds, print what they keep, and write `classifier.npz`.

    A limit stands above every question about the subject that the search does not answer outright:
    a question turned away is worse than ten texts of a kind that nobody recognizes.
    """
    library = Library.load(KNOWLEDGE)
    search = Search(library)
    pairs = list(dict(learned(library)).items())
    readings = [search.read(text) for text, _label in pairs]
    given = np.stack(
        [features(text, one.vector) for (text, _), one in zip(pairs, readings, strict=True)]
    ).astype(np.float64)
    labels = np.array([_CLASSES.index(label) for _text, label in pairs])
    target = (2 * np.eye(len(_CLASSES)) - 1)[labels]
    alike = given @ given.T
    fold = np.array([zlib.crc32(plain(text).encode()) % _FOLDS for text, _label in pairs])
    crossed = np.zeros_like(target)
    for number in range(_FOLDS):
        own, other = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        dual = _solve(alike[np.ix_(other, other)], target[other])
        crossed[own] = alike[np.ix_(own, other)] @ dual
    outcomes = [search.answer(text, one) for (text, _), one in zip(pairs, readings, strict=True)]
    margin = crossed - crossed[:, [_CLASSES.index(NONE)]]
    margin -= PULL * np.array([one.confidence for one in outcomes])[:, None]
    margin[:, _CLASSES.index(NONE)] = -np.inf
    safe = np.array([isinstance(one, Answer) for one in outcomes])
    scope = Scope.of(library)
    for place, kind in enumerate(KINDS):
        spared = np.array([scope.spared(text, Kind(kind)) for text, _label in pairs])
        safe |= spared & (margin.argmax(1) == place)
    limits = _limits(margin, labels, safe)
    weights = (given.T @ _solve(alike, target)).astype(np.float32)
    Classifier(_CLASSES, weights, limits).write()
    print(f"learned from {len(pairs)} texts; written")


def _solve(alike: Floats, target: Floats) -> Floats:
    found: Floats = np.linalg.solve(alike + _RIDGE * np.eye(len(alike)), target)
    return found


def _limits(margin: Floats, labels: NDArray[np.intp], safe: NDArray[np.bool_]) -> dict[str, float]:
    limits = {ELSEWHERE: np.inf, NONE: np.inf}
    first = margin.argmax(1)
    print(f"{'kind':14} {'limit':>6} {'recall':>6} {'precision':>9}  (on other folds)")
    for place, kind in enumerate(KINDS):
        here = np.flatnonzero((first == place) & ~safe)
        ours = here[labels[here] == _CLASSES.index(NONE)]
        limit = max(float(margin[ours, place].max(initial=-np.inf)) + _APART, _LEAST)
        limits[kind] = limit
        said = here[margin[here, place] >= limit]
        right = int((labels[said] == place).sum())
        shown = f"{right / max(len(said), 1):9.2f}"
        print(f"{kind:14} {limit:6.2f} {right / (labels == place).sum():6.2f} {shown}")
    return limits
