"""What the license tools are made of: tools, rules with their sources, facts that state them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path

HOST = "https://creativecommons.org"
CURRENT = "4.0"
"""The version that Creative Commons recommends."""

_IDENTIFIERS = {"zero": "CC0", "mark": "PDM", "certification": "CERTIFICATION"}


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file: where, and what to do."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class LicensingFaults(Exception):
    """The facts of the license tools cannot be used: everything that is wrong with them."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class Element(StrEnum):
    """The parts that a license's name is made of."""

    BY = "by"
    NC = "nc"
    ND = "nd"
    SA = "sa"


class Verdict(StrEnum):
    """Yes, no, or an honest not sure."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Source:
    """A page that supports a rule, with its anchor where it has one."""

    url: str
    title: str
    read: date


@dataclass(frozen=True)
class Rule:
    """One thing the tools state. Its sentence stands in the catalogs as `license.rule.<id>`."""

    id: str
    sources: tuple[Source, ...]
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A rule, said of something: `values` fill the blanks of its sentence."""

    rule: Rule
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id


@dataclass(frozen=True)
class Tool:
    """One of the legal tools: a license, a dedication or a mark, in one version, for one place.

    Args:
        category: `licenses` or `publicdomain`.
        unit: what it is, as it stands in its address: `by-nc-sa`, `zero`, `sampling+`.
        version: such as `4.0`.
        jurisdiction: the code of the place it was ported to; "" for none.
        spdx: its SPDX id; "" for most ports.
        title: its title, in its own language.
        language: the language of its legal code, as it stands in the address of that.
        family: the kind of tool that the charts speak of; None outside the charts.
    """

    category: str
    unit: str
    version: str
    jurisdiction: str
    spdx: str
    title: str
    language: str
    family: str | None

    @cached_property
    def url(self) -> str:
        """The canonical address, which is the deed."""
        place = f"{self.jurisdiction}/" if self.jurisdiction else ""
        return f"{HOST}/{self.category}/{self.unit}/{self.version}/{place}"

    @property
    def legal_code(self) -> str | None:
        """The address of the legal code; None for the two that have only a deed."""
        if self.unit in ("mark", "certification"):
            return None
        return f"{self.url}legalcode.{self.language}"

    @cached_property
    def identifier(self) -> str:
        """The name people use: `CC BY-NC-SA 3.0 DE`, `CC0 1.0`."""
        name = _IDENTIFIERS.get(self.unit, f"CC {self.unit.upper()}")
        return " ".join(part for part in (name, self.version, self.jurisdiction.upper()) if part)

    @cached_property
    def id(self) -> str:
        """A short name fit for a custom id: letters, digits, `.` and `-`."""
        unit = self.unit.replace("+", "-plus")
        return "-".join(part for part in (unit, self.version, self.jurisdiction) if part)

    @cached_property
    def elements(self) -> frozenset[Element]:
        """The parts of a license's name; empty for what is not made of them."""
        if self.category != "licenses" or "sampling" in self.unit or self.unit == "devnations":
            return frozenset()
        return frozenset(Element(part) for part in self.unit.split("-"))

    @property
    def number(self) -> float:
        """The version as a number, to compare."""
        return float(self.version)

    @property
    def public_domain(self) -> bool:
        """Whether it is a public domain tool, not a license."""
        return self.category == "publicdomain"

    @property
    def ported(self) -> bool:
        """Whether it is a port of a license to a place."""
        return bool(self.jurisdiction) and not self.public_domain

    @property
    def retired(self) -> bool:
        """Whether it is no longer offered: licenses without BY, Sampling, DevNations and others."""
        return self.family is None or self.unit == "certification"

    @property
    def older(self) -> bool:
        """Whether a newer version of this very license exists."""
        return not self.public_domain and not self.retired and self.version != CURRENT

    def has(self, element: Element) -> bool:
        """Say whether its name has this part."""
        return element in self.elements

    def __str__(self) -> str:
        return self.identifier
