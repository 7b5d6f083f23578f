"""The message command *What license is this?*: the licenses that a message names or links."""

import discord
from discord import app_commands

from bot.licensing.detect import Mention
from bot.licensing.lookup import Found, Nearest
from bot.licensing.model import Tool
from bot.platform.cards import Card, Row, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from bot.platform.inert import inert
from bot.platform.interactions import reply, tongue
from bot.words import Tongue
from cogs.license import _cards

_SHOWN = 100


class WhatLicense(DeskCog):
    """Reads a message that somebody points at, and nothing else: no page is opened."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._what_menu = app_commands.ContextMenu(
            name=words("command.what_license.name", "What license is this?"),
            callback=self.what_license,
        )

    async def cog_load(self) -> None:
        """Add the message command, which a class cannot declare."""
        await super().cog_load()
        self.client.tree.add_command(self._what_menu)

    async def cog_unload(self) -> None:
        """Take the message command away again."""
        self.client.tree.remove_command(self._what_menu.name, type=self._what_menu.type)
        await super().cog_unload()

    async def what_license(self, interaction: DeskInteraction, message: discord.Message) -> None:
        """Name the licenses in a message, with the way to each explanation."""
        t = tongue(interaction)
        mentions = self.desk.licensing.detect(_text(message))
        if not mentions:
            card = Card(
                kind=t("license.kind.unsure"),
                title=t("license.what.none.title"),
                body=t("license.what.none"),
                tone=Tone.UNSURE,
            )
            await reply(interaction, card)
            return
        tools = list(dict.fromkeys(tool for mention in mentions for tool in _tools(mention)))
        rows: list[Row] = [_cards.explain_menu(t, tools, t("license.what.open"))] if tools else []
        card = Card(
            kind=t("license.kind.license"),
            title=t("license.what.title"),
            body="\n\n".join(self._line(t, mention) for mention in mentions),
            footer=t("card.not_advice"),
            tone=Tone.ANSWER,
            rows=rows,
            shortened=t("license.shortened"),
        )
        await reply(interaction, card)

    def _line(self, t: Tongue, mention: Mention) -> str:
        shown = inert(mention.text, limit=_SHOWN)
        outcome = mention.outcome
        if isinstance(outcome, Found):
            standing = self.desk.licensing.explain(outcome.tool).standing
            said = [
                f"**{outcome.tool.identifier}** · {outcome.tool.title}",
                _cards.assumed(t, outcome),
                *_cards.sentences(t, standing),
                _cards.tool_links(t, outcome.tool),
            ]
            return "\n".join(line for line in (t("license.what.named", text=shown), *said) if line)
        why = (
            [t(f"license.why.{one}") for one in outcome.why] if isinstance(outcome, Nearest) else []
        )
        near = " · ".join(map(str, _tools(mention)))
        if near:
            why.append(t("license.not_found.near", tools=near))
        return "\n".join((t("license.what.named", text=shown), *why))


def _tools(mention: Mention) -> tuple[Tool, ...]:
    if isinstance(mention.outcome, Found):
        return (mention.outcome.tool,)
    return mention.outcome.tools if isinstance(mention.outcome, Nearest) else ()


def _text(message: discord.Message) -> str:
    """Return what a message says: its own text, and what its link previews and files say."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or "", embed.url or ""]
    parts += [attachment.description or "" for attachment in message.attachments]
    return "\n".join(part for part in parts if part)
