"""The library: a directory of sections, checked as a whole, then never changed.

`config/knowledge/*.yaml` are the sections. Beside them, `_terms.yaml` says which words mean the
same, `_scope.yaml` what is no question for the desk, `_elsewhere.yaml` what no entry answers,
`_everyday.yaml` how everyday questions are asked beside the aliases, and
`anchors/*.txt` lists the anchors of a page that sources point into.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from bot import yamlfile
from bot.knowledge.lint import lint_entry, lint_section
from bot.knowledge.model import Entry, Fault, Section
from bot.knowledge.schema import (
    CARD_CHARACTERS,
    ElsewherePart,
    EntryPart,
    EverydayPart,
    Part,
    SectionPart,
    TermsPart,
    plain_words,
)
from bot.knowledge.scope import ScopeRules
from bot.knowledge.scopefile import FILE as SCOPE_FILE
from bot.knowledge.scopefile import read_scope
from bot.knowledge.terms import Terms, plain, words

TERMS_FILE = "_terms.yaml"
ELSEWHERE_FILE = "_elsewhere.yaml"
EVERYDAY_FILE = "_everyday.yaml"
ANCHORS = "anchors"
_PAGE = "# page: "
_SLACK = timedelta(days=1)  # an editor's today may be ahead of UTC's
_ANY_DAY = date.max - _SLACK


@dataclass
class KnowledgeFaults(Exception):
    """A directory is no knowledge base yet: everything that is wrong with it."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


@dataclass(frozen=True)
class Anchors:
    """The anchors that one page has. `file` is the name of the list, `notes` its first lines."""

    file: str
    notes: tuple[str, ...]
    page: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """Everything that a knowledge directory says. `sections` hold entries of every status."""

    sections: tuple[Section, ...]
    terms: Terms = field(default_factory=Terms)
    anchors: tuple[Anchors, ...] = ()
    scope: ScopeRules = field(default_factory=ScopeRules)
    elsewhere: tuple[str, ...] = ()
    """Questions close to the subject that no entry answers."""
    everyday: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """More ways to ask for an entry, by its id: read like aliases, and shown to nobody."""

    @classmethod
    def load(cls, directory: Path, *, today: date = _ANY_DAY) -> "Library":
        """Read and check a directory; without `today`, dates are not judged.

        Raises:
            KnowledgeFaults: something is wrong; every fault with file, line and what to do.
        """
        library, faults = _Reading(directory, today).result()
        if faults:
            raise KnowledgeFaults(tuple(faults))
        return library

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of every status, in the order of the sections."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @cached_property
    def published(self) -> dict[str, Entry]:
        """The entries that members may see, by id, in the order of the sections."""
        return {entry.id: entry for entry in self.entries if entry.published}

    @cached_property
    def shown(self) -> tuple[Section, ...]:
        """The sections as members see them: published entries only."""
        return tuple(
            replace(section, entries=tuple(one for one in section.entries if one.published))
            for section in self.sections
        )


def check(directory: Path, *, today: date) -> list[Fault]:
    """Return everything that is wrong with a directory, by file and line.

    `today` is the latest day on which anything can have been read or checked. Unlike
    `Library.load` this also names wording to think about again: an entry that only speaks too
    surely must not keep a desk from starting.
    """
    return _Reading(directory, today, wording=True).result()[1]


def section_files(directory: Path) -> list[Path]:
    """Return the files that hold sections, by name."""
    return sorted(
        file
        for file in directory.glob("*.y*ml")
        if file.suffix in (".yaml", ".yml") and not file.name.startswith(("_", "."))
    )


@dataclass(frozen=True)
class _Placed:
    """An entry with the file it stands in, to say where a fault is."""

    entry: Entry
    file: Path
    document: yamlfile.Document
    index: int

    def line(self, *path: str | int) -> int:
        return self.document.line(("entries", self.index, *path))


