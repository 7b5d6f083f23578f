"""The words of topic pages: facts and how sure they are, pages, and their versions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PREFIX = "TP"


class Confidence(StrEnum):
    """How sure a fact is."""

    STATED = "stated"
    """Whoever it is about says so themselves, where anybody can read it."""
    REPORTED = "reported"
    """Others say so: the press, researchers."""
    UNKNOWN = "unknown"
    """It is said, and nobody could confirm it."""


class What(StrEnum):
    """What made a version."""

    ADDED = "added"
    WORDS = "words"
    LINKS = "links"
    FACT_ADDED = "fact_added"
    FACT_CHANGED = "fact_changed"
    FACT_REMOVED = "fact_removed"
    RESTORED = "restored"
    FILE = "file"
    """The desk's file says something new."""
    KEPT = "kept"
    """The file says something new, and the server's own page stays."""


TITLE_LIMIT = 100
KNOWN_LIMIT = 900
FACT_LIMIT = 400
SOURCE_LIMIT = 300
UNKNOWN_LIMIT = 200
CONCERNS_LIMIT = 80
WHY_LIMIT = 200
"""Characters; all fit Discord's forms."""

MOST_PAGES = 100
MOST_FACTS = 60
MOST_UNKNOWNS = 12
MOST_ENTRIES = 12
MOST_SESSIONS = 25


class TopicTrouble(Exception):
    """The desk cannot do what was asked of a topic page; subclasses say why."""


class NoSuchTopic(TopicTrouble):
    """No topic page of this guild has that reference, or the fact or version is not there."""


class ChangedMeanwhile(TopicTrouble):
    """The page is not what this person looked at any more."""


class Unchanged(TopicTrouble):
    """What was sent is what the page says already."""


@dataclass
class BadTopic(TopicTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key, `values` fill it in."""

    problem: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """Something that is known, or said.

    Attributes:
        id: its number on its page; 0 for one that has none yet.
        when: a day, a month or a year: 2019-03-13, 2019-03 or 2019.
        source: the address of a page where anybody can read it.
    """

    id: int
    when: str
    text: str
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Page:
    """What a topic page says, whole.

    Attributes:
        known: what is known, in a few sentences.
        facts: the timeline, the earliest first.
        unknowns: what nobody knows yet, one question each.
        entries: ids of entries of the FAQ.
        sessions: references of sessions that were held about it.
        concerns: the topic that staff give to concerns about it; "" for none.
    """

    title: str
    known: str
    facts: tuple[Fact, ...] = ()
    unknowns: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    concerns: str = ""

    def fact(self, fact_id: int) -> Fact:
        """Return a fact.

        Raises:
            NoSuchTopic: this page has none of that number.
        """
        found = next((one for one in self.facts if one.id == fact_id), None)
        if found is None:
            raise NoSuchTopic(str(fact_id))
        return found


@dataclass(frozen=True)
class Version:
    """One state of a page. `by` is for staff's eyes; `why` is what they said, for everybody."""

    number: int
    at: datetime
    what: What
    by: int | None
    why: str
    page: Page

    @property
    def blanked(self) -> bool:
        """Whether its words were erased."""
        return not self.page.title


@dataclass(frozen=True)
class Line:
    """A topic page as a line in the list."""

    reference: str
    title: str
    known: str
    facts: int
    changed_at: datetime


@dataclass(frozen=True)
class Topic:
    """A topic page with all its versions, the earliest first."""

    guild_id: int
    reference: str
    page: Page
    version: int
    changed_at: datetime
    versions: tuple[Version, ...]

    def at(self, number: int) -> Version:
        """Return a version.

        Raises:
            NoSuchTopic: there is none of that number.
        """
        found = next((one for one in self.versions if one.number == number), None)
        if found is None:
            raise NoSuchTopic(self.reference)
        return found


@dataclass(frozen=True)
class Known:
    """What is known in short, as it is pinned or passed on: the words, and since when."""

    reference: str
    title: str
    text: str
    unknowns: tuple[str, ...]
    as_of: datetime
