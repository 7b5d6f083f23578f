"""/questions: where the desk answers or suggests without being mentioned."""

import discord
from discord import Permissions, app_commands

from bot.guilds.model import Capability
from bot.guilds.questions import MOST, QuestionChannel, TooManyChannels, Unsure, Use
from bot.platform.access import REPLY_NEEDS, missing_permissions, requires
from bot.platform.cards import Card, Part, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import TextOrForum, words
from bot.platform.components import DeskCog
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue

_FORUM_NEEDS = Permissions(
    view_channel=True, send_messages_in_threads=True, read_message_history=True
)
_OFF = "off"


class Choosing(DeskCog):
    """The channels where people ask."""

    questions = app_commands.Group(
        name="questions",
        description=words(
            "command.questions.description", "Where the desk answers without being mentioned"
        ),
        guild_only=True,
        default_permissions=Permissions(manage_guild=True),
    )

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(
            TooManyChannels, lambda t, _error: t("questions.too_many", most=str(MOST))
        )

    @questions.command(
        name="channel",
        description=words(
            "command.questions.channel.description",
            "Choose what the desk does with new questions in a channel or forum",
        ),
    )
    @app_commands.describe(
        channel=words("command.questions.channel.channel", "A text channel or a forum"),
        use=words("command.questions.channel.use", "Answer, only suggest, or nothing by itself"),
        unsure=words(
            "command.questions.channel.unsure",
            "What the person who asked gets when there is nothing for everybody to see",
        ),
    )
    @app_commands.choices(
        use=[
            app_commands.Choice(
                name=words("command.questions.use.answer", "answer, for everybody to see"),
                value=Use.ANSWER.value,
            ),
            app_commands.Choice(
                name=words("command.questions.use.suggest", "suggest, to the person who asked"),
                value=Use.SUGGEST.value,
            ),
            app_commands.Choice(
                name=words("command.questions.use.off", "nothing by itself"), value=_OFF
            ),
        ],
        unsure=[
            app_commands.Choice(
                name=words("command.questions.unsure.line", "a short line with a button"),
                value=Unsure.LINE.value,
            ),
            app_commands.Choice(
                name=words("command.questions.unsure.message", "a direct message"),
                value=Unsure.MESSAGE.value,
            ),
            app_commands.Choice(
                name=words("command.questions.unsure.nothing", "nothing"),
                value=Unsure.NOTHING.value,
            ),
        ],
    )
    @requires(Capability.ADMIN)
    async def channel(
        self,
        interaction: DeskInteraction,
        channel: app_commands.Transform[discord.TextChannel | discord.ForumChannel, TextOrForum],
        use: str,
        unsure: str = Unsure.LINE.value,
    ) -> None:
        """Keep what was chosen; then show all that is."""
        await acknowledge(interaction)
        guild = channel.guild
        if use == _OFF:
            await self.desk.question_channels.remove(guild.id, channel.id)
        else:
            chosen = QuestionChannel(channel.id, Use(use), Unsure(unsure))
            if chosen.use is Use.SUGGEST and chosen.unsure is Unsure.NOTHING:
                raise Refused("questions.suggest_nothing")
            missing = missing_permissions(channel, guild.me, _needs(channel))
            if missing:
                raise Refused(
                    "setup.channel.desk_lacks",
                    channel=channel.mention,
                    permissions=", ".join(missing),
                )
            await self.desk.question_channels.save(guild.id, chosen)
        await reply(interaction, await self._overview(tongue(interaction), guild))

    @questions.command(
        name="show",
        description=words("command.questions.show.description", "What the desk does, and where"),
    )
    @requires(Capability.ADMIN)
    async def show(self, interaction: DeskInteraction) -> None:
        """Show what the desk does by itself in this server."""
        await acknowledge(interaction)
        guild = interaction.guild
        if guild is None:
            raise Refused("error.server_only")
        await reply(interaction, await self._overview(tongue(interaction), guild))

    async def _overview(self, t: Tongue, guild: discord.Guild) -> Card:
        settings = self.desk.settings.questions
        channels = await self.desk.question_channels.of(guild.id)
        lines = [_line(t, guild, one) for one in channels]
        deaf = bool(channels) and not settings.message_content
        parts = [
            Part(t("questions.part.always"), t("questions.always")),
            Part(
                t("questions.part.mentions"),
                t("questions.mentions.on" if settings.mentions else "questions.mentions.off"),
            ),
            Part(t("questions.part.channels"), lines or t("questions.none")),
        ]
        if deaf:
            parts.append(Part(t("questions.part.deaf"), t("questions.deaf")))
        return Card(
            kind=t("setup.kind"),
            title=t("questions.title"),
            parts=parts,
            footer=t("questions.tell_people"),
            tone=Tone.UNSURE if deaf else Tone.PLAIN,
        )


def _needs(channel: discord.TextChannel | discord.ForumChannel) -> Permissions:
    return _FORUM_NEEDS if isinstance(channel, discord.ForumChannel) else REPLY_NEEDS


def _line(t: Tongue, guild: discord.Guild, one: QuestionChannel) -> str:
    channel = guild.get_channel(one.channel_id)
    what = t(f"questions.use.{one.use}", unsure=t(f"questions.unsure.{one.unsure}"))
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return t("questions.line.gone", what=what)
    missing = missing_permissions(channel, guild.me, _needs(channel))
    if missing:
        return t(
            "questions.line.lacks",
            channel=channel.mention,
            what=what,
            permissions=", ".join(missing),
        )
    return t("questions.line", channel=channel.mention, what=what)
