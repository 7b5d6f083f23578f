"""What Discord tells of AutoMod: what it blocked, and who changed the desk's rules by hand."""

import discord
import structlog
from discord import AutoModRuleActionType
from discord.ext import commands

from bot.moderation.model import Message
from bot.moderation.rules import Ruleset
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable
from cogs.automod.plan import plan, seen

log = structlog.stdlib.get_logger(__name__)


class AutoModWatch(DeskCog):
    """Listens, and has AutoMod looked at whenever the desk is ready or its rules change."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._heard = self._taken_up

    async def cog_load(self) -> None:
        """Hear of new rules."""
        await super().cog_load()
        self.desk.rule_edits.on_taken_up.append(self._heard)

    async def cog_unload(self) -> None:
        """Hear of them no more."""
        if self._heard in self.desk.rule_edits.on_taken_up:
            self.desk.rule_edits.on_taken_up.remove(self._heard)
        await super().cog_unload()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look what was changed while the desk was away."""
        await self._sync_all()

    @commands.Cog.listener()
    async def on_automod_rule_update(self, rule: discord.AutoModRule) -> None:
        """Notice that one of the desk's rules was changed."""
        await self._by_hand(rule, seen(rule).digest)

    @commands.Cog.listener()
    async def on_automod_rule_delete(self, rule: discord.AutoModRule) -> None:
        """Notice that one of the desk's rules was deleted."""
        await self._by_hand(rule, None)

    @commands.Cog.listener()
    async def on_automod_action(self, execution: discord.AutoModAction) -> None:
        """Record what was blocked, as if the desk's own check had found it."""
        if execution.action.type is not AutoModRuleActionType.block_message:
            return  # another part of the same
        guild_id = execution.guild_id
        try:
            check_id = await self.desk.automods.check_of(guild_id, execution.rule_id)
            check = None if check_id is None else self.desk.rules.ruleset.check(check_id)
            if check is None:
                return
            message = Message(
                id=-1 - self.desk.randomness.randrange(1 << 62),
                guild_id=guild_id,
                channel_id=execution.channel_id or 0,
                author_id=execution.user_id,
                text=execution.content,
                at=self.desk.clock().timestamp(),
            )
            await self.desk.guard.blocked(message, check)
        except StoreUnavailable:
            log.warning("automod.store_unavailable", guild=guild_id)

    async def _by_hand(self, rule: discord.AutoModRule, digest: str | None) -> None:
        guild_id = rule.guild.id
        try:
            check_id = await self.desk.automods.check_of(guild_id, rule.id)
            native = await self.desk.automods.of(guild_id)
            if check_id is None or not native.wanted:
                return
            wanted = {one.check_id: one for one in (await plan(self.client, guild_id)).rules}
            ought = wanted.get(check_id)
            if ought is None or ought.digest == digest:
                return  # the desk did that
            await self.desk.automods.by_hand(guild_id, rule.id, digest)
        except StoreUnavailable:
            log.warning("automod.store_unavailable", guild=rule.guild.id)

    async def _taken_up(self, _rules: Ruleset) -> None:
        await self._sync_all()

    async def _sync_all(self) -> None:
        try:
            await self.desk.automods.sync_all()
        except StoreUnavailable:
            log.warning("automod.store_unavailable")
