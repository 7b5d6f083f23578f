"""What AutoMod ought to be in a server, and what one of its rules there is, in the desk's terms."""

import discord
from discord import AutoModRuleActionType, AutoModRuleTriggerType

from bot.guilds.model import Capability
from bot.moderation.native.derive import derive
from bot.moderation.native.model import PREFIX, Kind, NativeRule, Plan
from bot.platform.client import DeskClient
from bot.platform.mail import guild_tongue

_STAFF = (Capability.MODERATOR, Capability.STAFF, Capability.ADMIN)


async def plan(client: DeskClient, guild_id: int) -> Plan:
    """Return what AutoMod can take of the rules in a server.

    Raises:
        StoreUnavailable: who is staff there cannot be read.
    """
    setup = await client.desk.guilds.get(guild_id)
    staff = sorted({role for one in _STAFF for role in setup.roles.get(one, ())})
    return derive(
        client.desk.rules.ruleset,
        staff,
        dry_run=client.desk.settings.moderation.dry_run,
        message=guild_tongue(client, guild_id)("automod.blocked", rule="{rule}"),
    )


def is_ours(rule: discord.AutoModRule) -> bool:
    """Say whether a rule was made by the desk, as its name and its maker say."""
    return rule.creator_id == rule.guild.me.id and rule.name.startswith(PREFIX)


def seen(rule: discord.AutoModRule) -> NativeRule:
    """Return one of the server's rules as the desk would have made it."""
    blocks = [one for one in rule.actions if one.type is AutoModRuleActionType.block_message]
    mentions = rule.trigger.type is AutoModRuleTriggerType.mention_spam
    return NativeRule(
        # A rule that is off, or blocks nothing, is another one than the desk's.
        check_id=rule.name.removeprefix(PREFIX) if rule.enabled and blocks else "",
        rule="",
        kind=Kind.MENTIONS if mentions else Kind.KEYWORDS,
        keywords=tuple(rule.trigger.keyword_filter),
        allowed=tuple(rule.trigger.allow_list),
        mentions=rule.trigger.mention_limit,
        roles=tuple(rule.exempt_role_ids),
        channels=tuple(rule.exempt_channel_ids),
        message=(blocks[0].custom_message or "") if blocks else "",
    )


def trigger(rule: NativeRule) -> discord.AutoModTrigger:
    """Return what sets a rule off, in Discord's terms."""
    if rule.kind is Kind.MENTIONS:
        return discord.AutoModTrigger(
            type=AutoModRuleTriggerType.mention_spam,
            mention_limit=rule.mentions,
            mention_raid_protection=True,
        )
    return discord.AutoModTrigger(
        type=AutoModRuleTriggerType.keyword,
        keyword_filter=list(rule.keywords),
        allow_list=list(rule.allowed),
    )


def actions(rule: NativeRule) -> list[discord.AutoModRuleAction]:
    """Return what follows: the message is blocked, and its author reads why."""
    return [
        discord.AutoModRuleAction(
            type=AutoModRuleActionType.block_message, custom_message=rule.message
        )
    ]


def left_alone(rule: NativeRule) -> tuple[list[discord.Object], list[discord.Object]]:
    """Return whom and where a rule leaves alone: roles and channels."""
    return [discord.Object(one) for one in rule.roles], [
        discord.Object(one) for one in rule.channels
    ]
