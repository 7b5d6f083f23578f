"""/concern withdraw, consent and reopen: what people can change of what they raised."""

from collections.abc import Awaitable, Callable
from typing import Any

from discord.app_commands import Choice as Option

from bot.concerns.model import CloseReason, Consent, OwnConcern, State
from bot.concerns.troubles import NoSuchConcern, NotAllowedMove, TooLate
from bot.ids import read_reference
from bot.platform import limits
from bot.platform.cards import Button, Card, Choice, Menu, Part
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, custom_id, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.platform.interactions import acknowledge, reply, tongue
from bot.platform.mail import ReplyAddress
from bot.store import StoreUnavailable
from cogs.concern import joining_cards
from cogs.concern.form import id_of
from cogs.concern.joining import Joins
from cogs.concern.status import Status


class Change(DeskCog):
    """Withdrawing, allowing, opening again."""

    def __init__(self, client: DeskClient, joins: Joins, status: Status) -> None:
        super().__init__(client)
        self._joins = joins
        self._status = status
        client.sentences.know(TooLate, lambda t, e: t("concern.reopen.late", count=e.days))

    async def withdraw(
        self, interaction: DeskInteraction, typed: str, *, guild_id: int = 0
    ) -> None:
        """Say what withdrawing does and what stays, and ask."""
        if not typed:
            await self.choose(interaction, "withdraw")
            return
        if not await acknowledge(interaction):
            return
        t = tongue(interaction)
        if (voice := await self._joins.named(interaction, typed)) is not None:
            await reply(interaction, joining_cards.withdraw_card(t, voice))
            return
        own = await self._find(interaction, typed, guild_id)
        press = custom_id("concern", "withdraw", own.guild_id, own.reference)
        card = Card(
            title=t("concern.withdraw.title", reference=own.reference),
            body=t("concern.withdraw.body"),
            rows=[[Button(t("concern.button.withdraw"), press)]],
        )
        await reply(interaction, card)

    @on_button("concern", "ask_withdraw")
    async def ask_withdraw(
        self, interaction: DeskInteraction, guild_id: str, reference: str
    ) -> None:
        """Say what withdrawing does, from the concern's own card."""
        await self.withdraw(interaction, reference, guild_id=id_of(guild_id))

    @on_button("concern", "consent")
    async def ask_consent(
        self, interaction: DeskInteraction, guild_id: str, reference: str
    ) -> None:
        """Offer what may be allowed, from the concern's own card."""
        await self.consent(interaction, reference, guild_id=id_of(guild_id))

    @on_button("concern", "reopen")
    async def reopened(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Open a closed concern again, from its card."""
        await self.reopen(interaction, reference, guild_id=id_of(guild_id))

    @on_button("concern", "withdraw")
    async def withdrawn(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Withdraw it. The courier fills in the reply, as with a receipt (decision 0003)."""
        if not await acknowledge(interaction):
            return
        try:
            await self.desk.concerns.withdraw(**self._act(interaction, guild_id, reference))
        except NoSuchConcern:
            raise Refused("concern.status.gone") from None

    async def consent(self, interaction: DeskInteraction, typed: str, *, guild_id: int = 0) -> None:
        """Show what is allowed now, and the choices with today's wording."""
        if not typed:
            await self.choose(interaction, "consent")
            return
        if not await acknowledge(interaction):
            return
        t = tongue(interaction)
        if (voice := await self._joins.named(interaction, typed)) is not None:
            await reply(interaction, joining_cards.consent_card(t, voice))
            return
        own = await self._find(interaction, typed, guild_id)
        menu = Menu(
            t("concern.form.consent"),
            custom_id("concern", "allow", own.guild_id, own.reference),
            [Choice(t(f"consent.{one}"), one, chosen=one == own.consent) for one in Consent],
        )
        card = Card(
            title=t("concern.write.title", reference=own.reference),
            body=t("concern.form.consent.note"),
            parts=[Part(t("concern.part.consent"), t(f"consent.{own.consent}"))],
            rows=[menu],
        )
        await reply(interaction, card)

    @on_menu("concern", "allow")
    async def allowed(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        guild_id: str,
        reference: str,
    ) -> None:
        """Keep what was chosen."""
        if not values or values[0] not in set(Consent):
            raise Refused("error.stale")
        if not await acknowledge(interaction):
            return
        try:
            await self.desk.concerns.allow(
                consent=Consent(values[0]), **self._act(interaction, guild_id, reference)
            )
        except NoSuchConcern:
            raise Refused("concern.status.gone") from None
        except NotAllowedMove:
            raise Refused("concern.consent.withdrawn", reference=reference) from None

    async def reopen(self, interaction: DeskInteraction, typed: str, *, guild_id: int = 0) -> None:
        """Open a closed concern again."""
        if not typed:
            await self.choose(interaction, "reopen")
            return
        if not await acknowledge(interaction):
            return
        own = await self._find(interaction, typed, guild_id)
        await self.desk.concerns.reopen(**self._act(interaction, str(own.guild_id), own.reference))

    async def choose(self, interaction: DeskInteraction, what: str) -> None:
        """Ask which of their concerns and voices a person means; what is closed is for reopening.

        A voice is not added to, nor opened again.
        """
        if not await acknowledge(interaction):
            return
        t = tongue(interaction)
        found = await self.desk.concerns.own(
            _guild_ids(interaction), interaction.user.id, limit=limits.CHOICES
        )
        closed = {"reopen": (True,), "consent": (True, False)}.get(what, (False,))
        choices = [
            Choice(f"{one.reference} · {t(f'concern.kind.{one.kind}')}", one.reference)
            for one in found
            if (one.state is State.CLOSED) in closed
            and not (what == "consent" and one.close_reason is CloseReason.WITHDRAWN)
        ]
        if what in ("withdraw", "consent"):
            choices += [
                Choice(one.name, str(one.value))
                for one in await self._joins.options(interaction, "")
            ]
        if not choices:
            raise Refused(f"concern.which.none.{what}")
        menu = Menu(t("concern.which.choose"), custom_id("concern", "which", what), choices)
        await reply(interaction, Card(title=t(f"concern.which.{what}"), rows=[menu]))

    @on_menu("concern", "which")
    async def chosen(
        self, interaction: DeskInteraction, values: tuple[str, ...], what: str
    ) -> None:
        """Go on with the one that was chosen."""
        acts: dict[str, Callable[[DeskInteraction, str], Awaitable[None]]] = {
            "withdraw": self.withdraw,
            "consent": self.consent,
            "reopen": self.reopen,
            "add": self._status.add,
        }
        typed = next(iter(values), "")
        if what not in acts or not typed:
            raise Refused("error.stale")
        await acts[what](interaction, typed)

    async def offered(self, interaction: DeskInteraction, current: str) -> list[Option[str]]:
        """Offer a person's own references."""
        t, typed = tongue(interaction), current.upper().strip()
        try:
            found = await self.desk.concerns.own(
                _guild_ids(interaction), interaction.user.id, limit=limits.CHOICES
            )
            voices = await self._joins.options(interaction, current)
        except StoreUnavailable:
            return []
        mine = [
            Option(
                name=plain(
                    f"{own.reference} · {t(f'concern.kind.{own.kind}')}", limit=limits.CHOICE_NAME
                ),
                value=own.reference,
            )
            for own in found
            if typed in own.reference
        ]
        return [*mine, *voices][: limits.CHOICES]

    async def _find(self, interaction: DeskInteraction, typed: str, guild_id: int) -> OwnConcern:
        reference = read_reference(typed, "C")
        guild_ids = [guild_id] if guild_id else _guild_ids(interaction)
        for place in guild_ids if reference is not None else ():
            try:
                return await self.desk.concerns.own_one(place, interaction.user.id, reference or "")
            except NoSuchConcern:
                continue
        raise Refused("concern.status.not_yours")

    def _act(self, interaction: DeskInteraction, guild_id: str, reference: str) -> dict[str, Any]:
        return {
            "guild_id": id_of(guild_id),
            "user_id": interaction.user.id,
            "reference": reference,
            "intake": f"interaction:{interaction.id}",
            "receipt": ReplyAddress.of(interaction).sealed(self.desk.vault),
        }


def _guild_ids(interaction: DeskInteraction) -> list[int]:
    if interaction.guild_id is not None:
        return [interaction.guild_id]
    return [guild.id for guild in interaction.client.guilds]
