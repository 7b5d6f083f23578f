"""Fit the weights of the search on the gold set, and print them with what other folds say."""

import zlib
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from benchmarks._quality import Asked, quality, threshold
from benchmarks._questions import KNOWLEDGE, Question, client, gold
from bot.knowledge.library import Library
from bot.knowledge.search import engine
from bot.knowledge.search.engine import Reading, Search, Signs
from bot.knowledge.search.weights import Certainty

BY_NAME_ONLY = True
_RIDGE = 1.0
_UNANSWERABLE = 3.0  # an answer where none is there does more harm than a near miss
_FOLDS = 5
_STEP = 2.0
_NEXT = {0.0: 0.2, 0.2: 0.4, 0.4: 0.6, 0.6: 0.8, 0.8: 0.9, 0.9: 1.1}

Floats = NDArray[np.float64]


class _Remembering(Search):
    """Works out the signs of a question once, however many folds ask."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._known: dict[str, Signs] = {}

    def signs(self, question: str, reading: Reading | None = None) -> Signs:
        if question not in self._known:
            self._known[question] = super().signs(question, reading)
        return self._known[question]


def fit_ranking(search: Search, questions: Sequence[Question]) -> Floats:
    """Fit a conditional logit: the right entries against the other candidates of each question.

    Weights are not negative: a sign can count for an entry, never against it.
    """
    rows = []
    for question in questions:
        signs = search.signs(question.text)
        right = [search.entries[place].id in question.right for place in signs.places]
        if question.answerable and any(right):
            rows.append((signs.of_entries.astype(np.float64), np.array(right)))
    spread = np.concatenate([signs for signs, _right in rows]).std(0)
    weight = np.zeros(len(spread))
    best, step = np.inf, _STEP / len(rows)
    for _ in range(3_000):
        loss, slope = _RIDGE * float(weight @ weight), 2 * _RIDGE * weight
        for signs, right in rows:
            given = signs / spread
            total = given @ weight
            share = np.exp(total - total.max())
            share /= share.sum()
            inside = share * right / share[right].sum()
            loss -= float(np.log(share[right].sum()))
            slope -= given.T @ (inside - share)
        if loss > best:
            step /= 2
        elif best - loss < 1e-7 * abs(best):
            break
        best = min(best, loss)
        weight = np.maximum(weight - step * slope, 0.0)
    return weight / spread


def fit_certainty(signs: Floats, right: NDArray[np.bool_], weight: Floats) -> Floats:
    """Fit a logistic regression with a ridge by Newton's method; the constant comes last."""
    middle, spread = signs.mean(0), signs.std(0)
    given = np.hstack(((signs - middle) / spread, np.ones((len(signs), 1))))
    ridge = np.diag([1.0] * signs.shape[1] + [1e-6])
    found = np.zeros(given.shape[1])
    for _ in range(50):
        sure = 1 / (1 + np.exp(-given @ found))
        slope = given.T @ (weight * (right - sure)) - ridge @ found
        bend = (given * (weight * sure * (1 - sure))[:, None]).T @ given + ridge
        found = found + np.linalg.solve(bend, slope)
    scaled = found[:-1] / spread
    return np.append(scaled, found[-1] - scaled @ middle)


def calibrated(certainty: Floats, signs: Floats, right: NDArray[np.bool_]) -> Floats:
    """Return the regression scaled so that its number is how often it is right (Platt 1999)."""
    total = signs @ certainty[:-1] + certainty[-1]
    slope, shift = fit_certainty(total[:, None], right, np.ones(len(right)))
    return np.append(certainty[:-1] * slope, certainty[-1] * slope + shift)


def run() -> None:
    """Fit, print, and say what the fitted search would reach on questions it has not seen."""
    library = Library.load(KNOWLEDGE)
    search = _Remembering(library)
    # Asked in an entry's very words is no question of weights, and would make the rest look sure.
    every = [one for one in gold(search.entries) if not search.named(one.text)]
    ranking = fit_ranking(search, every)
    print("RANKING = Ranking(" + ", ".join(f"{one:.2f}" for one in ranking) + ")")
    signs, right, answerable = _doubts(search, every, ranking)
    certainty = _fit(signs, right, answerable)
    print("CERTAINTY = Certainty(" + ", ".join(f"{one:.2f}" for one in certainty) + ")")
    crossed, found = np.zeros(len(right)), np.zeros(len(right), bool)
    fold = np.array([zlib.crc32(one.text.encode()) % _FOLDS for one in every])
    for number in range(_FOLDS):
        own = np.flatnonzero(fold == number)
        other = [one for one, at in zip(every, fold, strict=True) if at != number]
        theirs = fit_ranking(search, other)
        fitted = _fit(*_doubts(search, other, theirs))
        signs, found[own], _ = _doubts(search, [every[at] for at in own], theirs)
        crossed[own] = _sure(signs, fitted)
    _show("on other folds", crossed, found, answerable)
    questions = client(search.entries)
    if questions is not None:
        signs, right, answerable = _doubts(search, questions, ranking)
        _show("client", _sure(signs, certainty), right, answerable)


def _fit(signs: Floats, right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> Floats:
    weight = np.where(answerable, 1.0, _UNANSWERABLE)
    return calibrated(fit_certainty(signs, right, weight), signs, right)


def _show(name: str, sure: Floats, right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> None:
    asked = [
        Asked(bool(a), bool(r), bool(r), float(s))
        for a, r, s in zip(answerable, right, sure, strict=True)
    ]
    print(f"{name:9} {quality(asked).row()}  threshold for 5 % errors {threshold(sure, right):.3f}")
    for limit in (0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        given = sure >= limit
        wrong = (given & ~right).sum() / max(given.sum(), 1)
        good = (given & right).sum() / answerable.sum()
        print(f"    at {limit:.2f}: answered {good:.1%}, errors {wrong:.1%}")
    bands = [
        f"{sure[inside].mean():.2f}~{right[inside].mean():.2f}"
        for low in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
        if (inside := (sure >= low) & (sure < _NEXT[low])).any()
    ]
    print("    said ~ was right, by band of confidence:", ", ".join(bands))
    print(
        "    confidence of the unanswerable, 50 % 80 % 90 % 95 %:",
        np.quantile(sure[~answerable], (0.5, 0.8, 0.9, 0.95)).round(3),
    )


def _doubts(
    search: Search, questions: Sequence[Question], ranking: Floats
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    rows, right = [], []
    kept = engine._RANKING
    engine._RANKING = ranking.astype(np.float32)
    try:
        for question in questions:
            signs: Signs = search.signs(question.text)
            if not len(signs.places):
                rows.append([0.0] * (len(fields(Certainty)) - 1))
                right.append(False)
                continue
            place, doubts = search.certainty(signs)
            rows.append(doubts)
            right.append(search.entries[place].id in question.right)
    finally:
        engine._RANKING = kept
    answerable = np.array([question.answerable for question in questions])
    return np.array(rows), np.array(right), answerable


def _sure(signs: Floats, certainty: Floats) -> Floats:
    sure: Floats = 1 / (1 + np.exp(-(signs @ certainty[:-1] + certainty[-1])))
    return sure
