"""What moderators do by hand in Discord, taken up as cases from the audit log.

Discord tells it while the desk is connected. What was done while it was away, the desk reads in the
audit log whenever it is ready, from a little before the last entry it had read: the same entry
again changes nothing.
"""

from datetime import datetime, timedelta

import discord
import structlog
from discord import AuditLogAction, AuditLogEntry
from discord.ext import commands

from bot.moderation.cases.model import Act
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable

MOST = 1_000
"""Entries of one server that are caught up; whoever did more was no moderator at work."""
_OVERLAP = timedelta(minutes=5)
"""Entries may come out of order."""

_READ = frozenset(
    {
        AuditLogAction.ban,
        AuditLogAction.kick,
        AuditLogAction.unban,
        AuditLogAction.member_update,
        AuditLogAction.member_role_update,
    }
)
_BANS = {AuditLogAction.ban: Act.BAN, AuditLogAction.kick: Act.KICK}

log = structlog.stdlib.get_logger(__name__)


class ByHand(DeskCog):
    """Listens to servers' audit logs, where the desk may see them."""

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: AuditLogEntry) -> None:
        """Keep bans, kicks, timeouts and roles taken by hand as cases; end what is taken back."""
        if entry.action in _READ and await self._read(entry, None):
            await self._note(entry.guild.id, entry.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Catch up; Discord may say that it is ready more than once."""
        for guild in self.client.guilds:
            await self._catch_up(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Catch up with a server that Discord had out of reach."""
        await self._catch_up(guild)

    async def _catch_up(self, guild: discord.Guild) -> None:
        if guild.unavailable or not guild.me.guild_permissions.view_audit_log:
            return
        try:
            mark = await self.desk.audit_marks.of(guild.id)
            if mark is None:  # what was done before the desk came is not its business
                now = discord.utils.time_snowflake(self.desk.clock())
                await self.desk.audit_marks.note(guild.id, now)
                return
            since = discord.utils.snowflake_time(mark) - _OVERLAP
            missed: list[AuditLogEntry] = []
            async for entry in guild.audit_logs(limit=MOST):
                if entry.created_at < since:
                    break
                missed.append(entry)
            for entry in reversed(missed):
                if entry.action in _READ and not await self._read(entry, entry.created_at):
                    return  # what is not read is caught up the next time
            if missed:
                await self.desk.audit_marks.note(guild.id, missed[0].id)
        except discord.HTTPException as error:
            log.warning("cases.not_caught_up", guild=guild.id, status=error.status)
        except StoreUnavailable:
            log.warning("cases.store_unavailable")

    async def _note(self, guild_id: int, entry_id: int) -> None:
        try:
            await self.desk.audit_marks.note(guild_id, entry_id)
        except StoreUnavailable:
            log.warning("cases.store_unavailable")

    async def _read(self, entry: AuditLogEntry, at: datetime | None) -> bool:
        """Take up an entry; False if it could not be kept, so that it must be read again."""
        target = getattr(entry.target, "id", None)
        if entry.user_id in (None, self.client.application_id, entry.guild.me.id) or target is None:
            return True
        try:
            await self._take_up(entry, int(target), at)
        except StoreUnavailable:
            log.warning("cases.store_unavailable")
            return False
        return True

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
