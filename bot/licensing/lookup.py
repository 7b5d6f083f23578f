"""Finds the tool somebody means: from an id, an SPDX id, an address, or their own words.

What does not exist is never corrected silently: the outcome names the nearest real tools and why
(`CC BY-ND-SA 9.0`: no license has both ND and SA, and there is no version 9.0).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bot.licensing.library import Library
from bot.licensing.model import CURRENT, Element, Tool
from bot.licensing.naming import LONGEST, Named, Reader, any_of, plain

MOST_NEAR = 5


class Why(StrEnum):
    """Why what was named is not a tool, or not one for certain; a key's last part."""

    VERSION_ASSUMED = "version_assumed"
    VERSION_UNKNOWN = "version_unknown"
    VERSION_ONLY_PORTS = "version_only_ports"
    VERSION_ONE = "version_one"
    PORT_UNKNOWN = "port_unknown"
    NO_PORTS_OF_4 = "no_ports_of_4"
    BOTH_ND_AND_SA = "both_nd_and_sa"
    COMBINATION_UNKNOWN = "combination_unknown"
    BY_ADDED = "by_added"
    PUBLIC_DOMAIN = "public_domain"
    TITLE_SHARED = "title_shared"
    SEVERAL = "several"
    NOT_CC = "not_cc"
    NOTHING = "nothing"


class Outside(StrEnum):
    """Licenses outside the list that CC names as compatible with one in it."""

    GPL_3 = "GPL-3.0"
    FAL_1_3 = "FAL-1.3"


@dataclass(frozen=True)
class Found:
    """One tool is meant. `assumed` says what was not in the words; `others` may be meant too."""

    tool: Tool
    assumed: tuple[Why, ...] = ()
    others: tuple[Tool, ...] = ()


@dataclass(frozen=True)
class Nearest:
    """No tool is that. `tools` are the nearest real ones, best first; `why` says what is wrong."""

    tools: tuple[Tool, ...]
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Elsewhere:
    """A license outside the list, which matters to a remix only."""

    license: Outside


Outcome = Found | Nearest | Elsewhere


