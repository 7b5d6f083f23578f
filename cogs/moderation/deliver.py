"""What the outbox does for the guard: messages go, their authors and moderators are told."""

import discord

from bot.moderation import taken
from bot.moderation.model import TAKES_DOWN, Verdict
from bot.moderation.taken import NoSuchMessage, Taken
from bot.platform.cards import Card
from bot.platform.client import DeskClient
from bot.platform.courier import Finish, Undeliverable, nonce_of
from bot.platform.mail import person_tongue, rewrite, take_away, write_to
from bot.platform.once import post_once
from bot.platform.staffroom import OUT_OF_REACH, staff_channel
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of
from cogs.moderation import show

_LACKS = "the desk lacks Manage Messages in a channel that it guards"
_REASON = "Against the rules of the community"


class Deliveries:
    """Performs the guard's effects."""

    def __init__(self, client: DeskClient) -> None:
        self._client = client
        self._desk = client.desk

    def register(self) -> None:
        """Tell the courier."""
        self._client.courier.handle(taken.TAKE, self.take)
        self._client.courier.handle(taken.SWEEP, self.sweep)
        self._client.courier.handle(taken.TELL, self.tell)
        self._client.courier.handle(taken.HELD, self.held)
        self._client.courier.handle(taken.CASE, self.case)

    async def take(self, parcel: Parcel) -> None:
        """Delete the message.

        Raises:
            Undeliverable: the desk lacks Manage Messages there; staff hear of it.
            discord.HTTPException: Discord is in trouble.
        """
        channel, message = parcel.payload["channel"], parcel.payload["message"]
        if not await take_away(self._client, channel, message):
            raise Undeliverable(_LACKS)

    async def sweep(self, parcel: Parcel) -> None:
        """Delete several messages of a channel at once.

        Raises:
            Undeliverable: the desk lacks Manage Messages there; staff hear of it.
            discord.HTTPException: Discord is in trouble.
        """
        channel, messages = parcel.payload["channel"], parcel.payload["messages"]
        try:
            await self._client.http.delete_messages(channel, messages, reason=_REASON)
        except discord.NotFound:
            return  # the channel is gone
        except discord.Forbidden:
            raise Undeliverable(_LACKS) from None

    async def tell(self, parcel: Parcel) -> None:
        """Tell the author in private; where that is closed, /rules has it for them.

        Raises:
            TryLater, discord.HTTPException: not at the moment.
        """
        taken = await self._taken(parcel)
        if taken is None or taken.author is None:
            return
        locale = await self._desk.news.locale_of(taken.guild_id, taken.author)
        t = person_tongue(self._client, taken.guild_id, locale)
        server = self._client.get_guild(taken.guild_id)
        rule = self._desk.rules.ruleset.rule(taken.rule)
        card = show.author_card(t, taken, rule, server.name if server else t("guard.server"))
        await write_to(self._client, taken.author, card, once=parcel.key)

    async def held(self, parcel: Parcel) -> Finish | None:
        """Show moderators a held message, or bring its card up to date.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach.
            discord.HTTPException: Discord refuses the card.
        """
        taken = await self._taken(parcel)
        if taken is None:
            return None
        subject = f"guard:{taken.message_id}"
        rule = self._desk.rules.ruleset.rule(taken.rule)
        card: Card = show.held_card(self._desk.words.english, taken, rule)
        there = await self._desk.store.read(
            lambda session: placement_of(session, taken.guild_id, subject)
        )
        if there and await rewrite(self._client, there.channel_id, there.message_id, card):
            return None
        channel = await staff_channel(self._client, taken.guild_id)
        if channel is None:
            raise Undeliverable(f"{OUT_OF_REACH}none is chosen; /setup chooses one")
        posted = await post_once(channel, card.view(), files=card.files(), nonce=nonce_of(parcel))
        where = Placement(channel.id, posted.id)
        return lambda session: place(session, taken.guild_id, subject, where)

    async def case(self, parcel: Parcel) -> None:
        """Open the case of a verdict; the same message opens one, however often it is tried."""
        taken = await self._taken(parcel)
        if taken is None or taken.author is None:
            return
        verdict = Verdict(
            rule=taken.rule,
            check=taken.check,
            action=taken.action,
            evidence=taken.evidence,
            guild_id=taken.guild_id,
            channel_id=taken.channel_id,
            message_id=taken.message_id,
            author_id=taken.author,
            minutes=parcel.payload["minutes"],
        )
        await self._desk.cases.by_verdict(verdict, taken.text or "")

    async def _taken(self, parcel: Parcel) -> Taken | None:
        try:
            taken = await self._desk.guard.taken(parcel.guild_id, parcel.payload["message"])
        except NoSuchMessage:
            return None
        if taken.text is None and taken.action in TAKES_DOWN:
            return None  # erased
        return taken
