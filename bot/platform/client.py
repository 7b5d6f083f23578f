"""The desk on Discord: logs in, loads the cogs, routes what is pressed, runs the courier."""

import contextlib
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, cast

import discord
import structlog
from discord.ext import commands, tasks

from bot.platform.commands import CatalogTranslator, DeskTree
from bot.platform.components import Pressable, Sort, is_ours
from bot.platform.courier import Courier
from bot.platform.errors import Sentences
from bot.platform.inbox import Inbox
from bot.platform.interactions import NOBODY
from bot.platform.memory import Languages, ShortMemory, Topics
from bot.platform.pace import Pace
from bot.platform.router import Router
from bot.platform.sieve import Sieve
from bot.settings import Settings
from bot.store import StoreUnavailable
from bot.words import Tongue

if TYPE_CHECKING:
    from bot.desk import Desk

COGS = "cogs"
TICK = 15.0
"""Seconds between looks at the outbox; commits that post something wake the courier at once."""

_FRAME = "socket_event_type"
"""What the library tells of every frame of the gateway."""

log = structlog.stdlib.get_logger(__name__)


class DeskClient(commands.Bot):
    """The desk's connection to Discord.

    Attributes:
        desk: what is true without Discord.
        router: who answers buttons, menus and forms.
        sentences: what people are told about failures; cogs extend it.
        courier: delivers the outbox; cogs say which effects they perform.
        memory: what people typed a moment ago and may still want to pass on.
        topics: what people asked last, for the question that follows it.
        pace: how fast people and servers may ask.
        languages: the languages of people seen lately.
        inbox: who takes direct messages; cogs add themselves.
        sieve: who looks at every message of a server before it is made; cogs add themselves.
    """

    def __init__(self, desk: "Desk") -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=DeskTree,
            intents=intents(desk.settings),
            allowed_mentions=NOBODY,
            allowed_contexts=discord.app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=False),
            # Interactions bring the member they come from, so that none needs to be remembered.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.desk = desk
        self.router = Router()
        self.sentences = Sentences()
        self.courier = Courier(desk.store, desk.outbox)
        self.memory = ShortMemory(desk.clock, desk.randomness)
        self.topics = Topics(desk.clock)
        questions = desk.settings.questions
        self.pace = Pace(
            desk.clock,
            per_person=questions.per_person_per_minute,
            per_server=questions.per_server_per_minute,
        )
        self.languages = Languages()
        self.inbox = Inbox(self)
        self.sieve = Sieve(self)

    async def setup_hook(self) -> None:
        """Load every cog, answer what older messages carry, and tell Discord the commands."""
        self.add_dynamic_items(Pressable)
        for name in cog_names():
            await self.load_extension(name)
        tree = self.tree
        assert isinstance(tree, DeskTree)  # noqa: S101 - made by the constructor; for the types
        await tree.set_translator(CatalogTranslator(self.desk.words))
        await tree.sync_if_changed()

    async def on_ready(self) -> None:
        """Begin to deliver; Discord can be reached now, and may say so more than once."""
        log.info("desk.ready", count=len(self.guilds))
        self.courier.start()
        if not self._tick.is_running():
            self._tick.start()
        # The next time it is ready makes up for it; meanwhile nothing is removed by mistake.
        with contextlib.suppress(StoreUnavailable):
            await self.desk.departures.compare({guild.id for guild in self.guilds})

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that a server invited the desk; `/setup` there does the rest."""
        log.info("guild.joined", guild=guild.id)
        await self.desk.departures.back(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that a server removed the desk, or is gone: what is kept of it goes in time."""
        log.info("guild.left", guild=guild.id)
        await self.desk.departures.left(guild.id)

    def hears_messages(self) -> bool:
        """Say whether somebody listens to servers' messages, or waits for one, by the library."""
        return "on_message" in self.extra_events or "message" in self._listeners

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Do what the sieve's watchers want, then hand the event on as the library does."""
        # What nobody waits for costs neither a task nor the library's look for who might.
        if event_name == "message":
            message: discord.Message = args[0]
            self.sieve.hand(message)
            if message.guild is not None and not self.hears_messages():
                return
        elif event_name == _FRAME and not (
            f"on_{_FRAME}" in self.extra_events or _FRAME in self._listeners
        ):
            return
        super().dispatch(event_name, *args, **kwargs)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Route submitted forms. The tree takes commands, and `Pressable` what is pressed."""
        locale = str(interaction.locale.value)
        new = self.languages.note(interaction.user.id, locale)
        if interaction.type is discord.InteractionType.modal_submit:
            submitted = str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", ""))
            if is_ours(submitted):
                await self.router.press(Sort.FORM, submitted, interaction)
        if new:
            await self._keep_locale(interaction, locale)

    async def _keep_locale(self, interaction: discord.Interaction[Any], locale: str) -> None:
        """Keep a person's language where the desk knows them, for what it writes to them later."""
        here = interaction.guild_id
        guild_ids = [here] if here is not None else [guild.id for guild in self.guilds]
        # What they came for does not wait for this, and does not fail with it.
        with contextlib.suppress(StoreUnavailable):
            await self.desk.news.speaks(guild_ids, interaction.user.id, locale)

    async def on_message(self, message: discord.Message) -> None:
        """Hand people's direct messages to the inbox; cogs listen to servers' own."""
        if message.guild is None and is_written(message):
            await self.inbox.receive(message)

    def tongue_of(self, person_id: int) -> Tongue:
        """Return the words for a person who wrote a message; English if theirs is not known."""
        return self.desk.words.tongue(self.languages.of(person_id))

    async def close(self) -> None:
        """Finish what is in hand, then leave Discord."""
        self._tick.cancel()
        await self.courier.stop()
        await super().close()

    @tasks.loop(seconds=TICK)
    async def _tick(self) -> None:
        self.courier.wake()


def is_written(message: discord.Message) -> bool:
    """Say whether a person wrote this message, rather than a bot, a webhook or Discord itself."""
    return (
        not message.author.bot
        and message.webhook_id is None
        and message.type in (discord.MessageType.default, discord.MessageType.reply)
    )


def intents(settings: Settings) -> discord.Intents:
    """Return what Discord is asked to tell: servers, channels, roles, and direct messages.

    Commands, buttons and forms arrive without any intent. That a message was written in a channel
    is asked for where the desk answers mentions (docs/decisions/0021); what others say comes only
    with Message Content, which is privileged.
    """
    questions = settings.questions
    reads = questions.message_content or settings.moderation.read_messages
    return discord.Intents(
        guilds=True,
        moderation=True,
        auto_moderation=True,
        dm_messages=True,
        guild_messages=questions.mentions or reads,
        message_content=reads,
    )


DeskInteraction = discord.Interaction[DeskClient]
"""What a command, button or form of the desk gets."""


def cog_names() -> list[str]:
    """Return the cogs there are: every module of `cogs` whose name has no leading underscore."""
    package = importlib.import_module(COGS)
    return [
        f"{COGS}.{module.name}"
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    ]
