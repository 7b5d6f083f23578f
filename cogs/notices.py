"""Notices to staff: what the desk itself has to tell them, in their channel."""

from bot.concerns import effects
from bot.platform.cards import Card, Tone
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.courier import Undeliverable, nonce_of
from bot.platform.inert import inert
from bot.platform.once import post_once
from bot.platform.staffroom import OUT_OF_REACH, staff_channel
from bot.store.notices import STAFF_NOTICE, staff_notice
from bot.store.outbox import Effect, Parcel

_VALUE = 1500

_DEAD = {
    effects.CARD: "notice.dead.card",
    effects.RECEIPT: "notice.dead.receipt",
    effects.LETTER: "notice.dead.letter",
    effects.NEWS: "notice.dead.news",
    effects.ADDED: "notice.dead.receipt",
    effects.DONE: "notice.dead.receipt",
}
"""What a dead letter was, in words."""


class Notices(DeskCog):
    """Shows staff what the desk has to tell, dead letters among it."""

    async def cog_load(self) -> None:
        """Take on notices among the courier's effects, and hear of dead letters."""
        await super().cog_load()
        self.client.courier.handle(STAFF_NOTICE, self.deliver)
        self.client.courier.on_dead = self.dead

    async def deliver(self, parcel: Parcel) -> None:
        """Post a notice.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach; `/setup` tries again.
            discord.HTTPException: Discord refuses the card.
        """
        channel = await staff_channel(self.client, parcel.guild_id)
        if channel is None:
            raise Undeliverable(f"{OUT_OF_REACH}none is chosen; /setup chooses one")
        t = self.desk.words.english
        values = {
            name: inert(str(value), limit=_VALUE)
            for name, value in parcel.payload["values"].items()
        }
        card = Card(
            kind=t("notice.kind"), body=t(parcel.payload["key"], **values), tone=Tone.UNSURE
        )
        await post_once(channel, card.view(), nonce=nonce_of(parcel))

    def dead(self, parcel: Parcel, trouble: str) -> list[Effect]:
        """Return the notice that something could not be delivered.

        There is none if the staff channel itself is out of reach: `/setup` and `doctor` show that.
        """
        if parcel.kind == STAFF_NOTICE or trouble.startswith(OUT_OF_REACH):
            return []
        return [
            staff_notice(
                parcel.guild_id,
                _DEAD.get(parcel.kind, "notice.dead.other"),
                once=f"dead:{parcel.id}",
                reference=str(parcel.payload.get("reference", "")),
                trouble=trouble,
            )
        ]


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Notices(client))
