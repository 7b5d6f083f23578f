"""Loads and checks `config/licensing/`: the tools, the charts, the rules, and people's terms."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot import yamlfile
from bot.licensing.model import Fact, Fault, LicensingFaults, Rule, Tool
from bot.licensing.schema import ChartsFile, RulesFile, TermsFile

COLUMNS = ("category", "unit", "version", "jurisdiction", "spdx", "language", "title")
_UNIT = re.compile(r"[a-z]+(-[a-z]+)*\+?")
_PLACE = re.compile(r"|[a-z]{2,8}")
_VERSION = re.compile(r"\d\.\d")

ShapeT = TypeVar("ShapeT", bound=BaseModel)


@dataclass(frozen=True)
class Library:
    """Everything that `config/licensing/` says; never changed after loading."""

    tools: tuple[Tool, ...]
    charts: ChartsFile
    terms: TermsFile
    rules: Mapping[str, Rule]

    @classmethod
    def load(cls, directory: Path) -> "Library":
        """Read and check a directory.

        Raises:
            LicensingFaults: something is wrong; every fault with file, line and what to do.
        """
        faults: list[Fault] = []
        charts = _read(directory / "charts.yaml", ChartsFile, faults)
        terms = _read(directory / "terms.yaml", TermsFile, faults)
        rules = _read(directory / "rules.yaml", RulesFile, faults)
        tools: list[Tool] = []
        if charts is not None:
            tools = list(_tools(directory / "tools.csv", charts, faults))
        if faults or charts is None or terms is None or rules is None:
            raise LicensingFaults(tuple(faults))
        return cls(tuple(tools), charts, terms, rules.by_id())

    @cached_property
    def by_id(self) -> Mapping[str, Tool]:
        """Tools by the id that custom ids carry."""
        return {tool.id: tool for tool in self.tools}

    def find(self, unit: str, version: str, jurisdiction: str = "") -> Tool | None:
        """Return one tool by what it is; None if there is none."""
        return self._by_parts.get((unit, version, jurisdiction))

    def fact(self, rule_id: str, **values: str) -> Fact:
        """Return a rule as a fact.

        Raises:
            KeyError: there is no such rule (a test asks for every one that the code names).
        """
        return Fact(self.rules[rule_id], values)

    @cached_property
    def _by_parts(self) -> Mapping[tuple[str, str, str], Tool]:
        return {(tool.unit, tool.version, tool.jurisdiction): tool for tool in self.tools}


def _read(file: Path, shape: type[ShapeT], faults: list[Fault]) -> ShapeT | None:
    try:
        document = yamlfile.load(file)
        try:
            return shape.model_validate(document.data)
        except ValidationError as error:
            found = document.faults(file, error)
    except yamlfile.YamlFault as fault:
        found = (fault,)
    faults.extend(Fault(one.file, one.line, one.message) for one in found)
    return None


def _tools(file: Path, charts: ChartsFile, faults: list[Fault]) -> Iterator[Tool]:
    """Yield the tools of a table; lines that begin with # are notes."""
    family_of = charts.family_of()
    seen: dict[str, int] = {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(file, 1, f"cannot be read as UTF-8 text ({type(error).__name__})"))
        return
    head: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        cells = next(csv.reader([line]))
        if head is None:
            head = cells
            if tuple(head) != COLUMNS:
                faults.append(Fault(file, number, f"the columns must be {', '.join(COLUMNS)}"))
                return
            continue
        if len(cells) != len(COLUMNS):
            faults.append(Fault(file, number, f"has {len(cells)} columns, not {len(COLUMNS)}"))
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        if wrong := _wrong(row):
            faults.append(Fault(file, number, wrong))
            continue
        tool = Tool(**row, family=family_of.get(row["unit"]))
        if tool.id in seen:
            message = f"{tool.identifier} stands here a second time (first on line {seen[tool.id]})"
            faults.append(Fault(file, number, f"{message}; keep one"))
            continue
        seen[tool.id] = number
        yield tool
    if not seen:
        faults.append(Fault(file, 1, "has no tools"))


_CHECKS: tuple[tuple[str, Callable[[str], object], str], ...] = (
    ("category", ("licenses", "publicdomain").__contains__, "must be licenses or publicdomain"),
    ("unit", _UNIT.fullmatch, "is not a unit, such as by-nc-sa"),
    ("version", _VERSION.fullmatch, "is not a version, such as 4.0"),
    ("jurisdiction", _PLACE.fullmatch, "is not a code, such as de"),
    ("title", str.strip, "must not be empty"),
    ("language", str.strip, "must not be empty"),
)


def _wrong(row: Mapping[str, str]) -> str | None:
    """Say what is wrong with a row; None if nothing is."""
    for column, fine, problem in _CHECKS:
        if not fine(row[column]):
            return f"{column} `{row[column]}` {problem}"
    if row["category"] == "licenses" and not _is_known(row["unit"]):
        return f"unit `{row['unit']}` is made of parts that are not known"
    return None


def _is_known(unit: str) -> bool:
    known = {"by", "nc", "nd", "sa"}
    return "sampling" in unit or unit == "devnations" or set(unit.split("-")) <= known
