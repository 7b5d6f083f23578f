"""/concern raise, and raising a concern from a message."""

import asyncio

import discord
import structlog
from discord import app_commands

from bot.concerns.troubles import BadDraft, TooMany
from bot.platform import errors
from bot.platform.access import shared_guilds
from bot.platform.cards import Button, Card, Choice, Menu
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.interactions import reply, tongue
from bot.platform.mail import ReplyAddress
from cogs.concern.form import EMPTY, Typed, acknowledge_form, id_of, open_raise_form
from cogs.concern.joining import Joins
from cogs.concern.unnamed_cards import before_card

_PATIENCE = 1.5
"""Seconds to find out a person's servers in: a form must open within Discord's three."""

NAMED, HIDDEN = "named", "hidden"
"""How a concern is raised, as menus and buttons carry it."""

log = structlog.stdlib.get_logger(__name__)


class Intake(DeskCog):
    """Taking concerns in."""

    def __init__(self, client: DeskClient, joins: Joins) -> None:
        super().__init__(client)
        self._joins = joins
        client.sentences.know(BadDraft, lambda t, e: t(e.problem))
        client.sentences.know(TooMany, lambda t, e: t("concern.too_many", count=e.per_hour))
        self._menu = app_commands.ContextMenu(
            name=words("command.concern_message.name", "Raise a concern"),
            callback=self.raise_from_message,
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

    async def raise_from_message(
        self, interaction: DeskInteraction, message: discord.Message
    ) -> None:
        """Open the form with a link to a message in it: a reference, never a copy."""
        t = tongue(interaction)
        own = message.author.id == interaction.user.id
        await open_raise_form(
            interaction,
            interaction.guild_id or 0,
            Typed(link=message.jump_url),
            link_note=t("concern.form.link.own" if own else "concern.form.link.message"),
        )

    @on_button("concern", "new")
    async def new(self, interaction: DeskInteraction) -> None:
        """Open the form, from wherever it is offered."""
        await self.start(interaction)

    @on_button("concern", "new_hidden")
    async def new_hidden(self, interaction: DeskInteraction) -> None:
        """Say what being anonymous means here, and offer the form."""
        await self.start(interaction, HIDDEN)

    async def start(self, interaction: DeskInteraction, how: str = NAMED) -> None:
        """Open the form for this server; in a direct message, find out first which is meant."""
        if interaction.guild_id is not None:
            await self._open(interaction, interaction.guild_id, how)
            return
        guilds = list(self.client.guilds)
        if len(guilds) > 1:
            guilds = await self._shared(interaction.user.id)
        if not guilds:
            raise Refused("concern.where.unknown")
        if len(guilds) == 1:
            # Of a desk in one server, nobody is asked whether they are in it before they write.
            await self._open(interaction, guilds[0].id, how)
            return
        t = tongue(interaction)
        menu = Menu(
            t("concern.where.choose"),
            custom_id("concern", "where", how),
            [Choice(guild.name, str(guild.id)) for guild in guilds],
        )
        title, body = t("concern.where.title"), t("concern.where.body")
        await reply(interaction, Card(title=title, body=body, rows=[menu]))

    @on_menu("concern", "where")
    async def chosen(
        self, interaction: DeskInteraction, values: tuple[str, ...], how: str = NAMED
    ) -> None:
        """Open the form for the server that was chosen."""
        await self._open(interaction, id_of(next(iter(values), "")), how)

    @on_button("concern", "again")
    async def again(self, interaction: DeskInteraction, guild_id: str, token: str) -> None:
        """Open the form again with everything that was typed still in it."""
        kept = self.client.memory.find(token, interaction.user.id)
        typed = EMPTY if kept is None else Typed.unpacked(kept)
        note = tongue(interaction)("concern.form.what.lost") if kept is None else ""
        await open_raise_form(interaction, id_of(guild_id), typed, what_note=note, again=True)

    @on_form("concern", "raise")
    async def raised(
        self, interaction: DeskInteraction, form: Form, guild_id: str, again: str = ""
    ) -> None:
        """Log a concern. The courier fills in the reply: "logged" is said after the commit only.

        An interaction that ran out is not logged: Discord then leaves the form open, with every
        word in it, and asks the person to send it again.
        """
        typed = Typed.read(form)
        try:
            if not await acknowledge_form(interaction, again):
                return
            place = interaction.guild_id or await still_shared(
                self.client, interaction.user.id, id_of(guild_id)
            )
            draft = typed.draft()
            if await self._joins.offered(interaction, place, draft):
                return
            receipt = await self.desk.concerns.raise_(
                guild_id=place,
                reporter_id=interaction.user.id,
                draft=draft,
                intake=f"interaction:{interaction.id}",
                receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
            )
        except Exception as error:
            await self._hand_back(interaction, error, typed, guild_id)
            return
        log.info("concern.logged", guild=place, reference=receipt.reference)

    async def _hand_back(
        self, interaction: DeskInteraction, error: Exception, typed: Typed, guild_id: str
    ) -> None:
        token = self.client.memory.keep(interaction.user.id, typed.packed())
        label = tongue(interaction)("concern.button.again")
        await errors.answer(
            interaction,
            error,
            where="concern:raise",
            typed=typed.words(),
            rows=[[Button(label, custom_id("concern", "again", guild_id, token))]],
            turned=True,
        )

    async def _shared(self, user_id: int) -> list[discord.Guild]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await shared_guilds(self.client, user_id)
        except TimeoutError:
            return []

    async def _open(self, interaction: DeskInteraction, guild_id: int, how: str) -> None:
        if how != HIDDEN:
            await open_raise_form(interaction, guild_id)
            return
        public = self.desk.settings.web.public
        served = public.enabled and public.guild_id in (None, guild_id)
        card = before_card(tongue(interaction), guild_id, public.base_url if served else "")
        await reply(interaction, card)


async def still_shared(client: DeskClient, user_id: int, guild_id: int) -> int:
    """Return a server chosen in a direct message, if the person still is in it.

    Raises:
        Refused: they, or the desk, have left it.
    """
    guild = client.get_guild(guild_id)
    if guild is None:
        raise Refused("concern.where.left")
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        raise Refused("concern.where.left") from None
    return guild_id
