"""Search and completion at the real size and at 20,000 entries: milliseconds and memory.

The large library is made of the real entries with their words changed, and its names' vectors are
drawn by chance: a question is encoded for real, and what is measured is what depends on the size.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks._questions import KNOWLEDGE, gold
from bot.knowledge.library import Library
from bot.knowledge.model import Entry, Section
from bot.knowledge.search import Search
from bot.knowledge.search.meaning import DIMENSIONS, Vectors, minilm

LARGE = 20_000
_QUESTION_MS, _STROKE_MS = 10.0, 3.0


class _Drawn:
    """Encodes questions for real and draws the vectors of names."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        return minilm().questions(texts)

    def names(self, texts: Sequence[str]) -> NDArray[np.float16]:
        drawn = np.random.default_rng(1).standard_normal((len(texts), DIMENSIONS), np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        return drawn.astype(np.float16)


def run() -> None:
    """Print the table."""
    library = Library.load(KNOWLEDGE)
    started = time.perf_counter()
    small = Search(library)
    fresh = time.perf_counter() - started
    started = time.perf_counter()
    Search(library)
    again = time.perf_counter() - started
    print(f"built in {fresh:.1f} s the first time, {again:.2f} s when its vectors are known")
    questions = [one.text for one in gold(small.entries)]
    real = _row(len(small.entries), small, questions)
    started = time.perf_counter()
    large = Search(enlarged(library, LARGE), _Drawn())
    print(f"{LARGE} entries built in {time.perf_counter() - started:.0f} s, encoding left out")
    big = _row(LARGE, large, questions)
    print(f"bars: {_QUESTION_MS} ms a question, {_STROKE_MS} ms a key stroke, 10 times that large")
    print(f"ratios: question {big[0] / real[0]:.1f}, key stroke {big[1] / real[1]:.1f}")


def _row(count: int, search: Search, questions: Sequence[str]) -> tuple[float, float]:
    asked = _median(search.answer, questions[:150])
    strokes = [text[:end] for text in questions[::20] for end in range(1, min(len(text), 40))]
    typed = _median(lambda text: search.complete(text, limit=25), strokes)
    print(
        f"{count:6} entries: question {asked[0]:6.2f} ms (99 %: {asked[1]:6.2f}), "
        f"key stroke {typed[0]:6.2f} ms (99 %: {typed[1]:6.2f})"
    )
    return asked[0], typed[0]


def _median(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    work(texts[0])
    spent = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent), statistics.quantiles(spent, n=100)[-1]


def enlarged(library: Library, count: int) -> Library:
    """Return a library of many entries: the real ones, with a made-up word for every fifth."""
    chance = random.Random(1)
    real = list(library.published.values())
    made = ["".join(chance.choices("abcdefghiklmnoprstuv", k=7)) for _ in range(5_000)]

    def changed(text: str) -> str:
        return " ".join(
            word if chance.random() > 0.2 else chance.choice(made) for word in text.split(" ")
        )

    def entry(number: int) -> Entry:
        one = real[number % len(real)]
        aliases = tuple(changed(alias) for alias in one.aliases)
        return replace(
            one,
            id=f"{one.id}-{number}",
            question=changed(one.question),
            aliases=aliases,
            answer=changed(one.answer),
        )

    section = library.sections[0]
    entries = tuple(entry(number) for number in range(count))
    listed: tuple[Section, ...] = (replace(section, entries=entries),)
    return replace(library, sections=listed)
