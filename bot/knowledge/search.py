"""Finding the entry that a person means."""

from rapidfuzz import fuzz, process

from bot.knowledge.library import Library
from bot.knowledge.model import Answer, Entry, Match, Outcome, Suggestions, Unknown
from bot.knowledge.terms import plain

_ANSWER = 0.85
_SUGGEST = 0.55


class Search:
    """Searches one library; built once for it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._terms = library.terms
        names = [
            (" ".join(self._terms.read(name)), plain(name), entry)
            for entry in library.published.values()
            for name in (entry.question, *entry.aliases)
        ]
        self._read = [read for read, _plain, _entry in names]
        self._plain = [written for _read, written, _entry in names]
        self._entries = [entry for _read, _plain, entry in names]

    def answer(self, question: str) -> Outcome:
        """Return what can be said to a question."""
        matches = self._matches(question, 10)
        confidence = matches[0].score if matches else 0.0
        if confidence >= _ANSWER:
            return Answer(matches[0].entry, confidence, matches)
        near = tuple(match for match in matches if match.score >= _SUGGEST)
        return Suggestions(near, confidence) if near else Unknown(matches, confidence)

    def complete(self, typed: str, *, limit: int) -> list[Entry]:
        """Return entries whose question or an alias goes with what was typed."""
        if not plain(typed):
            return list(self._library.published.values())[:limit]
        found = process.extract(
            plain(typed), self._plain, scorer=fuzz.WRatio, limit=limit * 4, score_cutoff=60
        )
        entries = {self._entries[place].id: self._entries[place] for _name, _score, place in found}
        return list(entries.values())[:limit]

    def _matches(self, question: str, limit: int) -> tuple[Match, ...]:
        read = " ".join(self._terms.read(question))
        best: dict[str, Match] = {}
        for _name, score, place in process.extract(
            read, self._read, scorer=fuzz.token_sort_ratio, limit=limit * 5, score_cutoff=40
        ):
            entry = self._entries[place]
            best.setdefault(entry.id, Match(entry, score / 100))
        return tuple(best.values())[:limit]
