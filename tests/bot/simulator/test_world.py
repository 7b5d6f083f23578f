"""The simulated server: the same at every start, with the permissions of a real one."""

from datetime import timedelta

import discord
import pytest
from simcord import Env

from bot.simulator.demo import Demo, simulated
from bot.simulator.world import (
    ASK,
    BOT,
    BOT_PERMISSIONS,
    GENERAL,
    HELPER,
    HOST,
    LIAISON,
    MODERATOR,
    STAFF,
    STAFF_CHANNEL,
    World,
    build_world,
)
from tests.bot.simulator.toy import Toy
from tests.conftest import StandingClock

INSTANTS = tuple(1456074443980800000 + (second * 1000 << 22) for second in range(4))
"""The first id of each of SimCord's first instants."""

GUILD_AND_ROLES = {"guild": 3, "ola": 2, MODERATOR: 5, STAFF: 6, HOST: 7, HELPER: 8, LIAISON: 9}
CHANNELS = {"welcome": 2, "general": 3, "photo-talk": 4, "ask-the-desk": 5, "desk-staff": 6}
PEOPLE = {"ana": 0, "ben": 1, "mo": 2, "sam": 3, "hana": 4, "lea": 5, "nia": 6}
DIRECT = {"ana": 0, "ben": 1, "mo": 2, "sam": 3, "hana": 4, "ola": 5, "lea": 6, "nia": 7}


async def test_ids_are_the_ones_that_earlier_starts_wrote_into_the_database(
    clock: StandingClock,
) -> None:
    clock.move(days=200)
    world = build_world(Env(Toy()), clock)
    people = {key: person.id for key, person in world.people.items()}
    roles = {name: role.id for name, role in world.roles.items()}
    first, second, third, fourth = (
        {name: identity - instant for name, identity in ids.items()}
        for instant, ids in zip(
            INSTANTS,
            (
                {"guild": world.guild_id, "ola": people.pop("ola"), **roles},
                {name: channel.id for name, channel in world.channels.items()},
                people,
                {key: person.user.dm_channel.id for key, person in world.people.items()},
            ),
            strict=True,
        )
    )
    assert (first, second, third, fourth) == (GUILD_AND_ROLES, CHANNELS, PEOPLE, DIRECT)


async def test_a_later_start_gives_its_messages_ids_of_its_own_time(clock: StandingClock) -> None:
    first, second = Env(Toy()), Env(Toy())
    build_world(first, clock)
    clock.move(seconds=1)
    build_world(second, clock)
    assert first.backend.snowflake() < second.backend.snowflake()
    assert abs(second.now() - clock()) < timedelta(milliseconds=1)
    made = discord.utils.snowflake_time(second.backend.snowflake())
    assert abs(made - clock()) < timedelta(milliseconds=2)


async def test_a_machine_whose_clock_is_wrong_does_not_move_time_back(
    clock: StandingClock,
) -> None:
    clock.move(days=-2000)
    env = Env(Toy())
    began = env.now()
    build_world(env, clock)
    assert env.now() >= began


def _permissions(demo: Demo, person: str, channel: str) -> discord.Permissions:
    world = demo.world
    return discord.Permissions(
        demo.env.backend.compute_permissions(
            world.guild_id, world.people[person].id, world.channels[channel].id
        )
    )


@pytest.mark.parametrize("person", ["sam", "mo", "hana", "ola", "lea"])
async def test_the_staff_channel_is_for_staff_moderator_host_and_owner(
    demo: Demo, person: str
) -> None:
    assert _permissions(demo, person, STAFF_CHANNEL).send_messages


@pytest.mark.parametrize("person", ["ana", "ben"])
async def test_members_do_not_see_the_staff_channel(demo: Demo, person: str) -> None:
    assert not _permissions(demo, person, STAFF_CHANNEL).view_channel
    assert _permissions(demo, person, ASK).send_messages
    assert not _permissions(demo, person, ASK).manage_messages


async def test_staff_manage_messages_in_their_own_channel_only(demo: Demo) -> None:
    assert _permissions(demo, "sam", STAFF_CHANNEL).manage_messages
    assert not _permissions(demo, "sam", GENERAL).manage_messages


async def test_the_bot_may_do_what_its_invitation_grants_and_no_more(demo: Demo) -> None:
    guild = demo.env.bot.get_guild(demo.world.guild_id)
    assert guild is not None
    assert guild.me.name == BOT
    everybody = guild.default_role.permissions
    assert guild.me.guild_permissions == BOT_PERMISSIONS | everybody
    staff_channel = guild.get_channel(demo.world.staff_channel_id)
    assert staff_channel is not None
    assert staff_channel.permissions_for(guild.me).send_messages
    assert all(guild.me.top_role > role for role in guild.roles if not role.managed)


async def test_every_role_has_its_people(demo: Demo) -> None:
    guild = demo.env.backend.get_guild(demo.world.guild_id)
    held = {
        name: {
            key
            for key, person in demo.world.people.items()
            if role.id in guild.members[person.id].role_ids
        }
        for name, role in demo.world.roles.items()
    }
    assert held == {
        MODERATOR: {"mo"},
        STAFF: {"sam"},
        HOST: {"hana"},
        HELPER: {"hana"},
        LIAISON: {"lea"},
    }


async def test_the_server_is_made_known_before_the_bot_connects(clock: StandingClock) -> None:
    toy, told = Toy(), []

    def on_world(world: World) -> None:
        assert not toy.is_ready()
        told.append(world.guild_id)

    async def make() -> Toy:
        return toy

    async with simulated(make, on_world=on_world, clock=clock):
        assert toy.is_ready()
        assert [guild.id for guild in toy.guilds] == told
