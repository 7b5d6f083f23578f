"""A brake on Discord: pressed or by a pile-on, kept over a restart, and slow mode as before."""

from typing import TYPE_CHECKING, cast

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.moderation.brakes.model import BrakeSetup
from bot.platform.client import DeskClient
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_promises import latest
from tests.cogs.test_storm import mo
from tests.conftest import StandingClock

if TYPE_CHECKING:
    from cogs.brake.listen import BrakeWatch

__all__ = ["mo"]


def opened(world: World, title: str) -> ChannelHandle:
    """Open a thread as Ana."""
    made = world.env.backend.create_thread(world.general.id, title, world.ana.id)
    return ChannelHandle(world.env, world.guild, made)


@pytest.fixture
async def thread(world: World) -> ChannelHandle:
    """A thread that everybody is in."""
    return opened(world, "My photo")


async def settled(world: World) -> None:
    """Wait until what follows from messages has happened."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    watch = cast("BrakeWatch", client.get_cog("BrakeWatch"))
    for _ in range(3):
        await world.env.settle()
        await watch.rest()
        await client.courier.rest()


def slow(world: World, channel: ChannelHandle) -> int:
    """Return the slow mode of a thread, as the desk sees it."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    guild = client.get_guild(world.guild.id)
    assert guild is not None
    found = guild.get_channel_or_thread(channel.id)
    assert isinstance(found, discord.Thread | discord.TextChannel)
    return found.slowmode_delay


async def piled_on(world: World, thread: ChannelHandle, target: MemberActor, people: int) -> None:
    """Let so many people answer somebody, one after the other."""
    said = await target.send(thread, "I think it was fine.")
    for number in range(people):
        one = world.guild.add_member(world.env.create_user(f"p{number}"))
        await one.send(thread, f"no, {number}", reply_to=said)
    await settled(world)


async def test_a_moderator_slows_a_thread_down_and_it_ends_after_a_restart(
    world: World, mo: MemberActor, thread: ChannelHandle, clock: StandingClock
):
    shown = await mo.slash(thread, "brake")
    assert "has no brake" in read(shown)
    on = await mo.click(latest(shown), label="Slow it down")
    assert "slowed down, because a moderator pressed" in read(on)
    await settled(world)
    assert slow(world, thread) == 60
    line = thread.last_message
    assert "Nobody is in trouble" in read(line)

    await world.restart()
    clock.move(minutes=31)
    await world.desk.brakes.look()
    await settled(world)
    assert slow(world, thread) == 0
    assert "as fast as before" in read(thread.last_message)
    history = await mo.click(latest(shown), label="Brakes so far")
    assert "It lifted by itself" in read(history)
    assert_nobody_is_pinged(world)


async def test_a_pile_on_sets_one_and_staff_are_told(
    world: World, mo: MemberActor, thread: ChannelHandle
):
    await world.desk.brakes.choose(world.guild.id, BrakeSetup(by_itself=True, people=4), mo.id)
    await piled_on(world, thread, world.ben, 3)
    assert slow(world, thread) == 0
    await piled_on(world, thread, world.ben, 4)
    assert slow(world, thread) == 60
    told = read(world.staff_channel.last_message)
    assert f"<#{thread.id}> is slowed down" in told
    assert "ben" not in told
    assert "ben" not in read(thread.last_message)


async def test_whoever_moderates_can_be_answered_by_many(
    world: World, mo: MemberActor, thread: ChannelHandle
):
    await world.desk.brakes.choose(world.guild.id, BrakeSetup(by_itself=True, people=3), mo.id)
    await piled_on(world, thread, mo, 5)
    assert slow(world, thread) == 0


async def test_what_somebody_set_meanwhile_stays_and_lifting_twice_is_told(
    world: World, mo: MemberActor, thread: ChannelHandle
):
    shown, other = await mo.slash(thread, "brake"), await mo.slash(thread, "brake")
    on = await mo.click(latest(shown), label="Slow it down")
    again = await mo.click(latest(other), label="Slow it down")
    assert "slowed down already" in read(again)
    await settled(world)
    client = world.env.bot
    assert isinstance(client, DeskClient)
    found = client.get_channel(thread.id)
    assert isinstance(found, discord.Thread)
    await found.edit(slowmode_delay=300)
    again_on = await mo.slash(thread, "brake")
    await mo.click(latest(on), label="Lift it now")
    await settled(world)
    assert slow(world, thread) == 300
    gone = await mo.click(latest(again_on), label="Lift it now")
    assert "not any more" in read(gone)


async def test_a_thread_that_is_archived_or_deleted_meanwhile_is_no_trouble(
    world: World, mo: MemberActor, thread: ChannelHandle
):
    other = opened(world, "Another")
    for one in (thread, other):
        await mo.click(latest(await mo.slash(one, "brake")), label="Slow it down")
    await settled(world)
    client = world.env.bot
    assert isinstance(client, DeskClient)
    first, second = client.get_channel(thread.id), client.get_channel(other.id)
    assert isinstance(first, discord.Thread)
    assert isinstance(second, discord.Thread)
    await first.edit(archived=True)
    await second.delete()
    for one in (thread, other):
        await world.desk.brakes.lift(world.guild.id, one.id, mo.id)
    await settled(world)
    found = await client.fetch_channel(thread.id)
    assert isinstance(found, discord.Thread)
    assert (found.archived, found.slowmode_delay) == (True, 0)


async def test_admins_choose_when_it_begins(world: World, mo: MemberActor, thread: ChannelHandle):
    shown = await mo.slash(thread, "brake")
    setup = await mo.click(latest(shown), label="Settings")
    assert labels(setup) == ["Limits", "Let it begin by itself"]
    setup = await mo.click(latest(setup), label="Let it begin by itself")
    assert "6 different people" in read(setup)
    form = await mo.click(latest(setup), label="Limits")
    typed = {"people": "x", "slow_seconds": "20", "minutes": "15"}
    refused = await mo.submit_modal(form, typed)
    assert "Please write plain numbers" in read(refused)
    form = await mo.click(latest(setup), label="Limits")
    kept = await mo.submit_modal(form, {**typed, "people": "5"})
    assert "5 different people" in read(kept)
    assert "after 15 minutes" in read(kept)


async def test_a_permission_that_the_desk_lacks_is_named(world: World, mo: MemberActor):
    lacking = discord.PermissionOverwrite(manage_channels=False)
    channel = world.guild.create_text_channel("fast", overwrites={world.guild.me: lacking})
    refused = await mo.slash(channel, "brake")
    assert len(world.env.errors) == 1
    assert "Manage Channels" in read(refused)

    await world.desk.brakes.choose(world.guild.id, BrakeSetup(by_itself=True, people=3), mo.id)
    await piled_on(world, channel, world.ben, 3)
    assert slow(world, channel) == 0
    notices = [read(one) for one in world.staff_channel.history()]
    assert len([one for one in notices if "lacks Manage Channels there" in one]) == 1
