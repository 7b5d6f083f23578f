"""A direct message from somebody whom staff wait for: their answer, or a question to the desk?

Nothing is kept until they say: the message stays where they wrote it, and is read again when they
press, so that what they changed in between counts and a restart loses nothing.
"""

from collections.abc import Sequence

import discord

from bot.platform.cards import Button, Card
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.errors import Refused
from bot.platform.inbox import Turn
from bot.platform.interactions import NOBODY, reply, take_up, tongue, turn
from bot.platform.mail import ReplyAddress
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs import _reading, _typed
from cogs.concern import cards
from cogs.concern.status import explained
from cogs.relay.answers import take

_MOST = 4


class Which(DeskCog):
    """Asks which it is, and does what is chosen."""

    async def cog_load(self) -> None:
        """Begin to take direct messages of those whom staff wait for."""
        await super().cog_load()
        self.client.inbox.add(Turn.AWAITED, self.unaddressed)

    async def cog_unload(self) -> None:
        """Stop taking them."""
        self.client.inbox.remove(Turn.AWAITED)
        await super().cog_unload()

    async def unaddressed(self, message: discord.Message) -> bool:
        """Ask what a message is, if staff wait for its writer."""
        guild_ids = [guild.id for guild in self.client.guilds]
        try:
            waiting = await self.desk.awaited.of(guild_ids, message.author.id, _MOST)
        except StoreUnavailable:
            return False  # a question is answered without the database
        if not waiting:
            return False
        card = which_card(self.client.tongue_of(message.author.id), message.id, waiting)
        await message.channel.send(
            view=card.view(),
            reference=message.to_reference(fail_if_not_exists=False),
            allowed_mentions=NOBODY,
        )
        return True

    @on_button("relay", "answer")
    async def answer(
        self, interaction: DeskInteraction, guild_id: str, reference: str, message_id: str
    ) -> None:
        """Send the message to staff; the card becomes the confirmation once that is kept."""
        if not await take_up(interaction):
            return
        message = await _written(interaction, message_id)
        place, address = _typed.number(guild_id), ReplyAddress.of(interaction)
        try:
            refused = await take(self.desk, message, place, reference, address)
        except Exception as error:
            raise explained(error, reference) from error
        if refused:
            await reply(interaction, cards.refused_card(tongue(interaction), refused))

    @on_button("relay", "question")
    async def question(self, interaction: DeskInteraction, message_id: str) -> None:
        """Answer the message as a question."""
        if not await take_up(interaction):
            return
        message = await _written(interaction, message_id)
        first, *more = await _reading.found(interaction, message.content, way="direct message")
        await turn(interaction, first)
        for card in more:
            await reply(interaction, card)


def which_card(t: Tongue, message_id: int, waiting: Sequence[tuple[int, str]]) -> Card:
    """Ask whether a message answers one of these concerns."""
    answers = [
        Button(
            t("relay.which.answer", reference=reference),
            custom_id("relay", "answer", guild_id, reference, message_id),
        )
        for guild_id, reference in waiting
    ]
    asks = Button(t("relay.which.question"), custom_id("relay", "question", message_id))
    several = len(waiting) > 1
    body = t("relay.which.several") if several else t("relay.which.one", reference=waiting[0][1])
    return Card(title=t("relay.which.title"), body=body, rows=[[*answers, asks]])


async def _written(interaction: DeskInteraction, message_id: str) -> discord.Message:
    """Return the message a button is about, as it reads now.

    Raises:
        Refused: it is gone, or somebody else's.
    """
    if interaction.guild_id is not None or interaction.channel_id is None:
        raise Refused("error.stale")
    channel = interaction.client.get_partial_messageable(interaction.channel_id)
    try:
        message = await channel.fetch_message(_typed.number(message_id))
    except discord.NotFound:
        raise Refused("relay.which.gone") from None
    if message.author.id != interaction.user.id:
        raise Refused("error.stale")
    return message
