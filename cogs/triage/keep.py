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
from cogs.triage.show import case_card, entry_of

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
        entry = entry_of(self.desk.knowledge, case)
        view = case_card(self.desk.words.english, case, entry).view()
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
                await ask_for_missing(self.client, setup.guild_id, occasion=self._started)
        except StoreUnavailable:
            log.warning("cards.store_unavailable")

    async def _take_down(self, there: Placement) -> None:
        """Take a card out of a channel that is no longer the staff's, if that can be done."""
        channel = self.client.get_channel(there.channel_id)
        if isinstance(channel, discord.TextChannel):
            try:
                await channel.get_partial_message(there.message_id).delete()
            except discord.HTTPException as error:
                log.info("cards.left_behind", channel=there.channel_id, status=error.status)


async def ask_for_missing(client: DeskClient, guild_id: int, *, occasion: str) -> int:
    """Compare a guild's staff channel with its open concerns; ask for the cards that are not there.

    Return how many that are. `occasion` names the act that looks, and asks once.
    """
    desk = client.desk
    try:
        channel = await staff_channel(client, guild_id)
        if channel is None:
            return 0
        shown = await desk.store.read(lambda session: placements(session, guild_id, SUBJECT))
        here = {name: at.message_id for name, at in shown.items() if at.channel_id == channel.id}
        present: set[int] = set()
        if here:
            async for message in channel.history(
                limit=_MOST_LOOKED_THROUGH,
                after=discord.Object(min(here.values()) - 1),
                oldest_first=True,
            ):
                present.add(message.id)
    except (TryLater, Undeliverable, discord.HTTPException) as error:
        log.warning("cards.out_of_reach", guild=guild_id, error=type(error).__name__)
        return 0
    # Beyond the last message that was looked at, nothing is known to be missing.
    end = max(present) if len(present) >= _MOST_LOOKED_THROUGH else None
    asked = 0
    for one in await desk.triage.open_ones(guild_id):
        message_id = here.get(f"{SUBJECT}{one.reference}")
        if message_id in present or (message_id and end is not None and message_id > end):
            continue
        again = f"gone{message_id}" if message_id else occasion
        asked += await desk.triage.refresh_cards(guild_id, [one.reference], again=again)
    return asked
