"""The shape of a knowledge file: what each key may hold, and plain words for what is wrong.

Limits are chosen so that a whole entry fits one Discord card (4,000 characters with its headings,
buttons and footer), a question fits a button (80 are shown) and an autocomplete choice (100).
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.knowledge.model import Confidence, Entry, Review, Source, Status

CARD_CHARACTERS = 3_400
"""The most that question, answer, depends_on, beyond_license and sources have together."""

_DESK = re.compile(r"desk:/[a-z]+(?: [a-z]+)*")


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line; write it without line breaks")
    return text


def _asks(text: str) -> str:
    if not text.endswith("?"):
        raise ValueError("must end with a question mark")
    return text


def _address(url: str) -> str:
    if _DESK.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not (url.startswith("https://") and "." in host) or re.search(r"[\s<>\"\\^`{}|]", url):
        raise ValueError(
            "must be an https:// address without spaces, or desk:/command for what the desk shows"
        )
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a user name or password in it")
    return url


def _distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    for number, item in enumerate(items):
        if item in items[:number]:
            raise ValueError(f"names {item} twice; keep one")
    return items


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Jurisdiction = Annotated[str, Field(pattern=r"^(any|[a-z]{2}(-[a-z0-9]{1,3})?)$")]
Line = AfterValidator(_one_line)
Day = Annotated[date, Strict()]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SourcePart(_Part):
    """One source of an entry."""

    url: Annotated[str, Field(max_length=500), AfterValidator(_address)]
    title: Annotated[str, Field(min_length=3, max_length=80), Line]
    read: Day


class ReviewPart(_Part):
    """Who checked an entry, and when it is due again."""

    owner: Annotated[str, Field(min_length=1, max_length=40), Line]
    checked: Day
    due: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due < self.checked:
            raise ValueError("`due` is before `checked`; an entry falls due after it was checked")
        return self


class EntryPart(_Part):
    """One entry as it stands in a file."""

    id: Slug
    question: Annotated[str, Field(min_length=10, max_length=100), Line, AfterValidator(_asks)]
    aliases: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=100), Line], ...],
        Field(min_length=5, max_length=15),
    ]
    answer: Annotated[str, Field(min_length=80, max_length=900)]
    depends_on: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=140), Line], ...], Field(max_length=5)
    ] = ()
    beyond_license: Annotated[str, Field(min_length=10, max_length=400)] | None = None
    related: Annotated[tuple[Slug, ...], Field(max_length=5), AfterValidator(_distinct)] = ()
    jurisdictions: Annotated[
        tuple[Jurisdiction, ...], Field(min_length=1, max_length=10), AfterValidator(_distinct)
    ]
    sources: Annotated[tuple[SourcePart, ...], Field(min_length=1, max_length=4)]
    confidence: Confidence
    review: ReviewPart
    status: Status
    meant: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=80), Line], ...],
        Field(max_length=5),
        AfterValidator(_distinct),
    ] = ()

    def entry(self, section: str) -> Entry:
        """Return the entry of the section it stands in."""
        plain = self.model_dump(exclude={"sources", "review"})
        sources = tuple(Source(**source.model_dump()) for source in self.sources)
        review = Review(**self.review.model_dump())
        return Entry(section=section, sources=sources, review=review, **plain)


class SectionPart(_Part):
    """A file without its entries, each of which is validated alone."""

    section: Slug
    title: Annotated[str, Field(min_length=3, max_length=60), Line]
    about: Annotated[str, Field(min_length=10, max_length=160), Line]
    order: Annotated[StrictInt, Field(ge=0, le=10_000)]
    legal: StrictBool = True
    entries: list[Any]


class TermsPart(_Part):
    """`_terms.yaml`: what means the same, and what means nothing."""

    same: dict[str, list[str]] = {}
    common: list[str] = []
    names: dict[str, list[str]] = {}


class ElsewherePart(_Part):
    """`_elsewhere.yaml`: questions close to the subject that no entry answers."""

    questions: list[str] = []


class EverydayPart(_Part):
    """`_everyday.yaml`: more ways in which everyday questions are asked, by entry."""

    asked: dict[str, list[str]] = {}


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "confidence": get_args(Confidence),
    "status": get_args(Status),
}
_FIELDS: Mapping[str, Iterable[str]] = {
    "source": SourcePart.model_fields,
    "review": ReviewPart.model_fields,
    "entry": EntryPart.model_fields,
    "section": SectionPart.model_fields,
    "terms": TermsPart.model_fields,
    "elsewhere": ElsewherePart.model_fields,
    "everyday": EverydayPart.model_fields,
}
Part = Literal["entry", "section", "terms", "elsewhere", "everyday"]


def plain_words(problem: ErrorDetails, part: Part) -> str:
    """Return one sentence for what pydantic found: the key, what is wrong, what to do."""
    path = problem["loc"]
    key = str(next((step for step in reversed(path) if isinstance(step, str)), part))
    name = f"`{key}`" + (f" number {path[-1] + 1}" if path and isinstance(path[-1], int) else "")
    value, limits = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return f"{name} is missing; add it"
        case "extra_forbidden":
            known = list(_FIELDS[_owner(path, part)])
            return f"there is no key {name} here; {did_you_mean(key, known)}"
        case "string_too_short":
            given, least = len(str(value).strip()), limits["min_length"]
            return f"{name} has {given} characters; at least {least}"
        case "string_too_long":
            given, most = len(str(value).strip()), limits["max_length"]
            return f"{name} has {given} characters; at most {most}, so that the card fits"
        case "too_short":
            return f"{name} has {limits['actual_length']}; give at least {limits['min_length']}"
        case "too_long":
            # pydantic stops counting at the first item too many.
            given = len(value) if isinstance(value, list) else limits["actual_length"]
            return f"{name} has {given}; give at most {limits['max_length']}"
        case "literal_error":
            choices = _CHOICES[key]
            return f"{name} is {value!r}; {did_you_mean(str(value), choices)}"
        case "string_pattern_mismatch":
            if key == "jurisdictions":
                return f"{name} is {value!r}; write any, or a code such as us, eu or us-il"
            return f"{name} is {value!r}; use small letters, digits and single hyphens: like-this"
        case "value_error":
            said = problem["msg"].removeprefix("Value error, ")
            return said if said.startswith("`") else f"{name} {said}"
    return f"{name} is {_shown(value)}; it must be {_wanted(problem['type'])}"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return what to do about a word that is none of `known`."""
    words = sorted(known)
    near = difflib.get_close_matches(given.casefold(), words, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"there are {', '.join(words)}"


def _owner(path: tuple[int | str, ...], part: Part) -> str:
    if "sources" in path[:-1]:
        return "source"
    return "review" if "review" in path[:-1] else part


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "read as yes or no"
    if isinstance(value, dict):
        return "a list of `key: value`"
    return "a list" if isinstance(value, list | tuple) else f"{str(value)[:60]!r}"


def _wanted(kind: str) -> str:
    wanted = {
        "string_type": "text (put it in quotes if it looks like something else)",
        "date_type": "a date such as 2026-11-24, without quotes",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "tuple_type": "a list, one `- item` a line",
        "list_type": "a list, one `- item` a line",
        "dict_type": "a list of `key: value`",
        "model_type": "a list of `key: value`",
        "greater_than_equal": "0 or more",
        "less_than_equal": "10000 or less",
    }
    return wanted.get(kind, "something else")
