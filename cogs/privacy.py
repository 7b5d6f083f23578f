"""/privacy: what the desk keeps about a person, for that person to see, take along, or erase."""

import json
from collections.abc import Mapping

import discord
from discord import app_commands

from bot.platform.cards import Attachment, Button, Card, Part, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.errors import Refused
from bot.platform.inert import inert, is_web_address
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.privacy.model import Erased, NothingKept, Preview
from bot.words import Tongue

_FILE = "commonplace-export.json"
_MOST = 8_000_000
"""Bytes; Discord takes 10 MiB from a bot."""

_EVERYWHERE = "all"
_CONTACT = 200


class Privacy(DeskCog):
    """What the desk keeps about whoever asks."""

    privacy = app_commands.Group(
        name="privacy",
        description=words("command.privacy.description", "What the desk keeps about you"),
    )

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(NothingKept, lambda t, _e: t("privacy.nothing"))

    @privacy.command(
        name="about",
        description=words(
            "command.privacy.about.description",
            "What the desk keeps, how it is protected, who reads it, and for how long",
        ),
    )
    async def about(self, interaction: DeskInteraction) -> None:
        """Say what the desk keeps."""
        await reply(interaction, self._about(tongue(interaction)))

    @on_button("about", "privacy")
    async def open_about(self, interaction: DeskInteraction) -> None:
        """Go from /about to what the desk keeps."""
        await turn(interaction, self._about(tongue(interaction)))

    @privacy.command(
        name="export",
        description=words(
            "command.privacy.export.description",
            "Get everything the desk keeps about you, as a file",
        ),
    )
    async def export(self, interaction: DeskInteraction) -> None:
        """Give a person all that is kept of them: here, or in a direct message everywhere."""
        t = tongue(interaction)
        await acknowledge(interaction)
        try:
            export = await self.desk.privacy.export(interaction.user.id, interaction.guild_id)
        except NothingKept:
            await say(interaction, t("privacy.nothing"))
            return
        # Escaped, so that whatever was typed survives any program that opens the file.
        text = json.dumps(export.as_json(), indent=2)
        if len(text) > _MOST:
            raise Refused("privacy.export.too_big", contact=self._contact() or t("privacy.staff"))
        where = "here" if interaction.guild_id is not None else "everywhere"
        card = Card(
            kind=t("privacy.kind"),
            title=t("privacy.export.title"),
            body=t(f"privacy.export.{where}"),
            attachments=(Attachment(_FILE, text),),
        )
        await reply(interaction, card)

    @privacy.command(
        name="erase",
        description=words(
            "command.privacy.erase.description", "Erase what the desk keeps about you; asks first"
        ),
    )
    async def erase(self, interaction: DeskInteraction) -> None:
        """Say exactly what would go and what would stay, and ask."""
        await acknowledge(interaction)
        guild_id = interaction.guild_id
        preview = await self.desk.privacy.preview(interaction.user.id, guild_id)
        t = tongue(interaction)
        if preview.known:
            await reply(interaction, _question(t, preview, guild_id))
        else:
            await say(interaction, t("privacy.nothing"))

    @on_button("privacy", "erase")
    async def confirmed(self, interaction: DeskInteraction, where: str) -> None:
        """Erase, and give a receipt."""
        if where != _EVERYWHERE and not where.isdecimal():
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        guild_id = None if where == _EVERYWHERE else int(where)
        erased = await self.desk.privacy.erase(interaction.user.id, guild_id)
        self.client.memory.forget(interaction.user.id)
        await turn(interaction, _receipt(tongue(interaction), erased))

    @on_button("privacy", "keep")
    async def kept(self, interaction: DeskInteraction) -> None:
        """Leave everything as it is."""
        await turn(interaction, Card(body=tongue(interaction)("privacy.erase.kept")))

    def _about(self, t: Tongue) -> Card:
        days = self.desk.settings.privacy
        contact = self._contact()
        reach = t("privacy.reach.contact", contact=contact) if contact else t("privacy.reach")
        questions = t("privacy.questions", questions=days.questions_days)
        how_long = t("privacy.how_long", closed=days.closed_concerns_days, people=days.people_days)
        return Card(
            kind=t("privacy.kind"),
            title=t("privacy.title"),
            body=t("privacy.body"),
            parts=[
                Part(t("privacy.part.questions"), questions),
                Part(t("privacy.part.concerns"), t("privacy.concerns")),
                Part(t("privacy.part.readers"), t("privacy.readers")),
                Part(t("privacy.part.how_long"), how_long),
                Part(t("privacy.part.reach"), reach),
            ],
            rows=[[Button(t("about.button.desk"), custom_id("about", "desk"))]],
        )

    def _contact(self) -> str:
        contact = self.desk.settings.operator.contact
        # The operator's own address may be pressed; Discord shows one as its own label only bare.
        return contact if is_web_address(contact) else inert(contact, limit=_CONTACT)


def _question(t: Tongue, preview: Preview, guild_id: int | None) -> Card:
    where = _EVERYWHERE if guild_id is None else str(guild_id)
    scope = t.plural("privacy.erase.everywhere", preview.servers) if guild_id is None else ""
    return Card(
        kind=t("privacy.kind"),
        title=t("privacy.erase.title"),
        body=scope or t("privacy.erase.here"),
        parts=_lists(t, preview.goes, preview.stays),
        footer=t("privacy.erase.note"),
        tone=Tone.UNSURE,
        rows=[
            [
                Button(
                    t("privacy.erase.confirm"),
                    custom_id("privacy", "erase", where),
                    discord.ButtonStyle.danger,
                ),
                Button(t("privacy.erase.keep"), custom_id("privacy", "keep")),
            ]
        ],
    )


def _receipt(t: Tongue, erased: Erased) -> Card:
    return Card(
        kind=t("privacy.kind"),
        title=t("privacy.erased.title", reference=erased.reference),
        body=t("privacy.erased.body"),
        parts=[
            Part(t("privacy.erased.gone"), _lines(t, "goes", erased.goes)),
            Part(t("privacy.erase.stays"), _lines(t, "stays", erased.stays)),
        ],
        footer=t("privacy.erase.note"),
        tone=Tone.ANSWER,
    )


def _lists(t: Tongue, goes: Mapping[str, int], stays: Mapping[str, int]) -> list[Part]:
    return [
        Part(t("privacy.erase.goes"), _lines(t, "goes", goes)),
        Part(t("privacy.erase.stays"), _lines(t, "stays", stays)),
    ]


def _lines(t: Tongue, share: str, counts: Mapping[str, int]) -> list[str]:
    return [t.plural(f"privacy.{share}.{what}", count) for what, count in counts.items()]


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Privacy(client))
