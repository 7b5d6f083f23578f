"""What a tool says, aspect by aspect: the same facts make up an explanation and a comparison."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.licensing.library import Library
from bot.licensing.model import CURRENT, Element, Fact, Tool


class Heading(StrEnum):
    """Where a trait stands in an explanation; a key's last part."""

    PERMITS = "permits"
    REQUIRES = "requires"
    FORBIDS = "forbids"
    NOTES = "notes"


class Aspect(StrEnum):
    """What two tools can be compared by; a key's last part."""

    NATURE = "nature"
    COMMERCIAL = "commercial"
    ADAPT = "adapt"
    SHARE_ALIKE = "share_alike"
    CREDIT = "credit"
    CHANGES = "changes"
    CREDIT_REMOVAL = "credit_removal"
    FORMAT = "format"
    RESTRICTIONS = "restrictions"
    ENDORSEMENT = "endorsement"
    CURE = "cure"
    DATABASE = "database"
    PERSONALITY = "personality"
    REVOCABLE = "revocable"
    SCOPE = "scope"
    TRANSLATIONS = "translations"
    PEOPLE = "people"
    EXCEPTIONS = "exceptions"


@dataclass(frozen=True)
class Trait:
    """One thing a tool says. `quiet` ones matter to a comparison and not to an explanation."""

    aspect: Aspect
    heading: Heading
    fact: Fact
    quiet: bool = False


@dataclass(frozen=True)
class Explanation:
    """A tool in plain facts. `standing` says how current it is: retired, older, ported."""

    tool: Tool
    standing: tuple[Fact, ...]
    traits: tuple[Trait, ...]
    newer: Tool | None

    def under(self, heading: Heading) -> tuple[Fact, ...]:
        """Return the facts under one heading."""
        return tuple(t.fact for t in self.traits if t.heading is heading and not t.quiet)


@dataclass(frozen=True)
class Line:
    """One aspect of two tools; None where a tool says nothing about it."""

    aspect: Aspect
    one: Trait | None
    other: Trait | None

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        if self.one is None or self.other is None:
            return self.one is self.other
        return self.one.fact == self.other.fact


@dataclass(frozen=True)
class Comparison:
    """Two tools side by side, what differs first."""

    one: Explanation
    other: Explanation
    lines: tuple[Line, ...]

    @property
    def differences(self) -> tuple[Line, ...]:
        """The lines that differ."""
        return tuple(line for line in self.lines if not line.same)

    @property
    def shared(self) -> tuple[Line, ...]:
        """The lines that are the same."""
        return tuple(line for line in self.lines if line.same)


def explain(library: Library, tool: Tool) -> Explanation:
    """Return what a tool permits, requires and forbids, and how current it is."""
    return Explanation(
        tool, tuple(_standing(library, tool)), tuple(_traits(library, tool)), newer(library, tool)
    )


def compare(library: Library, one: Tool, other: Tool) -> Comparison:
    """Return what two tools say, line by line."""
    left, right = explain(library, one), explain(library, other)
    of_left = {trait.aspect: trait for trait in left.traits}
    of_right = {trait.aspect: trait for trait in right.traits}
    lines = [
        Line(aspect, of_left.get(aspect), of_right.get(aspect))
        for aspect in Aspect
        if aspect in of_left or aspect in of_right
    ]
    return Comparison(left, right, tuple(sorted(lines, key=lambda line: line.same)))


def newer(library: Library, tool: Tool) -> Tool | None:
    """Return the current version of the same license; None if there is none, or it is that."""
    if not tool.older:
        return None
    unit = "by-nc-nd" if tool.unit == "by-nd-nc" else tool.unit
    return library.find(unit, CURRENT)


def _standing(library: Library, tool: Tool) -> Iterator[Fact]:
    if tool.retired:
        yield library.fact("status-retired")
    elif tool.public_domain:
        yield library.fact("status-current-tool")
    elif tool.older:
        current = newer(library, tool)
        yield library.fact("status-older", newer=str(current))
    else:
        yield library.fact("status-current")
    if tool.ported:
        yield library.fact("status-port")


_WHOLE = {
    "zero": "waiver",
    "mark": "label",
    "certification": "certification",
    "sampling": "sampling",
    "sampling+": "sampling-plus",
    "nc-sampling+": "nc-sampling-plus",
    "devnations": "devnations",
}
"""Tools whose terms are one statement of their own."""


def _traits(library: Library, tool: Tool) -> Iterator[Trait]:
    if tool.unit in _WHOLE:
        yield from _whole(library, tool)
    elif not tool.has(Element.BY):
        yield from _without_by(library, tool)
    else:
        yield from _license(library, tool)
    yield Trait(Aspect.PEOPLE, Heading.NOTES, library.fact("people-not-cleared"))


