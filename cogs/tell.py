"""*Tell me when there is an answer*, and telling them; *None of these*."""

import structlog

from bot.knowledge.gapmodel import TooLate, Why
from bot.knowledge.gaps import ANSWERED
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, on_button
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, say, tongue, turn
from bot.platform.mail import guild_tongue, write_to
from bot.platform.memory import NOTHING
from bot.store.outbox import Parcel
from cogs import _entries

log = structlog.stdlib.get_logger(__name__)


class Tell(DeskCog):
    """People who want to hear when their question is answered."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(TooLate, lambda t, _e: t("ask.tell.late"))

    async def cog_load(self) -> None:
        """Take on telling them among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(ANSWERED, self.deliver)

    @on_button("ask", "tell")
    async def tell_me(self, interaction: DeskInteraction, token: str) -> None:
        """Remember that this person wants to be told."""
        if interaction.guild_id is None:
            raise Refused("error.server_only")
        question = self.client.memory.find(token, interaction.user.id)
        if question is None:
            # The token alone is no proof of who asked: after an hour, or a restart, ask again.
            raise TooLate
        await acknowledge(interaction)
        await self.desk.gaps.wait(interaction.guild_id, interaction.user.id, question, once=token)
        await say(interaction, tongue(interaction)("ask.tell.done"))

    @on_button("ask", "none")
    async def none_of_these(self, interaction: DeskInteraction, token: str) -> None:
        """Note that nothing of what was offered is meant, and say what else helps."""
        t = tongue(interaction)
        question = self.client.memory.find(token, interaction.user.id)
        if question is None:
            await turn(interaction, _entries.unknown_card(t, "", NOTHING))
            return
        guild_id = interaction.guild_id
        _entries.unanswered(self.client, guild_id, question, Why.NOT_MINE, token)
        in_guild = interaction.guild_id is not None
        await turn(interaction, _entries.unknown_card(t, question, token, in_guild=in_guild))

    async def deliver(self, parcel: Parcel) -> None:
        """Tell one person that an entry answers what they asked.

        If their direct messages are closed they are not told: `/changes` lists it.
        """
        # From the database: this may be the very commit that published it.
        entry_id = str(parcel.payload["entry"])
        laid = await self.desk.revisions.overlay(parcel.guild_id)
        entry = laid.get(entry_id) or self.desk.knowledge.get(entry_id)
        recipient = await self.desk.gaps.reader(int(parcel.payload["person"]))
        if entry is None or not entry.published or recipient is None:
            return
        t = guild_tongue(self.client, parcel.guild_id)
        # The whole entry: in a direct message the desk cannot know which server's it would open.
        posted = f"{t('ask.tell.title')} {t('ask.tell.note')}"
        card = _entries.entry_card(t, entry, posted=posted)
        told = await write_to(self.client, recipient, card, once=parcel.key)
        log.info("gap.told", outcome="told" if told else "shut")


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Tell(client))
