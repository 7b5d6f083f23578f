"""Who may use what, found in the code: a plain member is refused all that is not for members."""

import inspect
from collections.abc import Iterator

from discord import app_commands

from bot.guilds.model import Capability
from bot.platform.client import DeskClient
from bot.platform.components import Sort, custom_id
from tests.cogs.conftest import World, read
from tests.cogs.test_commands import named, part
from tests.cogs.triage import posted

STAFFS = frozenset({"case", "triage", "setup", "brief", "promise", "session"})
"""The areas of custom ids that are staff's."""

REPORTERS = frozenset({"brief:name"})
"""Except these, which a reporter gets by direct message."""


def _client(world: World) -> DeskClient:
    client = world.env.bot
    assert isinstance(client, DeskClient)
    return client


def _pressable(world: World, sort: Sort) -> Iterator[tuple[str, Capability]]:
    """Yield everything of a sort that can be pressed, with made-up arguments, and who may."""
    for (found, area, action), (handler, capability) in _client(world).router._handlers.items():
        if found is sort:
            brought = 1 if sort is Sort.BUTTON else 2
            taken = len(inspect.signature(handler).parameters) - brought
            yield custom_id(area, action, *["1"] * taken), capability


async def _sentence(world: World, capability: Capability) -> str:
    english = world.desk.words.english
    return english("error.not_allowed", capability=english(f"capability.{capability}"))


async def test_a_member_is_refused_every_button_that_is_not_for_members(world: World):
    others = [
        (pressed, capability)
        for pressed, capability in _pressable(world, Sort.BUTTON)
        if capability is not Capability.MEMBER
    ]
    assert len(others) >= 6
    for pressed, capability in others:
        message = posted(world, pressed)
        result = await world.ben.click(message, custom_id=pressed)
        assert read(result) == await _sentence(world, capability), pressed
        assert result.ephemeral, pressed


async def test_a_member_presses_nothing_of_a_case_a_brief_or_the_setup(world: World):
    """Also where the button's own code asks, because either of two capabilities will do."""
    sentences = {await _sentence(world, capability) for capability in Capability}
    for pressed, capability in list(_pressable(world, Sort.BUTTON)):
        _version, area, action, *_rest = pressed.split(":")
        if f"{area}:{action}" in REPORTERS:
            continue
        if area in STAFFS and capability is Capability.MEMBER:
            result = await world.ben.click(posted(world, pressed), custom_id=pressed)
            assert read(result) in sentences, pressed


async def test_a_member_is_refused_every_command_that_is_not_for_members(world: World):
    """Discord does not show these to members; the desk refuses as well, should it be told to."""
    for_members = named(part("For members"))
    tried = []
    for command in list(_client(world).tree.walk_commands()):
        if not isinstance(command, app_commands.Command):
            continue
        if command.qualified_name in for_members:
            continue
        tried.append(command.qualified_name)
        assert command.checks, f"/{command.qualified_name} asks Discord alone who may use it"
    assert len(tried) >= 4
