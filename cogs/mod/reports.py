"""*Report to moderators*, on messages and people: private, and joined with others' reports."""

import discord
from discord import app_commands

from bot.moderation.cases.model import EVIDENCE_LIMIT, REPORT_LIMIT, Act, OwnReport, TooManyReports
from bot.moderation.cases.reports import Received, Reported
from bot.platform.cards import Card, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs._typed import number
from cogs.mod.group import posted_by
from cogs.triage.told import guild_of


class Reporting(DeskCog):
    """What members report."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        know = client.sentences.know
        know(OwnReport, lambda t, _e: t("report.own"))
        know(TooManyReports, lambda t, _e: t("report.too_many"))
        guilds = app_commands.AppCommandContext(guild=True)
        name = words("command.report.name", "Report to moderators")
        self._report_person = app_commands.ContextMenu(
            name=name, callback=self.report_person, allowed_contexts=guilds
        )
        self._report_message = app_commands.ContextMenu(
            name=name, callback=self.report_message, allowed_contexts=guilds
        )

    async def cog_load(self) -> None:
        """Add the menus, which a class cannot declare."""
        await super().cog_load()
        for menu in (self._report_person, self._report_message):
            self.client.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take the menus away again."""
        for menu in (self._report_person, self._report_message):
            self.client.tree.remove_command(menu.name, type=menu.type)
        await super().cog_unload()

    async def report_person(self, interaction: DeskInteraction, person: discord.User) -> None:
        """Ask what it is about."""
        await self._ask_what(interaction, person, None)

    async def report_message(self, interaction: DeskInteraction, message: discord.Message) -> None:
        """Ask what it is about."""
        person = await posted_by(interaction, message)
        await self._ask_what(interaction, person, message)

    @on_form("report", "sent")
    async def report_sent(
        self, interaction: DeskInteraction, form: Form, person: str, channel: str, message: str
    ) -> None:
        """Take the report."""
        await acknowledge(interaction)
        channel_id, message_id = number(channel), number(message)
        link, text = "", ""
        if message_id:
            place = self.client.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
            partial = place.get_partial_message(message_id)
            link = partial.jump_url
            try:
                text = (await partial.fetch()).content[:EVIDENCE_LIMIT]
            except discord.HTTPException:
                text = ""  # gone, or out of the desk's reach: the report counts without it
        received = await self.desk.cases.report(
            guild_of(interaction),
            interaction.user.id,
            Reported(
                number(person),
                form.text("words"),
                channel_id or None,
                message_id or None,
                link,
                text,
            ),
            intake=f"interaction:{interaction.id}",
        )
        await reply(interaction, _received_card(tongue(interaction), received))

    async def _ask_what(
        self,
        interaction: DeskInteraction,
        person: discord.abc.Snowflake,
        message: discord.Message | None,
    ) -> None:
        if person.id == interaction.user.id:
            raise OwnReport
        assert interaction.guild is not None  # noqa: S101 - its menus are for servers only
        if person.id == interaction.guild.me.id or (message and message.webhook_id):
            raise Refused("report.not_a_person")
        t = tongue(interaction)
        place = (0, 0) if message is None else (message.channel.id, message.id)
        field = TextField(
            "words",
            t("report.form.words"),
            description=t("report.form.note"),
            paragraph=True,
            required=message is None,
            limit=REPORT_LIMIT,
        )
        press = custom_id("report", "sent", person.id, *place)
        await open_form(interaction, t("report.form.title"), press, [field])


def _received_card(t: Tongue, received: Received) -> Card:
    if received.decided is not None:
        key = "report.heard.nothing" if received.decided is Act.NONE else "report.heard.acted"
        return Card(kind=t("report.kind"), title=t("report.before"), body=t(key))
    return Card(
        kind=t("report.kind"),
        title=t("report.taken"),
        body=t("report.joined" if received.joined else "report.follows"),
        footer=t("report.note"),
        tone=Tone.ANSWER,
    )
