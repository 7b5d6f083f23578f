"""Finds who answers what is pressed, and turns every failure into one plain sentence."""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import discord

from bot.guilds.model import Capability
from bot.platform import access, errors
from bot.platform.components import MARKS, Form, Sort, parse
from bot.store import hurry

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

Handler = Callable[..., Awaitable[None]]


class Router:
    """Knows who answers what is pressed."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[Sort, str, str], tuple[Handler, Capability]] = {}

    def add_marked(self, owner: object) -> None:
        """Register an object's marked methods.

        Raises:
            ValueError: somebody answers one of them already.
        """
        for key, handler, capability in _marked(owner):
            if key in self._handlers:
                raise ValueError(f"two cogs answer {key[0].value} {key[1]}:{key[2]}")
            self._handlers[key] = (handler, capability)

    def remove_marked(self, owner: object) -> None:
        """Forget an object's marked methods."""
        for key, _handler, _capability in _marked(owner):
            self._handlers.pop(key, None)

    async def press(
        self, sort: Sort, pressed: str, interaction: "discord.Interaction[DeskClient]"
    ) -> None:
        """Answer what was pressed; every failure becomes one plain sentence."""
        hurry()
        route = parse(pressed)
        try:
            if route is None or (sort, route.area, route.action) not in self._handlers:
                raise errors.Refused("error.stale")
            handler, capability = self._handlers[sort, route.area, route.action]
            given: tuple[object, ...] = (interaction, *_brought(sort, interaction))
            if not _fits(handler, (*given, *route.arguments)):
                raise errors.Refused("error.stale")
            await access.require(interaction, capability)
            await handler(*given, *route.arguments)
        except Exception as error:
            typed = Form.read(_data(interaction)).typed() if sort is Sort.FORM else ""
            where = str(route) if route is not None else "unknown"
            await errors.answer(interaction, error, where=where, typed=typed)


_marked_names: WeakKeyDictionary[type, tuple[str, ...]] = WeakKeyDictionary()


def _names_of_marked(kind: type) -> tuple[str, ...]:
    """Return the methods of a class that bear marks; looking through a class takes a while."""
    if kind not in _marked_names:
        methods = inspect.getmembers(kind, inspect.isfunction)
        marked = (name for name, method in methods if getattr(method, MARKS, ()))
        _marked_names[kind] = tuple(marked)
    return _marked_names[kind]


def _marked(owner: object) -> Iterator[tuple[tuple[Sort, str, str], Handler, Capability]]:
    for name in _names_of_marked(type(owner)):
        method = getattr(owner, name)
        for mark in getattr(method, MARKS):
            yield (mark.sort, mark.area, mark.action), method, mark.requires


def _brought(
    sort: Sort, interaction: "discord.Interaction[DeskClient]"
) -> tuple[tuple[str, ...] | Form, ...]:
    if sort is Sort.FORM:
        return (Form.read(_data(interaction)),)
    if sort is Sort.MENU:
        return (tuple(map(str, _data(interaction).get("values") or ())),)
    return ()


def _data(interaction: "discord.Interaction[DeskClient]") -> dict[str, Any]:
    return cast("dict[str, Any]", interaction.data or {})


def _fits(handler: Handler, arguments: tuple[object, ...]) -> bool:
    try:
        inspect.signature(handler).bind(*arguments)
    except TypeError:
        return False
    return True
