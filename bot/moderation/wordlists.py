"""Word lists that survive disguises and do not hit innocent words.

A word is compared whole, as a skeleton: so `n1gg3r` is found and Scunthorpe is not. Letters spread
over spaces are put together first. Words in a quotation, or told of ("he called me a …"), are talk
about abuse, and not found.
"""

import re
from collections.abc import Iterable, Sequence

import re2

from bot.moderation.folding import calmed, folded, seen, skeleton, tokens

_ENDINGS = ("s", "es", "z")
_LONGEST = 6
_CLOSEST = 5
_MOST_KEPT, _LONGEST_KEPT = 20_000, 32
_TOLD = frozenset(
    map(
        skeleton,
        [
            "word",
            "words",
            "slur",
            "slurs",
            "term",
            "called",
            "calls",
            "calling",
            "wrote",
            "writes",
            "writing",
            "posted",
            "posts",
            "said",
            "says",
            "saying",
            "quoting",
            "quote",
            "quoted",
            "insult",
            "insults",
            "phrase",
            "blocks",
            "blocked",
            "filter",
            "names",
            "heard",
            "mot",
            "appelle",
            "appele",
            "dit",
            "traite",
            "wort",
            "nannte",
            "genannt",
            "sagte",
            "palabra",
            "llamo",
            "dijo",
        ],
    )
)
_YOU = frozenset(map(skeleton, ("you", "u", "ur", "youre", "your", "tu", "du", "ihr")))
_COMMON = frozenset(
    map(
        skeleton,
        "where should will going know hope what with your this that find the and for".split(),  # noqa: SIM905
    )
)
_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|'(?<=[\s(]')[^'\n]{2,400}'(?=[\s.,!?)]|$)|`[^`]{1,400}`")
_QUOTE_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
_WILD = re.compile(r"\w[*#]+\w")


class Vocabulary:
    """The words of every list, and whose they are. Built once for a set of rules."""

    def __init__(self) -> None:
        self._words: dict[str, set[int]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], set[int]]]] = {}
        self._innocent: dict[int, list[tuple[str, ...]]] = {}
        self._inside: list[tuple[str, int]] = []
        self._pieces: re2._Regexp | None = None
        self._idle: set[str] = set()
        """Tokens seen lately that begin nothing."""
        self.triggers: set[str] = set()
        """Skeletons after which a message is looked at in full."""

    def add(
        self, check: int, words: Iterable[str], inside: Iterable[str], innocent: Iterable[str]
    ) -> None:
        """Take up the lists of one check."""
        for word in words:
            parts = _parts(word)
            if len(parts) == 1:
                self._words.setdefault(parts[0], set()).add(check)
            elif parts:
                self._add_phrase(check, tuple(parts))
        self._innocent[check] = [tuple(parts) for one in innocent if (parts := _parts(one))]
        self._inside += [(skeleton(folded(piece)), check) for piece in inside]

    def close(self) -> None:
        """Finish: every list was added."""
        self.triggers = {*self._words, *self._phrases}
        if self._inside:
            pieces = "|".join(sorted({re2.escape(piece) for piece, _check in self._inside}))
            self._pieces = re2.compile(pieces)

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to look for."""
        return not self._words and not self._phrases and not self._inside

    def is_clean(self, raw: str) -> bool:
        """Say whether a piece of text between spaces can be passed over without looking again."""
        if len(raw) < 2:
            return raw.isascii()  # letters that stand alone are looked for as runs
        for one in tokens(folded(raw)):
            if len(one) < 2:
                continue
            if self._owners(one) or not self.triggers.isdisjoint((one, *calmed(one))):
                return False
            if self._pieces is not None and self._pieces.search(one):
                return False
        return not _WILD.search(raw)

    def find(self, text: str) -> set[int]:
        """Return the checks whose words stand in a text."""
        told = _without_quotations(seen(text))
        line = _joined([one for raw in folded(told).split() for one in self._read(raw)])
        found: set[int] = set()
        for at, token in enumerate(line):
            if token in self._idle:
                continue
            for length, owners in self._at(line, at):
                for owner in owners:
                    if not self._is_innocent(owner, line, at, length) and not _is_told(line, at):
                        found.add(owner)
        return found

    def _read(self, raw: str) -> Sequence[str]:
        if not _WILD.search(raw):
            return tokens(raw)
        bare = raw.strip("\"'()[]{}<>.,;:!?_~`-…")
        for vowel in "uiaeo":
            tried = tokens(re.sub(r"[*#]+", vowel, bare))
            if any(self._owners(one) or one in self._phrases for one in tried):
                return tried
        return tokens(raw)

    def _at(self, line: Sequence[str], at: int) -> Iterable[tuple[int, set[int]]]:
        token = line[at]
        owners = self._owners(token)
        if self._pieces is not None and self._pieces.search(token):
            owners = owners | {check for piece, check in self._inside if piece in token}
        if owners:
            yield 1, owners
        known = [one for one in (token, *calmed(token)) if one in self._phrases]
        if not owners and not known and len(token) <= _LONGEST_KEPT:
            if len(self._idle) >= _MOST_KEPT:
                self._idle.clear()
            self._idle.add(token)
        for trigger in known:
            for phrase, checks in self._phrases[trigger]:
                place = at - phrase.index(trigger)
                if place >= 0 and _matches(line[place : place + len(phrase)], phrase):
                    yield len(phrase), checks

    def _owners(self, token: str) -> set[int]:
        for one in (token, *calmed(token)):
            if one in self._words:
                return self._words[one]
            for ending in _ENDINGS:
                base = one.removesuffix(ending)
                if base != one and base in self._words:
                    return self._words[base]
            if one.endswith("ies") and f"{one[:-3]}y" in self._words:
                return self._words[f"{one[:-3]}y"]
        return set()

    def _add_phrase(self, check: int, parts: tuple[str, ...]) -> None:
        trigger = max(
            parts,
            key=lambda part: (part not in _YOU and len(part) > 2, part not in _COMMON, len(part)),
        )
        known = self._phrases.setdefault(trigger, [])
        for phrase, checks in known:
            if phrase == parts:
                checks.add(check)
                break
        else:
            known.append((parts, {check}))
        if len("".join(parts)) >= _CLOSEST:
            self._words.setdefault("".join(parts), set()).add(check)

    def _is_innocent(self, check: int, line: Sequence[str], at: int, length: int) -> bool:
        for phrase in self._innocent.get(check, ()):
            for start in range(max(0, at - len(phrase) + 1), at + length):
                if tuple(line[start : start + len(phrase)]) == phrase:
                    return True
        return False


