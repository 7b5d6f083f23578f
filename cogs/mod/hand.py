"""What moderators do by hand in Discord, taken up as cases from the audit log."""

from datetime import datetime

import structlog
from discord import AuditLogAction, AuditLogEntry
from discord.ext import commands

from bot.moderation.cases.model import Act
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable

_BANS = {AuditLogAction.ban: Act.BAN, AuditLogAction.kick: Act.KICK}

log = structlog.stdlib.get_logger(__name__)


class ByHand(DeskCog):
    """Listens to servers' audit logs, where the desk may see them."""

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: AuditLogEntry) -> None:
        """Keep bans, kicks, timeouts and roles taken by hand as cases; end what is taken back."""
        await self._read(entry, None)

    async def _read(self, entry: AuditLogEntry, at: datetime | None) -> None:
        target = getattr(entry.target, "id", None)
        if entry.user_id in (None, self.client.application_id, entry.guild.me.id) or target is None:
            return
        try:
            await self._take_up(entry, int(target), at)
        except StoreUnavailable:
            log.warning("cases.store_unavailable")

    async def _take_up(self, entry: AuditLogEntry, target: int, at: datetime | None) -> None:
        guild_id, by, reason = entry.guild.id, entry.user_id or 0, entry.reason or ""
        cases = self.desk.cases
        if entry.action in _BANS:
            act = _BANS[entry.action]
            await cases.by_hand(guild_id, by, act, target, entry=entry.id, reason=reason, at=at)
        elif entry.action is AuditLogAction.unban:
            await cases.ended_by_hand(guild_id, by, Act.BAN, target, reason, at=at)
        elif entry.action is AuditLogAction.member_update and _is_timeout(entry):
            until = entry.after.timed_out_until
            if until is None:
                await cases.ended_by_hand(guild_id, by, Act.TIMEOUT, target, reason, at=at)
            else:
                await cases.by_hand(
                    guild_id,
                    by,
                    Act.TIMEOUT,
                    target,
                    entry=entry.id,
                    reason=reason,
                    until=until,
                    at=at,
                )
        elif entry.action is AuditLogAction.member_role_update and by != target:
            await self._roles(entry, target, at)

    async def _roles(self, entry: AuditLogEntry, target: int, at: datetime | None) -> None:
        """A role that was taken is a case; one that is given back ends it."""
        guild_id, by, reason = entry.guild.id, entry.user_id or 0, entry.reason or ""
        for role in getattr(entry.before, "roles", None) or ():
            await self.desk.cases.by_hand(
                guild_id,
                by,
                Act.ROLE,
                target,
                entry=entry.id ^ role.id,
                reason=reason,
                role_id=role.id,
                at=at,
            )
        for role in getattr(entry.after, "roles", None) or ():
            await self.desk.cases.ended_by_hand(
                guild_id, by, Act.ROLE, target, reason, role_id=role.id, at=at
            )


def _is_timeout(entry: AuditLogEntry) -> bool:
    return hasattr(entry.after, "timed_out_until")
