"""The command group `/mod`, and what its commands share: rules, lengths, and who may act."""

import re

import discord
from discord import Permissions, app_commands
from discord.app_commands import Choice

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.moderation.cases.keeping import PREFIX
from bot.moderation.cases.model import NO_RULE, Act
from bot.platform.access import lacking
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.words import Tongue
from cogs._choices import offered
from cogs._typed import reference

GROUP = app_commands.Group(
    name="mod",
    description=words("command.mod.description", "Moderation: act, look up, decide appeals"),
    guild_only=True,
    default_permissions=Permissions(moderate_members=True),
)
MODERATOR = Capability.MODERATOR

RULE = words("command.mod.rule", "The rule it is about")
REASON = words("command.mod.reason", "Why; the member reads this")
LENGTH = words("command.mod.length", "How long, such as 30m, 12h or 7d")

NEEDS = {
    Act.TIMEOUT: Permissions(moderate_members=True),
    Act.KICK: Permissions(kick_members=True),
    Act.SOFTBAN: Permissions(ban_members=True),
    Act.BAN: Permissions(ban_members=True),
    Act.ROLE: Permissions(manage_roles=True),
}
"""What the desk needs in a server for an act on a member."""

_LENGTH = re.compile(r"(\d{1,5})\s*(m|h|d|w)[a-z]*", re.IGNORECASE)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


def minutes_of(typed: str | None) -> int | None:
    """Return the minutes of a length such as `12h`; None if nothing was typed.

    Raises:
        Refused: it is no length.
    """
    if typed is None or not typed.strip():
        return None
    read = _LENGTH.fullmatch(typed.strip())
    if read is None:
        raise Refused("mod.bad.length")
    return int(read[1]) * _MINUTES[read[2].lower()]


def length(t: Tongue, minutes: int) -> str:
    """Return a length in words, in the largest unit that it is whole in."""
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return t.plural(f"mod.length.{unit}", minutes // size)
    return t.plural("mod.length.m", minutes)


def rule_of(desk: Desk, typed: str) -> str:
    """Return the id of the rule that was chosen.

    Raises:
        Refused: there is none of that name.
    """
    if desk.rules.ruleset.rule(typed) is None:
        raise Refused("mod.bad.rule_unknown")
    return typed


def rule_name(desk: Desk, t: Tongue, rule_id: str) -> str:
    """Return a rule as people read it: its title, or its id if it is gone."""
    if rule_id == NO_RULE:
        return t("mod.no_rule")
    rule = desk.rules.ruleset.rule(rule_id)
    return plain(rule_id if rule is None else rule.said(t.language)[0], limit=150)


def rule_choices(desk: Desk, t: Tongue, current: str) -> list[Choice[str]]:
    """Return the rules that go with what was typed, for autocomplete."""
    rules = desk.rules.ruleset.rules
    return offered(((rule.said(t.language)[0], rule.id) for rule in rules), current)


def case_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "mod.not_a_reference")


async def member_or_user(
    interaction: DeskInteraction, user_id: int
) -> discord.Member | discord.User:
    """Return somebody by id: as a member of this server, or as an account that is in it no more.

    Raises:
        Refused: there is no such account.
    """
    assert interaction.guild is not None  # noqa: S101 - /mod is for servers only
    try:
        return await interaction.guild.fetch_member(user_id)
    except discord.NotFound:
        pass
    try:
        return await interaction.client.fetch_user(user_id)
    except discord.NotFound:
        raise Refused("mod.bad.nobody") from None


async def posted_by(
    interaction: DeskInteraction, message: discord.Message
) -> discord.abc.Snowflake:
    """Return who a message is of: of a picture that the desk shows for somebody, that person."""
    if message.guild is not None and message.author.id == message.guild.me.id:
        photos = interaction.client.desk.photos
        author = await photos.author_of(message.guild.id, message.id)
        if author is not None:
            return discord.Object(author)
    return message.author


def check_may(
    interaction: DeskInteraction,
    target: discord.Member | discord.User,
    act: Act,
    role: discord.Role | None = None,
) -> None:
    """Let an act pass that the moderator and the desk both stand above, and the desk may do.

    Raises:
        Refused: says what stands in the way.
    """
    guild, moderator = interaction.guild, interaction.user
    if guild is None or not isinstance(moderator, discord.Member):
        raise Refused("error.server_only")
    if target.id == moderator.id:
        raise Refused("mod.bad.self")
    if target.id == guild.me.id:
        raise Refused("mod.bad.desk")
    if target.id == guild.owner_id:
        raise Refused("mod.bad.owner")
    if not isinstance(target, discord.Member):
        if act not in (Act.BAN, Act.NOTE, Act.NONE):
            raise Refused("mod.bad.left")
    elif act is not Act.NONE:
        # A moderator who stands lower has no say about who stands higher, by no command.
        if moderator.id != guild.owner_id and target.top_role >= moderator.top_role:
            raise Refused("mod.bad.above_you")
        if act in NEEDS and target.top_role >= guild.me.top_role:
            raise Refused("mod.bad.above_desk")
    if role is not None and (role >= guild.me.top_role or role.managed or role.is_default()):
        raise Refused("mod.bad.role_above")
    missing = lacking(guild.me.guild_permissions, NEEDS.get(act, Permissions.none()))
    if missing:
        raise Refused("mod.bad.permission", permissions=", ".join(missing))
