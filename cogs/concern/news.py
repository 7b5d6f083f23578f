"""What reporters are told besides replies: bringing it, and choosing what to hear of."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.model import Case, CloseReason, Delivery, News, State, Told
from bot.concerns.news import MUTABLE
from bot.concerns.troubles import NoSuchConcern
from bot.platform.cards import Card, Choice, Menu
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, custom_id, on_menu
from bot.platform.courier import Finish
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.platform.mail import person_tongue, write_to
from bot.store.outbox import Parcel
from bot.words import Tongue
from cogs.concern import news_cards
from cogs.concern.cards import named
from cogs.concern.delivery import server_of

log = structlog.stdlib.get_logger(__name__)


class NewsCog(DeskCog):
    """Brings news, and asks what a person wants to hear."""

    async def cog_load(self) -> None:
        """Take on news among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.NEWS, self.deliver)

    async def deliver(self, parcel: Parcel) -> Finish | None:
        """Write to the reporter; where that cannot be, it waits in `/concern status`."""
        guild_id, news_id = parcel.guild_id, int(parcel.payload["news"])
        message = await self.desk.news.message(guild_id, news_id)
        if message is None:
            return None
        try:
            case = await self.desk.triage.case(guild_id, message.reference)
        except NoSuchConcern:
            return None
        how: Delivery | None = None
        if not overtaken(message.news, case):
            t = person_tongue(self.client, guild_id, message.locale)
            server = named(server_of(self.client, guild_id, t("concern.server")))
            card = news_cards.news_card(t, case, message.news, server)
            arrived = await write_to(self.client, message.recipient, card, once=parcel.key)
            how = Delivery.DELIVERED if arrived else Delivery.MAILBOX

        async def finish(session: AsyncSession) -> None:
            await self.desk.news.delivered(session, guild_id, message.reference, news_id, how)

        return finish

    async def start(self, interaction: DeskInteraction) -> None:
        """Show what this person hears of, to choose anew."""
        if not await acknowledge(interaction):
            return
        guild_ids = _guild_ids(interaction)
        muted = await self.desk.news.muted(guild_ids, interaction.user.id)
        await reply(interaction, choice_card(tongue(interaction), muted))

    @on_menu("concern", "news")
    async def chosen(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Keep what this person wants to hear of."""
        if not set(values) <= {*MUTABLE, *_NOTHING}:
            raise Refused("error.stale")
        if not await acknowledge_turn(interaction):
            return
        guild_ids = _guild_ids(interaction)
        wanted = [Told(value) for value in values if value not in _NOTHING]
        muted = await self.desk.news.choose(guild_ids, interaction.user.id, wanted)
        t = tongue(interaction)
        await turn(interaction, choice_card(t, muted, note=t("concern.news.kept")))


_TOGETHER = (Told.MERGED, Told.SPLIT)
_NOTHING = ("none",)
"""Chosen by whoever wants to hear of nothing but replies."""


def choice_card(t: Tongue, muted: frozenset[Told], *, note: str = "") -> Card:
    """Offer what a person may hear of, as one menu with several answers."""
    menu = Menu(
        t("concern.news.choose"),
        custom_id("concern", "news"),
        [
            *(
                Choice(t(f"concern.news.{told}"), told, chosen=told not in muted)
                for told in MUTABLE
            ),
            Choice(
                t("concern.news.none"), _NOTHING[0], chosen=all(told in muted for told in MUTABLE)
            ),
        ],
        most=len(MUTABLE),
    )
    body = t("concern.news.body")
    return Card(
        kind=t("concern.status.kind"),
        title=t("concern.news.title"),
        body=f"{note}\n\n{body}" if note else body,
        rows=[menu],
    )


def overtaken(news: News, case: Case) -> bool:
    """Say whether something that happened since makes this news untrue, or nothing new."""
    if news.what is Told.CLOSED:
        return case.state is not State.CLOSED or case.close_reason is CloseReason.WITHDRAWN
    if news.what is Told.REOPENED:
        heard = any(one.what is Told.CLOSED and one.id < news.id for one in case.news)
        return case.state is State.CLOSED or not heard
    if news.what in (Told.MERGED, Told.SPLIT):
        together = bool(case.merged_into or case.parts)
        before = [one.what for one in case.news if one.what in _TOGETHER and one.id < news.id]
        heard = before[-1:] == [Told.MERGED]
        return heard or not together if news.what is Told.MERGED else together or not heard
    return False


def _guild_ids(interaction: DeskInteraction) -> list[int]:
    if interaction.guild_id is not None:
        return [interaction.guild_id]
    return [guild.id for guild in interaction.client.guilds]
