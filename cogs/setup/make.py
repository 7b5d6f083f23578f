"""Creating what a server lacks, step by step: each step is kept before the next one begins."""

import discord
import structlog

from bot.desk import Desk
from bot.guilds.model import GRANTABLE, Capability
from bot.platform.access import (
    LET_IN_NEEDS,
    MAKE_CHANNEL_NEEDS,
    MAKE_ROLE_NEEDS,
    lacking,
    missing_permissions,
)
from bot.platform.errors import Refused
from bot.words import Tongue
from cogs.setup.look import STAFF_IN, TRIAGE_SHOWN, Standing, look

SETS = {"needed": (Capability.STAFF,), "others": GRANTABLE[1:]}
"""What each button creates; the staff channel goes with the staff role."""

log = structlog.stdlib.get_logger(__name__)


async def missing(
    desk: Desk, t: Tongue, guild: discord.Guild, capabilities: tuple[Capability, ...]
) -> None:
    """Create the roles that carry none of `capabilities` yet, and the channel if staff need it.

    Raises:
        Refused: the desk lacks a permission, which is found out before anything is made; or
            Discord refuses a step, and what was made before it is kept.
    """
    now = await look(desk, guild)
    roles = now.missing_roles(capabilities)
    channel = Capability.STAFF in capabilities and now.missing_channel
    held = guild.me.guild_permissions
    if channel and (lacks := lacking(held, MAKE_CHANNEL_NEEDS)):
        raise Refused("setup.create.channel_lacks", permissions=", ".join(lacks))
    if roles and (lacks := lacking(held, MAKE_ROLE_NEEDS)):
        raise Refused("setup.create.role_lacks", permissions=", ".join(lacks))
    for capability in roles:
        await _make_role(desk, t, guild, capability)
    if channel:
        await _make_channel(desk, t, await look(desk, guild))


async def let_staff_in(t: Tongue, now: Standing) -> None:
    """Let the staff role see the staff channel, write in it, and be shown /triage there.

    Raises:
        Refused: there is no channel, or the desk lacks a permission in it, or Discord refuses.
    """
    if now.channel is None:
        raise Refused("setup.fault.channel_gone")
    lacks = missing_permissions(now.channel, now.guild.me, LET_IN_NEEDS)
    if lacks:
        raise Refused(
            "setup.let_in.lacks", channel=now.channel.mention, permissions=", ".join(lacks)
        )
    for role in {*now.staff_lacking(STAFF_IN), *now.staff_lacking(TRIAGE_SHOWN)}:
        overwrite = now.channel.overwrites_for(role)
        overwrite.update(**_INSIDE)
        try:
            await now.channel.set_permissions(role, overwrite=overwrite, reason=t("setup.reason"))
        except discord.HTTPException as error:
            raise _refused(error, now.channel.mention) from error


_INSIDE = {flag: True for flag, wanted in (STAFF_IN | TRIAGE_SHOWN) if wanted}


async def _make_role(desk: Desk, t: Tongue, guild: discord.Guild, capability: Capability) -> None:
    name = t(f"setup.new.{capability}")
    try:
        role = await guild.create_role(
            name=name, permissions=discord.Permissions.none(), reason=t("setup.reason")
        )
    except discord.HTTPException as error:
        raise _refused(error, name) from error
    await desk.guilds.save(guild.id, roles={capability: frozenset({role.id})})
    log.info("setup.role_made", guild=guild.id, capability=str(capability))


async def _make_channel(desk: Desk, t: Tongue, now: Standing) -> None:
    guild, name = now.guild, t("setup.new.channel")
    overwrites: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]
    overwrites = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        guild.me: discord.PermissionOverwrite(
            view_channel=True, send_messages=True, read_message_history=True, attach_files=True
        ),
    }
    for role in now.roles[Capability.STAFF]:
        overwrites[role] = discord.PermissionOverwrite(**_INSIDE)
    try:
        channel = await guild.create_text_channel(
            name, overwrites=overwrites, topic=t("setup.new.topic"), reason=t("setup.reason")
        )
    except discord.HTTPException as error:
        raise _refused(error, f"#{name}") from error
    await desk.guilds.save(guild.id, staff_channel_id=channel.id)
    log.info("setup.channel_made", guild=guild.id, channel=channel.id)


def _refused(error: discord.HTTPException, what: str) -> Refused:
    if error.status >= 500:
        return Refused("setup.create.discord_away", what=what)
    return Refused("setup.create.refused", what=what, code=error.code)
