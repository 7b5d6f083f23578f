"""Looking for threads that wait for staff, and telling staff of them.

The desk asks Discord who wrote last, where sessions are held and where questions are answered.
It reads no text, and keeps nothing of what it saw.
"""

from datetime import timedelta

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import waiting
from bot.discussions.model import Session
from bot.guilds.model import Capability, GuildSetup
from bot.platform.cards import Card, Part, Tone
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.once import post_once
from bot.platform.staffroom import OUT_OF_REACH, staff_channel
from bot.store.outbox import Parcel

_MESSAGES = 100


class ThreadsWaitingCog(DeskCog):
    """Finds threads that nobody of staff has answered."""

    async def cog_load(self) -> None:
        """Take on both effects."""
        await super().cog_load()
        self.client.courier.handle(waiting.LOOK, self.look)
        self.client.courier.handle(waiting.WAITING, self.tell)

    async def look(self, parcel: Parcel) -> Finish | None:
        """Find the threads whose wait grew long enough.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            discord.HTTPException: Discord is in trouble.
        """
        guild = self.client.get_guild(parcel.guild_id)
        if guild is None:
            return None
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach", timedelta(minutes=1))
        window = waiting.Window.read(parcel)
        places = await self._places(guild.id)
        threads = [one for one in guild.threads if one.parent_id in places]
        threads = [one for one in threads if _may_wait(one, window)]
        threads.sort(key=lambda one: one.last_message_id or one.id, reverse=True)
        crew = _Crew(guild, await self.desk.guilds.get(guild.id))
        found = []
        for thread in threads[: waiting.MOST_READ]:
            session = await self.desk.sessions.at_post(guild.id, thread.id)
            if thread.locked and session is None:
                continue
            try:
                since = await self._since(thread, session, crew)
            except (discord.NotFound, discord.Forbidden):
                continue
            if since is not None and window.has(since.since):
                found.append(since)
        if not found:
            return None

        async def finish(store: AsyncSession) -> None:
            await self.desk.outbox.post(store, waiting.waiting(parcel, found))

        return finish

    async def tell(self, parcel: Parcel) -> None:
        """Show staff which threads wait.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach; `/setup` tries again.
            discord.HTTPException: Discord refuses the card.
        """
        channel = await staff_channel(self.client, parcel.guild_id)
        if channel is None:
            raise Undeliverable(f"{OUT_OF_REACH}none is chosen; /setup chooses one")
        t = self.desk.words.english
        threads, more = waiting.told(parcel)
        lines = [
            t(
                "session.waits.line",
                thread=f"<#{one.channel_id}>",
                since=discord.utils.format_dt(one.since, "R"),
            )
            for one in threads
        ]
        card = Card(
            kind=t("notice.kind"),
            body=t("session.waits"),
            parts=[Part(t("session.waits.part"), lines)],
            footer=t.plural("session.waits.more", more) if more else "",
            tone=Tone.UNSURE,
        )
        await post_once(channel, card.view(), nonce=nonce_of(parcel))

    async def _places(self, guild_id: int) -> frozenset[int]:
        setup = await self.desk.discussion_setups.of(guild_id)
        asked = await self.desk.question_channels.of(guild_id)
        places = {one.channel_id for one in asked}
        if setup.channel_id is not None:
            places.add(setup.channel_id)
        return frozenset(places)

    async def _since(
        self, thread: discord.Thread, session: Session | None, crew: "_Crew"
    ) -> waiting.Waits | None:
        """Return since when nobody of staff has written where others have; None if they did last.

        What the desk answers is an answer; what it says in a session's post is not.
        """
        hosts = frozenset[int]() if session is None else frozenset(session.hosts)
        since = None
        async for message in thread.history(limit=_MESSAGES):
            if message.is_system():
                continue
            if message.author.bot:
                if session is None and message.author == thread.guild.me:
                    break
                continue
            if message.author.id in hosts or await crew.has(message.author.id):
                break
            since = waiting.Waits(thread.id, message.created_at)
        return since


class _Crew:
    """Who of a server belongs to those who answer, as far as was asked already."""

    def __init__(self, guild: discord.Guild, setup: GuildSetup) -> None:
        self._guild = guild
        self._setup = setup
        self._known: dict[int, bool] = {}

    async def has(self, user_id: int) -> bool:
        """Say whether somebody has more than a member's part at the desk."""
        if user_id not in self._known:
            self._known[user_id] = await self._ask(user_id)
        return self._known[user_id]

    async def _ask(self, user_id: int) -> bool:
        member = self._guild.get_member(user_id)
        if member is None:
            try:
                member = await self._guild.fetch_member(user_id)
            except discord.NotFound:
                return False
        may = self._setup.capabilities(
            (role.id for role in member.roles), admin=member.guild_permissions.manage_guild
        )
        return bool(may - {Capability.MEMBER})


def _may_wait(thread: discord.Thread, window: waiting.Window) -> bool:
    """Say whether a thread can have begun to wait within the window, without asking Discord."""
    began = discord.utils.snowflake_time(thread.id)
    if began > window.until:
        return False
    last = thread.last_message_id
    return last is None or discord.utils.snowflake_time(last) > window.after