def _whole(library: Library, tool: Tool) -> Iterator[Trait]:
    nature = library.fact(_WHOLE[tool.unit])
    yield Trait(Aspect.NATURE, Heading.PERMITS if tool.public_domain else Heading.NOTES, nature)
    if tool.unit == "zero":
        yield Trait(Aspect.CREDIT, Heading.REQUIRES, library.fact("credit-none"))
        official = library.fact("translations-official")
        yield Trait(Aspect.TRANSLATIONS, Heading.NOTES, official, quiet=True)
    elif tool.unit == "mark":
        yield Trait(Aspect.CREDIT, Heading.REQUIRES, library.fact("credit-none-mark"))


def _without_by(library: Library, tool: Tool) -> Iterator[Trait]:
    """The licenses without BY: what their names say; the desk has no reviewed reading of more."""
    fact = library.fact
    yield Trait(Aspect.NATURE, Heading.NOTES, fact("no-by"))
    if tool.has(Element.NC):
        yield Trait(Aspect.COMMERCIAL, Heading.FORBIDS, fact("commercial-no-retired"))
    else:
        yield Trait(Aspect.COMMERCIAL, Heading.PERMITS, fact("commercial-yes-retired"))
    if tool.has(Element.ND):
        yield Trait(Aspect.ADAPT, Heading.FORBIDS, fact("adapt-no-retired"))
    if tool.has(Element.SA):
        yield Trait(Aspect.SHARE_ALIKE, Heading.REQUIRES, fact("share-alike-retired"))


def _license(library: Library, tool: Tool) -> Iterator[Trait]:
    """The six licenses in every version, condition by condition."""
    fact: Callable[[str], Fact] = library.fact
    four = tool.version == CURRENT
    if tool.has(Element.NC):
        yield Trait(Aspect.COMMERCIAL, Heading.FORBIDS, fact("commercial-no"))
    else:
        yield Trait(Aspect.COMMERCIAL, Heading.PERMITS, fact("commercial-yes"))
    if not tool.has(Element.ND):
        yield Trait(Aspect.ADAPT, Heading.PERMITS, fact("adapt-yes"))
    else:
        rule = "adapt-not-shared" if four else "adapt-never"
        yield Trait(Aspect.ADAPT, Heading.FORBIDS, fact(rule))
    yield Trait(Aspect.FORMAT, Heading.PERMITS, fact("format-any"))
    yield Trait(
        Aspect.CREDIT,
        Heading.REQUIRES,
        fact("credit-4" if four else "credit-1" if tool.version == "1.0" else "credit-2"),
    )
    if four or not tool.has(Element.ND):
        rule = "changes-4" if four else "changes-old"
        yield Trait(Aspect.CHANGES, Heading.REQUIRES, fact(rule))
    if tool.has(Element.SA):
        yield Trait(Aspect.SHARE_ALIKE, Heading.REQUIRES, fact(share_alike_rule(tool)))
    elif not tool.has(Element.ND):
        yield Trait(Aspect.SHARE_ALIKE, Heading.NOTES, fact("share-alike-none"), quiet=True)
    rule = "credit-removal-4" if four else "credit-removal-old"
    yield Trait(Aspect.CREDIT_REMOVAL, Heading.REQUIRES, fact(rule))
    yield Trait(Aspect.RESTRICTIONS, Heading.FORBIDS, fact("no-restrictions"))
    yield _endorsement(library, tool)
    yield Trait(Aspect.CURE, Heading.NOTES, fact("cure-30" if four else "cure-none"))
    yield Trait(Aspect.DATABASE, Heading.NOTES, fact(_database_rule(tool)))
    rule = "personality-4" if four else "personality-old"
    yield Trait(Aspect.PERSONALITY, Heading.NOTES, fact(rule))
    yield Trait(Aspect.REVOCABLE, Heading.NOTES, fact("irrevocable"))
    rule = "scope-port" if tool.ported else "scope-international"
    yield Trait(Aspect.SCOPE, Heading.NOTES, fact(rule), quiet=not tool.ported)
    rule = "translations-official" if four else "translations-none"
    yield Trait(Aspect.TRANSLATIONS, Heading.NOTES, fact(rule), quiet=True)
    yield Trait(Aspect.EXCEPTIONS, Heading.NOTES, fact("exceptions-first"))


def share_alike_rule(tool: Tool) -> str:
    """Return the rule for what an adaptation of a ShareAlike work must carry."""
    if tool.version == "1.0":
        return "share-alike-1"
    nc = "-nc" if tool.has(Element.NC) else ""
    if tool.version == CURRENT:
        return f"share-alike-4{nc}"
    return f"share-alike-3{nc}" if tool.version == "3.0" else "share-alike-2"


def _endorsement(library: Library, tool: Tool) -> Trait:
    """The clause came with version 3.0; before, only the law outside the license speaks."""
    rules = {CURRENT: "no-endorsement", "3.0": "no-endorsement-3"}
    if tool.version not in rules:
        return Trait(Aspect.ENDORSEMENT, Heading.NOTES, library.fact("no-endorsement-old"))
    return Trait(Aspect.ENDORSEMENT, Heading.FORBIDS, library.fact(rules[tool.version]))


def _database_rule(tool: Tool) -> str:
    if tool.version == CURRENT:
        return "database-4"
    return "database-3" if tool.version == "3.0" else "database-old"
