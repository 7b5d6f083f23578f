"""Which checks a message falls under, by where it is and who wrote it."""

from collections.abc import Iterable

import discord

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.moderation.settings import CheckSettings

_STAFF = frozenset({Capability.MODERATOR, Capability.STAFF, Capability.ADMIN})


async def falling_under(
    desk: Desk, message: discord.Message, checks: Iterable[CheckSettings]
) -> list[CheckSettings]:
    """Return the checks that look at what this author writes here.

    Raises:
        StoreUnavailable: who is staff cannot be read.
    """
    guild, author = message.guild, message.author
    assert guild is not None  # noqa: S101 - only messages of servers are looked at
    roles = tuple(role.id for role in getattr(author, "roles", ()))
    setup = await desk.guilds.get(guild.id)
    admin = author.id == guild.owner_id
    if isinstance(author, discord.Member):
        admin = admin or author.guild_permissions.manage_guild
    held = setup.capabilities(roles, admin=admin)
    parent = getattr(message.channel, "parent_id", 0) or 0
    return [
        one
        for one in checks
        if one.applies(message.channel.id, parent, roles)
        and not (one.exempt_staff and not _STAFF.isdisjoint(held))
    ]
