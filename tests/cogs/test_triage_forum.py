"""The staff channel is a forum: a post for each concern, which always shows the truth."""

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.concerns.model import CloseReason, State
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, read
from tests.cogs.triage import deliver, delivered, raised
from tests.conftest import StandingClock


@pytest.fixture
async def forum(world: World) -> ChannelHandle:
    """Turn the staff channel into a forum, as `/setup` does."""
    forum = world.guild.create_forum_channel("desk")
    guild = world.env.backend.get_guild(world.guild.id)
    me = world.env.backend.bot_user.id
    role = world.guild.create_role(
        "Desk",
        permissions=discord.Permissions(manage_channels=True, manage_threads=True),
    )
    guild.members[me].role_ids.append(role.id)
    await world.desk.guilds.save(world.guild.id, staff_channel_id=forum.id)
    await world.restart()
    await delivered(world)
    return forum


def real(world: World, forum: ChannelHandle) -> discord.ForumChannel:
    found = world.env.bot.get_channel(forum.id)
    assert isinstance(found, discord.ForumChannel)
    return found


def post(world: World, forum: ChannelHandle, reference: str) -> discord.Thread:
    (found,) = [one for one in real(world, forum).threads if one.name.startswith(reference)]
    return found


async def words(world: World, thread: discord.Thread) -> str:
    messages = [one async for one in thread.history()]
    return "\n".join(read(one) for one in messages)


def tags(thread: discord.Thread) -> set[str]:
    return {tag.name for tag in thread.applied_tags}


async def close(world: World, reference: str) -> None:
    await world.desk.triage.move(
        world.guild.id, reference, world.sam.id, State.CLOSED, reason=CloseReason.RESOLVED
    )
    await delivered(world)


async def test_each_concern_has_a_post_with_tags_that_follow_it(
    world: World, forum: ChannelHandle
) -> None:
    reference = await raised(world, "My portrait is in it")
    thread = post(world, forum, reference)
    assert tags(thread) == {"New", "Privacy"}
    assert "My portrait is in it" in await words(world, thread)
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)
    thread = post(world, forum, reference)
    assert tags(thread) == {"In progress", "Privacy"}
    assert f"<@{world.sam.id}> has it" in await words(world, thread)
    assert_nobody_is_pinged(world)


async def test_renamed_tags_and_posts_stay_what_they_are(
    world: World, forum: ChannelHandle
) -> None:
    reference = await raised(world)
    channel = real(world, forum)
    renamed = [
        discord.ForumTag(name="Under way") if tag.name == "In progress" else tag
        for tag in channel.available_tags
    ]
    for fresh, tag in zip(renamed, channel.available_tags, strict=True):
        fresh.id = tag.id
    await channel.edit(available_tags=renamed[::-1])
    await post(world, forum, reference).edit(name=f"{reference} the hat")
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)
    thread = post(world, forum, reference)
    assert tags(thread) == {"Under way", "Privacy"}
    assert thread.name.endswith("the hat")
    await world.restart()
    assert len(real(world, forum).available_tags) == len(renamed)


async def test_a_deleted_post_or_card_comes_back(world: World, forum: ChannelHandle) -> None:
    reference = await raised(world, "Lost and found")
    first = post(world, forum, reference)
    await first.delete()
    await world.env.settle()
    await delivered(world)
    second = post(world, forum, reference)
    assert second.id != first.id
    assert "Lost and found" in await words(world, second)
    (message,) = [one async for one in second.history()]
    await message.delete()
    await world.env.settle()
    await delivered(world)
    third = post(world, forum, reference)
    assert third.id == second.id
    assert "Lost and found" in await words(world, third)
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)
    assert (await words(world, third)).count("Lost and found") == 1


async def test_what_was_deleted_while_the_desk_was_away_comes_back_at_its_start(
    world: World, forum: ChannelHandle
) -> None:
    reference = await raised(world)
    world.env.backend.delete_channel(post(world, forum, reference).id)
    await world.restart()
    await deliver(world.env)
    assert post(world, forum, reference)


async def test_archived_and_locked_posts_still_show_the_truth(
    world: World, forum: ChannelHandle
) -> None:
    reference = await raised(world)
    await post(world, forum, reference).edit(archived=True, locked=True)
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)
    thread = post(world, forum, reference)
    assert "has it" in await words(world, thread)
    assert not thread.archived
    await thread.edit(archived=True)
    await close(world, reference)
    again = await world.env.bot.fetch_channel(thread.id)
    assert isinstance(again, discord.Thread)
    assert "**Closed**" in await words(world, again)
    assert again.archived
    assert {tag.name for tag in again.applied_tags} == {"Closed", "Privacy"}


async def test_notices_have_a_post_of_their_own(world: World, forum: ChannelHandle) -> None:
    await raised(world)
    clock = world.desk.clock
    assert isinstance(clock, StandingClock)
    clock.move(days=5)
    await world.desk.daily.look()
    await delivered(world)
    thread = post(world, forum, "From the desk")
    assert "A reply is due" in await words(world, thread)
    assert "1 open concern" in await words(world, thread)


async def test_without_leave_to_make_tags_cards_go_without(world: World) -> None:
    plain = world.guild.create_forum_channel("plain")
    await world.desk.guilds.save(
        world.guild.id,
        staff_channel_id=plain.id,
        roles={Capability.STAFF: frozenset({world.staff_role.id})},
    )
    world.env.inject_error("PATCH", f"/channels/{plain.id}", status=403, code=50013)
    await world.restart()
    reference = await raised(world)
    assert tags(post(world, plain, reference)) == set()


async def test_cards_move_from_the_channel_to_the_forum(world: World) -> None:
    reference = await raised(world, "Moving house")
    forum = world.guild.create_forum_channel("desk")
    await world.desk.guilds.save(world.guild.id, staff_channel_id=forum.id)
    await world.restart()
    await delivered(world)
    assert "Moving house" in await words(world, post(world, forum, reference))
    assert [one for one in world.staff_channel.history() if reference in read(one)] == []
