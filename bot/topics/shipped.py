"""The topic pages that come with the desk: config/topics/*.yaml, read and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot import yamlfile
from bot.topics.model import (
    CONCERNS_LIMIT,
    FACT_LIMIT,
    KNOWN_LIMIT,
    MOST_ENTRIES,
    MOST_FACTS,
    MOST_UNKNOWNS,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    UNKNOWN_LIMIT,
    BadTopic,
    Confidence,
    Fact,
    Page,
)
from bot.topics.typed import in_time, moment
from bot.yamlfile import YamlFault

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_Entry = Annotated[str, Field(pattern=_SLUG, max_length=64)]
_Unknown = Annotated[str, Field(min_length=5, max_length=UNKNOWN_LIMIT)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Fact(_Part):
    when: Annotated[str, Field(max_length=10)]
    text: Annotated[str, Field(min_length=10, max_length=FACT_LIMIT)]
    source: Annotated[str, Field(pattern=r"^https://[^\s/]+\S*$", max_length=SOURCE_LIMIT)]
    confidence: Confidence

    @field_validator("when", mode="before")
    @classmethod
    def _moment(cls, when: object) -> str:
        # YAML reads 2019-03-13 as a day and 2019 as a number.
        try:
            return moment(str(when))
        except BadTopic:
            raise ValueError(
                "must be a day, a month or a year, such as 2019-03-13, 2019-03 or 2019"
            ) from None


class _File(_Part):
    id: Annotated[str, Field(pattern=_SLUG, max_length=40)]
    title: Annotated[str, Field(min_length=3, max_length=TITLE_LIMIT)]
    known: Annotated[str, Field(min_length=10, max_length=KNOWN_LIMIT)]
    facts: Annotated[tuple[_Fact, ...], Field(max_length=MOST_FACTS)] = ()
    unknowns: Annotated[tuple[_Unknown, ...], Field(max_length=MOST_UNKNOWNS)] = ()
    entries: Annotated[tuple[_Entry, ...], Field(max_length=MOST_ENTRIES)] = ()
    concerns: Annotated[str, Field(max_length=CONCERNS_LIMIT)] = ""

    @field_validator("entries")
    @classmethod
    def _once(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(entries)) < len(entries):
            raise ValueError("names the same entry twice; keep one")
        return entries

    def page(self) -> Page:
        facts = [
            Fact(number, one.when, " ".join(one.text.split()), one.source, one.confidence)
            for number, one in enumerate(self.facts, 1)
        ]
        return Page(
            title=self.title,
            known=self.known,
            facts=in_time(facts),
            unknowns=self.unknowns,
            entries=self.entries,
            concerns=self.concerns,
        )


@dataclass(frozen=True)
class Shipped:
    """One topic page of the files."""

    id: str
    page: Page


@dataclass
class TopicFaults(Exception):
    """The files of topics cannot be used: everything that is wrong with them."""

    faults: tuple[YamlFault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def load(folder: Path) -> tuple[Shipped, ...]:
    """Read the topic pages of a folder, in the order of the files' names; none if there is none.

    Raises:
        TopicFaults: something is wrong; every fault with file, line and what to do.
    """
    shipped: list[Shipped] = []
    faults: list[YamlFault] = []
    known: dict[str, Path] = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            document = yamlfile.load(file)
        except YamlFault as fault:
            faults.append(fault)
            continue
        try:
            found = _File.model_validate(document.data or {})
        except ValidationError as error:
            faults.extend(document.faults(file, error))
            continue
        if found.id in known:
            said = f"id: `{found.id}` is the id of {known[found.id].name} already; choose another"
            faults.append(YamlFault(file, document.line(("id",)), said))
        known.setdefault(found.id, file)
        shipped.append(Shipped(found.id, found.page()))
    if faults:
        raise TopicFaults(tuple(faults))
    return tuple(shipped)
