"""/about: who runs this desk, and what it is for."""

from discord import app_commands

from bot import __version__
from bot.platform.cards import Button, Card, Part
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.inert import inert, is_web_address
from bot.platform.interactions import reply, tongue, turn
from bot.words import Tongue

_OPERATOR = 200


class About(DeskCog):
    """What people should know about the desk itself."""

    @app_commands.command(
        name="about",
        description=words("command.about.description", "Who runs this desk, and what it is for"),
    )
    async def about(self, interaction: DeskInteraction) -> None:
        """Say who runs the desk."""
        await reply(interaction, self._about(tongue(interaction)))

    @on_button("about", "desk")
    async def open_about(self, interaction: DeskInteraction) -> None:
        """Go back to /about."""
        await turn(interaction, self._about(tongue(interaction)))

    def _about(self, t: Tongue) -> Card:
        return Card(
            kind=t("about.kind"),
            title=t("about.title"),
            body=t("about.body"),
            parts=[
                Part(t("about.part.operator"), self._operator(t)),
                Part(t("about.part.can"), t("about.can").splitlines()),
                Part(t("about.part.not"), t("about.not")),
            ],
            footer=t("about.version", version=__version__),
            rows=[
                [
                    Button(t("faq.button.browse"), custom_id("faq", "sections")),
                    Button(t("about.button.privacy"), custom_id("about", "privacy")),
                ]
            ],
        )

    def _operator(self, t: Tongue) -> str:
        name = inert(self.desk.settings.operator.name, limit=_OPERATOR)
        contact = self._contact()
        if contact:
            return t("about.operator.contact", name=name, contact=contact)
        return t("about.operator", name=name)

    def _contact(self) -> str:
        contact = self.desk.settings.operator.contact
        # The operator's own address may be pressed; Discord shows one as its own label only bare.
        return contact if is_web_address(contact) else inert(contact, limit=_OPERATOR)


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(About(client))
