"""Buttons, menus and forms that work after a restart, and for years.

Everything a person can press carries its whole meaning in a stable, versioned custom id:
`cp1:<area>:<action>[:<argument>…]`, such as `cp1:ask:related:nc-company`. Nothing is remembered
between showing it and its being pressed, so a message posted by an earlier process, or an earlier
release, works. When the meaning of an id changes, its action gets a new name.

A cog marks methods with `on_button`, `on_menu` and `on_form`; `DeskCog` registers them with the
client's `Router` (router.py), which parses strictly, checks capabilities, and turns every failure
into one plain sentence.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import discord
from discord.ext import commands

from bot.guilds.model import Capability
from bot.platform import limits

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

VERSION = "cp1"

_PART = re.compile(r"[A-Za-z0-9._-]+")
_OURS = r"cp\d+:[\s\S]*"


@dataclass(frozen=True)
class Route:
    """What a custom id says."""

    area: str
    action: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.area}:{self.action}"


class Sort(Enum):
    """What was pressed: they do not answer for each other."""

    BUTTON = "button"
    MENU = "menu"
    FORM = "form"


def custom_id(area: str, action: str, *arguments: object) -> str:
    """Return the custom id for an action.

    Raises:
        ValueError: a part is empty or has characters beyond letters, digits, `.`, `_` and `-`, or
            the whole is longer than Discord allows. Arguments are ids, never people's words.
    """
    parts = [area, action, *map(str, arguments)]
    if not all(_PART.fullmatch(part) for part in parts):
        raise ValueError(f"a part of {area}:{action}'s custom id is not an id")
    made = ":".join((VERSION, *parts))
    if len(made) > limits.CUSTOM_ID:
        raise ValueError(f"the custom id of {area}:{action} is longer than {limits.CUSTOM_ID}")
    return made


def is_ours(text: str) -> bool:
    """Say whether a custom id is the desk's, of whatever version."""
    return re.fullmatch(_OURS, text) is not None


def parse(text: str) -> Route | None:
    """Return what a custom id says; None if the desk did not make it, or not in this version."""
    version, *parts = text.split(":")
    if version != VERSION or len(parts) < 2 or len(text) > limits.CUSTOM_ID:
        return None
    if not all(_PART.fullmatch(part) for part in parts):
        return None
    area, action, *arguments = parts
    return Route(area, action, tuple(arguments))


class Form:
    """What a person filled in. Values are exactly as typed: make them inert before showing."""

    def __init__(
        self, values: dict[str, tuple[str, ...]], files: Mapping[str, Any] | None = None
    ) -> None:
        self._values = values
        self._files = files or {}

    def text(self, name: str) -> str:
        """Return a text field's content; "" if it was left empty."""
        return next(iter(self._values.get(name, ())), "")

    def choice(self, name: str) -> str | None:
        """Return what was chosen in a menu; None if nothing was."""
        return next(iter(self._values.get(name, ())), None)

    def choices(self, name: str) -> tuple[str, ...]:
        """Return everything that was chosen in a menu."""
        return self._values.get(name, ())

    def files(self, name: str) -> tuple[Any, ...]:
        """Return the files that were put into a field, as Discord describes them."""
        return tuple(self._files[one] for one in self.choices(name) if one in self._files)

    def typed(self) -> str:
        """Return all that was typed or chosen, to hand back when it could not be kept."""
        given = (value for values in self._values.values() for value in values)
        return "\n\n".join(value for value in given if value and value not in self._files)

    @classmethod
    def read(cls, submitted: Mapping[str, Any]) -> Self:
        """Read a submitted form from the data of the interaction that brought it."""
        values = {}
        for field in _fields(submitted):
            if "values" in field:
                values[field["custom_id"]] = tuple(map(str, field["values"]))
            else:
                values[field["custom_id"]] = (str(field.get("value") or ""),)
        return cls(values, (submitted.get("resolved") or {}).get("attachments"))


def _fields(component: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "custom_id" in component and "components" not in component:
        yield component
    for inner in component.get("components") or ():
        yield from _fields(inner)
    if component.get("component"):
        yield from _fields(component["component"])


MARKS = "__desk_marks__"
"""Where a method carries its marks until its cog is loaded."""

MethodT = TypeVar("MethodT", bound=Callable[..., Awaitable[None]])


@dataclass(frozen=True)
class Mark:
    """What a cog's method answers, and who may press it."""

    sort: Sort
    area: str
    action: str
    requires: Capability


def on_button(
    area: str, action: str, *, requires: Capability = Capability.MEMBER
) -> Callable[[MethodT], MethodT]:
    """Mark a cog's method as the answer to a button: `(self, interaction, *arguments)`."""
    return _marker(Mark(Sort.BUTTON, area, action, requires))


def on_menu(
    area: str, action: str, *, requires: Capability = Capability.MEMBER
) -> Callable[[MethodT], MethodT]:
    """Mark a cog's method as the answer to a menu: `(self, interaction, values, *arguments)`."""
    return _marker(Mark(Sort.MENU, area, action, requires))


def on_form(
    area: str, action: str, *, requires: Capability = Capability.MEMBER
) -> Callable[[MethodT], MethodT]:
    """Mark a cog's method as the answer to a form: `(self, interaction, form, *arguments)`."""
    return _marker(Mark(Sort.FORM, area, action, requires))


def _marker(mark: Mark) -> Callable[[MethodT], MethodT]:
    def remember(method: MethodT) -> MethodT:
        marks = getattr(method, MARKS, ())
        setattr(method, MARKS, (*marks, mark))
        return method

    return remember


class Pressable(
    discord.ui.DynamicItem[
        discord.ui.Button[Any]
        | discord.ui.Select[Any]
        | discord.ui.UserSelect[Any]
        | discord.ui.RoleSelect[Any]
        | discord.ui.ChannelSelect[Any]
    ],
    template=_OURS,
):
    """Any button or menu of the desk. One class for all: the router knows what each one means."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Wrap what was pressed, whoever posted it and whenever."""
        return cls(cast("discord.ui.Button[Any] | discord.ui.Select[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand it to the router."""
        sort = Sort.BUTTON if isinstance(self.item, discord.ui.Button) else Sort.MENU
        await interaction.client.router.press(sort, self.custom_id, interaction)


class DeskCog(commands.Cog):
    """A cog whose marked methods answer buttons, menus and forms."""

    def __init__(self, client: "DeskClient") -> None:
        self.client = client
        self.desk = client.desk

    async def cog_load(self) -> None:
        """Begin to answer what is pressed."""
        self.client.router.add_marked(self)

    async def cog_unload(self) -> None:
        """Stop answering."""
        self.client.router.remove_marked(self)
