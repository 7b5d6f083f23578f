"""/appeal: saying something against a case, by its code; also in direct messages."""

from discord import app_commands
from discord.app_commands import Range

from bot.ids import read_code
from bot.moderation.cases.appeals import TooManyTries
from bot.moderation.cases.model import APPEAL_LIMIT, CannotAppeal
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue
from cogs.mod import show


class Appealing(DeskCog):
    """What the member a case is about can do."""

    async def cog_load(self) -> None:
        """Say what people are told when something cannot be appealed."""
        await super().cog_load()
        know = self.client.sentences.know
        know(CannotAppeal, lambda t, error: t(error.problem))
        know(TooManyTries, lambda t, _e: t("appeal.too_many_tries"))

    @app_commands.command(
        name="appeal",
        description=words(
            "command.appeal.description", "See a moderation decision about you, and appeal it"
        ),
    )
    @app_commands.describe(code=words("command.appeal.code", "The code you were sent with it"))
    async def appeal(self, interaction: DeskInteraction, code: Range[str, 1, 60]) -> None:
        """Show the case of a code."""
        await acknowledge(interaction)
        own = await self.desk.cases.own(code, source=_source(interaction))
        t = tongue(interaction)
        await reply(interaction, show.own_card(self.desk, t, own, read_code(code) or ""))

    @on_button("appeal", "open")
    async def open_appeal(self, interaction: DeskInteraction, code: str) -> None:
        """Ask what the member has to say; somebody who was banned can press this, too."""
        t = tongue(interaction)
        if read_code(code) is None:
            raise Refused("error.stale")
        field = TextField(
            "words",
            t("appeal.form.words"),
            description=t("appeal.form.note"),
            paragraph=True,
            limit=APPEAL_LIMIT,
        )
        await open_form(
            interaction, t("appeal.form.title"), custom_id("appeal", "sent", code), [field]
        )

    @on_form("appeal", "sent")
    async def appeal_sent(self, interaction: DeskInteraction, form: Form, code: str) -> None:
        """Take the appeal."""
        await acknowledge(interaction)
        own = await self.desk.cases.appeal(
            code, form.text("words"), door="discord", source=_source(interaction)
        )
        await reply(interaction, show.own_card(self.desk, tongue(interaction), own, code))


def _source(interaction: DeskInteraction) -> str:
    return f"account:{interaction.user.id}"
