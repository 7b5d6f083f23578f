"""The commands page names every command of the real client, under who may use it."""

import re

import discord
from discord import app_commands

from bot.platform.client import DeskClient
from tests.cogs.conftest import World
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")


def part(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def named(text: str) -> set[str]:
    return set(re.findall(r"^\| `/([a-z -]+)`", text, re.M))


def slash(world: World) -> dict[str, discord.Permissions | None]:
    """Return every slash command, with the permissions Discord asks for before it is shown."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    found = {}
    for command in client.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            top = command.root_parent or command
            found[command.qualified_name] = top.default_permissions
    return found


async def test_every_slash_command_is_on_the_page_and_no_other_is(world: World):
    assert named(PAGE) == set(slash(world))


async def test_what_members_do_not_see_is_not_listed_for_them(world: World):
    for name, needed in slash(world).items():
        assert (name in named(part("For members"))) == (needed is None), name
        admins = needed is not None and needed.manage_guild
        assert (name in named(part("For admins"))) == admins, name


async def test_every_message_command_is_on_the_page_and_no_other_is(world: World):
    client = world.env.bot
    assert isinstance(client, DeskClient)
    there = {one.name for one in client.tree.get_commands(type=discord.AppCommandType.message)}
    assert set(re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE, re.M)) == there


async def test_commands_that_other_documents_name_are_ones_there_are(world: World):
    known = {name for command in slash(world) for name in (command, command.split()[0])}
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for said in re.findall(r"`/([a-z-]+(?: [a-z]+)?)[^`/]*`", file.read_text("utf-8")):
            name = said if said in known else said.split()[0]
            assert name in known or name in {"healthz", "readyz", "metrics"}, (
                f"{file.name}: /{said}"
            )
