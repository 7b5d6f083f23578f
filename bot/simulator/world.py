"""The world of the simulated Discord: one server, its channels, roles and people.

Everything that has an identity is made at SimCord's fixed first instants and in a fixed order, so
that ids are the same at every start: the desk's database remembers them. Only then is the clock
moved to the real time, so that messages and interactions get ids no earlier start has used.
Each kind has an instant of its own, so a new role, channel or person leaves all ids as they are,
if it is added after the last of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import discord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle, UserHandle

from bot.clock import Clock

GUILD = "Open Commons"
BOT = "Commonplace"

ASK, GENERAL, PHOTOS, STAFF_CHANNEL, WELCOME = (
    "ask-the-desk",
    "general",
    "photo-talk",
    "desk-staff",
    "welcome",
)
STAFF, MODERATOR, HOST, HELPER, LIAISON = (
    "Desk staff",
    "Moderator",
    "Host",
    "Helper",
    "Liaison",
)

BOT_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    manage_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    manage_channels=True,
    manage_messages=True,
    manage_roles=True,
    manage_events=True,
    manage_guild=True,
    moderate_members=True,
    kick_members=True,
    ban_members=True,
    view_audit_log=True,
    pin_messages=True,
)
"""What the bot's own role may do in the server, unless the caller says otherwise."""


@dataclass(frozen=True)
class Person:
    """Somebody whom the person at the browser can play."""

    key: str
    name: str
    about: str
    member: MemberActor
    user: UserHandle

    @property
    def id(self) -> int:
        """The person's Discord id, the same at every start."""
        return self.user.id


@dataclass(frozen=True)
class World:
    """The simulated server. Channels and roles go by name, people by the key in addresses."""

    guild: GuildHandle
    channels: Mapping[str, ChannelHandle]
    roles: Mapping[str, RoleHandle]
    people: Mapping[str, Person]

    @property
    def guild_id(self) -> int:
        """The server's id."""
        return self.guild.id

    @property
    def staff_channel_id(self) -> int:
        """The id of the channel where staff find the desk's cards."""
        return self.channels[STAFF_CHANNEL].id


def build_world(
    env: Env, clock: Clock, bot_permissions: discord.Permissions = BOT_PERMISSIONS
) -> World:
    """Fill an environment that has not started yet, and set its clock to the real time.

    The bot then meets the server as it meets a real one: complete, when it connects.
    """
    env.backend.edit_bot_profile(BOT)
    owner = env.create_user("ola", global_name="Ola")
    guild = env.create_guild(GUILD, owner=owner)
    guild_role = guild.roles[BOT]
    env.backend.edit_role(guild.id, guild_role.id, {"permissions": bot_permissions.value})
    roles = _roles(guild)
    env.backend.advance_clock(1)
    channels = _channels(guild, guild_role, roles)
    env.backend.advance_clock(1)
    people = _people(env, guild, owner, roles)
    env.backend.advance_clock(1)
    for person in people.values():
        env.backend.get_dm_channel(person.id)
    world = World(
        guild, MappingProxyType(channels), MappingProxyType(roles), MappingProxyType(people)
    )
    _conversation(env, world, clock)
    return world


def _roles(guild: GuildHandle) -> dict[str, RoleHandle]:
    # Each new role is put below the earlier ones, and all of them below the bot's own.
    return {
        MODERATOR: guild.create_role(
            MODERATOR,
            permissions=discord.Permissions(
                manage_messages=True, moderate_members=True, manage_threads=True
            ),
            color=0x3BA55D,
        ),
        # Staff are members like all others, except in their own channel.
        STAFF: guild.create_role(STAFF, color=0xE67E22),
        HOST: guild.create_role(
            HOST, permissions=discord.Permissions(manage_events=True), color=0x5865F2
        ),
        HELPER: guild.create_role(HELPER, color=0x1ABC9C),
        LIAISON: guild.create_role(LIAISON, color=0x9B59B6),
    }


