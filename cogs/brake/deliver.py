"""Bringing a brake to Discord, and taking it back: slow mode, and the line that says why."""

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.brakes import effects
from bot.moderation.brakes.model import Brake, NoBrake
from bot.platform.access import permission_name
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, nonce_of
from bot.platform.mail import guild_tongue, rewrite
from bot.platform.once import post_once
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Parcel
from cogs.brake import show

_REASON = "Calming a heated thread"
_OVER = "The thread is calm again"

Slowed = discord.Thread | discord.TextChannel


class BrakeDelivery(DeskCog):
    """Sets a thread as a brake wants it, and as it was before."""

    async def cog_load(self) -> None:
        """Take on brakes among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.SLOW, self.slow)
        self.client.courier.handle(effects.LINE, self.line)

    async def slow(self, parcel: Parcel) -> Finish | None:
        """Set the slow mode. If the desk may not, staff hear of it, once.

        How slow the thread was is noted first, so that it can be restored whatever happens between.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        found = await self._find(parcel)
        if found is None:
            return None
        brake, channel = found
        return await (self._raise if brake.is_on else self._restore)(brake, channel)

    async def _raise(self, brake: Brake, channel: Slowed) -> Finish | None:
        if brake.before is None:
            brake = await self.desk.brakes.keep_before(
                brake.guild_id, brake.number, channel.slowmode_delay
            )
        if channel.slowmode_delay >= brake.slow_seconds:
            return None
        try:
            await _set(channel, brake.slow_seconds, _REASON)
        except discord.Forbidden:
            lacking = _lacking(brake, channel, "brake.notice.lacks")
            return lambda session: self.desk.outbox.post(session, lacking)
        return None

    async def _restore(self, brake: Brake, channel: Slowed) -> Finish | None:
        if brake.restored or brake.before is None:
            return None
        if (later := await self.desk.brakes.now(brake.guild_id, channel.id)) is not None:
            # It was slowed down anew meanwhile: that brake must restore what this one found.
            await self.desk.brakes.keep_before(brake.guild_id, later.number, brake.before)
            return None
        notice: Effect | None = None
        # Whoever set something otherwise meanwhile, meant it.
        if channel.slowmode_delay == brake.slow_seconds != brake.before:
            try:
                await _set(channel, brake.before, _OVER)
            except discord.Forbidden:
                notice = _lacking(brake, channel, "brake.notice.not_restored")

        async def finish(session: AsyncSession) -> None:
            await self.desk.brakes.restored(session, brake.guild_id, brake.number)
            if notice is not None:
                await self.desk.outbox.post(session, notice)

        return finish

    async def line(self, parcel: Parcel) -> Finish | None:
        """Say in the thread why it is slow, or that it is as fast as before.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        found = await self._find(parcel)
        if found is None:
            return None
        brake, channel = found
        card = show.line_card(guild_tongue(self.client, brake.guild_id), brake)
        if brake.line is not None:
            await rewrite(self.client, channel.id, brake.line, card)
            return None
        if not brake.is_on:
            return None
        try:
            posted = await post_once(channel, card.view(), nonce=nonce_of(parcel))
        except discord.Forbidden:
            return None  # it is slow all the same, and staff can read why
        return lambda session: self.desk.brakes.said(
            session, brake.guild_id, brake.number, posted.id
        )

    async def _find(self, parcel: Parcel) -> tuple[Brake, Slowed] | None:
        guild = self.client.get_guild(parcel.guild_id)
        if guild is None:
            return None
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        try:
            brake = await self.desk.brakes.brake(parcel.guild_id, int(parcel.payload["number"]))
        except NoBrake:
            return None
        channel: object = guild.get_channel_or_thread(brake.channel_id)
        if channel is None:
            try:  # an archived thread is not in memory
                channel = await guild.fetch_channel(brake.channel_id)
            except (discord.NotFound, discord.Forbidden):
                return None
        return (brake, channel) if isinstance(channel, Slowed) else None


async def _set(channel: Slowed, seconds: int, reason: str) -> None:
    if isinstance(channel, discord.Thread) and channel.archived:
        # Discord changes nothing about a thread that is archived, so it is opened for a moment.
        await channel.edit(archived=False, slowmode_delay=seconds, reason=reason)
        await channel.edit(archived=True, reason=reason)
        return
    await channel.edit(slowmode_delay=seconds, reason=reason)


def _lacking(brake: Brake, channel: Slowed, key: str) -> Effect:
    needs = "manage_threads" if isinstance(channel, discord.Thread) else "manage_channels"
    return staff_notice(
        brake.guild_id,
        key,
        once=f"brake:{brake.number}:{key}",
        channel=str(channel.id),
        permission=permission_name(needs),
    )
