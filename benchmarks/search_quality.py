"""Search engines side by side: quality on our held-out and the client's questions, and speed.

first, three: an entry that is right comes first, or among the first three (of the answerable).
area: under the ROC curve of confidence, answerable against not. at 5 %: answerable questions that
are answered, and rightly, at the threshold where 5 % of the answers given are wrong; beside it the
same with the threshold set on other folds, and the errors that came of it.
No weight was fitted on any question measured here, except those marked `tune`.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import bm25s
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from benchmarks._quality import HEAD, Asked, quality
from benchmarks._questions import KNOWLEDGE, Question, client, gold
from bot.clock import utc_now
from bot.knowledge.library import Library
from bot.knowledge.search.engine import called, whole
from bot.knowledge.search.lexical import WordIndex, grams, stems
from bot.knowledge.search.meaning import minilm
from bot.knowledge.service import Knowledge

Ranked = tuple[list[str], float]
"""The ids of the first entries, and the confidence."""
Engine = Callable[[str], Ranked]
Floats = NDArray[np.float64]


class Parts:
    """The engines that the search was compared with, each with its own score as confidence."""

    def __init__(self, library: Library) -> None:
        self._entries = list(library.published.values())
        self._terms = library.terms
        known = [called(library, entry) for entry in self._entries]
        listed = [(name, at) for at, names in enumerate(known) for name in names]
        self._owners = np.array([at for _name, at in listed])
        self._read = [" ".join(self._terms.read(name)) for name, _at in listed]
        self._vectors = minilm().names([name for name, _at in listed]).astype(np.float32)
        self._peer = bm25s.BM25(k1=1.2, b=0.5, method="lucene")
        texts = map(whole, self._entries, known)
        documents = [stems(self._terms, text) for text in texts]
        self._peer.index(documents, show_progress=False)
        self._vocabulary = {word for document in documents for word in document}
        self._letters = WordIndex([grams(self._terms, " ".join(names)) for names in known])

    def closest_name(self, question: str) -> Ranked:
        """Likeness of strings, words sorted: what the desk began with."""
        read = " ".join(self._terms.read(question))
        likeness = process.cdist([read], self._read, scorer=fuzz.token_sort_ratio)[0]
        return self._ranked(self._of_owners(likeness))

    def bm25(self, question: str) -> Ranked:
        """BM25 over question, aliases and answer, by bm25s."""
        return self._ranked(self._bm25(question))

    def letters(self, question: str) -> Ranked:
        """Three-letter pieces of question and aliases."""
        return self._ranked(self._letters.search(grams(self._terms, question)).coverage)

    def minilm(self, question: str) -> Ranked:
        """The sentence embedding of the nearest name."""
        return self._ranked(self._of_owners(self._vectors @ minilm().questions([question])[0]))

    def minilm_bm25(self, question: str) -> Ranked:
        """Both, added up with equal spread."""
        likeness = self._of_owners(self._vectors @ minilm().questions([question])[0])
        words = self._bm25(question)
        return self._ranked(likeness / 0.15 + words / 4.0)

    def _bm25(self, question: str) -> Floats:
        read = [word for word in stems(self._terms, question) if word in self._vocabulary]
        if not read:
            return np.zeros(len(self._entries))
        return np.asarray(self._peer.get_scores(read), np.float64)

    def _of_owners(self, likeness: NDArray[np.floating]) -> Floats:
        best = np.full(len(self._entries), -1.0)
        np.maximum.at(best, self._owners, likeness)
        return best

    def _ranked(self, scores: NDArray[np.floating]) -> Ranked:
        order = np.argsort(-scores, kind="stable")[:3]
        return [self._entries[at].id for at in order], float(scores[order[0]])


def run() -> None:
    """Print the tables."""
    knowledge = Knowledge(KNOWLEDGE, clock=utc_now)
    library = knowledge.library
    parts = Parts(library)
    held = gold(knowledge.search.entries, "held")
    sets = {
        "held-out half of our questions": held,
        "the same with a slip in each": [replace(one, text=slip(one.text)) for one in held],
    }
    asked = client(knowledge.search.entries)
    if asked is None:
        print("The client's questions (questions-dev.jsonl) are not here; left out.\n")
    else:
        sets["the client's questions"] = asked
    engines: dict[str, Engine] = {
        "closest name (rapidfuzz)": parts.closest_name,
        "three-letter pieces": parts.letters,
        "BM25 (bm25s)": parts.bm25,
        "MiniLM": parts.minilm,
        "MiniLM + BM25": parts.minilm_bm25,
        "search": lambda question: _matches(knowledge.search.answer(question)),
        "search and scope": lambda question: _matches(knowledge.decide(question)),
    }
    for name, questions in sets.items():
        count = sum(one.answerable for one in questions)
        print(f"{name}: {count} answerable, {len(questions) - count} not")
        print(f"  {'':26}{HEAD} |    ms")
        for label, engine in engines.items():
            found, spent = measured(engine, questions)
            print(f"  {label:26}{quality(found).row():50} | {spent:5.2f}")
        print()


def measured(engine: Engine, questions: Sequence[Question]) -> tuple[list[Asked], float]:
    """Return what an engine makes of questions, and its median milliseconds a question."""
    found, spent = [], []
    for question in questions:
        started = time.perf_counter()
        ids, confidence = engine(question.text)
        spent.append((time.perf_counter() - started) * 1000)
        first = bool(ids) and ids[0] in question.right
        three = not question.right.isdisjoint(ids[:3])
        found.append(Asked(question.answerable, first, three, confidence))
    return found, statistics.median(spent)


def slip(text: str) -> str:
    """Return a text with one slip in one longer word; the same slip for the same text."""
    chance = random.Random(text)
    given = text.split()
    long = [at for at, word in enumerate(given) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    at = chance.choice(long)
    word = given[at]
    cut = chance.randrange(1, len(word) - 1)
    given[at] = chance.choice(
        (
            word[:cut] + word[cut + 1 :],
            word[: cut + 1] + word[cut:],
            word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],
            word[:cut] + chance.choice("etaoinsr") + word[cut + 1 :],
        )
    )
    return " ".join(given)


def _matches(outcome: object) -> Ranked:
    matches = getattr(outcome, "matches", ())
    return [match.entry.id for match in matches[:3]], float(getattr(outcome, "confidence", 0.0))
