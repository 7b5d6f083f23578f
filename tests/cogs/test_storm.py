"""A storm on Discord: begun, kept over a restart, lifted, and everything as it was before."""

import discord
import pytest
from simcord.actors import MemberActor

from bot.guilds.model import Capability
from bot.moderation.storms.model import StormSetup
from bot.platform.client import DeskClient
from bot.platform.components import custom_id
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_promises import latest
from tests.conftest import StandingClock


@pytest.fixture
async def mo(world: World) -> MemberActor:
    """Somebody who moderates and sets the desk up."""
    role = world.guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True)
    )
    await world.desk.guilds.save(
        world.guild.id,
        roles={
            Capability.MODERATOR: frozenset({role.id}),
            Capability.ADMIN: frozenset({role.id}),
        },
    )
    return world.guild.add_member(world.env.create_user("mo"), roles=[role])


async def settled(world: World) -> discord.Guild:
    """Let what follows happen; return the server as the desk sees it."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    for _ in range(3):
        await world.env.settle()
        await client.courier.rest()
    guild = client.get_guild(world.guild.id)
    assert guild is not None
    return guild


def slow(guild: discord.Guild, world: World) -> int:
    """Return the slow mode of #general."""
    channel = guild.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.slowmode_delay


async def test_a_storm_is_begun_outlives_a_restart_and_restores_what_was(
    world: World, mo: MemberActor, clock: StandingClock
):
    (page,) = await world.desk.topics.list_(world.guild.id) or [None]
    await world.desk.storms.choose(
        world.guild.id,
        StormSetup(
            channels=(world.general.id,),
            board_id=world.general.id,
            topic="" if page is None else page.reference,
            known="We **ask** them @everyone.",
        ),
        mo.id,
    )
    before = (await settled(world)).verification_level

    shown = await mo.slash(world.staff_channel, "storm")
    assert "All is calm" in read(shown)
    on = await mo.click(latest(shown), label="Begin storm mode")
    assert "Storm mode is on" in read(on)
    guild = await settled(world)
    assert (guild.verification_level, slow(guild, world)) == (discord.VerificationLevel.high, 30)
    (pinned,) = [one for one in world.general.history() if one.pinned]
    assert "We \\*\\*ask\\*\\* them" in read(pinned)
    told = read(world.staff_channel.last_message)
    assert "because a moderator pressed" in told

    await world.restart()
    clock.move(minutes=61)
    await world.desk.storms.look()
    guild = await settled(world)
    assert (guild.verification_level, slow(guild, world)) == (before, 0)
    assert not [one for one in world.general.history() if one.pinned]
    shown = await mo.slash(world.staff_channel, "storm")
    history = await mo.click(latest(shown), label="Storms so far")
    assert "It lifted by itself" in read(history)
    assert_nobody_is_pinged(world)


async def test_what_somebody_set_meanwhile_stays(world: World, mo: MemberActor):
    await world.desk.storms.choose(world.guild.id, StormSetup(channels=(world.general.id,)), mo.id)
    await world.desk.storms.begin(world.guild.id, mo.id)
    guild = await settled(world)
    channel = guild.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.edit(slowmode_delay=120)
    await world.desk.storms.lift(world.guild.id, mo.id)
    assert slow(await settled(world), world) == 120


async def test_a_surge_of_messages_begins_it(world: World, mo: MemberActor):
    await world.desk.storms.choose(world.guild.id, StormSetup(by_itself=True, messages=20), mo.id)
    for number in range(20):
        await world.ana.send(world.general, f"number {number}")
    await settled(world)
    storm = await world.desk.storms.now(world.guild.id)
    assert storm is not None
    assert "very much was written" in read(world.staff_channel.last_message)


async def test_admins_choose_what_it_does(world: World, mo: MemberActor):
    shown = await mo.slash(world.staff_channel, "storm")
    setup = await mo.click(latest(shown), label="Settings")
    assert labels(setup) == [
        "Limits",
        "What is pinned",
        "Let it begin by itself",
        "Hold newcomers’ messages",
    ]
    for _ in range(2):  # Discord may deliver it twice
        slowed = await mo.select(
            latest(setup), [world.general], custom_id=custom_id("storm", "slowed")
        )
        assert f"from each person in <#{world.general.id}>" in read(slowed)
    fast = await mo.click(latest(slowed), label="Slow none down")
    assert "No channel is slowed down" in read(fast)
    by_itself = await mo.click(latest(fast), label="Let it begin by itself")
    assert "begins by itself when 30 people join" in read(by_itself)
    form = await mo.click(latest(by_itself), label="Limits")
    typed = {"joins": "50", "messages": "many", "slow_seconds": "10", "minutes": "30"}
    refused = await mo.submit_modal(form, typed)
    assert "Please write plain numbers" in read(refused)
    form = await mo.click(latest(by_itself), label="Limits")
    kept = await mo.submit_modal(form, {**typed, "messages": "400"})
    assert "when 50 people join, or 400 messages" in read(kept)
    form = await mo.click(latest(kept), label="What is pinned")
    await mo.submit_modal(form, {"topic": ["none"], "known": "Nobody knows yet."})
    chosen = await world.desk.storms.setup(world.guild.id)
    assert (chosen.known, chosen.minutes) == ("Nobody knows yet.", 30)
