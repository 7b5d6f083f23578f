"""Telling what is not a question for the knowledge base, so that it gets a fitting sentence.

Rules over words, from `_scope.yaml`, and a few looks at the text itself (only an address, only
code, a person's name) come first; what they do not know goes to what was learned from examples
(`classifier`, `languages`), if no entry fits. Whatever is not clearly one of the kinds is left to
the search. Measured by `python -m benchmarks scope` (docs/decisions/0013).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bot.knowledge import languages
from bot.knowledge.classifier import Floats, classifier
from bot.knowledge.terms import MOST_CHARACTERS, plain, words

if TYPE_CHECKING:
    from bot.knowledge.library import Library


class Kind(StrEnum):
    """What a text is, if it is no question for the knowledge base; the first that fits wins."""

    ADDRESS = "address"
    IMAGE = "image"
    CODE = "code"
    INSTRUCTION = "instruction"
    ABUSE = "abuse"
    PREDICTION = "prediction"
    PERSON = "person"
    OTHER_LICENSE = "other-license"
    SUPPORT = "support"
    PLACE = "place"
    LANGUAGE = "language"
    GREETING = "greeting"


RULED = (
    Kind.INSTRUCTION,
    Kind.ABUSE,
    Kind.PREDICTION,
    Kind.PERSON,
    Kind.OTHER_LICENSE,
    Kind.SUPPORT,
    Kind.PLACE,
    Kind.GREETING,
)
"""The kinds that have rules in `_scope.yaml`, in the order in which they are tried."""

_BETWEEN = 3
"""The most words that `...` in a phrase stands for."""
_FEW = 2
_LATIN = ("LATIN", "FULLWIDTH LATIN", "MODIFIER", "FEMININE", "MASCULINE")
_CAPITALS = 0.6
_SYMBOLS = 0.12

_ADDRESS = re.compile(
    r"<?\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:org|com|net|io|de|fr|eu|uk|info)(?:/\S*)?(?!\w)", re.I
)
_BLOCK = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.S)
_CODE = re.compile(
    r"\b(?:def|function|import|return|const|let|var|class|public|void|print|console|select|insert|"
    r"printf|include|lambda|async|await|echo)\b|</?[a-z][^>\n]*>|=>|==|!=|\$\w+",
    re.I,
)
_SYMBOL = frozenset("{}();=<>[]\\_$&|")
_POSSESSIVE = re.compile(r"^[\"“”'‘(]+|(?:['’]s)?[.,;:!?()\"“”'’]*$")
_NAME = re.compile(r"\b[^\W\d_a-z]['’]?[^\W\d_]+(?:-[^\W\d_]+)?\b")


class ScopeTrouble(ValueError):
    """A phrase or group of `_scope.yaml` cannot be read; says what to do."""


@dataclass(frozen=True)
class Rule:
    """When a text is of a kind. Phrases as `_scope.yaml` writes them."""

    phrases: tuple[str, ...] = ()
    both: tuple[tuple[str, ...], ...] = ()
    only: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    yields: bool = False


@dataclass(frozen=True)
class ScopeRules:
    """All of `_scope.yaml`."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[Kind, Rule] = field(default_factory=dict)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Compiled:
    phrases: re.Pattern[str] | None
    both: tuple[re.Pattern[str], ...]
    only: frozenset[str]
    needs: frozenset[str]
    unless: re.Pattern[str] | None
    strict: re.Pattern[str] | None

    def fits(self, text: str, given: list[str]) -> bool:
        if self.strict is not None and self.strict.search(text):
            return True
        if self.unless is not None and self.unless.search(text):
            return False
        if self.phrases is not None and self.phrases.search(text):
            return True
        if self.both and all(part.search(text) for part in self.both):
            return True
        return bool(
            self.only and given and self.only.issuperset(given) and self.needs.intersection(given)
        )


