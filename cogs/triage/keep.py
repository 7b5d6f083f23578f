"""Keeps one card for each concern in the staff channel, as the ledger says it should look."""

from collections.abc import Callable

import discord
import structlog
from discord.ext import commands

from bot.concerns import effects
from bot.concerns.troubles import NoSuchConcern
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.interactions import NOBODY
from bot.platform.once import post_once
from bot.platform.staffroom import staff_place
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of, placements
from cogs.triage import forum
from cogs.triage.show import case_card, entry_of

SUBJECT = "card:"
_MOST_LOOKED_THROUGH = 2000
_AT_ONCE = 200
_UNKNOWN_MESSAGE = 10008

log = structlog.stdlib.get_logger(__name__)


class CardKeeper(DeskCog):
    """Posts cards, edits them in place, and posts again what was deleted by hand.

    A deleted card comes back with the next change of its case, when somebody opens the case, and
    when the desk starts; where the desk hears of messages anyway, at once (docs/decisions/0007).
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
        channel = await staff_place(self.client, guild_id)
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
        nonce = nonce_of(parcel)
        if isinstance(channel, discord.ForumChannel):
            now = await forum.bring(self.client, channel, case, view, there, nonce)
        else:
            now = await _bring(channel, view, there, nonce)
        if now == there:
            return None
        if there is not None and there.channel_id != now.channel_id:
            await self._take_down(there)
        return lambda session: place(session, guild_id, subject, now)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Ask for the cards that are missing; Discord may say that it is ready more than once."""
        try:
            for setup in await self.desk.guilds.all():
                await ask_for_missing(self.client, setup.guild_id, occasion=self._started)
                await self._see_to_tags(setup.guild_id)
        except StoreUnavailable:
            log.warning("cards.store_unavailable")

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Bring back a card that was deleted by hand, where the desk hears of messages at all."""
        await self._gone(event.guild_id, event.channel_id, {event.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Bring back cards that were deleted by hand."""
        await self._gone(event.guild_id, event.channel_id, event.message_ids)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """Bring back a post that was deleted by hand."""
        setup = await self.desk.guilds.get(event.guild_id)
        if event.parent_id == setup.staff_channel_id:
            await self._bring_back(event.guild_id, lambda at: at.channel_id == event.thread_id)

    async def _gone(self, guild_id: int | None, channel_id: int, message_ids: set[int]) -> None:
        if guild_id is None:
            return
        setup = await self.desk.guilds.get(guild_id)
        channel = self.client.get_channel(channel_id)
        home = channel.parent_id if isinstance(channel, discord.Thread) else channel_id
        if home == setup.staff_channel_id:
            await self._bring_back(guild_id, lambda at: at.message_id in message_ids)

    async def _bring_back(self, guild_id: int, gone: Callable[[Placement], bool]) -> None:
        """Ask for the cards of open concerns whose message or post is gone."""
        shown = await self.desk.store.read(lambda session: placements(session, guild_id, SUBJECT))
        for subject, at in shown.items():
            if gone(at):
                reference = subject.removeprefix(SUBJECT)
                case = await self.desk.triage.case(guild_id, reference)
                if case.state not in forum.OVER:
                    again = f"gone{at.message_id}"
                    await self.desk.triage.refresh_cards(guild_id, [reference], again=again)

    async def _see_to_tags(self, guild_id: int) -> None:
        """Keep a forum's tags in step with the states and kinds there are."""
        try:
            channel = await staff_place(self.client, guild_id)
            if isinstance(channel, discord.ForumChannel):
                await forum.ensure_tags(self.client, channel)
        except (TryLater, Undeliverable) as error:
            log.warning("cards.out_of_reach", guild=guild_id, error=type(error).__name__)

    async def _take_down(self, there: Placement) -> None:
        """Take a card out of a channel that is no longer the staff's, if that can be done."""
        channel = self.client.get_channel(there.channel_id)
        if isinstance(channel, discord.TextChannel | discord.Thread):
            try:
                if isinstance(channel, discord.Thread):
                    await channel.delete()
                else:
                    await channel.get_partial_message(there.message_id).delete()
            except discord.HTTPException as error:
                log.info("cards.left_behind", channel=there.channel_id, status=error.status)


async def _bring(
    channel: discord.TextChannel, view: discord.ui.LayoutView, there: Placement | None, nonce: str
) -> Placement:
    """Bring the card in a channel up to date, or post it; return where it is now."""
    if there is not None and there.channel_id == channel.id:
        try:
            message = channel.get_partial_message(there.message_id)
            await message.edit(view=view, allowed_mentions=NOBODY)
        except discord.NotFound as error:
            if error.code != _UNKNOWN_MESSAGE:
                raise
        else:
            return there
    posted = await post_once(channel, view, nonce=nonce)
    return Placement(channel.id, posted.id)


async def ask_for_missing(client: DeskClient, guild_id: int, *, occasion: str) -> int:
    """Compare a guild's staff channel with its open concerns; ask for the cards that are not there.

    Return how many that are. `occasion` names the act that looks, and asks once.
    """
    desk = client.desk
    try:
        channel = await staff_place(client, guild_id)
        if channel is None:
            return 0
        shown = await desk.store.read(lambda session: placements(session, guild_id, SUBJECT))
        if isinstance(channel, discord.ForumChannel):
            return await _ask_for_posts(client, channel, shown, occasion)
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
    asked, never = 0, []
    for one in await desk.triage.open_ones(guild_id):
        message_id = here.get(f"{SUBJECT}{one.reference}")
        if message_id in present or (message_id and end is not None and message_id > end):
            continue
        if message_id:
            again = f"gone{message_id}"
            asked += await desk.triage.refresh_cards(guild_id, [one.reference], again=again)
        else:
            never.append(one.reference)
    for first in range(0, len(never), _AT_ONCE):
        some = never[first : first + _AT_ONCE]
        asked += await desk.triage.refresh_cards(guild_id, some, again=occasion)
    return asked


async def _ask_for_posts(
    client: DeskClient, channel: discord.ForumChannel, shown: dict[str, Placement], occasion: str
) -> int:
    """Ask for the posts of open concerns that are not in the forum; return how many that are."""
    there, asked = await forum.posts(channel), 0
    triage, guild_id = client.desk.triage, channel.guild.id
    for one in await triage.open_ones(guild_id):
        at = shown.get(f"{SUBJECT}{one.reference}")
        if at is None or at.channel_id not in there:
            again = occasion if at is None else f"gone{at.message_id}"
            asked += await triage.refresh_cards(guild_id, [one.reference], again=again)
    return asked
