"""How good a search is: right first, right among three, and whether it knows what it knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ERRORS = 0.05
_FOLDS = 10


@dataclass(frozen=True)
class Asked:
    """One question as an engine saw it."""

    answerable: bool
    first: bool
    """Whether the first entry is right."""
    three: bool
    """Whether a right one is among the first three."""
    confidence: float


@dataclass(frozen=True)
class Quality:
    """Shares of the answerable questions, and the area under the ROC curve."""

    first: float
    three: float
    area: float
    answered: float
    """Answered outright and right, the threshold set on other folds for 5 % errors at most."""
    errors: float
    """Errors among the answers given at those thresholds."""
    best: float
    """Answered outright at the best single threshold with 5 % errors at most."""

    def row(self) -> str:
        """Return the numbers as cells of a table."""
        return (
            f"{self.first:6.1%} | {self.three:6.1%} | {self.area:.3f} | {self.best:6.1%}"
            f" | {self.answered:6.1%} ({self.errors:4.1%})"
        )


HEAD = " first |  three | area  | at 5 % | cross-validated (errors)"


def quality(asked: Sequence[Asked]) -> Quality:
    """Measure what an engine made of some questions."""
    answerable = np.array([one.answerable for one in asked])
    first = np.array([one.first for one in asked])
    confidence = np.array([one.confidence for one in asked])
    count = int(answerable.sum())
    given = good = 0
    # Every tenth to a fold: the same on every machine.
    fold = np.arange(len(asked)) % _FOLDS
    for number in range(_FOLDS):
        other, own = fold != number, fold == number
        limit = threshold(confidence[other], first[other])
        answers = own & (confidence >= limit)
        given += int(answers.sum())
        good += int((answers & first).sum())
    best = confidence >= threshold(confidence, first)
    return Quality(
        first=float(first[answerable].mean()),
        three=float(np.mean([one.three for one in asked if one.answerable])),
        area=area(confidence, answerable),
        answered=good / count,
        errors=1 - good / given if given else 0.0,
        best=int((best & first).sum()) / count,
    )


def area(confidence: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve: how often an answerable question has more confidence."""
    yes, no = confidence[answerable][:, None], confidence[~answerable][None, :]
    return float(((yes > no) + (yes == no) / 2).mean())


def threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the lowest threshold at which at most 5 % of the answers given are wrong."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(wrong <= ERRORS)
    return float(confidence[order[fine[-1]]]) if len(fine) else float("inf")