def _channels(
    guild: GuildHandle, bot_role: RoleHandle, roles: Mapping[str, RoleHandle]
) -> dict[str, ChannelHandle]:
    community = guild.create_category("Community")
    desk = guild.create_category("The desk")
    inside = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    return {
        WELCOME: guild.create_text_channel(WELCOME, category=community, topic="Start here."),
        GENERAL: guild.create_text_channel(
            GENERAL, category=community, topic="Anything about sharing openly."
        ),
        PHOTOS: guild.create_text_channel(
            PHOTOS, category=community, topic="Pictures, licenses, and the people in the pictures."
        ),
        ASK: guild.create_text_channel(
            ASK, category=desk, topic="Type /ask and your question. Only you see the answer."
        ),
        STAFF_CHANNEL: guild.create_text_channel(
            STAFF_CHANNEL,
            category=desk,
            topic="Where the desk's staff see what was raised.",
            overwrites={
                guild.default_role: discord.PermissionOverwrite(view_channel=False),
                bot_role: discord.PermissionOverwrite(
                    view_channel=True, send_messages=True, attach_files=True, embed_links=True
                ),
                # Shows staff the commands that are by default for those who manage messages.
                roles[STAFF]: discord.PermissionOverwrite(
                    view_channel=True, send_messages=True, manage_messages=True
                ),
                roles[LIAISON]: discord.PermissionOverwrite(
                    view_channel=True, send_messages=True, manage_messages=True
                ),
                roles[MODERATOR]: inside,
                roles[HOST]: inside,
            },
        ),
    }


def _people(
    env: Env, guild: GuildHandle, owner: UserHandle, roles: Mapping[str, RoleHandle]
) -> dict[str, Person]:
    def person(key: str, about: str, *held: str) -> Person:
        user = env.create_user(key, global_name=key.title())
        member = guild.add_member(user, roles=[roles[name] for name in held])
        return Person(key, key.title(), about, member, user)

    everybody = [
        person("ana", "a member; a photographer who shares her pictures"),
        person("ben", "a member; he is in one of Ana's pictures"),
        person("mo", "the moderator", MODERATOR),
        person("sam", "staff: answers what members raise", STAFF),
        person("hana", "the host of discussions, and a helper", HOST, HELPER),
        Person(
            "ola",
            "Ola",
            "the server's owner; may run /setup",
            MemberActor(env, guild, owner),
            owner,
        ),
        person("lea", "the liaison: passes concerns on to companies", LIAISON),
        person("nia", "a newcomer: she joined a minute ago"),
    ]
    return {person.key: person for person in everybody}


def _conversation(env: Env, world: World, clock: Clock) -> None:
    """Let people have talked in the last hours; leave the clock at the real time."""
    ask, photos = (world.channels[name].mention for name in (ASK, PHOTOS))
    said = [
        (
            190,
            WELCOME,
            "ola",
            f"Welcome to {GUILD}: people who share photos, texts and music openly. Questions about "
            f"licenses go to {ask}, pictures to {photos}.",
        ),
        (
            175,
            ASK,
            "sam",
            "This is the desk. Type /ask and your question, or /faq to look around; only you see "
            "the answer. /concern raise reaches us when something worries you.",
        ),
        (96, PHOTOS, "ana", "New series from the market is up, all of it CC BY. Credit is enough."),
        (88, PHOTOS, "hana", "Lovely light in the third one! May I use it for Thursday's talk?"),
        (85, PHOTOS, "ana", "Please do, with my name and the link."),
        (52, GENERAL, "mo", "Reminder: be kind, and no screenshots of private messages."),
        (
            41,
            GENERAL,
            "ana",
            "My photo is in a training dataset for AI. Does the license mean they have to name me?",
        ),
        (
            33,
            PHOTOS,
            "ben",
            "That is me in the third one. Can anybody use my face now, because the photo is CC BY?",
        ),
        (12, GENERAL, "hana", "Thursday's discussion is about datasets. Bring your questions."),
    ]
    now = clock()
    for minutes, channel, person, text in said:
        _set_clock(env, now - timedelta(minutes=minutes))
        env.backend.create_message(world.channels[channel].id, world.people[person].id, text)
    _set_clock(env, now)
    # All others have been here since the simulated Discord began.
    newcomer = env.backend.get_member(world.guild_id, world.people["nia"].id)
    newcomer.joined_at = (now - timedelta(minutes=1)).isoformat()


def _set_clock(env: Env, moment: datetime) -> None:
    # Never back: ids are made of the time.
    env.backend.advance_clock(max((moment - env.now()).total_seconds(), 0.0))
