"""Letters on their way: brought to reporters, changed there, taken away; and word to staff."""

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.model import Delivery, Direction
from bot.concerns.relay import Carried, Place
from bot.platform.cards import Card
from bot.platform.client import DeskClient
from bot.platform.courier import Finish
from bot.platform.mail import guild_tongue, person_tongue, post_to, rewrite, take_away, write_to
from bot.store.outbox import MAX_ATTEMPTS, Parcel
from bot.store.placements import placement_of
from cogs.concern import cards
from cogs.concern.delivery import server_of

log = structlog.stdlib.get_logger(__name__)


class Letters:
    """Performs the effects that are about letters.

    A letter that cannot reach somebody (they closed their direct messages, blocked the desk, left
    the server, deleted their account) waits in the mailbox, and staff see that on the card.
    """

    def __init__(self, client: DeskClient) -> None:
        self._client = client
        self._desk = client.desk

    def register(self) -> None:
        """Tell the courier."""
        self._client.courier.handle(effects.LETTER, self.letter)
        self._client.courier.handle(effects.LETTER_CHANGED, self.changed)
        self._client.courier.handle(effects.HEARD, self.heard)

    async def letter(self, parcel: Parcel) -> Finish | None:
        """Bring a letter, unless it was taken back before it could be."""
        carried = await self._carried(parcel)
        if carried is None:
            return None
        if carried.letter.taken_back:
            return self._brought(carried, Delivery.TAKEN_BACK, None)
        return await self._post(parcel, carried)

    async def changed(self, parcel: Parcel) -> Finish | None:
        """Bring an edited letter up to date where it stands, or take it away from there.

        Where Discord does not let the desk do that, a new message says what has changed.
        """
        carried = await self._carried(parcel)
        if carried is None:
            return None
        letter, place = carried.letter, carried.place
        if letter.shown == 0:
            # It never got there: the mailbox has what it says now.
            return self._brought(carried, Delivery.TAKEN_BACK, None) if letter.taken_back else None
        if letter.taken_back:
            if place and await take_away(self._client, place.channel_id, place.message_id):
                return self._brought(carried, Delivery.TAKEN_BACK, None)
        elif letter.shown >= letter.revision and letter.delivery is Delivery.DELIVERED:
            return None
        elif place and await self._rewritten(carried, place):
            return self._brought(carried, Delivery.DELIVERED, place)
        return await self._post(parcel, carried)

    async def heard(self, parcel: Parcel) -> Finish | None:
        """Tell who has a case that its reporter wrote, if they have not read it yet."""
        carried = await self._desk.triage.staffed(
            parcel.guild_id, parcel.payload["reference"], int(parcel.payload["letter"])
        )
        if carried is None:
            return None
        case, letter = carried
        unread = letter.direction is Direction.FROM_REPORTER and letter.delivery is Delivery.PENDING
        if case.claimed_by is None or not unread:
            return None
        t = guild_tongue(self._client, case.guild_id)

        async def look(session: AsyncSession) -> str:
            where = await placement_of(session, case.guild_id, f"card:{case.reference}")
            path = "" if where is None else f"{where.channel_id}/{where.message_id}"
            return f"https://discord.com/channels/{case.guild_id}/{path}" if path else ""

        link = await self._desk.store.read(look)
        server = server_of(self._client, case.guild_id, t("concern.server"))
        card = cards.heard_card(t, case, server, link)
        await write_to(self._client, case.claimed_by, card, once=parcel.key)
        return None

    async def _carried(self, parcel: Parcel) -> Carried | None:
        return await self._desk.triage.carried(
            parcel.guild_id, parcel.payload["reference"], int(parcel.payload["letter"])
        )

    async def _post(self, parcel: Parcel, carried: Carried) -> Finish:
        """Bring a letter as a message of its own, or leave it in the mailbox."""
        card = await self._card(carried)
        try:
            posted = await post_to(self._client, carried.recipient, card, once=parcel.key)
        except discord.HTTPException as error:
            passing = error.status == 429 or error.status >= 500
            if passing and parcel.attempts < MAX_ATTEMPTS:
                raise
            log.warning("letter.refused", reference=carried.case.reference, status=error.status)
            posted = None
        if posted is None:
            return self._brought(carried, Delivery.MAILBOX, None)
        place = Place(posted.channel.id, posted.id)
        return self._brought(carried, Delivery.DELIVERED, place)

    async def _rewritten(self, carried: Carried, place: Place) -> bool:
        card = await self._card(carried)
        return await rewrite(self._client, place.channel_id, place.message_id, card)

    async def _card(self, carried: Carried) -> Card:
        guild_id = carried.case.guild_id
        locale = await self._desk.news.locale_of(guild_id, carried.recipient)
        t = person_tongue(self._client, guild_id, locale)
        server = server_of(self._client, guild_id, t("concern.server"))
        return cards.letter_card(t, carried.case, carried.letter, server)

    def _brought(self, carried: Carried, how: Delivery, place: Place | None) -> Finish:
        async def finish(session: AsyncSession) -> None:
            await self._desk.triage.brought(session, carried, how, place)

        return finish
