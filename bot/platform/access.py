"""Who may do what, and what Discord lets the desk itself do.

Roles carry capabilities (`/setup` says which). Discord's own command permissions are the first
door; these checks are the second, and the only one for buttons, which Discord does not guard.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import app_commands

from bot.guilds.model import Capability, GuildSetup
from bot.store import StoreUnavailable

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

T = TypeVar("T")

MOST_ASKED = 20

POST_NEEDS = discord.Permissions(view_channel=True, send_messages=True)
"""What the desk needs to post a card in a channel."""

REPLY_NEEDS = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""What the desk needs to post a card in reply to a message."""

STAFF_CHANNEL_NEEDS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True
)
"""What the desk needs in the staff channel: cards, and files for texts too long for a card."""

STAFF_FORUM_NEEDS = discord.Permissions(
    STAFF_CHANNEL_NEEDS.value | discord.Permissions(send_messages_in_threads=True).value
)
"""What the desk needs where the staff channel is a forum: posts, and changes to them. Tags need
Manage Channels, once; what staff lock and archive needs Manage Threads."""

MAKE_ROLE_NEEDS = discord.Permissions(manage_roles=True)
"""What the desk needs in a server to create a role, which has no permissions of its own."""

MAKE_CHANNEL_NEEDS = discord.Permissions(
    STAFF_CHANNEL_NEEDS.value
    | discord.Permissions(manage_channels=True, manage_roles=True, manage_messages=True).value
)
"""What the desk needs in a server to create the staff channel: Discord lets it give others, in
that channel, only what it has itself (https://docs.discord.com/developers/topics/permissions)."""

LET_IN_NEEDS = discord.Permissions(view_channel=True, manage_roles=True, manage_messages=True)
"""What the desk needs in a channel to let staff into it."""

INVITED_FOR = {
    "view_channel": "See the staff channel, and the channels people use the desk in.",
    "send_messages": "Post cards in the staff channel, and answers where people share them.",
    "send_messages_in_threads": "Post a shared answer when it is asked for in a thread.",
    "read_message_history": "Answer under a message; find its own cards and threads that wait.",
    "attach_files": "Show staff, in the staff channel, texts too long for a card.",
    "create_public_threads": "Make the post of a session where sessions are held.",
    "manage_threads": "Open and close a session's post, and set its slow mode and put it back.",
    "manage_events": "Make Discord's own event of a session, and move or end it with the session.",
}
"""Every permission the invitation asks for, by its flag, and what the desk does with it."""

INVITE = discord.Permissions(**dict.fromkeys(INVITED_FOR, True))
"""What the desk is invited with. To create channels and roles, `/setup` needs more for a minute."""

_NAMES = {
    "view_channel": "View Channels",
    "read_messages": "View Channels",  # the library's own name for it
    "manage_guild": "Manage Server",
    "moderate_members": "Timeout Members",
    "send_messages_in_threads": "Send Messages in Threads",
    "manage_emojis_and_stickers": "Manage Expressions",
    "mention_everyone": "Mention @everyone, @here and All Roles",
    "use_external_emojis": "Use External Emoji",
}
"""Where Discord's English name of a permission is not its flag's name in title case."""


class NotAllowed(app_commands.CheckFailure):
    """This person lacks a capability."""

    def __init__(self, capability: Capability) -> None:
        super().__init__(capability)
        self.capability = capability


class CouldNotCheck(app_commands.CheckFailure):
    """Whether this person has a capability could not be found out; the cause says why.

    The library hands only its own kind of exception from a check to the tree's `on_error`.
    """


async def capabilities(interaction: "discord.Interaction[DeskClient]") -> frozenset[Capability]:
    """Return what the person behind an interaction may do in its guild.

    Raises:
        StoreUnavailable: the guild's setup cannot be read.
    """
    if interaction.guild_id is None:
        return frozenset({Capability.MEMBER})
    setup: GuildSetup = await interaction.client.desk.guilds.get(interaction.guild_id)
    roles = getattr(interaction.user, "roles", ())
    admin = interaction.permissions.manage_guild or interaction.permissions.administrator
    return setup.capabilities((role.id for role in roles), admin=admin)


async def shared_guilds(client: "DeskClient", user_id: int) -> list[discord.Guild]:
    """Return the guilds that a person shares with the desk, as far as it is sensible to ask.

    In a direct message Discord does not say which server a person has in mind. The desk keeps no
    list of members, so it asks, guild by guild; beyond `MOST_ASKED` guilds it returns none.
    """
    if len(client.guilds) > MOST_ASKED:
        return []
    found = await asyncio.gather(*(_is_member(guild, user_id) for guild in client.guilds))
    return [guild for guild, member in zip(client.guilds, found, strict=True) if member]


async def _is_member(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.HTTPException:
        return False
    return True


async def require(
    interaction: "discord.Interaction[DeskClient]", capability: Capability, *others: Capability
) -> None:
    """Let only people with `capability`, or with one of the others, pass.

    Raises:
        NotAllowed: this person lacks it.
        StoreUnavailable: the guild's setup cannot be read.
    """
    # Everybody is a member: asking the database would only be another way to fail.
    if capability is Capability.MEMBER:
        return
    if not {capability, *others} & await capabilities(interaction):
        raise NotAllowed(capability)


def requires(capability: Capability, *others: Capability) -> Callable[[T], T]:
    """Let only people with one of these capabilities use an application command.

    Anybody else gets one sentence, which names the first.
    """

    async def predicate(interaction: discord.Interaction[Any]) -> bool:
        try:
            await require(interaction, capability, *others)
        except StoreUnavailable as error:
            raise CouldNotCheck from error
        return True

    return app_commands.check(predicate)


def staff_needs(channel: discord.abc.GuildChannel) -> discord.Permissions:
    """Return what the desk needs in a staff channel or forum."""
    return STAFF_FORUM_NEEDS if isinstance(channel, discord.ForumChannel) else STAFF_CHANNEL_NEEDS


def missing_permissions(
    channel: discord.abc.GuildChannel | discord.Thread,
    member: discord.Member,
    needed: discord.Permissions,
) -> list[str]:
    """Return, by Discord's own English names, what `member` lacks of `needed` in `channel`."""
    return lacking(channel.permissions_for(member), needed)


def lacking(held: discord.Permissions, needed: discord.Permissions) -> list[str]:
    """Return, by Discord's own English names, what `held` lacks of `needed`."""
    if held.administrator:
        return []
    return [permission_name(flag) for flag, wanted in needed if wanted and not getattr(held, flag)]


def permission_name(flag: str) -> str:
    """Return Discord's English name for a permission flag such as `send_messages`."""
    # Discord writes "and" and "in" small: "Mute Members", but "Send Messages in Threads".
    return _NAMES.get(flag) or flag.replace("_", " ").title()
