"""What the outbox brings to reporters: receipts, replies, and what they did themselves."""

import structlog

from bot.concerns import effects
from bot.concerns.model import Case
from bot.concerns.troubles import NoSuchConcern
from bot.platform.cards import Card
from bot.platform.client import DeskClient
from bot.platform.courier import Finish
from bot.platform.mail import (
    ReplyAddress,
    bring,
    fill_in,
    guild_tongue,
    person_tongue,
)
from bot.store.outbox import Parcel
from bot.words import Tongue
from cogs.concern import cards
from cogs.concern.unnamed_cards import code_card

log = structlog.stdlib.get_logger(__name__)


_DONE = {
    "added": "concern.write.done",
    "withdrawn": "concern.done.withdrawn",
    "consented": "concern.done.consented",
    "reopened": "concern.done.reopened",
}


class Deliveries:
    """Performs the effects that the ledger posts for reporters.

    A receipt is in the language its reader's Discord has just told, which is kept with it; what
    comes later is in that language, or in the server's own where none was ever told.
    """

    def __init__(self, client: DeskClient) -> None:
        self._client = client
        self._desk = client.desk

    def register(self) -> None:
        """Tell the courier."""
        self._client.courier.handle(effects.RECEIPT, self.receipt)
        self._client.courier.handle(effects.ADDED, self.done)
        self._client.courier.handle(effects.DONE, self.done)

    async def receipt(self, parcel: Parcel) -> Finish | None:
        """Say "logged" in the reply that waits for it, else by direct message.

        Where neither can be, nothing is lost: the person finds it in /concern status. An
        anonymous person can be told in their reply only.
        """
        case = await self._any_case(parcel)
        if case is None:
            return None
        address = ReplyAddress.opened(parcel.sealed, self._desk.vault)
        if address is None:
            t = guild_tongue(self._client, parcel.guild_id)
        else:
            t = self._desk.words.tongue(address.locale)
            await self._desk.news.reporter_speaks(case.guild_id, case.reference, address.locale)
        setup = await self._desk.guilds.get(parcel.guild_id)
        days = await self._desk.clockwork.reply_days(parcel.guild_id, case.raised_at)
        urgent = await self._desk.urgent_lane.of(parcel.guild_id)
        server = server_of(self._client, parcel.guild_id, t("concern.server"), staffed=setup.done)
        if case.anonymous:
            if address is not None:
                card = code_card(t, case, address.code, server, days, urgent)
                await fill_in(self._client, address, card)
            return None
        card = cards.receipt_card(t, case, server, days, urgent)
        recipient = await self._desk.triage.reporter(case.guild_id, case.reference)
        if not await bring(self._client, parcel, address, card, recipient):
            log.info("receipt.untold", reference=case.reference)
        return None

    async def done(self, parcel: Parcel) -> Finish | None:
        """Confirm what a reporter did, in the reply that waits for it, else by direct message."""
        case = await self._case(parcel)
        if case is None:
            return None
        address = ReplyAddress.opened(parcel.sealed, self._desk.vault)
        if address is None:
            t = guild_tongue(self._client, parcel.guild_id)
        else:
            t = self._desk.words.tongue(address.locale)
        said = [
            t(_DONE[parcel.payload.get("what", "added")], reference=case.reference),
            *cards.about_files(t, parcel.payload),
        ]
        card = Card(body="\n\n".join(said))
        recipient = await self._desk.triage.reporter(case.guild_id, case.reference)
        await bring(self._client, parcel, address, card, recipient)
        return None

    async def _case(self, parcel: Parcel) -> Case | None:
        """Return the case a parcel is about; None if nobody can be told, or wants to be any more.

        Nobody knows who raised an anonymous concern: what is said there waits in its mailbox.
        """
        case = await self._any_case(parcel)
        return None if case is None or case.anonymous else case

    async def _any_case(self, parcel: Parcel) -> Case | None:
        try:
            case = await self._desk.triage.case(parcel.guild_id, parcel.payload["reference"])
        except NoSuchConcern:
            return None
        return None if case.erased else case

    async def _tongue(self, guild_id: int, user_id: int) -> Tongue:
        locale = await self._desk.news.locale_of(guild_id, user_id)
        return person_tongue(self._client, guild_id, locale)


def server_of(
    client: DeskClient, guild_id: int, unnamed: str, *, staffed: bool = True
) -> cards.Server:
    """Return how cards name a server; `unnamed` if the desk is no longer in it."""
    guild = client.get_guild(guild_id)
    return cards.Server(unnamed if guild is None else guild.name, staffed)