def _parts(word: str) -> list[str]:
    return [one for raw in folded(word).split() for one in tokens(raw)]


def _matches(line: Sequence[str], phrase: Sequence[str]) -> bool:
    return len(line) == len(phrase) and all(
        one == wanted or wanted in calmed(one) for one, wanted in zip(line, phrase, strict=True)
    )


def _joined(line: list[str]) -> list[str]:
    """Return the tokens with letters that stand alone, one after another, put together."""
    made: list[str] = []
    run: list[str] = []
    for one in [*line, ""]:
        if len(one) == 1:
            run.append(one)
            continue
        made += ["".join(run)] if len(run) >= 3 else run
        run = []
        made.append(one)
    return made[:-1]


def _is_told(line: Sequence[str], at: int) -> bool:
    """Say whether the words before tell that somebody else said it."""
    before = line[max(0, at - _LONGEST) : at]
    return any(one in _TOLD for one in before) and not any(one in _YOU for one in before[-3:])


def _without_quotations(text: str) -> str:
    """Return a text without what it quotes, if it says something of its own besides."""
    rest = _QUOTE_LINE.sub(" ", text)
    rest = _QUOTED.sub(" ", rest.translate(_CURLY))
    if len(re.findall(r"\w{2,}", rest)) >= 2 or text.lstrip().startswith(">"):
        return rest
    return text


_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
