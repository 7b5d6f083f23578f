"""What the knowledge base is made of, and the three things it can say to a question."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.knowledge.scope import Kind as ScopeKind

Confidence = Literal["stated", "interpreted", "disputed"]
Status = Literal["published", "review", "retired"]


@dataclass(frozen=True)
class Source:
    """Where an answer comes from: a web page with its anchor, or a command of the desk itself."""

    url: str
    title: str
    read: date


@dataclass(frozen=True)
class Review:
    """Who keeps an entry true, when they last checked it, and when they will again."""

    owner: str
    checked: date
    due: date


@dataclass(frozen=True)
class Entry:
    """One reviewed answer. `answer` is shown verbatim and nowhere rewritten.

    `meant` holds wording that the linter points at and that an editor stands by.
    """

    id: str
    section: str
    question: str
    aliases: tuple[str, ...]
    answer: str
    depends_on: tuple[str, ...]
    beyond_license: str | None
    related: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    review: Review
    status: Status
    meant: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether members may find and see it."""
        return self.status == "published"


@dataclass(frozen=True)
class Section:
    """A chapter of the knowledge base. `legal` if it is about what people may do."""

    id: str
    title: str
    about: str
    order: int
    entries: tuple[Entry, ...]
    legal: bool = True


@dataclass(frozen=True)
class Match:
    """An entry that may be meant. `score` from 0 (nothing in common) to 1 (asked word for word)."""

    entry: Entry
    score: float


@dataclass(frozen=True)
class Answer:
    """One entry answers the question. `confidence` (0..1) is above the measured threshold."""

    entry: Entry
    confidence: float
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Suggestions:
    """No entry is sure enough, but these are near; best first."""

    matches: tuple[Match, ...]
    confidence: float


@dataclass(frozen=True)
class Unknown:
    """Nothing in the knowledge base answers this. `matches` came closest; do not show them.

    `scope` says what it is instead, if it is plainly something else (scope.py).
    """

    matches: tuple[Match, ...]
    confidence: float
    scope: ScopeKind | None = None


Outcome = Answer | Suggestions | Unknown


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a knowledge file. `line` counts from 1; `message` says what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
