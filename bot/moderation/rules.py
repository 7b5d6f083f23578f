"""The rules: config/moderation.yaml, read and checked whole, and taken up anew when edited."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import re2
from pydantic import BaseModel, ValidationError

from bot import yamlfile
from bot.moderation.model import Mode, Rule
from bot.moderation.settings import (
    SHAPES,
    CheckSettings,
    Patterns,
    RuleSettings,
    Words,
)
from bot.yamlfile import YamlFault

MOST_RULES = 100
MOST_CHECKS = 2_000
_PATTERN_MEMORY = 1 << 20
_PATTERN_SIZE = 600

T = TypeVar("T", bound=BaseModel)


@dataclass
class RuleFaults(Exception):
    """The rules cannot be used: everything that is wrong with the file."""

    faults: tuple[YamlFault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


@dataclass(frozen=True)
class Ruleset:
    """The rules, and the checks that are not off, in the order of the file."""

    rules: tuple[Rule, ...] = ()
    checks: tuple[CheckSettings, ...] = ()
    _by_id: dict[str, Rule] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._by_id.update({rule.id: rule for rule in self.rules})

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by its id; None if there is none (any more)."""
        return self._by_id.get(rule_id)

    def check(self, check_id: str) -> CheckSettings | None:
        """Return a check by its id; None if there is none, or it is off."""
        return next((one for one in self.checks if one.id == check_id), None)


def load(file: Path) -> Ruleset:
    """Read the rules and checks of a file, with the word lists beside it.

    Raises:
        RuleFaults: something is wrong; every fault with file, line and what to do.
    """
    try:
        document = yamlfile.load(file)
    except YamlFault as fault:
        raise RuleFaults((fault,)) from None
    reading = _Reading(file, document)
    rules, checks = reading.rules(), reading.checks()
    if reading.faults:
        raise RuleFaults(tuple(sorted(reading.faults, key=lambda one: (str(one.file), one.line))))
    return Ruleset(rules, tuple(one for one in checks if one.mode is not Mode.OFF))


def files_of(file: Path) -> list[Path]:
    """Return every file whose edits matter: the rules and the word lists."""
    return [file, *sorted(file.with_suffix("").glob("*.txt"))]


class _Reading:
    def __init__(self, file: Path, document: yamlfile.Document) -> None:
        self._file = file
        self._document = document
        self.faults: list[YamlFault] = []
        data = document.data or {}
        if not isinstance(data, dict):
            self._fault((), "must have `rules:` and `checks:`")
            data = {}
        for key in data:
            if key not in ("rules", "checks"):
                self._fault((key,), f"there is no `{key}` here; there are rules and checks")
        self._data = data
        self._ids: set[str] = set()

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that can be read."""
        made: dict[str, Rule] = {}
        for place, raw in self._list("rules", MOST_RULES):
            one = self._shaped(("rules", place), RuleSettings, raw)
            if one is None:
                continue
            if one.id in made:
                self._fault(("rules", place, "id"), f"`{one.id}` stands here a second time")
            words = {"fr": (one.fr.title, one.fr.text)} if one.fr else {}
            made[one.id] = Rule(one.id, one.title, one.text, words)
        self._ids = set(made)
        return tuple(made.values())

    def checks(self) -> list[CheckSettings]:
        """Return the checks that can be read."""
        made: dict[str, CheckSettings] = {}
        for place, raw in self._list("checks", MOST_CHECKS):
            path = ("checks", place)
            kind = raw.get("check") if isinstance(raw, dict) else None
            shape = SHAPES.get(str(kind))
            if shape is None:
                known = ", ".join(SHAPES)
                self._fault((*path, "check"), f"there is no check `{kind}`; there are: {known}")
                continue
            one = self._shaped(path, shape, raw)
            if one is None:
                continue
            if one.id in made:
                self._fault((*path, "id"), f"`{one.id}` stands here a second time")
            if one.rule not in self._ids:
                self._fault((*path, "rule"), f"there is no rule `{one.rule}`")
            if isinstance(one, Patterns):
                self._try_patterns(path, one)
            if isinstance(one, Words):
                one = self._with_files(path, one)
            made[one.id] = one
        return list(made.values())

    def _list(self, key: str, most: int) -> list[tuple[int, Any]]:
        given = self._data.get(key) or []
        if not isinstance(given, list):
            self._fault((key,), "must be a list, each item with a dash")
            return []
        if len(given) > most:
            self._fault((key,), f"has more than {most} items")
        return list(enumerate(given[:most]))

    def _shaped(self, path: tuple[str | int, ...], shape: type[T], raw: Any) -> T | None:
        try:
            return shape.model_validate(raw)
        except ValidationError as error:
            for problem in error.errors():
                said = problem["msg"].removeprefix("Value error, ")
                inner = tuple(problem["loc"])
                name = ".".join(map(str, (*path, *inner)))
                self._fault((*path, *inner), f"{name}: {said}")
        return None

    def _try_patterns(self, path: tuple[str | int, ...], one: Patterns) -> None:
        for number, pattern in enumerate(one.patterns):
            trouble = wrong_pattern(pattern)
            if trouble:
                self._fault((*path, "patterns", number), f"is no pattern of RE2: {trouble}")

    def _with_files(self, path: tuple[str | int, ...], one: Words) -> Words:
        found: list[str] = []
        for number, name in enumerate(one.files):
            file = self._file.with_suffix("") / name
            place: tuple[str | int, ...] = (*path, "files", number)
            if file.suffix != ".txt" or file.parent != self._file.with_suffix(""):
                folder = f"{self._file.stem}/"
                self._fault(place, f"`{name}` must be the name of a .txt file in {folder}")
                continue
            try:
                lines = file.read_text("utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError):
                self._fault(place, f"`{name}` cannot be read, or is not UTF-8")
                continue
            for at, line in enumerate(lines, 1):
                word = line.partition("#")[0].strip()
                if len(word) > 100:
                    self.faults.append(YamlFault(file, at, "is longer than 100 characters"))
                elif word:
                    found.append(word)
        if not (one.words or one.inside or one.files):
            self._fault(path, "has no words; give `words`, `inside` or `files`")
        return one.model_copy(update={"words": (*one.words, *found)})

    def _fault(self, path: tuple[str | int, ...], message: str) -> None:
        self.faults.append(YamlFault(self._file, self._document.line(path), message))


def wrong_pattern(pattern: str) -> str:
    """Return what is wrong with a pattern; "" if RE2 takes it, within a bound on its size."""
    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    try:
        size = re2.compile(pattern, options).programsize
        return "" if size <= _PATTERN_SIZE else "it is too large; make its repetitions smaller"
    except re2.error as error:
        said = error.args[0] if error.args else ""
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


class Rules:
    """The rules as they stand. An edit that cannot be read leaves the last good ones in force."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.opened = self.signature()
        self.ruleset = load(file)
        self.faults: tuple[YamlFault, ...] = ()

    def signature(self) -> tuple[tuple[str, int, int], ...]:
        """Return what changes when one of the files is edited."""
        seen = []
        for file in files_of(self._file):
            try:
                stat = file.stat()
            except OSError:
                continue
            seen.append((file.name, stat.st_mtime_ns, stat.st_size))
        return tuple(seen)

    async def reload(self) -> bool:
        """Read the files again, away from the loop; say whether they were taken up."""
        try:
            self.ruleset = await asyncio.to_thread(load, self._file)
        except RuleFaults as error:
            self.faults = error.faults
            return False
        self.faults = ()
        return True