class Scope:
    """Judges texts by the rules, and by the words that the knowledge base knows."""

    def __init__(
        self,
        rules: ScopeRules,
        *,
        names: Iterable[str] = (),
        known: Iterable[str] = (),
        common: frozenset[str] = frozenset(),
    ) -> None:
        """Compile the rules.

        `names` are the questions and aliases of entries, which are never out of scope; `known`
        other texts whose words are no names of people, `common` words that say nothing.

        Raises:
            ScopeTrouble: a phrase cannot be read.
        """
        self._rules = rules
        self._compiled = {kind: _compile(rules, rule) for kind, rule in rules.kinds.items()}
        self._names = frozenset(map(plain, names))
        self._known_texts = tuple(known)
        self._common = common
        self._languages = {
            language: frozenset(plain(word) for word in listed) - {""}
            for language, listed in rules.languages.items()
        }

    @classmethod
    def of(cls, library: "Library") -> Self:
        """Return the scope of a library: its rules, and the words of what it publishes."""
        entries = library.published.values()
        return cls(
            library.scope,
            names=[name for entry in entries for name in (entry.question, *entry.aliases)],
            known=[entry.answer for entry in entries],
            common=library.terms.common_words,
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        known = {word for text in self._known_texts for word in words(text)}
        return frozenset(known).union(self._common, *(name.split() for name in self._names))

    def judge(
        self,
        text: str,
        *,
        answered: bool,
        vector: Floats | None = None,
        confidence: float = 0.0,
    ) -> Kind | None:
        """Return the kind for which a text gets no entry; None if the search has the word.

        `answered` says that an entry fits well. Some kinds give way to that, and so does whatever
        no rule says: what was learned from examples, and a question that only happens to name
        somebody. `vector` is the text's embedding, without which nothing learned has a say, and
        `confidence` the search's own.
        """
        if plain(text) in self._names:
            return None
        kind = self.look(text)
        if kind is None:
            return None if answered else self._guess(text, vector, confidence)
        rule = self._rules.kinds.get(kind)
        return None if answered and rule is not None and rule.yields else kind

    def look(self, text: str) -> Kind | None:
        """Return what kind of text this is; None if it may be a question for the search."""
        text = text[:MOST_CHARACTERS]
        shaped = _shape(text)
        if shaped is not None:
            return shaped
        given = words(_BLOCK.sub(" ", text)) or words(text)
        flat = f" {' '.join(given)} "
        for kind in RULED:
            rule = self._compiled.get(kind)
            if rule is not None and rule.fits(flat, given):
                return kind
        return Kind.LANGUAGE if self._is_foreign(text, given) else None

    def _guess(self, text: str, vector: Floats | None, confidence: float) -> Kind | None:
        if vector is not None:
            if languages.is_foreign(text, self._known):
                return Kind.LANGUAGE
            if len(set(words(text))) < _FEW:  # a letter, or one word over and over, says too little
                return None
            learned = classifier().kind(text, vector, confidence)
            if learned is not None and not self.spared(text, Kind(learned)):
                return Kind(learned)
        return Kind.PERSON if self.names_somebody(text) else None

    def spared(self, text: str, kind: Kind) -> bool:
        """Say whether a text has a word that brings it back in, whatever else speaks for a kind."""
        unless = self._compiled[kind].unless if kind in self._compiled else None
        return unless is not None and bool(unless.search(f" {' '.join(words(text))} "))

    def names_somebody(self, text: str) -> bool:
        """Say whether two words in a row look like a person's name that no entry knows."""
        tokens = text[:MOST_CHARACTERS].split()
        capitals = [bool(_NAME.fullmatch(_POSSESSIVE.sub("", token))) for token in tokens]
        if len(tokens) < 3 or sum(capitals) > _CAPITALS * len(tokens):
            return False
        for place in range(len(tokens) - 1):
            if capitals[place] and capitals[place + 1] and tokens[place][-1:].isalpha():
                pair = words(f"{tokens[place]} {_POSSESSIVE.sub('', tokens[place + 1])}")
                if not self._known.intersection(pair):
                    return True
        return False

    def _is_foreign(self, text: str, given: list[str]) -> bool:
        letters = [character for character in text if character.isalpha()]
        foreign = sum(_is_foreign_script(character) for character in letters)
        if letters and foreign * 2 > len(letters):
            return True
        english = sum(word in self._known for word in given)
        for theirs in self._languages.values():
            hits = {word for word in given if word in theirs}
            telling = {word for word in hits if word not in self._known}
            both = sum(word in theirs and word in self._known for word in given)
            if len(hits) >= _FEW and telling and len(hits) > english - both:
                return True
        return False


def _shape(text: str) -> Kind | None:
    without = _ADDRESS.sub(" ", text)
    if without != text and len(words(without)) < _FEW:
        return Kind.ADDRESS
    outside = _BLOCK.sub(" ", text)
    if outside != text and "```" in text and len(words(outside)) <= _FEW:
        return Kind.CODE
    solid = [character for character in outside if not character.isspace()]
    symbols = sum(character in _SYMBOL for character in solid)
    if symbols >= 4 and symbols > _SYMBOLS * len(solid) and _CODE.search(outside):
        return Kind.CODE
    return None


def _is_foreign_script(letter: str) -> bool:
    return not unicodedata.name(letter, "LATIN").startswith(
        ("LATIN", "FULLWIDTH LATIN", "MODIFIER")
    )


def _compile(rules: ScopeRules, rule: Rule) -> _Compiled:
    def pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
        parts = [_phrase(phrase, rules.groups) for phrase in phrases]
        return re.compile("|".join(parts)) if parts else None

    return _Compiled(
        phrases=pattern(rule.phrases),
        both=tuple(made for part in rule.both if (made := pattern(part)) is not None),
        only=frozenset(map(plain, rule.only)),
        needs=frozenset(map(plain, rule.needs)),
        unless=pattern(rule.unless),
        strict=pattern(rule.strict),
    )


def _phrase(phrase: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """Return a phrase as a pattern over ` word word ` with one space around each word.

    Raises:
        ScopeTrouble: it has no word, or names a group that is not there.
    """
    parts: list[str] = []
    begin = end = said = False
    for piece in phrase.split():
        if piece == "^":
            begin = True
        elif piece == "$":
            end = True
        elif piece == "...":
            parts.append(rf"(?: \w+){{0,{_BETWEEN}}}")
        elif piece.startswith("{") and piece.endswith("}"):
            name = piece[1:-1]
            if name not in groups:
                raise ScopeTrouble(f"there is no group `{name}`; add it under `groups`")
            inner = [_phrase(one, {}) for one in groups[name]]
            said = True
            parts.append(f"(?:{'|'.join(one.removesuffix('(?= )') for one in inner)})")
        else:
            parts.append(f" (?:{'|'.join(_word(choice) for choice in piece.split('|'))})")
            said = True
    if not said:
        raise ScopeTrouble(f"{phrase!r} has no word in it")
    return f"{'^' if begin else ''}{''.join(parts)}{' $' if end else '(?= )'}"


def _word(choice: str) -> str:
    """Return one word as a pattern; a `*` in front of it stands for the beginning of a word."""
    written = plain(choice)
    if not written or " " in written:
        raise ScopeTrouble(f"{choice!r} must be one word of letters and digits")
    return (r"\w*" if choice.startswith("*") else "") + re.escape(written)
