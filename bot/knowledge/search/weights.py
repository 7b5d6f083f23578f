"""How much each sign counts: numbers fitted on questions of our own, never set by hand.

`python -m benchmarks fit-search` prints them anew from tests/bot/knowledge/gold, with what they
reach on questions left out of the fit; the client's questions are only for measuring.
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
    wording: float
    """How far the question has the words of one name and no others."""


@dataclass(frozen=True)
class Certainty:
    """A logistic regression: how likely the first entry is right, and an answer there at all."""

    score: float
    """The first entry's sum."""
    share: float
    """The share of likelihood of the first entry and those with the same source."""
    likeness: float
    """The greatest likeness of meaning to any name."""
    elsewhere: float
    """The greatest likeness of meaning to a question that no entry answers."""
    length: float
    """Words that carry meaning in the question, up to six, over six."""
    constant: float


RANKING = Ranking(13.16, 12.07, 1.83, 4.43, 1.13, 4.56, 1.63)
CERTAINTY = Certainty(0.22, 2.88, 4.51, -5.73, 2.96, -8.75)
ANSWER = 0.9
"""From here up an answer is given. Higher than the gold set asks for: a wrong answer does harm."""
SUGGEST = 0.2
"""From here up, entries are suggested."""
