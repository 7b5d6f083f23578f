"""Joining what others raised: the offer before a concern is logged, and a person's voices."""

import structlog
from discord.app_commands import Choice as Option

from bot.concerns import effects
from bot.concerns.joining.model import NoSuchOffer, NoSuchVoice, Offer, Voice
from bot.concerns.model import Consent, Draft
from bot.concerns.service import Along, nothing_along
from bot.concerns.troubles import BadDraft, TooMany
from bot.desk import Desk
from bot.ids import read_reference
from bot.platform import limits
from bot.platform.cards import Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import (
    acknowledge,
    acknowledge_turn,
    reply,
    take_up,
    tongue,
    turn,
)
from bot.platform.mail import (
    ReplyAddress,
    bring,
    guild_tongue,
    person_tongue,
    write_to,
)
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from cogs.concern import joining_cards as cards
from cogs.concern.delivery import server_of
from cogs.concern.form import id_of

_LENGTH = 7

log = structlog.stdlib.get_logger(__name__)


async def look_for(
    desk: Desk,
    guild_id: int,
    who: int,
    draft: Draft,
    act: str,
    receipt: bytes,
    along: Along = nothing_along,
) -> Offer | None:
    """Return a concern to offer in place of logging a draft, which is then kept; None for none.

    Whatever goes wrong in looking for one must not keep the draft from being logged.

    Raises:
        BadDraft, TooMany, StoreUnavailable: as when it is logged.
    """
    try:
        return await desk.joining.offers.offer(
            guild_id=guild_id,
            reporter_id=who,
            draft=draft,
            intake=act,
            receipt=receipt,
            along=along,
        )
    except (BadDraft, TooMany, StoreUnavailable):
        raise
    except Exception as error:
        log.error("joining.not_looked", guild=guild_id, error=type(error).__name__)
        return None


async def _taken_up(interaction: DeskInteraction) -> bool:
    """Acknowledge a choice: the offer's card turns, in direct messages, too."""
    if interaction.guild_id is None:
        return await take_up(interaction)
    return await acknowledge_turn(interaction)


