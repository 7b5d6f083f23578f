"""Making AutoMod what it ought to be: rules are made, changed, taken away; the desk's own only."""

from functools import partial

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.native.model import Kept, NativeRule, State
from bot.moderation.native.service import SYNC
from bot.platform.access import permission_name
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater
from bot.store.outbox import Parcel
from cogs.automod.plan import actions, is_ours, left_alone, plan, seen, trigger

_REFUSED = 50_035
"""A form that Discord does not take; what it says names the limit on rules, if that is why."""
_REASON = "Kept in step with the rules of the community"

Step = tuple[Kept | None, str, bool]
"""Where a rule stands now, its check, and whether staff are told that it was changed by hand."""


class AutoModDelivery(DeskCog):
    """Performs the one effect there is."""

    async def cog_load(self) -> None:
        """Take on AutoMod among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(SYNC, self.sync)

    async def sync(self, parcel: Parcel) -> Finish | None:
        """Make the rules what they ought to be. Trying again finds those that are made already.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        guild = self.client.get_guild(parcel.guild_id)
        if guild is None:
            return None
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        native = await self.desk.automods.of(guild.id)
        try:
            every = await guild.fetch_automod_rules()
            known = {one.check_id: one for one in native.kept}
            # By number, for somebody may have renamed it; by name, for the desk may have gone down
            # just after it was made.
            ours = {one.rule_id for one in native.kept}
            there = {one.id: one for one in every if one.id in ours or is_ours(one)}
            wanted = (await plan(self.client, guild.id)).rules if native.wanted else ()
            steps = []
            for one in wanted:
                rule = _find(one, known.get(one.check_id), there)
                steps.append(await _bring(guild, one, known.get(one.check_id), rule))
                if rule is not None:
                    del there[rule.id]
            for rule in there.values():
                await _gone(rule)
        except discord.Forbidden:
            lacks = permission_name("manage_guild")
            return lambda session: self.desk.automods.stuck(session, guild.id, lacks)
        unwanted = set(known) - {one.check_id for one in wanted}
        steps += [(None, check_id, False) for check_id in sorted(unwanted)]
        return partial(self._keep, guild.id, steps)

    async def _keep(self, guild_id: int, steps: list[Step], session: AsyncSession) -> None:
        automods = self.desk.automods
        await automods.stuck(session, guild_id, "")
        for kept, check_id, tell in steps:
            if kept is None:
                await automods.drop(session, guild_id, check_id)
            else:
                await automods.note(session, guild_id, kept, tell=tell)


def _find(
    wanted: NativeRule, known: Kept | None, there: dict[int, discord.AutoModRule]
) -> discord.AutoModRule | None:
    if known is not None and known.rule_id in there:
        return there[known.rule_id]
    return next((one for one in there.values() if one.name == wanted.name), None)


async def _bring(
    guild: discord.Guild,
    wanted: NativeRule,
    known: Kept | None,
    rule: discord.AutoModRule | None,
) -> Step:
    """Make one rule what it ought to be, unless somebody changed it by hand."""
    if known is not None and known.state in (State.CHANGED, State.DELETED):
        return known, wanted.check_id, False
    if rule is None:
        if known is not None and known.rule_id is not None:
            # It was deleted while the desk was away.
            return Kept(wanted.check_id, None, known.digest, State.DELETED), wanted.check_id, True
        return await _make(guild, wanted), wanted.check_id, False
    digest = seen(rule).digest
    if known is not None and known.digest and digest not in (known.digest, wanted.digest):
        return Kept(wanted.check_id, rule.id, known.digest, State.CHANGED), wanted.check_id, True
    if digest != wanted.digest:
        roles, channels = left_alone(wanted)
        await rule.edit(
            name=wanted.name,
            trigger=trigger(wanted),
            actions=actions(wanted),
            enabled=True,
            exempt_roles=roles,
            exempt_channels=channels,
            reason=_REASON,
        )
    return Kept(wanted.check_id, rule.id, wanted.digest, State.KEPT), wanted.check_id, False


async def _make(guild: discord.Guild, wanted: NativeRule) -> Kept:
    roles, channels = left_alone(wanted)
    try:
        made = await guild.create_automod_rule(
            name=wanted.name,
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=trigger(wanted),
            actions=actions(wanted),
            enabled=True,
            exempt_roles=roles,
            exempt_channels=channels,
            reason=_REASON,
        )
    except discord.HTTPException as error:
        if error.status == 400 and error.code == _REFUSED and "max" in error.text.lower():
            return Kept(wanted.check_id, None, "", State.FULL)
        raise
    return Kept(wanted.check_id, made.id, wanted.digest, State.KEPT)


async def _gone(rule: discord.AutoModRule) -> None:
    try:
        await rule.delete(reason=_REASON)
    except discord.NotFound:
        return
