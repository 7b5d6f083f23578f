"""Bringing sessions to Discord: their posts, who may write there, and what people are told."""

import asyncio
from collections import defaultdict
from datetime import timedelta

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.model import NoSuchSession, Session, State
from bot.platform.access import missing_permissions
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.interactions import NOBODY
from bot.platform.mail import guild_tongue, person_tongue, write_to
from bot.platform.once import post_once
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from cogs.discussion import show

HOLD_NEEDS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    read_message_history=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    manage_threads=True,
)
"""What the desk needs where sessions are held: to make a post, to open and to close it."""

SessionPlace = discord.TextChannel | discord.ForumChannel

_GONE = 10008
_MOST_INTERESTED = 5000
_OVER = frozenset({State.CLOSED, State.SUMMED_UP, State.ARCHIVED, State.CANCELLED})

log = structlog.stdlib.get_logger(__name__)


class SessionDelivery(DeskCog):
    """Performs what sessions ask of Discord."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        # Two sessions with one topic must not be given one post.
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def cog_load(self) -> None:
        """Take on posts, gates and messages among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.SHOW, self.show)
        self.client.courier.handle(effects.GATE, self.gate)
        self.client.courier.handle(effects.TELL, self.tell)
        self.client.courier.handle(effects.MESSAGE, self.message)

    async def show(self, parcel: Parcel) -> None:
        """Bring a session's post up to date; make it if it is not there, unless it is over.

        Raises:
            TryLater, Undeliverable: the place of sessions is out of reach; `/setup` tries again.
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        async with self._turns[parcel.guild_id]:
            session = await self._session(parcel)
            if session is None:
                return
            thread = await self._thread(session)
            message_id = session.place.message_id
            if thread is None:
                if session.state in _OVER:
                    return
                thread, message_id = await self._made(session)
            message_id = await self._update(thread, session, message_id, nonce_of(parcel))

            async def keep(store: AsyncSession) -> None:
                await self.desk.sessions.placed(
                    store,
                    session.guild_id,
                    session.reference,
                    channel_id=thread.id,
                    message_id=message_id,
                )

            await self.desk.store.write(keep)

    async def gate(self, parcel: Parcel) -> None:
        """Let people write while a session is open, slowly; put back what was before after it.

        Raises:
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        session = await self._session(parcel)
        thread = None if session is None else await self._thread(session)
        if session is None or thread is None:
            return
        guild_id, reference = session.guild_id, session.reference
        if session.state is State.OPEN:
            before = await self.desk.sessions.gate_before(guild_id, reference)
            if not before:
                # Noted first: once it is changed, nobody could tell any more.
                before = {"slow": thread.slowmode_delay, "locked": int(thread.locked)}
                await self.desk.sessions.keep_before(guild_id, reference, before)
            setup = await self.desk.discussion_setups.of(guild_id)
            await _edit(thread, locked=False, archived=False, slow=setup.slow_seconds)
        elif session.state is State.ANNOUNCED:
            await _edit(thread, locked=True, archived=False, slow=None)
        else:
            before = await self.desk.sessions.gate_before(guild_id, reference)
            locked = bool(before.get("locked", 1))
            archived = session.state is State.ARCHIVED
            await _edit(thread, locked=locked, archived=archived, slow=before.get("slow"))

    async def tell(self, parcel: Parcel) -> Finish | None:
        """Say in a session's post what happens; find whom else to tell on Discord's event.

        Raises:
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        session = await self._session(parcel)
        if session is None:
            return None
        what, late = str(parcel.payload["what"]), int(parcel.payload["late"])
        thread = await self._thread(session)
        if thread is not None and not _is_past(what, session):
            t = guild_tongue(self.client, session.guild_id)
            if thread.archived:
                await thread.edit(archived=False)
            card = show.told_card(t, session, what, late)
            await post_once(thread, card.view(), nonce=nonce_of(parcel))
        if not parcel.payload["everybody"]:
            return None
        interested = await self._interested(session)

        async def finish(store: AsyncSession) -> None:
            await self.desk.sessions.tell_interested(
                store, session.guild_id, session.reference, interested, what
            )

        return finish

    async def message(self, parcel: Parcel) -> Finish | None:
        """Write to somebody who comes, follows or hosts.

        A host who cannot be reached is no host: staff are told.

        Raises:
            TryLater: Discord finds that the desk opens too many conversations at once.
            discord.HTTPException: Discord is in trouble, or refuses the card.
        """
        session = await self._session(parcel)
        reader = await self.desk.sessions.reader(int(parcel.payload["person"]))
        what = str(parcel.payload["what"])
        if what.startswith("host.named."):
            what = "host.named"
        if session is None or reader is None or _is_past(what, session):
            return None
        # A later change has told them more than this would.
        if what != "announced" and parcel.payload["sequence"] < session.sequence:
            return None
        user_id, locale = reader
        t = person_tongue(self.client, session.guild_id, locale)
        guild = self.client.get_guild(session.guild_id)
        card = show.message_card(t, session, what, "" if guild is None else guild.name)
        told = await write_to(self.client, user_id, card, once=parcel.key)
        if told or not what.startswith("host."):
            return None
        notice = staff_notice(
            session.guild_id,
            "session.notice.host",
            once=f"session:{session.reference}:host:{parcel.payload['person']}",
            reference=session.reference,
            topic=session.plan.topic,
        )

        async def finish(store: AsyncSession) -> None:
            await self.desk.outbox.post(store, notice)

        return finish

    async def _session(self, parcel: Parcel) -> Session | None:
        try:
            return await self.desk.sessions.session(
                parcel.guild_id, str(parcel.payload["reference"])
            )
        except NoSuchSession:
            return None

    async def _thread(self, session: Session) -> discord.Thread | None:
        return await post_of(self.client, session)

    async def _made(self, session: Session) -> tuple[discord.Thread, int | None]:
        """Make a session's post where the server holds its sessions; return it, and its card.

        Raises:
            TryLater, Undeliverable: that place is out of reach.
        """
        place = await session_place(self.client, session.guild_id)
        name = session.plan.topic[:100]
        for one in place.threads:
            # A process that died between making a post and noting where it is has left it here.
            ours = one.owner_id == place.guild.me.id and one.name == name
            if ours and not await self.desk.sessions.is_taken(session.guild_id, one.id):
                # The first message of a forum's post has the post's own id.
                return one, one.id if isinstance(place, discord.ForumChannel) else None
        if isinstance(place, discord.ForumChannel):
            card = show.post_card(guild_tongue(self.client, session.guild_id), session)
            tags = place.available_tags[:1] if place.flags.require_tag else []
            made = await place.create_thread(
                name=name,
                view=card.view(),
                applied_tags=tags,
                auto_archive_duration=10080,
                allowed_mentions=NOBODY,
            )
            return made.thread, made.message.id
        thread = await place.create_thread(
            name=name,
            type=discord.ChannelType.public_thread,
            auto_archive_duration=10080,
        )
        return thread, None

    async def _update(
        self, thread: discord.Thread, session: Session, message_id: int | None, nonce: str
    ) -> int:
        """Bring the card in a post up to date; return its message."""
        view = show.post_card(guild_tongue(self.client, session.guild_id), session).view()
        archived = thread.archived
        name = session.plan.topic[:100]
        if archived or thread.name != name:
            await thread.edit(archived=False, name=name)
        posted = None
        if message_id is not None:
            try:
                message = thread.get_partial_message(message_id)
                await message.edit(view=view, allowed_mentions=NOBODY)
                posted = message_id
            except discord.NotFound as error:
                if error.code != _GONE:
                    raise
        if posted is None:
            posted = (await post_once(thread, view, nonce=nonce)).id
        if archived and session.state in _OVER:
            await thread.edit(archived=True)
        return posted

    async def _interested(self, session: Session) -> list[int]:
        """Return who is interested in Discord's event; nobody if it is gone."""
        guild = self.client.get_guild(session.guild_id)
        if guild is None or session.place.event_id is None:
            return []
        try:
            event = await guild.fetch_scheduled_event(session.place.event_id)
            return [one.id async for one in event.users(limit=_MOST_INTERESTED)]
        except (discord.NotFound, discord.Forbidden):
            return []


