"""What authors press about their pictures."""

from bot.moderation.photos.model import NoSuchPhoto, NotYours, PhotoGone, Said
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, on_button
from bot.platform.interactions import acknowledge, reply, say, tongue
from cogs._typed import number
from cogs.photo import show
from cogs.triage.told import guild_of


class PhotoActs(DeskCog):
    """Authors say who is in their pictures, or take them down."""

    async def cog_load(self) -> None:
        """Say what people are told when it is not theirs, or is gone."""
        await super().cog_load()
        know = self.client.sentences.know
        know(NotYours, lambda t, _error: t("photo.not_yours"))
        know(PhotoGone, lambda t, _error: t("photo.is_gone"))
        know(NoSuchPhoto, lambda t, _error: t("photo.no_such"))

    @on_button("photo", Said.NOBODY)
    async def nobody(self, interaction: DeskInteraction, message_id: str) -> None:
        """Nobody in it can be recognized."""
        await self._say(interaction, message_id, Said.NOBODY)

    @on_button("photo", Said.AGREED)
    async def agreed(self, interaction: DeskInteraction, message_id: str) -> None:
        """Everybody who can be recognized agreed."""
        await self._say(interaction, message_id, Said.AGREED)

    @on_button("photo", "back")
    async def back(self, interaction: DeskInteraction, message_id: str) -> None:
        """Take it down."""
        await acknowledge(interaction)
        photo = await self.desk.photos.take_back(
            guild_of(interaction), number(message_id), interaction.user.id
        )
        await reply(interaction, show.back_card(tongue(interaction), photo))

    async def _say(self, interaction: DeskInteraction, message_id: str, said: Said) -> None:
        await acknowledge(interaction)
        photo = await self.desk.photos.say(
            guild_of(interaction), number(message_id), interaction.user.id, said
        )
        t = tongue(interaction)
        await say(interaction, t("photo.thanks.located" if photo.located else "photo.thanks"))
