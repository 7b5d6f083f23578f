"""Keeps one card for each concern in the staff channel, as the ledger says it should look."""

import discord
import structlog
from discord.ext import commands

from bot.concerns import effects
from bot.concerns.model import NoSuchConcern
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.interactions import NOBODY
from bot.platform.staffroom import staff_channel
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of, placements
from cogs.triage.show import case_card

SUBJECT = "card:"
_MOST_LOOKED_THROUGH = 2000
_UNKNOWN_MESSAGE = 10008

log = structlog.stdlib.get_logger(__name__)


class CardKeeper(DeskCog):
    """Posts cards, edits them in place, and posts again what was deleted by hand.

    The desk does not ask Discord for the events that tell of deleted messages: with them it would
    be sent every message of the server too. A deleted card comes back with the next change of its
    case, when somebody opens the case, and when the desk starts (docs/decisions/0007).
    """

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._started = f"{self.desk.clock():%Y%m%d%H%M%S%f}"

    async def cog_load(self) -> None:
        """Take on the cards among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.CARD, self.deliver)

    async def deliver(self, parcel: Parcel) -> Finish | None:
        """Bring a card up to date with the case as it stands now, whatever the effect's version.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach.
            discord.HTTPException: Discord refuses the card.
        """
        guild_id, reference = parcel.guild_id, str(parcel.payload["reference"])
        channel = await staff_channel(self.client, guild_id)
        if channel is None:
            # Nobody to show it to yet: /setup asks for the cards of all open concerns.
            return None
        try:
            case = await self.desk.triage.case(guild_id, reference)
        except NoSuchConcern:
            return None
        subject = f"{SUBJECT}{reference}"
        there = await self.desk.store.read(lambda session: placement_of(session, guild_id, subject))
        view = case_card(self.desk.words.english, case).view()
        if there is not None and there.channel_id == channel.id:
            try:
                await channel.get_partial_message(there.message_id).edit(
                    view=view, allowed_mentions=NOBODY
                )
            except discord.NotFound as error:
                if error.code != _UNKNOWN_MESSAGE:
                    raise
            else:
                return None
        message = await channel.send(view=view, allowed_mentions=NOBODY, nonce=nonce_of(parcel))
        if there is not None and there.channel_id != channel.id:
            await self._take_down(there)
        now = Placement(channel.id, message.id)
        return lambda session: place(session, guild_id, subject, now)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Ask for the cards that are missing; Discord may say that it is ready more than once."""
        try:
            for setup in await self.desk.guilds.all():
                await self._look_through(setup.guild_id)
        except StoreUnavailable:
            log.warning("cards.store_unavailable")

    async def _look_through(self, guild_id: int) -> None:
        """Compare a guild's staff channel with its open concerns; ask for what is not there."""
        try:
            channel = await staff_channel(self.client, guild_id)
            if channel is None:
                return
            shown = await self.desk.store.read(
                lambda session: placements(session, guild_id, SUBJECT)
            )
            known = {there.message_id for there in shown.values()}
            present: set[int] = set()
            if known:
                oldest = discord.Object(min(known) - 1)
                async for message in channel.history(
                    limit=_MOST_LOOKED_THROUGH, after=oldest, oldest_first=True
                ):
                    present.add(message.id)
        except (TryLater, Undeliverable, discord.HTTPException) as error:
            log.warning("cards.out_of_reach", guild=guild_id, error=type(error).__name__)
            return
        # Beyond the last message that was looked at, nothing is known to be missing.
        end = max(present) if len(present) >= _MOST_LOOKED_THROUGH else None
        for one in await self.desk.triage.open_ones(guild_id):
            there = shown.get(f"{SUBJECT}{one.reference}")
            if there is None:
                occasion = self._started
            elif there.message_id in present or (end is not None and there.message_id > end):
                continue
            else:
                occasion = f"gone{there.message_id}"
            await self.desk.triage.refresh_cards(guild_id, [one.reference], again=occasion)

    async def _take_down(self, there: Placement) -> None:
        """Take a card out of a channel that is no longer the staff's, if that can be done."""
        channel = self.client.get_channel(there.channel_id)
        if isinstance(channel, discord.TextChannel):
            try:
                await channel.get_partial_message(there.message_id).delete()
            except discord.HTTPException as error:
                log.info("cards.left_behind", channel=there.channel_id, status=error.status)
