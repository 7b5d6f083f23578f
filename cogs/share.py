"""Posting entries for everybody: *Share here*, and the message command *Answer from FAQ*."""

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.knowledge.model import Entry, Unknown
from bot.platform.access import POST_NEEDS, REPLY_NEEDS, lacking, requires
from bot.platform.cards import Card, Choice, Menu, Row
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import NOBODY, acknowledge, reply, say, tongue
from bot.platform.memory import NOTHING
from bot.words import Tongue
from cogs import _entries

_MOST_PICKED = 10
_MESSAGE_SHOWN = 400
_NAME = 60

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class Share(DeskCog):
    """Entries in public, because somebody chose to."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._menu = app_commands.ContextMenu(
            name=words("command.answer.name", "Answer from FAQ"),
            callback=self.answer_from_faq,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
        )

    async def cog_load(self) -> None:
        """Add the message command, which a class cannot declare."""
        await super().cog_load()
        self.client.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the message command away again."""
        self.client.tree.remove_command(self._menu.name, type=self._menu.type)
        await super().cog_unload()

    @on_button("ask", "share")
    async def share(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Post an entry in the channel because this person wants others to see it."""
        entry = _entries.find(self.desk, interaction.guild_id, entry_id)
        channel = _place(interaction, POST_NEEDS)
        await acknowledge(interaction)
        t = self._public_tongue(interaction)
        card = _public_card(t, entry, t("ask.shared_by", name=_name(interaction)))
        await channel.send(view=card.view(), allowed_mentions=NOBODY)
        await say(interaction, tongue(interaction)("ask.share.done"))

    @requires(Capability.HELPER)
    async def answer_from_faq(self, interaction: DeskInteraction, message: discord.Message) -> None:
        """Let a helper choose which entry answers somebody's message."""
        t = tongue(interaction)
        _place(interaction, REPLY_NEEDS)
        outcome = await self.desk.knowledge.of(interaction.guild_id).answer(message.content)
        matches = () if isinstance(outcome, Unknown) else outcome.matches[:_MOST_PICKED]
        if not matches:
            raise Refused("ask.reply.no_match")
        menu = Menu(
            t("ask.reply.choose"),
            custom_id("ask", "reply", message.id),
            [Choice(match.entry.question, match.entry.id) for match in matches],
        )
        card = Card(
            kind=t("ask.kind.suggestions"),
            title=t("ask.reply.title"),
            body=t("ask.reply.body", message=inert(message.content, limit=_MESSAGE_SHOWN)),
            rows=[menu],
        )
        await reply(interaction, card)

    @on_menu("ask", "reply", requires=Capability.HELPER)
    async def reply_chosen(
        self, interaction: DeskInteraction, values: tuple[str, ...], message_id: str
    ) -> None:
        """Post the chosen entry in reply to the message, without pinging its author."""
        entry = _entries.find(
            self.desk, interaction.guild_id, values[0] if values else _entries.NO_ENTRY
        )
        channel = _place(interaction, REPLY_NEEDS)
        await acknowledge(interaction)
        t = self._public_tongue(interaction)
        card = _public_card(t, entry, t("ask.posted_by", name=_name(interaction)))
        message = channel.get_partial_message(int(message_id))
        try:
            await message.reply(view=card.view(), allowed_mentions=NOBODY)
        except discord.HTTPException as error:
            # Discord calls a reply to a message that was deleted an invalid form.
            if error.status == 404 or "message_reference" in error.text:
                raise Refused("ask.reply.gone") from error
            raise
        await say(interaction, tongue(interaction)("ask.reply.done"))

    def _public_tongue(self, interaction: DeskInteraction) -> Tongue:
        """Return the server's language: what is posted is for everybody in it."""
        locale = interaction.guild_locale
        return self.desk.words.tongue(str(locale.value) if locale is not None else None)


def _public_card(t: Tongue, entry: Entry, posted: str) -> Card:
    rows: list[Row] = []
    if entry.related:
        rows.append([_entries.related_button(t, entry.id, NOTHING)])
    return _entries.entry_card(t, entry, rows=rows, posted=posted)


def _place(interaction: DeskInteraction, needs: discord.Permissions) -> Place:
    """Return the channel, where both this person and the desk may post.

    Raises:
        Refused: one of them may not, or it is not a server's channel. Without the first check,
            anybody could write through the desk where they themselves may not.
    """
    channel = interaction.channel
    if not isinstance(channel, Place):
        raise Refused("ask.share.server_only")
    writing = discord.Permissions(send_messages=True)
    if isinstance(channel, discord.Thread):
        writing = discord.Permissions(send_messages_in_threads=True)
        needs = discord.Permissions(
            needs.value & ~discord.Permissions(send_messages=True).value | writing.value
        )
    if lacking(interaction.permissions, writing):
        raise Refused("ask.share.you_cannot")
    missing = lacking(interaction.app_permissions, needs)
    if missing:
        raise Refused("ask.share.desk_cannot", permissions=", ".join(missing))
    return channel


def _name(interaction: DeskInteraction) -> str:
    return inert(interaction.user.display_name, limit=_NAME)


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Share(client))