class _Reading:
    """One pass over a directory, which gathers faults and goes on where it can."""

    def __init__(self, directory: Path, today: date, *, wording: bool = False) -> None:
        self._directory = directory
        self._today = today
        self._wording = wording
        self._faults: list[Fault] = []
        self._placed: list[_Placed] = []
        self._ids_of_broken: set[str] = set()

    def result(self) -> tuple[Library, list[Fault]]:
        if not self._directory.is_dir():
            self._fault(self._directory, 1, "there is no such directory")
            return Library(()), self._faults
        terms = self._terms(self._directory / TERMS_FILE)
        scope, faults = read_scope(self._directory / SCOPE_FILE)
        self._faults += faults
        elsewhere = self._elsewhere(self._directory / ELSEWHERE_FILE)
        anchors = tuple(self._anchor_lists(self._directory / ANCHORS))
        files = section_files(self._directory)
        if not files:
            self._fault(self._directory, 1, "there is no section here; add one as NAME.yaml")
        sections = [section for file in files if (section := self._section(file)) is not None]
        sections.sort(key=lambda section: (section.order, section.id))
        everyday = self._everyday(self._directory / EVERYDAY_FILE)
        self._check_ids()
        self._check_related()
        self._check_names()
        for placed in self._placed:
            self._check_entry(placed, {page.page: page for page in anchors})
        if self._wording:
            self._check_wording({section.id: section.legal for section in sections})
        library = Library(tuple(sections), terms, anchors, scope, elsewhere, everyday)
        return library, sorted(self._faults)

    def _fault(self, file: Path, line: int, message: str) -> None:
        self._faults.append(Fault(str(file), line, message))

    def _document(self, file: Path) -> yamlfile.Document | None:
        try:
            document = yamlfile.load(file)
        except yamlfile.YamlFault as fault:
            self._fault(fault.file, fault.line, fault.message)
            return None
        if not isinstance(document.data, dict):
            self._fault(file, 1, "must be a list of `key: value`, such as `section: NAME`")
            return None
        return document

    def _problems(
        self,
        error: ValidationError,
        part: Part,
        file: Path,
        document: yamlfile.Document,
        at: tuple[str | int, ...] = (),
    ) -> None:
        for problem in error.errors():
            if _follows(problem):
                continue
            # A list of choices (text or nothing) adds steps that no file has; lines ignore them.
            line = document.line((*at, *problem["loc"]))
            self._fault(file, line, plain_words(problem, part))

    def _terms(self, file: Path) -> Terms:
        document = self._document(file) if file.exists() else None
        if document is None:
            return Terms()
        try:
            part = TermsPart.model_validate(document.data)
        except ValidationError as error:
            self._problems(error, "terms", file, document)
            return Terms()
        first: dict[str, str] = {}
        for word, others in part.same.items():
            for index, other in enumerate(others):
                line = document.line(("same", word, index))
                if not words(other):
                    self._fault(file, line, f"{other!r} has no letter or digit in it")
                if plain(other) in first and plain(word) != plain(first[plain(other)]):
                    there = first[plain(other)]
                    self._fault(file, line, f"`{other}` already means `{there}`; keep one")
                first.setdefault(plain(other), word)
        same = tuple((other, word) for word, others in part.same.items() for other in others)
        names = tuple((name, kind) for kind, listed in part.names.items() for name in listed)
        return Terms(same, tuple(part.common), names)

    def _elsewhere(self, file: Path) -> tuple[str, ...]:
        document = self._document(file) if file.exists() else None
        if document is None:
            return ()
        try:
            part = ElsewherePart.model_validate(document.data)
        except ValidationError as error:
            self._problems(error, "elsewhere", file, document)
            return ()
        return tuple(part.questions)

    def _everyday(self, file: Path) -> dict[str, tuple[str, ...]]:
        document = self._document(file) if file.exists() else None
        if document is None:
            return {}
        try:
            part = EverydayPart.model_validate(document.data)
        except ValidationError as error:
            self._problems(error, "everyday", file, document)
            return {}
        ids = {placed.entry.id for placed in self._placed}
        for entry in part.asked.keys() - ids:
            line = document.line(("asked", entry))
            self._fault(file, line, f"there is no entry `{entry}`; name one, or remove this")
        return {entry: tuple(listed) for entry, listed in part.asked.items()}

    def _anchor_lists(self, directory: Path) -> Iterator[Anchors]:
        for file in sorted(directory.glob("*.txt")):
            try:
                lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
            except (OSError, UnicodeDecodeError):
                self._fault(file, 1, "cannot be read as UTF-8 text")
                continue
            page = next((line for line in lines if line.startswith(_PAGE)), None)
            if page is None:
                self._fault(file, 1, f"must say `{_PAGE}https://…`, whose anchors these are")
                continue
            notes = tuple(line for line in lines if line.startswith("#") and line != page)
            anchors = tuple(line for line in lines if line and not line.startswith("#"))
            yield Anchors(file.name, notes, page.removeprefix(_PAGE).strip(), anchors)

    def _section(self, file: Path) -> Section | None:
        if file.suffix == ".yml":
            self._fault(file, 1, f"is named .yml; name it {file.stem}.yaml")
            return None
        document = self._document(file)
        if document is None:
            return None
        part = None
        try:
            part = SectionPart.model_validate(document.data)
        except ValidationError as error:
            self._problems(error, "section", file, document)
        name = document.data.get("section")
        if isinstance(name, str) and name != file.stem:
            line = document.line(("section",))
            message = f"the section is {name!r} and the file {file.name}; give both one name"
            self._fault(file, line, message)
        listed = document.data.get("entries")
        entries = [
            entry
            for index, data in enumerate(listed if isinstance(listed, list) else [])
            if (entry := self._entry(file, document, index, data)) is not None
        ]
        if part is None:
            return None
        section = Section(
            part.section, part.title, part.about, part.order, tuple(entries), part.legal
        )
        if self._wording:
            for finding in lint_section(section):
                self._fault(file, document.line_of(finding.path, finding.says), finding.message)
        return section

    def _entry(
        self, file: Path, document: yamlfile.Document, index: int, data: Any
    ) -> Entry | None:
        try:
            entry = EntryPart.model_validate(data).entry(file.stem)
        except ValidationError as error:
            self._problems(error, "entry", file, document, ("entries", index))
            if isinstance(data, dict):
                self._ids_of_broken.add(str(data.get("id")))
            return None
        self._placed.append(_Placed(entry, file, document, index))
        return entry

    def _check_ids(self) -> None:
        first: dict[str, _Placed] = {}
        for placed in self._placed:
            before = first.setdefault(placed.entry.id, placed)
            if before is not placed:
                where = f"{before.file.name}:{before.line('id')}"
                message = f"the id `{placed.entry.id}` is taken ({where}); choose another"
                self._fault(placed.file, placed.line("id"), message)

    def _check_related(self) -> None:
        entries = {placed.entry.id: placed.entry for placed in self._placed}
        for placed in self._placed:
            for index, other in enumerate(placed.entry.related):
                line = placed.line("related", index)
                if other == placed.entry.id:
                    self._fault(placed.file, line, f"`{other}` is this entry itself; remove it")
                elif other not in entries and other not in self._ids_of_broken:
                    near = process.extractOne(other, list(entries), score_cutoff=70)
                    hint = f"did you mean `{near[0]}`?" if near else "correct or remove it"
                    self._fault(placed.file, line, f"there is no entry `{other}`; {hint}")
                elif other in entries and placed.entry.published and not entries[other].published:
                    status = entries[other].status
                    message = f"`{other}` is not published (its status is {status}); remove it"
                    self._fault(placed.file, line, message)

    def _check_names(self) -> None:
        """No two entries may answer to the same words. Retired ones free theirs for others."""
        first: dict[str, tuple[_Placed, str]] = {}
        placed_entries = [one for one in self._placed if one.entry.status != "retired"]
        for placed in placed_entries:
            self._name(first, placed, placed.entry.question, "question")
        for placed in placed_entries:
            for index, alias in enumerate(placed.entry.aliases):
                self._name(first, placed, alias, "aliases", index)

    def _name(
        self,
        first: dict[str, tuple[_Placed, str]],
        placed: _Placed,
        text: str,
        *path: str | int,
    ) -> None:
        line = placed.line(*path)
        if not words(text):
            self._fault(placed.file, line, f"{text!r} has no letter or digit in it")
            return
        if plain(text) not in first:
            where = f"{placed.file.name}:{line}"
            first[plain(text)] = (placed, where)
            return
        before, where = first[plain(text)]
        whose = "this entry" if before is placed else f"`{before.entry.id}`"
        message = f"{text!r} already stands at {whose} ({where}); keep one of the two"
        self._fault(placed.file, line, message)

    def _check_entry(self, placed: _Placed, anchors: dict[str, Anchors]) -> None:
        entry, latest = placed.entry, self._today + _SLACK
        if entry.review.checked > latest:
            line = placed.line("review", "checked")
            message = (
                f"`checked` {entry.review.checked} is in the future; write the day it was done"
            )
            self._fault(placed.file, line, message)
        for index, source in enumerate(entry.sources):
            if source.read > latest:
                line = placed.line("sources", index, "read")
                message = f"`read` {source.read} is in the future; write the day it was read"
                self._fault(placed.file, line, message)
            page, _, anchor = source.url.partition("#")
            if page in anchors and anchor not in anchors[page].anchors:
                line = placed.line("sources", index, "url")
                self._fault(placed.file, line, _unknown_anchor(anchors[page], anchor))
        size = card_characters(entry)
        if size > CARD_CHARACTERS:
            message = (
                f"the card of `{entry.id}` has {size} characters; at most {CARD_CHARACTERS} for "
                "question, answer, depends_on, beyond_license and sources together"
            )
            self._fault(placed.file, placed.line("id"), message)

    def _check_wording(self, legal: dict[str, bool]) -> None:
        for placed in self._placed:
            for finding in lint_entry(placed.entry, legal=legal.get(placed.entry.section, True)):
                path = ("entries", placed.index, *finding.path)
                line = placed.document.line_of(path, finding.says)
                self._fault(placed.file, line, finding.message)


def _follows(problem: ErrorDetails) -> bool:
    """Say whether a list counts as too short only because items of it have faults themselves."""
    items = problem["input"]
    return (
        problem["type"] == "too_short"
        and isinstance(items, list)
        and len(items) >= problem["ctx"]["min_length"]
    )


def card_characters(entry: Entry) -> int:
    """Return how many characters an entry brings to its card."""
    texts = [entry.question, entry.answer, entry.beyond_license or "", *entry.depends_on]
    return sum(map(len, texts)) + sum(len(one.title) + len(one.url) for one in entry.sources)


def _unknown_anchor(page: Anchors, anchor: str) -> str:
    if not anchor:
        return f"name the place on {page.page} with #anchor ({page.file} in {ANCHORS} lists them)"
    near = process.extractOne(anchor, page.anchors, score_cutoff=50)
    hint = f"did you mean #{near[0]}?" if near else f"{ANCHORS}/{page.file} lists them"
    return f"{page.page} has no anchor #{anchor}; {hint}"
