"""Reads what people write for a license: addresses, ids, and words in several languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from babel import Locale

from bot.licensing.library import Library
from bot.licensing.model import Element

LONGEST = 300
"""Nobody names a license in more characters; what is longer is read up to here."""

_PATH = re.compile(
    r"(?:(?<![\w.-])(?:www\.)?creativecommons\.org/|^/?)(?:licenses|publicdomain)/([a-z+-]{2,20})"
    r"(?:/(\d{1,3}(?:\.\d{1,3})?))?(?:/([a-z]{2,8})(?=[/\s?#]|$))?",
    re.IGNORECASE,
)
_SPDX_PAGE = re.compile(r"spdx\.org/licenses/([A-Za-z0-9.-]{3,40}?)(?:\.html|\.json|/|$)")
_CHAIN = re.compile(r"\bby(?: (?:nc|nd|sa)\b)*(?: \d\.\d)?")
_VERSION = re.compile(r"(?<![\d.])(\d{1,3})(?:\.(\d{1,2}))?(?:\.0)*(?!\d)")
_WORD = re.compile(r"[^\W_]+\+?")


@dataclass(frozen=True)
class Named:
    """What somebody's words name."""

    unit: str | None = None
    elements: frozenset[Element] = frozenset()
    version: str | None = None
    place: str | None = None
    unknown_place: bool = False

    @property
    def empty(self) -> bool:
        """Whether no tool is named at all."""
        return self.unit is None and not self.elements


def plain(text: str) -> str:
    """Return text as it is compared: lower case, without accents, single spaces."""
    text = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\s_‐-―-]+", " ", text).split())


