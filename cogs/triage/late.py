"""What the desk tells staff by itself: replies that are overdue, and the day's digest."""

from bot.concerns.clockwork import DIGEST, OVERDUE
from bot.platform.cards import Card, Row, Tone
from bot.platform.components import DeskCog
from bot.platform.courier import Undeliverable, nonce_of
from bot.platform.once import post_once
from bot.platform.staffroom import OUT_OF_REACH, staff_channel
from bot.store.outbox import Parcel
from bot.words import Tongue
from cogs.triage.show import open_menu, summary_line

_NUMBERS = ("new", "unread", "overdue", "unclaimed", "waiting")


class Late(DeskCog):
    """Posts escalations and digests in the staff channel."""

    async def cog_load(self) -> None:
        """Take them on among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(OVERDUE, self.overdue)
        self.client.courier.handle(DIGEST, self.digest)

    async def overdue(self, parcel: Parcel) -> None:
        """Say which replies are overdue, as far as they still are."""
        lines, rows = await self._late(parcel)
        if not lines:
            return
        t = self.desk.words.english
        again = "triage.overdue.again" if int(parcel.payload["step"]) else "triage.overdue.first"
        title = t.plural(again, len(lines))
        await self._post(
            parcel,
            Card(
                kind=t("triage.overdue.kind"),
                title=title,
                body="\n".join(lines),
                tone=Tone.TROUBLE,
                rows=rows,
            ),
        )

    async def digest(self, parcel: Parcel) -> None:
        """Say what the day begins with."""
        t = self.desk.words.english
        lines, rows = await self._late(parcel)
        numbers = {name: int(parcel.payload[name]) for name in ("open", *_NUMBERS)}
        body = [_number(t, name, numbers[name]) for name in _NUMBERS if numbers[name]]
        if lines:
            body += ["", t("triage.digest.late"), *lines]
        await self._post(
            parcel,
            Card(
                kind=t("triage.digest.kind"),
                title=t.plural("triage.digest.title", numbers["open"]),
                body="\n".join(body) or t("triage.digest.quiet"),
                footer=t("triage.digest.footer"),
                tone=Tone.STAFF,
                rows=rows,
            ),
        )

    async def _late(self, parcel: Parcel) -> tuple[list[str], list[Row]]:
        t = self.desk.words.english
        references = list(parcel.payload["references"])
        late = await self.desk.clockwork.late(parcel.guild_id, references)
        shown = [one for one in late if not one.covered]
        rows: list[Row] = [open_menu(t, shown)] if shown else []
        return [
            t("casework.covered.line", reference=one.reference)
            if one.covered
            else summary_line(t, one)
            for one in late
        ], rows

    async def _post(self, parcel: Parcel, card: Card) -> None:
        channel = await staff_channel(self.client, parcel.guild_id)
        if channel is None:
            raise Undeliverable(f"{OUT_OF_REACH}none is chosen; /setup chooses one")
        await post_once(channel, card.view(), nonce=nonce_of(parcel))


def _number(t: Tongue, name: str, count: int) -> str:
    return t.plural(f"triage.digest.{name}", count)
