"""YAML files as people write them: plain data, and the line of every value, to mend it by.

Safe by construction: only plain values are built, aliases cannot multiply without bound, nesting
and size are limited, and a key given twice is a fault and not a silent loss.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_BYTES = 4_000_000
MOST_VALUES = 200_000
MOST_LEVELS = 30

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C reader where there is one
_MERGE = "tag:yaml.org,2002:merge"
_HINTS = {
    "mapping values are not allowed": "put quotes around a text that has a colon and a space in it",
    "cannot start any token": "use spaces, not tabs, and quotes around a text that starts with a "
    "special character",
    "while scanning a quoted scalar": "a quotation mark is not closed",
    "expected a single document": "keep one document in a file, without a second `---`",
    "found undefined alias": "quote a text that starts with *",
    "could not determine a constructor": "quote a text that starts with !",
    "expected <block end>": "check the indentation, and the quotes of this line and the one before",
    "expected alphabetic or numeric": "quote a text that starts with * or &",
    "exceeded maximum nesting depth": f"is nested deeper than {MOST_LEVELS} levels",
    "did not find expected ',' or": "close the bracket, or put quotes around a text that has one",
    "found unhashable key": "write one word or number before the colon",
    "could not find expected ':'": "check the indentation and the colon after the key",
}


@dataclass
class YamlFault(Exception):
    """A file cannot be read as YAML. `line` counts from 1; `message` says what to do."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Document:
    """What a file says. `data` is made of dict, list, str, int, float, bool, date and None."""

    data: Any
    _lines: dict[tuple[str, ...], int] = field(default_factory=dict, repr=False)
    _text: str = field(default="", repr=False)

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line (from 1) of the value at `path`, or of its nearest known ancestor.

        A mapping's value stands where its key stands; a list is indexed from 0.
        """
        parts = tuple(str(part) for part in path)
        for end in range(len(parts), 0, -1):
            if (line := self._lines.get(parts[:end])) is not None:
                return line
        return self._lines.get((), 1)

    def line_of(self, path: Sequence[str | int], words: str) -> int:
        """Return the line on which `words` begin in the text at `path`, however it is wrapped.

        Falls back to the line of the value, as when its text is written with escapes.
        """
        start = self.line(path)
        end = min((line for line in self._lines.values() if line > start), default=None)
        lines = self._text.split("\n")[start - 1 : None if end is None else end - 1]
        pattern = r"\s+".join(map(re.escape, words.split()))
        found = re.search(pattern, "\n".join(lines)) if pattern else None
        return start + "\n".join(lines).count("\n", 0, found.start()) if found else start

    def faults(self, file: Path, error: ValidationError) -> tuple[YamlFault, ...]:
        """Return what a shape (pydantic's) finds wrong with what the file says, each by its line.

        A check across the file begins its message with the place: `promises.2.id: …`.
        """
        found = []
        for problem in error.errors():
            said = problem["msg"].removeprefix("Value error, ")
            path: list[str | int] = list(problem["loc"])
            if path:
                said = f"{'.'.join(map(str, path))}: {said}"
            else:
                path = list(said.split(maxsplit=1)[0].rstrip(":").split("."))
            found.append(YamlFault(file, self.line(path), said))
        return tuple(found)


def load(path: Path) -> Document:
    """Read a YAML file of one document.

    Raises:
        YamlFault: it cannot be read, is not UTF-8, is not YAML, gives a key twice, or is larger or
            deeper than a file people write by hand.
    """
    text = _text(path)
    try:
        _check_depth(path, text)
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return Document(None)
            lines = _Lines(path)
            lines.walk(root, (), 0)
            return Document(loader.construct_document(root), lines.known, text)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _fault(path, text, error) from None


class _Loader(_Base):  # type: ignore[misc]  # whichever of PyYAML's two safe loaders is there
    """The safe loader, with the place of values that look like a date or number and are none."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            kind = str(node.tag).rsplit(":", 1)[-1]
            shown = str(node.value)[:40] if isinstance(node, ScalarNode) else "this"
            problem = f"`{shown}` looks like a {kind} and is none; correct it or put it in quotes"
            raise ConstructorError(None, None, problem, node.start_mark) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise YamlFault(path, 1, f"cannot be read ({error.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise YamlFault(path, 1, f"is larger than {MOST_BYTES // 1_000_000} MB; split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise YamlFault(path, line, "is not UTF-8 here; save the file as UTF-8") from None


def _check_depth(path: Path, text: str) -> None:
    """Refuse deep nesting while it is still a flat stream: building it would exhaust the stack."""
    level = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > MOST_LEVELS:
                mark = event.start_mark
                line = 1 if mark is None else mark.line + 1
                raise YamlFault(path, line, f"is nested deeper than {MOST_LEVELS} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


class _Lines:
    """Notes the line of every value; refuses doubled keys and aliases that multiply."""

    def __init__(self, file: Path) -> None:
        self.known: dict[tuple[str, ...], int] = {}
        self._file = file
        self._values = 0

    def walk(self, node: Node, path: tuple[str, ...], level: int) -> None:
        """Note `node`, which stands at `path`, and everything in it."""
        line: int = node.start_mark.line + 1
        self._values += 1
        if self._values > MOST_VALUES or level > MOST_LEVELS:
            message = "its aliases (*name) stand for too much; write the values out"
            raise YamlFault(self._file, line, message)
        self.known.setdefault(path, line)
        if isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                self.walk(item, (*path, str(index)), level + 1)
        elif isinstance(node, MappingNode):
            self._walk_mapping(node, path, level)

    def _walk_mapping(self, node: MappingNode, path: tuple[str, ...], level: int) -> None:
        first: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, ScalarNode) else str(line)
            if isinstance(key, ScalarNode) and key.tag != _MERGE:
                if (key.tag, name) in first:
                    before = first[key.tag, name]
                    message = f"`{name}` stands here a second time (first on line {before})"
                    raise YamlFault(self._file, line, f"{message}; keep one")
                first[key.tag, name] = line
                self.known[(*path, name)] = line
            self.walk(value, (*path, name), level + 1)


def _fault(path: Path, text: str, error: yaml.YAMLError) -> YamlFault:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        # At the end of the file the reader points behind it.
        last = max(len(text.splitlines()), 1)
        line = min(mark.line + 1, last) if mark is not None else 1
        problem = error.problem or error.context or "cannot be read"
    else:  # a character that YAML does not allow
        line = text.count("\n", 0, int(getattr(error, "position", 0))) + 1
        problem = "has a control character in it; remove it"
    said = str(error)
    hint = next((advice for sign, advice in _HINTS.items() if sign in said), None)
    return YamlFault(path, line, f"{problem}; {hint}" if hint else str(problem))
