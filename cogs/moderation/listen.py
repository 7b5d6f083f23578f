"""Reading messages: each one as it comes, and again when it is edited."""

import asyncio

import discord
import structlog
from discord.ext import commands

from bot.guilds.model import Capability
from bot.moderation.checks import Finding
from bot.moderation.model import Message
from bot.platform.client import DeskClient, is_written
from bot.platform.components import DeskCog
from bot.store import StoreUnavailable
from cogs.moderation.deliver import Deliveries

_STAFF = frozenset({Capability.MODERATOR, Capability.STAFF, Capability.ADMIN})
_EPOCH = discord.utils.DISCORD_EPOCH
_MOST_WAITING = 500

log = structlog.stdlib.get_logger(__name__)


class Guarding(DeskCog):
    """Has the guard look at every message, if the operator lets it read them."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._acting: set[asyncio.Task[None]] = set()

    async def cog_load(self) -> None:
        """Begin to deliver, and to look where that is allowed."""
        await super().cog_load()
        Deliveries(self.client).register()
        if self.desk.settings.moderation.read_messages:
            self.client.on_seen.append(self.look)

    async def cog_unload(self) -> None:
        """Stop looking."""
        if self.look in self.client.on_seen:
            self.client.on_seen.remove(self.look)
        await super().cog_unload()

    def look(self, message: discord.Message) -> None:
        """Look at a message, at once; what follows is done beside the loop's other work."""
        author = message.author
        if message.guild is None or author.bot or not message.content or not is_written(message):
            return
        findings = self.desk.guard.look(_read(message))
        if findings and len(self._acting) < _MOST_WAITING:
            acting = asyncio.create_task(self._act(message, findings))
            self._acting.add(acting)
            acting.add_done_callback(self._acting.discard)

    async def rest(self) -> None:
        """Wait until what follows from messages seen so far is recorded."""
        while self._acting:
            await asyncio.wait(set(self._acting))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Look again at a message whose words were changed."""
        edited = payload.data.get("edited_timestamp") is not None  # else a preview was added
        if self.desk.settings.moderation.read_messages and edited and payload.message.content:
            self.look(payload.message)

    async def _act(self, message: discord.Message, findings: tuple[Finding, ...]) -> None:
        guild, author = message.guild, message.author
        assert guild is not None  # noqa: S101 - only messages of servers are looked at
        roles = tuple(role.id for role in getattr(author, "roles", ()))
        try:
            setup = await self.desk.guilds.get(guild.id)
            admin = author.id == guild.owner_id
            if isinstance(author, discord.Member):
                admin = admin or author.guild_permissions.manage_guild
            held = setup.capabilities(roles, admin=admin)
            where = (message.channel.id, getattr(message.channel, "parent_id", 0) or 0, roles)
            left = [
                one
                for one in findings
                if one.check.applies(*where)
                and not (one.check.exempt_staff and not _STAFF.isdisjoint(held))
            ]
            if left:
                await self.desk.guard.act(_read(message), left)
        except StoreUnavailable:
            log.warning("guard.store_unavailable", guild=guild.id)
        except Exception as error:
            log.error("guard.failed", error=type(error).__name__, guild=guild.id)


def _read(message: discord.Message) -> Message:
    guild, author, channel, text = message.guild, message.author, message.channel, message.content
    at = ((message.id >> 22) + _EPOCH) / 1000
    author_id = author.id
    joined = author.joined_at if isinstance(author, discord.Member) else None
    return Message(
        message.id,
        0 if guild is None else guild.id,
        channel.id,
        author_id,
        text,
        at,
        (channel.parent_id or 0) if isinstance(channel, discord.Thread) else 0,
        (),
        len(message.mentions) + len(message.role_mentions),
        "@" in text and not message.mention_everyone and _cries(text),
        at - ((author_id >> 22) + _EPOCH) / 1000,
        None if joined is None else at - joined.timestamp(),
        len(message.attachments),
    )


def _cries(text: str) -> bool:
    return "@everyone" in text or "@here" in text
