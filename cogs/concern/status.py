"""/concern status: one's own concerns, and the replies that wait there."""

import contextlib
import dataclasses

from bot.concerns.attachments import MOST_A_LETTER
from bot.concerns.model import WHAT_LIMIT, OwnConcern
from bot.concerns.troubles import BadDraft, NoSuchConcern, NotAllowedMove
from bot.ids import read_reference
from bot.platform import errors
from bot.platform.cards import Button, Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import Field, FileField, TextField, open_form
from bot.platform.inert import clean
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.platform.mail import ReplyAddress
from bot.store import StoreUnavailable
from cogs._files import attached, fetched
from cogs.concern import cards, joining_cards
from cogs.concern.delivery import server_of
from cogs.concern.form import AGAIN, acknowledge_form, id_of
from cogs.concern.joining import Joins


class Status(DeskCog):
    """Where a person's concerns stand."""

    def __init__(self, client: DeskClient, joins: Joins) -> None:
        super().__init__(client)
        self._joins = joins

    async def start(self, interaction: DeskInteraction) -> None:
        """Show the one concern there is, or a list to choose from."""
        if not await acknowledge(interaction):
            return
        guild_ids, user_id = _guild_ids(interaction), interaction.user.id
        own = await self.desk.concerns.own(guild_ids, user_id, limit=2)
        if len(own) == 1:
            card = self._own_card(interaction, own[0], alone=True)
            if await reply(interaction, await self._with_voices(interaction, card)):
                await self._seen(interaction, own[0])
            return
        card = await self._page(interaction, 0)
        await reply(interaction, await self._with_voices(interaction, card))

    async def _with_voices(self, interaction: DeskInteraction, card: Card) -> Card:
        """Lead on to the concerns of others that this person has joined."""
        voices = await self._joins.of(interaction)
        if not voices:
            return card
        t = tongue(interaction)
        if card.body == t("concern.status.none"):
            card = dataclasses.replace(card, body=t("join.status.only"))
        button = joining_cards.voices_button(t, len(voices))
        return dataclasses.replace(card, rows=[*card.rows, [button]])

    @on_button("concern", "all")
    async def all(self, interaction: DeskInteraction) -> None:
        """Go back to the list."""
        if await acknowledge_turn(interaction):
            card = await self._page(interaction, 0)
            await turn(interaction, await self._with_voices(interaction, card))

    @on_button("concern", "page")
    async def page(self, interaction: DeskInteraction, number: str) -> None:
        """Turn to another page of the list."""
        wanted = id_of(number)
        if await acknowledge_turn(interaction):
            await turn(interaction, await self._page(interaction, wanted))

    @on_menu("concern", "pick")
    async def pick(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open the concern that was chosen from the list."""
        guild_id, _, reference = next(iter(values), "").partition(":")
        await self._open(interaction, guild_id, reference)

    @on_button("concern", "open")
    async def open(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Open a concern from a receipt or a reply."""
        await self._open(interaction, guild_id, reference)

    async def add(self, interaction: DeskInteraction, typed: str) -> None:
        """Open the form at once: a form must be the first answer, so nothing is looked up.

        In a direct message, or with a reference that is nobody's, it is found out when it is sent.
        """
        reference = read_reference(typed, "C")
        if reference is None:
            raise Refused("concern.status.not_yours")
        await self._open_letter(interaction, str(interaction.guild_id or 0), reference)

    @on_button("concern", "write")
    async def write(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Open the form to add something with, such as the answer that staff wait for."""
        await self._open_letter(interaction, guild_id, reference)

    @on_button("concern", "rewrite")
    async def rewrite(
        self, interaction: DeskInteraction, guild_id: str, reference: str, token: str
    ) -> None:
        """Open that form again with what was typed still in it."""
        kept = self.client.memory.find(token, interaction.user.id)
        await self._open_letter(interaction, guild_id, reference, kept or "", AGAIN)

    @on_form("concern", "write")
    async def written(
        self,
        interaction: DeskInteraction,
        form: Form,
        guild_id: str,
        reference: str,
        again: str = "",
    ) -> None:
        """Add what was typed to the concern; hand it back if it cannot be.

        The courier fills in the reply, as with a receipt (decision 0003).
        """
        text = form.text("text")
        t = tongue(interaction)
        try:
            if not await acknowledge_form(interaction, again):
                return
            if not clean(text):
                raise BadDraft("concern.bad.empty")
            files, refused = await fetched(self.desk, attached(interaction, form, "files"))
            await self.desk.concerns.add(
                guild_id=id_of(guild_id) or await self._guild_with(interaction, reference),
                user_id=interaction.user.id,
                reference=reference,
                text=text,
                intake=f"interaction:{interaction.id}",
                receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
                files=files,
                refused=refused,
            )
        except Exception as error:
            token = self.client.memory.keep(interaction.user.id, text)
            press = custom_id("concern", "rewrite", guild_id, reference, token)
            await errors.answer(
                interaction,
                explained(error, reference),
                where="concern:write",
                typed=text if clean(text) else "",
                rows=[[Button(t("concern.button.again"), press)]],
                turned=True,
            )
            return

    async def _guild_with(self, interaction: DeskInteraction, reference: str) -> int:
        """Return the server whose concern is meant, where the form was opened from none."""
        for guild_id in _guild_ids(interaction):
            with contextlib.suppress(NoSuchConcern):
                await self.desk.concerns.own_one(guild_id, interaction.user.id, reference)
                return guild_id
        raise NoSuchConcern(reference)

    async def _open_letter(
        self,
        interaction: DeskInteraction,
        guild_id: str,
        reference: str,
        text: str = "",
        *how: str,
    ) -> None:
        t = tongue(interaction)
        asked = TextField(
            "text",
            t("concern.write.text"),
            description=t("concern.form.what.note"),
            value=text.encode("utf-8", "replace").decode(),
            paragraph=True,
            limit=WHAT_LIMIT,
        )
        asks: list[Field] = [asked]
        if self.desk.settings.concerns.attachments:
            note = t("concern.write.files.note")
            asks.append(FileField("files", t("concern.write.files"), MOST_A_LETTER, note))
        press = custom_id("concern", "write", guild_id, reference, *how)
        await open_form(interaction, t("concern.write.title", reference=reference), press, asks)

    async def _open(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        place = id_of(guild_id)
        if not await acknowledge_turn(interaction):
            return
        try:
            own = await self.desk.concerns.own_one(place, interaction.user.id, reference)
        except NoSuchConcern as error:
            raise explained(error, reference) from None
        if await turn(interaction, self._own_card(interaction, own)):
            await self._seen(interaction, own)

    async def _page(self, interaction: DeskInteraction, number: int) -> Card:
        guild_ids, user_id = _guild_ids(interaction), interaction.user.id
        total = await self.desk.concerns.count(guild_ids, user_id)
        t = tongue(interaction)
        if not total:
            return cards.none_card(t)
        number = min(number, (total - 1) // cards.PAGE)
        shown = await self.desk.concerns.own(
            guild_ids, user_id, skip=number * cards.PAGE, limit=cards.PAGE
        )
        return cards.list_card(t, shown, number, total)

    def _own_card(
        self, interaction: DeskInteraction, own: OwnConcern, *, alone: bool = False
    ) -> Card:
        t = tongue(interaction)
        server = server_of(self.client, own.guild_id, t("concern.server"))
        return cards.own_card(t, own, server, alone=alone)

    async def _seen(self, interaction: DeskInteraction, own: OwnConcern) -> None:
        """Note that waiting replies and news were read, now that they were shown."""
        letters, news = [one.id for one in own.waiting], [one.id for one in own.unseen]
        if not letters and not news:
            return
        # Failing that, they count as waiting and are shown again: better twice than never.
        with contextlib.suppress(StoreUnavailable):
            await self.desk.concerns.mark_seen(
                own.guild_id, interaction.user.id, own.reference, letters, news
            )


async def remind(interaction: DeskInteraction) -> None:
    """Tell a person, after what they came for, of a reply that could not be delivered to them."""
    concerns, user_id = interaction.client.desk.concerns, interaction.user.id
    try:
        waiting = await concerns.waiting_letters(_guild_ids(interaction), user_id)
    except StoreUnavailable:
        return
    if waiting:
        await reply(interaction, cards.waiting_card(tongue(interaction), *waiting[0]))


def explained(error: Exception, reference: str) -> Exception:
    """Return what the reporter is told where the ledger's own error speaks to staff."""
    if isinstance(error, NoSuchConcern):
        return Refused("concern.status.gone")
    if isinstance(error, NotAllowedMove):
        return Refused("concern.write.closed", reference=reference)
    return error


def _guild_ids(interaction: DeskInteraction) -> list[int]:
    """Return where to look: this server; in a direct message, all that the desk is in.

    A person's own concerns are theirs wherever they ask, even after they left the server.
    """
    if interaction.guild_id is not None:
        return [interaction.guild_id]
    return [guild.id for guild in interaction.client.guilds]
