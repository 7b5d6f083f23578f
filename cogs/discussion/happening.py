"""Discord's own scheduled event of a session, kept as the session is."""

from collections.abc import Awaitable
from typing import Any

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.model import NoSuchSession, Session, State
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, Undeliverable
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from cogs.discussion import show

log = structlog.stdlib.get_logger(__name__)

_WAITING = discord.EventStatus.scheduled
_RUNNING = discord.EventStatus.active


class SessionHappening(DeskCog):
    """Makes, changes, starts and ends Discord's events."""

    async def cog_load(self) -> None:
        """Take on events among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.EVENT, self.event)

    async def event(self, parcel: Parcel) -> Finish | None:
        """Bring the event of a session up to date.

        One that was deleted by hand is made again while its session is ahead. Without a post there
        is no event yet: making the post asks for it.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            Undeliverable: the desk may not make events here.
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        try:
            session = await self.desk.sessions.session(
                parcel.guild_id, str(parcel.payload["reference"])
            )
        except NoSuchSession:
            return None
        guild = self.client.get_guild(session.guild_id)
        if guild is None:
            return None
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        found = await self._find(guild, session)
        if found is None:
            return await self._make(guild, session)
        if session.state is State.ANNOUNCED and found.status is _WAITING:
            await found.edit(**self._said(session))
        elif session.state is State.OPEN and found.status is _WAITING:
            await _as_far_as_it_goes(found.start())
        elif session.state not in (State.ANNOUNCED, State.OPEN):
            if found.status is _WAITING:
                await _as_far_as_it_goes(found.cancel())
            elif found.status is _RUNNING:
                await _as_far_as_it_goes(found.end())
        return self._kept(session, found)

    async def _find(self, guild: discord.Guild, session: Session) -> discord.ScheduledEvent | None:
        if session.place.event_id is not None:
            try:
                return await guild.fetch_scheduled_event(session.place.event_id)
            except discord.NotFound:
                return None
        if not session.link:
            return None
        # A process that died between making an event and noting which it is has left it here.
        for one in await guild.fetch_scheduled_events():
            if one.location == session.link:
                return one
        return None

    async def _make(self, guild: discord.Guild, session: Session) -> Finish | None:
        ahead = session.plan.starts > self.desk.clock()
        if session.state is not State.ANNOUNCED or not session.link or not ahead:
            return None
        if not guild.me.guild_permissions.manage_events:
            raise Undeliverable("the desk lacks Manage Events in this server")
        made = await guild.create_scheduled_event(
            **self._said(session),
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
        return self._kept(session, made)

    def _said(self, session: Session) -> dict[str, Any]:
        t = guild_tongue(self.client, session.guild_id)
        return {
            "name": session.plan.topic[:100],
            "description": show.event_text(t, session),
            "start_time": session.plan.starts,
            "end_time": session.plan.ends,
            "location": session.link,
        }

    def _kept(self, session: Session, found: discord.ScheduledEvent) -> Finish:
        async def finish(store: AsyncSession) -> None:
            await self.desk.sessions.placed(
                store, session.guild_id, session.reference, event_id=found.id
            )

        return finish


async def _as_far_as_it_goes(change: Awaitable[object]) -> None:
    """Move an event on. Discord moves events by itself as well, and may have been first."""
    try:
        await change
    except discord.HTTPException as error:
        if error.status != 400:
            raise
        log.info("session.event_moved_already", status=error.status)