async def post_of(client: DeskClient, session: Session) -> discord.Thread | None:
    """Return a session's post; None if there is none, or it was deleted.

    Raises:
        TryLater: Discord does not have the server ready at the moment.
        discord.HTTPException: Discord is in trouble.
    """
    guild = client.get_guild(session.guild_id)
    channel_id = session.place.channel_id
    if guild is None or channel_id is None:
        return None
    if guild.unavailable:
        raise TryLater("Discord has the server out of reach", timedelta(minutes=1))
    found = guild.get_thread(channel_id)
    if found is not None:
        return found
    try:
        fetched = await client.fetch_channel(channel_id)
    except (discord.NotFound, discord.Forbidden):
        return None
    return fetched if isinstance(fetched, discord.Thread) else None


async def session_place(client: DeskClient, guild_id: int) -> SessionPlace:
    """Return the channel or forum where a server holds its sessions.

    Raises:
        TryLater: Discord does not have the server ready at the moment.
        Undeliverable: it is gone or was never chosen, or the desk lacks a permission there.
    """
    setup = await client.desk.discussion_setups.of(guild_id)
    guild = client.get_guild(guild_id)
    if guild is None:
        raise Undeliverable("the desk is no longer in this server")
    if guild.unavailable:
        raise TryLater("Discord has the server out of reach")
    channel = None if setup.channel_id is None else guild.get_channel(setup.channel_id)
    if not isinstance(channel, SessionPlace):
        raise Undeliverable("the place for sessions is gone; /setup, Sessions, chooses another")
    missing = missing_permissions(channel, guild.me, HOLD_NEEDS)
    if missing:
        raise Undeliverable(f"the desk lacks {', '.join(missing)} where sessions are held")
    return channel


async def _edit(thread: discord.Thread, *, locked: bool, archived: bool, slow: int | None) -> None:
    """Set a post, if it is not so already; `slow` None leaves its slow mode alone."""
    slow = thread.slowmode_delay if slow is None else slow
    if (thread.locked, thread.archived, thread.slowmode_delay) != (locked, archived, slow):
        await thread.edit(locked=locked, archived=archived, slowmode_delay=slow)


def _is_past(what: str, session: Session) -> bool:
    """Say whether what was to be told is not true any more."""
    ahead = {"announced", "week", "day", "hour", "moved"}
    if what.removeprefix("host.") in ahead:
        return session.state is not State.ANNOUNCED
    if what in ("opened",):
        return session.state is not State.OPEN
    return False