class Joins(DeskCog):
    """Offers, and voices from their owners' side."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(NoSuchOffer, lambda t, _e: t("join.over"))
        client.sentences.know(NoSuchVoice, lambda t, _e: t("join.no_such"))

    async def cog_load(self) -> None:
        """Take on what joining posts, among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.JOINED, self.confirm)
        self.client.courier.handle(effects.VOICE_NEWS, self.tell)

    async def offered(self, interaction: DeskInteraction, place: int, draft: Draft) -> bool:
        """Offer a concern to join in place of logging, if there is one; say whether it was.

        Raises:
            BadDraft, TooMany, StoreUnavailable: as when it is logged.
        """
        receipt = ReplyAddress.of(interaction).sealed(self.desk.vault)
        act = f"interaction:{interaction.id}"
        offer = await look_for(self.desk, place, interaction.user.id, draft, act, receipt)
        if offer is None:
            return False
        # It is kept: if this reply fails, it is logged when its time is over.
        await turn(interaction, cards.offer_card(tongue(interaction), place, offer))
        return True

    @on_button("concern", "join")
    async def join(self, interaction: DeskInteraction, guild_id: str, offer: str) -> None:
        """Add this person's voice. The courier fills in the card, after the commit only."""
        if await _taken_up(interaction):
            await self.desk.joining.offers.join(
                guild_id=id_of(guild_id),
                user_id=interaction.user.id,
                offer_id=id_of(offer),
                receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
            )

    @on_button("concern", "log_mine")
    async def log_mine(self, interaction: DeskInteraction, guild_id: str, offer: str) -> None:
        """Log what was typed on its own. The courier fills in the receipt."""
        if await _taken_up(interaction):
            await self.desk.joining.offers.log(
                guild_id=id_of(guild_id),
                user_id=interaction.user.id,
                offer_id=id_of(offer),
                receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
            )

    @on_button("concern", "voices")
    async def voices(self, interaction: DeskInteraction) -> None:
        """Show this person's voices."""
        if await acknowledge_turn(interaction):
            found = await self.of(interaction)
            if not found:
                raise NoSuchVoice
            await turn(interaction, cards.voices_card(tongue(interaction), found))

    @on_menu("concern", "voice")
    async def chosen(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open the voice that was chosen from the list."""
        guild_id, _, reference = next(iter(values), "").partition(":")
        await self._show(interaction, guild_id, reference)

    @on_button("concern", "voice_open")
    async def open(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Open a voice."""
        await self._show(interaction, guild_id, reference)

    @on_button("concern", "voice_back")
    async def ask(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Say what taking it back does, and ask."""
        if await acknowledge(interaction):
            voice = await self._one(interaction, id_of(guild_id), reference)
            await reply(interaction, cards.withdraw_card(tongue(interaction), voice))

    @on_button("concern", "voice_gone")
    async def withdraw(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Take it back."""
        if not await acknowledge_turn(interaction):
            return
        voice = await self.desk.joining.voices.withdraw(
            guild_id=id_of(guild_id), user_id=interaction.user.id, reference=reference
        )
        await turn(interaction, self._card(interaction, voice))

    @on_button("concern", "voice_consent")
    async def consent(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Offer what the desk may do with it."""
        if await acknowledge(interaction):
            voice = await self._one(interaction, id_of(guild_id), reference)
            await reply(interaction, cards.consent_card(tongue(interaction), voice))

    @on_menu("concern", "voice_allow")
    async def allowed(
        self, interaction: DeskInteraction, values: tuple[str, ...], guild_id: str, reference: str
    ) -> None:
        """Keep what was chosen."""
        if not values or values[0] not in set(Consent):
            raise Refused("error.stale")
        if not await acknowledge_turn(interaction):
            return
        voice = await self.desk.joining.voices.allow(
            guild_id=id_of(guild_id),
            user_id=interaction.user.id,
            reference=reference,
            consent=Consent(values[0]),
        )
        await turn(interaction, self._card(interaction, voice))

    @on_button("concern", "voice_own")
    async def raise_own(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Log a voice's words on their own. The courier fills in the receipt."""
        if await acknowledge(interaction):
            await self.desk.joining.voices.raise_own(
                guild_id=id_of(guild_id),
                user_id=interaction.user.id,
                reference=reference,
                receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
            )

    async def of(self, interaction: DeskInteraction) -> tuple[Voice, ...]:
        """Return this person's voices, here or, in direct messages, wherever the desk is."""
        guilds = (
            [interaction.guild_id]
            if interaction.guild_id is not None
            else [guild.id for guild in self.client.guilds]
        )
        return await self.desk.joining.voices.own(guilds, interaction.user.id)

    async def named(self, interaction: DeskInteraction, typed: str) -> Voice | None:
        """Return this person's voice with the reference that was typed; None if it is no voice's.

        Raises:
            NoSuchVoice: it is a voice's reference, and not this person's.
        """
        bare = "".join(one for one in typed.upper() if one.isalnum())
        reference = read_reference(bare, "V") if len(bare) == _LENGTH and bare[0] == "V" else None
        if reference is None:
            return None
        found = [one for one in await self.of(interaction) if one.reference == reference]
        if not found:
            raise NoSuchVoice(reference)
        return found[0]

    async def options(self, interaction: DeskInteraction, current: str) -> list[Option[str]]:
        """Offer this person's voices that were not taken back, for a command's reference."""
        t, typed = tongue(interaction), current.upper().strip()
        return [
            Option(
                name=plain(
                    t("join.option", reference=one.reference, kind=t(f"concern.kind.{one.kind}")),
                    limit=limits.CHOICE_NAME,
                ),
                value=one.reference,
            )
            for one in await self.of(interaction)
            if not one.withdrawn and typed in one.reference
        ]

    async def confirm(self, parcel: Parcel) -> None:
        """Say that a voice was added, in the card that offered it, else by direct message."""
        found = await self._recipient(parcel)
        if found is None:
            return
        who, voice = found
        address = ReplyAddress.opened(parcel.sealed, self.desk.vault)
        t = guild_tongue(self.client, parcel.guild_id)
        if address is not None:
            t = self.desk.words.tongue(address.locale)
        server = server_of(self.client, parcel.guild_id, t("concern.server"))
        card = cards.joined_card(t, voice, server)
        await bring(self.client, parcel, address, card, who)

    async def tell(self, parcel: Parcel) -> None:
        """Say where a concern stands that somebody joined, or that a brief counts them."""
        found = await self._recipient(parcel)
        briefed = "brief" in parcel.payload
        if found is None or found[1].withdrawn:
            return
        if not briefed and found[1].state != parcel.payload["state"]:
            return
        who, voice = found
        locale = await self.desk.news.locale_of(parcel.guild_id, who)
        t = person_tongue(self.client, parcel.guild_id, locale)
        server = server_of(self.client, parcel.guild_id, t("concern.server"))
        await write_to(
            self.client, who, cards.news_card(t, voice, server, briefed=briefed), once=parcel.key
        )

    async def _recipient(self, parcel: Parcel) -> tuple[int, Voice] | None:
        voices = self.desk.joining.voices
        return await voices.recipient(parcel.guild_id, str(parcel.payload["voice"]))

    async def _show(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        place = id_of(guild_id)
        if await acknowledge_turn(interaction):
            voice = await self._one(interaction, place, reference)
            await turn(interaction, self._card(interaction, voice))

    async def _one(self, interaction: DeskInteraction, guild_id: int, reference: str) -> Voice:
        return await self.desk.joining.voices.own_one(guild_id, interaction.user.id, reference)

    def _card(self, interaction: DeskInteraction, voice: Voice) -> Card:
        t = tongue(interaction)
        return cards.voice_card(
            t, voice, server_of(self.client, voice.guild_id, t("concern.server"))
        )
