"""What the doctor finds in a server: its staff channel, what the desk may do there, its roles."""

import discord
import pytest

from bot.doctor import discord_findings
from bot.guilds.model import Capability
from tests.cogs.conftest import World


async def found(world: World) -> dict[str, str]:
    """Return what was found, without the token: "" for what is well."""
    findings = [finding async for finding in discord_findings(world.env.bot, world.desk)]
    assert (findings[0].what, findings[0].fine) == ("token", True)
    return {one.what: "" if one.fine else one.note for one in findings[1:]}


@pytest.fixture
def server(world: World) -> str:
    return f"server {world.guild.id}"


async def test_a_server_that_is_set_up_is_well(world: World, server: str):
    assert await found(world) == {f"{server}, staff channel": "", f"{server}, staff role": ""}


async def test_a_server_without_setup_is_sent_to_setup(world: World):
    other = world.env.create_guild("Another")
    findings = await found(world)
    assert findings[f"server {other.id}"] == "no staff channel yet; run /setup there"
    assert len(findings) == 3


async def test_a_staff_channel_that_is_gone(world: World, server: str):
    await world.desk.guilds.save(world.guild.id, staff_channel_id=4)
    assert await found(world) == {server: "its staff channel is gone; run /setup there"}


async def test_what_the_desk_lacks_in_the_staff_channel_is_named(world: World, server: str):
    backend = world.env.backend
    role = next(
        one for one in backend.guilds[world.guild.id].roles.values() if one.name == "TestBot"
    )
    few = discord.Permissions(view_channel=True, read_message_history=True)
    backend.edit_role(world.guild.id, role.id, {"permissions": few.value})
    everybody = backend.guilds[world.guild.id].roles[world.guild.id]
    backend.edit_role(world.guild.id, everybody.id, {"permissions": 0})
    findings = await found(world)
    assert findings[f"{server}, staff channel"] == (
        "in the staff channel the desk lacks: Send Messages, Attach Files"
    )


async def test_staff_roles_that_are_all_gone(world: World, server: str):
    await world.desk.guilds.save(world.guild.id, roles={Capability.STAFF: frozenset({4, 5})})
    findings = await found(world)
    assert findings[f"{server}, staff role"] == "none is left; run /setup there"