class Reader:
    """Reads names with one library's terms and places. It knows no tool, only what is said."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def address(self, text: str) -> Named | None:
        """Return what an address of a deed or legal code names; None if it is none."""
        address = unquote(text)
        if (page := _SPDX_PAGE.search(address)) is not None:
            return self._spdx.get(page[1].casefold())
        if (path := _PATH.search(address)) is None:
            return None
        unit, version, place = path[1].lower(), path[2], path[3]
        if unit == "publicdomain":  # where the certification stood before it had an address
            return Named(unit="certification", version="1.0", place="us")
        if place is not None and not self._is_place(place):
            # deed, legalcode, or a language: not a place.
            place = None
        elements = _elements(unit)
        known = unit in self._units
        return Named(
            unit=unit if known and not elements else None,
            elements=elements,
            version=_two_digits(version) if version else None,
            place=place.lower() if place else None,
        )

    def words(self, words: str) -> Named:
        """Return what words, already plain, name."""
        version, before, after = _version(words)
        place = self._place(before, after)
        unknown_place = bool(
            version and not place and re.fullmatch(r"[a-z]{2}", after) and after not in _LANGUAGES
        )
        for unit, named in self._units_by_phrase:
            if named.search(words):
                return Named(unit=unit, version=version, place=place, unknown_place=unknown_place)
        elements = frozenset(self.elements(words))
        if elements == {Element.BY} and self._says_more(before, after):
            elements = frozenset()  # "photo by Ana" names no license
        return Named(
            elements=elements,
            version=version,
            place=place,
            unknown_place=unknown_place,
        )

    def has_strange_part(self, text: str) -> bool:
        """Say whether a chain such as `BY-NC-XX` has a part that no license has."""
        known = self._license_words | self._codes | _LANGUAGES | {"later", "only"}
        for chain in re.findall(r"[a-z]+(?:-[a-z]+)+", text.casefold()):
            parts = set(chain.split("-"))
            if parts & {"by", "nc", "nd", "sa"} and not parts <= known:
                return True
        return False

    @cached_property
    def _license_words(self) -> frozenset[str]:
        terms = self._library.terms
        phrases = list(self._phrases)
        phrases += [plain(name) for names in terms.units.values() for name in names]
        words = {word for phrase in phrases for word in phrase.split()}
        return frozenset(words | set(terms.neutral) | set(terms.joined))

    def _says_more(self, before: str, after: str) -> bool:
        """Say whether the word "by" stands among words that have nothing to do with licenses."""
        words = f"{before} {after}"
        if re.search(r"\bcc\b|creative commons|licen[cs]|attribution", words):
            return False
        words = self._place_names.sub(" ", words)
        known = self._license_words | self._codes | _LANGUAGES
        return any(word not in known for word in re.findall(r"[^\W\d_]+", words))

    def elements(self, words: str) -> frozenset[Element]:
        """Return the parts of a license's name that words, already plain, have in them."""
        found: set[Element] = set()
        for joined in self._joined.finditer(words):
            found.update(self._library.terms.joined[joined[1]])
        found.update(self._phrases[phrase[0]] for phrase in self._phrase.finditer(words))
        return frozenset(found)

    def several(self, words: str) -> list[str]:
        """Return the names in words that name more than one license; empty if they name one."""
        chains = [match[0] for match in _CHAIN.finditer(words)]
        parts = {frozenset(re.findall("nc|nd|sa", chain)) for chain in chains}
        versions = re.findall(r"(?<![\d.])\d\.\d(?![\d.])", words)
        if len(parts) > 1:
            return list(dict.fromkeys(chains))
        if len(set(versions)) > 1:
            start = chains[0] if chains else words.split(versions[0], maxsplit=1)[0]
            bare = re.sub(r"\d.*", "", start).strip()
            return [f"{bare} {version}" for version in dict.fromkeys(versions)]
        return []

    def _place(self, before: str, after: str) -> str | None:
        """Return the code of a place: right behind the version, or named anywhere in full."""
        unclear = self._library.terms.ambiguous_places
        behind = after.split()
        if behind and self._is_place(behind[0]) and (len(behind) == 1 or behind[0] not in unclear):
            return behind[0]
        ahead = before.split()[-1:]
        if ahead and self._is_place(ahead[0]):
            alone = set(f"{before} {after}".split()) <= self._license_words | self._codes
            if alone or ahead[0] not in unclear:
                return ahead[0]
        around = f"{before} {after}"
        named = self._place_names.search(around)
        return self.places[named[0]] if named is not None else None

    def _is_place(self, code: str) -> bool:
        return code.lower() in self._codes

    @cached_property
    def _spdx(self) -> Mapping[str, Named]:
        return {
            tool.spdx.casefold(): Named(
                None if tool.elements else tool.unit,
                tool.elements,
                tool.version,
                tool.jurisdiction or None,
            )
            for tool in self._library.tools
            if tool.spdx
        }

    @cached_property
    def _units(self) -> frozenset[str]:
        return frozenset(tool.unit for tool in self._library.tools)

    @cached_property
    def _units_by_phrase(self) -> list[tuple[str, re.Pattern[str]]]:
        """Units that are named whole, in the file's order: `nc sampling+` before `sampling`."""
        units = self._library.terms.units
        return [(unit, any_of(map(plain, names))) for unit, names in units.items()]

    @cached_property
    def _phrases(self) -> dict[str, Element]:
        return {
            plain(phrase): element
            for element, phrases in self._library.terms.elements.items()
            for phrase in phrases
        }

    @cached_property
    def _phrase(self) -> re.Pattern[str]:
        return any_of(self._phrases)

    @cached_property
    def _joined(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_])(?:cc)?({'|'.join(self._library.terms.joined)})(?![^\W_])")

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(tool.jurisdiction for tool in self._library.tools) - {""}

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Codes of places by their names."""
        names = {
            plain(name): code
            for code in sorted(self._codes)
            for language in ("en", "fr", "de", "es")
            if (name := Locale(language).territories.get(code.upper()))
        }
        for code, more in self._library.terms.places.items():
            names.update({plain(name): code for name in more})
        return names

    @cached_property
    def _place_names(self) -> re.Pattern[str]:
        return any_of(self.places)


_LANGUAGES = frozenset({"en", "or", "to", "on", "if", "so", "as", "is", "an", "we", "do"})
"""Two letters behind a version that are a language or a word, and no place that is missing."""


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some phrases as whole words, the longest where several fit."""
    longest_first = sorted(phrases, key=lambda phrase: -len(phrase))
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")


def _elements(unit: str) -> frozenset[Element]:
    parts = unit.split("-")
    known = {element.value for element in Element}
    return frozenset(map(Element, parts)) if set(parts) <= known else frozenset()


def _two_digits(version: str) -> str:
    whole, _, part = version.partition(".")
    return f"{int(whole)}.{int(part or 0)}"


def _version(words: str) -> tuple[str | None, str, str]:
    """Return the version in some words, and what stands before and behind it."""
    bare = re.sub(r"\b(?:cc|spdx)[ -]?0\b", lambda m: " " * len(m[0]), words)
    match = _VERSION.search(bare)
    if match is None:
        return None, words, ""
    version = f"{int(match[1])}.{int(match[2] or 0)}"
    return version, words[: match.start()].strip(), words[match.end() :].strip()
