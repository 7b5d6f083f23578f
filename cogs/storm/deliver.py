"""Bringing a storm to Discord, and taking it back: verification, slow mode, and what is pinned."""

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.storms import effects
from bot.moderation.storms.model import VERIFIED, NoStorm, Storm
from bot.platform.access import permission_name
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, nonce_of
from bot.platform.mail import guild_tongue
from bot.platform.once import post_once
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from bot.topics.model import NoSuchTopic
from cogs.storm import show

_REASON = "Storm mode"
_OVER = "Storm mode is over"


class StormDelivery(DeskCog):
    """Sets the server as a storm wants it, and as it was before."""

    async def cog_load(self) -> None:
        """Take on storms among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.SHIELD, self.shield)
        self.client.courier.handle(effects.BOARD, self.board)

    async def shield(self, parcel: Parcel) -> Finish | None:
        """Set verification and slow mode. What the desk may not set, staff hear of, once.

        How things stood is noted first, so that it can be restored whatever happens between.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        found = await self._find(parcel)
        if found is None:
            return None
        storm, guild = found
        if storm.is_on:
            return await self._raise(storm, guild)
        return await self._restore(storm, guild)

    async def _raise(self, storm: Storm, guild: discord.Guild) -> Finish | None:
        setup = await self.desk.storms.setup(guild.id)
        channels = [
            one
            for one in map(guild.get_channel, setup.channels)
            if isinstance(one, discord.TextChannel)
        ]
        if storm.before is None:
            storm = await self.desk.storms.keep_before(
                guild.id,
                storm.number,
                guild.verification_level.value,
                {one.id: one.slowmode_delay for one in channels},
            )
        lacks = set[str]()
        if guild.verification_level.value < VERIFIED:
            try:
                level = discord.VerificationLevel(VERIFIED)
                await guild.edit(verification_level=level, reason=_REASON)
            except discord.Forbidden:
                lacks.add(permission_name("manage_guild"))
        for channel in channels:
            if channel.slowmode_delay < setup.slow_seconds:
                try:
                    await channel.edit(slowmode_delay=setup.slow_seconds, reason=_REASON)
                except discord.Forbidden:
                    lacks.add(permission_name("manage_channels"))
                except discord.NotFound:
                    continue
        return self._lacking(storm, lacks, "storm.notice.lacks")

    async def _restore(self, storm: Storm, guild: discord.Guild) -> Finish | None:
        if storm.restored or storm.before is None:
            return None
        if (later := await self.desk.storms.now(guild.id)) is not None:
            # The next storm has begun already: it must restore what this one found.
            verification, slow = storm.before
            await self.desk.storms.keep_before(guild.id, later.number, verification, slow)
            return None
        verification, slow = storm.before
        setup, lacks = await self.desk.storms.setup(guild.id), set[str]()
        # Whoever set something otherwise meanwhile, meant it.
        if guild.verification_level.value == VERIFIED != verification:
            try:
                level = discord.VerificationLevel(verification)
                await guild.edit(verification_level=level, reason=_OVER)
            except discord.Forbidden:
                lacks.add(permission_name("manage_guild"))
        for channel_id, seconds in slow.items():
            channel = guild.get_channel(channel_id)
            if not isinstance(channel, discord.TextChannel):
                continue
            if channel.slowmode_delay == setup.slow_seconds != seconds:
                try:
                    await channel.edit(slowmode_delay=seconds, reason=_OVER)
                except discord.Forbidden:
                    lacks.add(permission_name("manage_channels"))
                except discord.NotFound:
                    continue
        lacking = self._lacking(storm, lacks, "storm.notice.not_restored")

        async def finish(session: AsyncSession) -> None:
            await self.desk.storms.restored(session, guild.id, storm.number)
            if lacking is not None:
                await lacking(session)

        return finish

    def _lacking(self, storm: Storm, lacks: set[str], key: str) -> Finish | None:
        if not lacks:
            return None
        notice = staff_notice(
            storm.guild_id,
            key,
            once=f"storm:{storm.number}:{key}",
            permissions=", ".join(sorted(lacks)),
        )
        return lambda session: self.desk.outbox.post(session, notice)

    async def board(self, parcel: Parcel) -> Finish | None:
        """Pin what is known where the server wants it; unpin it when the storm is over.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        found = await self._find(parcel)
        if found is None:
            return None
        storm, guild = found
        if not storm.is_on:
            await self._unpin(storm, guild)
            return None
        setup = await self.desk.storms.setup(guild.id)
        channel = guild.get_channel(setup.board_id or 0)
        if storm.board is not None or not isinstance(channel, discord.TextChannel):
            return None
        known = None
        if setup.topic:
            try:
                known = await self.desk.topics.known(guild.id, setup.topic)
            except NoSuchTopic:
                known = None
        if known is None and not setup.known:
            return None
        entries = []
        if known is not None:
            page = (await self.desk.topics.topic(guild.id, setup.topic)).page
            gathered = await self.desk.topic_pages.of(guild.id, page)
            shelf = self.desk.knowledge.of(guild.id)
            entries = [one for entry_id, _q in gathered.entries[:3] if (one := shelf.get(entry_id))]
        card = show.board_card(guild_tongue(self.client, guild.id), known, setup, entries)
        try:
            posted = await post_once(channel, card.view(), nonce=nonce_of(parcel))
            await posted.pin(reason=_REASON)
        except discord.Forbidden:
            needs = {permission_name(one) for one in ("send_messages", "pin_messages")}
            return self._lacking(storm, needs, "storm.notice.lacks")
        where = (channel.id, posted.id)
        return lambda session: self.desk.storms.pinned(session, guild.id, storm.number, where)

    async def _unpin(self, storm: Storm, guild: discord.Guild) -> None:
        if storm.board is None:
            return
        channel = guild.get_channel(storm.board[0])
        if isinstance(channel, discord.TextChannel):
            try:
                await channel.get_partial_message(storm.board[1]).unpin(reason=_OVER)
            except (discord.NotFound, discord.Forbidden):
                return

    async def _find(self, parcel: Parcel) -> tuple[Storm, discord.Guild] | None:
        guild = self.client.get_guild(parcel.guild_id)
        if guild is None:
            return None
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        try:
            storm = await self.desk.storms.storm(parcel.guild_id, int(parcel.payload["number"]))
        except NoStorm:
            return None
        return storm, guild
