"""How much each sign counts: numbers fitted on questions of our own, never set by hand.

`python -m benchmarks fit-search` prints them anew from the tuning half of tests/bot/knowledge/gold;
the other half and the client's questions are only for measuring.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ranking:
    """The weights of one entry's signs, each from 0 to 1, in a sum (a conditional logit)."""

    name: float
    """Likeness of meaning to the nearest of the entry's question and aliases."""
    middle: float
    """Likeness of meaning to all of them together."""
    question: float
    """Likeness of meaning to the entry's question."""
    words: float
    """BM25 over question, aliases, answer and what it depends on."""
    coverage: float
    """The share of the question's rare words that the entry has at all."""
    letters: float
    """The share of the question's three-letter pieces that question and aliases have."""


@dataclass(frozen=True)
class Certainty:
    """A logistic regression: how likely the first entry is right, and an answer there at all."""

    score: float
    """The first entry's sum."""
    share: float
    """The share of likelihood of the first entry and those with the same source."""
    likeness: float
    """The greatest likeness of meaning to any name."""
    coverage: float
    """The share of the question's rare words that the first entry has: what a near miss lacks."""
    letters: float
    """The share of its three-letter pieces that the first entry's names have."""
    length: float
    """Words that carry meaning in the question, up to six, over six."""
    constant: float


RANKING = Ranking(11.86, 8.96, 2.43, 4.07, 2.27, 3.82)
CERTAINTY = Certainty(0.13, 3.27, 5.32, 0.0, 0.0, 2.86, -9.77)
ANSWER = 0.85
"""From here up an answer is given. Higher than the gold set asks for: a wrong answer does harm."""
SUGGEST = 0.2
"""From here up, entries are suggested."""