class Lookup:
    """Looks tools up in one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._reader = Reader(library)

    def find(self, text: str) -> Outcome:
        """Return the tool that `text` means, or the nearest ones. Never raises; bounded work."""
        text = text[:LONGEST].strip()
        if (tool := self._exact.get(plain(text))) is not None:
            return Found(tool)
        if (named := self._reader.address(text)) is not None:
            return self.resolve(named)
        titled = self._titles.get(plain(text), ())
        if len(titled) == 1:
            return Found(titled[0])
        if titled:
            return Nearest(titled[:MOST_NEAR], (Why.TITLE_SHARED,))
        return self._in_words(text)

    def resolve(self, named: Named) -> Found | Nearest:
        """Return the tool that is named, or the nearest ones and why."""
        if Element.ND in named.elements and Element.SA in named.elements:
            version = () if self._version_exists(named) else (Why.VERSION_UNKNOWN,)
            return Nearest(self._without_one(named), (Why.BOTH_ND_AND_SA, *version))
        same = self._same_kind(named)
        if not same:
            why = Why.NOTHING if named.empty else Why.COMBINATION_UNKNOWN
            return Nearest(self._best(named), (why,))
        if named.version is None:
            return self._any_version(named, same)
        exact = [tool for tool in same if tool.version == named.version]
        for tool in exact:
            if tool.jurisdiction == (named.place or "") and not named.unknown_place:
                return Found(tool)
        if len(exact) == 1 and exact[0].public_domain and not named.unknown_place:
            return Found(exact[0])  # "CC0 1.0 US" says no more than "CC0 1.0"
        ports = tuple(exact) if not named.place and not named.unknown_place else ()
        near = tuple(dict.fromkeys((*ports, *self._best(named))))[:MOST_NEAR]
        return Nearest(near, self._why_not(named, exact))

    def complete(self, typed: str, *, limit: int) -> list[Tool]:
        """Return tools that go with what was typed so far, best first: current ones lead."""
        wanted = plain(typed)
        if not wanted:
            return self._by_use[:limit]
        if (tool := self._exact.get(wanted)) is not None:
            first = [tool]
        else:
            outcome = self.find(typed)
            first = [outcome.tool, *outcome.others] if isinstance(outcome, Found) else []
        words = wanted.split()
        rest = [
            tool
            for tool in self._by_use
            if tool not in first and all(word in self._searched[tool.id] for word in words)
        ]
        found = (first + rest)[:limit]
        if not found and isinstance(outcome := self.find(typed), Nearest):
            found = list(outcome.tools[:limit])
        return found

    def _in_words(self, text: str) -> Outcome:
        words = plain(text.replace("+", " plus ") if "sampling" in text.casefold() else text)
        for license_id, named_so in self._outside:
            if named_so.search(words):
                return Elsewhere(license_id)
        words = re.sub(r"(?<=[a-z])(?=\d)", " ", words)
        named = self._reader.words(words)
        if several := self._several(named, words):
            return Nearest(several[:MOST_NEAR], (Why.SEVERAL,))
        if self._reader.has_strange_part(text):
            return Nearest(self._best(named), (Why.COMBINATION_UNKNOWN,))
        if named.empty and self._either.search(words):
            both = [self._library.find(unit, "1.0") for unit in ("mark", "zero")]
            return Nearest(tuple(t for t in both if t is not None), (Why.PUBLIC_DOMAIN,))
        if named.empty and self._others.search(words):
            return Nearest((), (Why.NOT_CC,))
        return self.resolve(named)

    def _several(self, named: Named, words: str) -> tuple[Tool, ...]:
        """Return the tools that are named, if it is more than one."""
        letters = self._reader.elements(words) - {Element.BY}
        if named.unit in ("zero", "mark") and letters:
            licenses = self._best(replace(named, unit=None, elements=letters | {Element.BY}))
            return (*self._best(named), *licenses)
        each = [self.resolve(self._reader.words(name)) for name in self._reader.several(words)]
        tools = [
            tool
            for outcome in each
            for tool in ((outcome.tool,) if isinstance(outcome, Found) else outcome.tools[:1])
        ]
        return tuple(dict.fromkeys(tools))

    def _same_kind(self, named: Named) -> list[Tool]:
        if named.unit is not None:
            return [tool for tool in self._library.tools if tool.unit == named.unit]
        if named.empty:
            return []
        return [tool for tool in self._library.tools if tool.elements == named.elements]

    def _any_version(self, named: Named, same: list[Tool]) -> Found | Nearest:
        """Take the newest version where none is named, and say so."""
        place = named.place or ""
        here = [tool for tool in same if tool.jurisdiction == place]
        if named.unknown_place or not here:
            if same[0].public_domain:
                return Found(same[0])
            return Nearest(self._best(replace(named, version=CURRENT)), (Why.PORT_UNKNOWN,))
        here.sort(key=lambda tool: -tool.number)
        if len({tool.version for tool in same}) == 1:
            return Found(here[0])
        return Found(here[0], (Why.VERSION_ASSUMED,), tuple(here[1:]))

    def _why_not(self, named: Named, exact: list[Tool]) -> tuple[Why, ...]:
        if not exact and named.elements and Element.BY not in named.elements:
            return (Why.BY_ADDED,)
        if not exact:
            public_domain = named.unit in ("zero", "mark", "certification")
            return (Why.VERSION_ONE if public_domain else Why.VERSION_UNKNOWN,)
        if not named.place and not named.unknown_place:
            return (Why.VERSION_ONLY_PORTS,)
        if named.version == CURRENT:
            return (Why.NO_PORTS_OF_4,)
        return (Why.PORT_UNKNOWN,)

    def _version_exists(self, named: Named) -> bool:
        return named.version is None or any(t.version == named.version for t in self._library.tools)

    def _without_one(self, named: Named) -> tuple[Tool, ...]:
        """Return what is nearest without ND and without SA, which never stand together."""
        kept = [
            replace(named, elements=named.elements - {element} | {Element.BY})
            for element in (Element.ND, Element.SA)
        ]
        near = [self._best(one) for one in kept]
        return tuple(dict.fromkeys(tool for pair in zip(*near, strict=False) for tool in pair))[
            :MOST_NEAR
        ]

    def _best(self, named: Named) -> tuple[Tool, ...]:
        """Return the nearest tools: same parts first, then version, then place."""
        if named.empty:
            return tuple(tool for tool in self._by_use[:MOST_NEAR])
        near = sorted(self._by_use, key=lambda tool: _distance(named, tool))
        same = [tool for tool in near if _apart(named, tool) == _apart(named, near[0])]
        if Element.BY not in named.elements and named.unit is None:
            with_by = replace(named, elements=named.elements | {Element.BY})
            same = [tool for tool in self._best(with_by) if not tool.retired] + same
        return tuple(dict.fromkeys(same))[:MOST_NEAR]

    @cached_property
    def _outside(self) -> list[tuple[Outside, re.Pattern[str]]]:
        outside = self._library.terms.outside
        return [(Outside(name), any_of(phrases)) for name, phrases in outside.items()]

    @cached_property
    def _either(self) -> re.Pattern[str]:
        return any_of(self._library.terms.either_public_domain)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        return any_of(self._library.terms.others)

    @cached_property
    def _exact(self) -> Mapping[str, Tool]:
        """Tools by id, identifier, SPDX id and address, as compared."""
        known: dict[str, Tool] = {}
        for tool in self._library.tools:
            for name in (tool.identifier, tool.spdx, tool.id, tool.url, tool.url[:-1]):
                if name:
                    known.setdefault(plain(name), tool)
        return known

    @cached_property
    def _titles(self) -> Mapping[str, tuple[Tool, ...]]:
        titles: dict[str, tuple[Tool, ...]] = {}
        for tool in self._library.tools:
            titles[plain(tool.title)] = (*titles.get(plain(tool.title), ()), tool)
        return titles

    @cached_property
    def _by_use(self) -> list[Tool]:
        """Every tool, those that people meet most first: current, then newer, then ports."""
        return sorted(
            self._library.tools,
            key=lambda tool: (tool.retired, tool.older, tool.ported, -tool.number, tool.unit),
        )

    @cached_property
    def _searched(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for name, code in self._reader.places.items():
            names[code] = f"{names.get(code, '')} {name}"
        return {
            tool.id: plain(
                f"{tool.identifier} {tool.title} {tool.spdx} {tool.unit} "
                f"{names.get(tool.jurisdiction, '')}"
            )
            for tool in self._library.tools
        }


def _apart(named: Named, tool: Tool) -> int:
    """Return how many parts of the name differ."""
    if named.unit is not None:
        return 0 if tool.unit == named.unit else 10
    return len(named.elements ^ tool.elements) if tool.elements else 10


def _distance(named: Named, tool: Tool) -> tuple[float, ...]:
    version = float(named.version) if named.version is not None else float(CURRENT)
    other_place = tool.jurisdiction != (named.place or "")
    away = 0.6 if other_place and not tool.jurisdiction else 3.0 * other_place
    return (_apart(named, tool), abs(tool.number - version) + away, -tool.number)
