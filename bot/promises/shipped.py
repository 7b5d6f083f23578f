"""The promises that come with the desk: config/promises.yaml, read and checked."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot import yamlfile
from bot.promises.model import OFFICE_LIMIT, SOURCE_LIMIT, TEXT_LIMIT, Ledger, Spoken, Words
from bot.yamlfile import YamlFault

MOST = 100


class Translated(BaseModel):
    """A promise of the file in one more language."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    text: Annotated[str, Field(min_length=10, max_length=TEXT_LIMIT)]
    owner: Annotated[str, Field(max_length=OFFICE_LIMIT)] = ""


class Shipped(BaseModel):
    """One promise of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    text: Annotated[str, Field(min_length=10, max_length=TEXT_LIMIT)]
    source: Annotated[str, Field(pattern=r"^https://[^\s/]+\S*$", max_length=SOURCE_LIMIT)]
    made_on: date
    owner: Annotated[str, Field(min_length=2, max_length=OFFICE_LIMIT)]
    first_due_days: Annotated[int, Field(ge=1, le=3650)]
    evidence: tuple[Ledger, ...] = ()
    translations: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], Translated] = {}

    @field_validator("evidence")
    @classmethod
    def _once(cls, evidence: tuple[Ledger, ...]) -> tuple[Ledger, ...]:
        if len(set(evidence)) < len(evidence):
            raise ValueError("names the same thing twice; keep one")
        return evidence

    @property
    def words(self) -> Words:
        """Return what is promised."""
        others = {
            language: Spoken(one.text, one.owner) for language, one in self.translations.items()
        }
        return Words(self.text, self.source, self.made_on, self.owner, others)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    promises: Annotated[tuple[Shipped, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[str] = set()
        for place, one in enumerate(self.promises):
            if one.id in seen:
                raise ValueError(f"promises.{place}.id: `{one.id}` stands here a second time")
            seen.add(one.id)
        return self


@dataclass
class PromiseFaults(Exception):
    """The file of promises cannot be used: everything that is wrong with it."""

    faults: tuple[YamlFault, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def load(file: Path, today: date) -> tuple[Shipped, ...]:
    """Read the promises of a file.

    Raises:
        PromiseFaults: something is wrong; every fault with file, line and what to do.
    """
    try:
        document = yamlfile.load(file)
    except YamlFault as fault:
        raise PromiseFaults((fault,)) from None
    try:
        shipped = _File.model_validate(document.data or {}).promises
    except ValidationError as error:
        raise PromiseFaults(document.faults(file, error)) from None
    ahead = [place for place, one in enumerate(shipped) if one.made_on > today]
    if ahead:
        raise PromiseFaults(
            tuple(
                YamlFault(
                    file,
                    document.line(("promises", place, "made_on")),
                    f"promises.{place}.made_on: is after today; say when it was made",
                )
                for place in ahead
            )
        )
    return shipped
