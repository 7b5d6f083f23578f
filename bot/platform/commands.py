"""Discord's application commands: their words in every language, and telling Discord of changes."""

from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands
from discord.app_commands import Translator, locale_str

from bot.platform import errors
from bot.store import hurry
from bot.words import SOURCE, Words

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

log = structlog.stdlib.get_logger(__name__)

_UNSAID: tuple[object, ...] = (None, False, [], {}, "")
"""What Discord fills in by itself when a command does not say it."""


def words(key: str, english: str) -> locale_str:
    """Return a command's word or description: English here, other languages from the catalogs.

    The English catalog has it too, for translators; a test keeps the two the same. Commands'
    own names stay the same in every language, because entries, staff and guides speak of them.
    """
    return locale_str(english, key=key)


class TextOrForum(app_commands.Transformer):
    """A text channel or a forum. Said by type, for the library adds media channels."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord asks for."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Which channels Discord offers."""
        return [discord.ChannelType.text, discord.ChannelType.forum]

    async def transform(
        self, interaction: discord.Interaction[Any], value: Any, /
    ) -> discord.TextChannel | discord.ForumChannel:
        """Return the channel itself.

        Raises:
            Refused: the desk does not see it.
        """
        channel = interaction.guild.get_channel(value.id) if interaction.guild else None
        if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
            raise errors.Refused("questions.unseen")
        return channel


class CatalogTranslator(Translator):
    """Translates commands from the desk's catalogs."""

    def __init__(self, catalogs: Words) -> None:
        self._catalogs = catalogs
        # The library asks for every word in every language of Discord: more than 30,000 times.
        self._tongues = {
            locale: tongue
            for locale in discord.Locale
            if (tongue := catalogs.tongue(str(locale.value))).language != SOURCE
        }

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        _context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return `string` in `locale`; None where the catalogs do not have it."""
        key = string.extras.get("key")
        found = self._tongues.get(locale)
        if key is None or found is None or not found.has(key):
            return None
        return found(key)


class DeskTree(app_commands.CommandTree["DeskClient"]):
    """The desk's commands."""

    async def interaction_check(self, interaction: "discord.Interaction[DeskClient]", /) -> bool:
        """Let everybody pass: who may what stands at each command. Somebody waits from here on."""
        hurry()
        return True

    async def on_error(
        self,
        interaction: "discord.Interaction[DeskClient]",
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Tell the person in one plain sentence."""
        command = interaction.command
        where = command.qualified_name if command is not None else "unknown"
        await errors.answer(interaction, error, where=where)

    async def sync_if_changed(self) -> bool:
        """Send the commands to Discord if they are not what Discord has; say whether they were.

        Discord itself is asked instead of keeping a hash beside the desk: a hash does not notice
        another application's token, a second desk, or commands changed by hand.

        Raises:
            discord.HTTPException: Discord refuses the commands or cannot be reached.
        """
        application_id = self.client.application_id
        if application_id is None:
            raise app_commands.MissingApplicationID
        http, ours = self.client.http, await self._payload()
        there = await http.get_global_commands(application_id)
        if _comparable(there) == _comparable(ours):
            return False
        # What `sync` of the library would send; it would translate everything once more.
        await http.bulk_upsert_global_commands(application_id, payload=ours)
        log.info("commands.synced", count=len(self.get_commands()))
        return True

    async def _payload(self) -> list[dict[str, Any]]:
        translator = self.translator
        every = [
            command for kind in discord.AppCommandType for command in self.get_commands(type=kind)
        ]
        if translator is None:
            return [command.to_dict(self) for command in every]
        return [await command.get_translated_payload(self, translator) for command in every]


def _comparable(commands: Any) -> dict[tuple[Any, Any], object]:
    return {(command["name"], command.get("type", 1)): _said(command, True) for command in commands}


_KEPT = frozenset(
    {
        "name",
        "description",
        "name_localizations",
        "description_localizations",
        "options",
        "choices",
        "required",
        "autocomplete",
        "min_length",
        "max_length",
        "min_value",
        "max_value",
        "channel_types",
        "type",
        "value",
        "default_member_permissions",
        "nsfw",
        "contexts",
        "integration_types",
    }
)
_LOCALIZED = frozenset({"name_localizations", "description_localizations"})


def _said(part: Any, top: bool = False) -> object:
    """Reduce a command to what its author said, as both sides write it the same way."""
    if isinstance(part, dict):
        said = {
            key: _said(value) if key not in _LOCALIZED else value
            for key, value in part.items()
            if key in _KEPT and value not in _UNSAID
        }
        if top:
            said.setdefault("type", 1)
        return said
    if isinstance(part, list):
        inner = [_said(one) for one in part]
        # Contexts and the like are sets; options and choices are dictionaries and keep their order.
        return sorted(map(str, inner)) if all(isinstance(one, str) for one in inner) else inner
    return str(part) if isinstance(part, int) and not isinstance(part, bool) else part
