"""The shape of the files in `config/licensing/`, and plain words for what is wrong with them."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator, model_validator

from bot.licensing.model import Element, Rule, Source

Permission = Literal["ok", "discouraged", "no"]
PUBLIC_DOMAIN = "PD"
"""The column of the adapter's chart for public domain tools."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AdaptChart(_File):
    """Which license an adaptation may carry."""

    columns: tuple[str, ...]
    rows: dict[str, tuple[Permission, ...]]

    @field_validator("rows", mode="before")
    @classmethod
    def _no_is_a_word(cls, rows: object) -> object:
        # YAML reads a bare `no` as false.
        if not isinstance(rows, dict):
            return rows
        return {
            name: tuple("no" if cell is False else cell for cell in row)
            if isinstance(row, list | tuple)
            else row
            for name, row in rows.items()
        }


class CollectionCell(_File):
    """Into which collections a work may go."""

    commercial: StrictBool
    noncommercial: StrictBool


class ChartsFile(_File):
    """charts.yaml."""

    families: dict[str, tuple[str, ...]]
    remix: dict[str, tuple[StrictBool, ...]]
    adapt: AdaptChart
    collection: dict[str, CollectionCell]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = list(self.families)
        for chart, rows in (
            ("remix", self.remix),
            ("adapt.rows", self.adapt.rows),
            ("collection", self.collection),
        ):
            if list(rows) != names and set(rows) != set(names):
                raise ValueError(f"{chart} must have a row for each of {', '.join(names)}")
        for name, row in self.remix.items():
            if len(row) != len(names):
                raise ValueError(f"remix.{name} has {len(row)} cells, not {len(names)}")
            for other, cell in zip(names, row, strict=True):
                if cell != self.remix[other][names.index(name)]:
                    raise ValueError(f"remix: {name} with {other} differs from {other} with {name}")
        for name, cells in self.adapt.rows.items():
            if len(cells) != len(self.adapt.columns):
                wanted = len(self.adapt.columns)
                raise ValueError(f"adapt.rows.{name} has {len(cells)} cells, not {wanted}")
        for column in self.adapt.columns:
            if column != PUBLIC_DOMAIN and column not in names:
                raise ValueError(f"adapt.columns: {column} is none of {', '.join(names)}")
        return self

    def family_of(self) -> dict[str, str]:
        """Return which family each unit belongs to."""
        return {unit: name for name, units in self.families.items() for unit in units}

    def remixes(self, one: str, other: str) -> bool:
        """Say what the chart has for two families."""
        return self.remix[one][list(self.families).index(other)]


Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], Field()]


class TermsFile(_File):
    """terms.yaml."""

    elements: dict[Element, Words]
    joined: dict[str, tuple[Element, ...]]
    units: dict[str, Words]
    either_public_domain: Words
    neutral: Words
    ambiguous_places: Words
    places: dict[str, Words]
    others: Words
    outside: dict[Literal["GPL-3.0", "FAL-1.3"], Words]


class Page(_File):
    """A page that rules point into."""

    url: Annotated[str, Field(pattern=r"^https://\S+$", max_length=300)]
    title: Annotated[str, Field(min_length=3, max_length=80)]
    read: date


class RulePart(_File):
    """A rule as it stands in the file: `page` or `page#anchor`."""

    sources: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    entries: Annotated[tuple[str, ...], Field(max_length=4)] = ()


class RulesFile(_File):
    """rules.yaml."""

    pages: dict[str, Page]
    rules: dict[Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")], RulePart]

    @model_validator(mode="after")
    def _known_pages(self) -> Self:
        for name, rule in self.rules.items():
            for source in rule.sources:
                page = source.partition("#")[0]
                if page not in self.pages:
                    raise ValueError(f"rules.{name} names the page `{page}`, which pages lacks")
        return self

    def by_id(self) -> dict[str, Rule]:
        """Return the rules with their sources written out."""
        return {name: self._rule(name, part) for name, part in self.rules.items()}

    def _rule(self, name: str, part: RulePart) -> Rule:
        sources = []
        for place in part.sources:
            page_name, _, anchor = place.partition("#")
            page = self.pages[page_name]
            url = f"{page.url}#{anchor}" if anchor else page.url
            sources.append(Source(url, page.title, page.read))
        return Rule(name, tuple(sources), part.entries)
