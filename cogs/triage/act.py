"""What staff can press on a case. It works on every card, however old and wherever it is shown."""

import discord

from bot.concerns.model import REPLY_LIMIT, Case, CloseReason, Delivery, State, Told
from bot.concerns.troubles import NotAllowedMove
from bot.guilds.model import Capability
from bot.platform.cards import Card, Choice
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.interactions import (
    acknowledge,
    acknowledge_turn,
    reply,
    say,
    tongue,
    turn,
)
from bot.words import Tongue
from cogs.triage import show
from cogs.triage.letters import signature_field, signing
from cogs.triage.told import guild_of, reference_of, refuse_kept_out, state_name, telling

_THEN = (State.ANSWERED, State.WAITING, State.WORKING)
"""What may follow a reply, the most usual first."""


class CaseButtons(DeskCog):
    """Claim, reply, status, close, show."""

    @on_button("case", "claim", requires=Capability.STAFF)
    async def claim(self, interaction: DeskInteraction, reference: str) -> None:
        """Make a case this person's own; if somebody was first, say who."""
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            case = await self.desk.triage.claim(
                guild_of(interaction), reference_of(reference), interaction.user.id
            )
        await self._turned(interaction, case)
        await say(interaction, t("triage.claim.done", reference=reference))

    @on_button("case", "release", requires=Capability.STAFF)
    async def release(self, interaction: DeskInteraction, reference: str) -> None:
        """Let go of a case."""
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            case = await self.desk.triage.release(
                guild_of(interaction), reference_of(reference), interaction.user.id
            )
        await self._turned(interaction, case)
        await say(interaction, t("triage.release.done", reference=reference))

    async def _turned(self, interaction: DeskInteraction, case: Case) -> None:
        """Let a case that only this person sees show how it stands now; the outbox does cards."""
        kind = interaction.response.type
        if kind is discord.InteractionResponseType.deferred_message_update:
            entry = show.entry_of(self.desk.knowledge, case)
            await turn(interaction, show.full_card(tongue(interaction), case, entry))

    @on_button("case", "show", requires=Capability.STAFF)
    async def show(self, interaction: DeskInteraction, reference: str) -> None:
        """Open a case."""
        await acknowledge(interaction)
        await open_case(interaction, reference)

    @on_button("case", "reply", requires=Capability.STAFF)
    async def write(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form for a reply."""
        await open_reply(interaction, await refuse_kept_out(interaction, reference))

    @on_form("case", "reply", requires=Capability.STAFF)
    async def written(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a reply and send it on; if that fails, the text goes back to who wrote it."""
        t = tongue(interaction)
        await acknowledge(interaction)
        then = form.choice("then") or _THEN[0]
        if then not in _THEN:
            raise Refused("error.stale")
        signed, signature = await signing(interaction, form.choice("signed"))
        with telling(t):
            case = await self.desk.triage.reply(
                guild_of(interaction),
                reference_of(reference),
                interaction.user.id,
                form.text("text"),
                intake=f"interaction:{interaction.id}",
                then=State(then),
                signed=signed,
                signature=signature,
            )
        state = state_name(t, case.state)
        await say(interaction, t("triage.reply.done", reference=reference, state=state))

    @on_button("case", "status", requires=Capability.STAFF)
    async def status(self, interaction: DeskInteraction, reference: str) -> None:
        """Offer the states this case may be moved to."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            case = await self.desk.triage.case(
                guild_of(interaction), reference_of(reference), by=interaction.user.id
            )
        await reply(interaction, show.status_menu(t, case))

    @on_menu("case", "move", requires=Capability.STAFF)
    async def move(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Move a case to the state that was chosen."""
        if not values or values[0] not in list(State) or not seen.isdecimal():
            raise Refused("error.stale")
        await self._move(interaction, reference, State(values[0]), seen=int(seen))

    @on_button("case", "reopen", requires=Capability.STAFF)
    async def reopen(self, interaction: DeskInteraction, reference: str) -> None:
        """Open a closed case again."""
        await self._move(interaction, reference, State.REOPENED)

    @on_button("case", "close", requires=Capability.STAFF)
    async def close(self, interaction: DeskInteraction, reference: str) -> None:
        """Offer the reasons to close a case."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            case = await self.desk.triage.case(
                guild_of(interaction), reference_of(reference), by=interaction.user.id
            )
            if case.state is State.CLOSED:
                raise NotAllowedMove(case.state, State.CLOSED)
        await reply(interaction, show.close_menu(t, case))

    @on_menu("case", "reason", requires=Capability.STAFF)
    async def close_for(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Close a case for the reason that was chosen; the person who raised it is told."""
        if not values or values[0] not in list(CloseReason) or not seen.isdecimal():
            raise Refused("error.stale")
        reason = CloseReason(values[0])
        await self._move(interaction, reference, State.CLOSED, seen=int(seen), reason=reason)

    async def _move(
        self,
        interaction: DeskInteraction,
        reference: str,
        to: State,
        *,
        seen: int | None = None,
        reason: CloseReason | None = None,
    ) -> None:
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            case = await self.desk.triage.move(
                guild_of(interaction),
                reference_of(reference),
                interaction.user.id,
                to,
                reason=reason,
                seen=seen,
            )
        done = t("triage.move.done", reference=reference, state=state_name(t, case.state))
        if reason is not None:
            said = show.reason_name(t, reason)
            done = t("triage.close.done", reference=reference, reason=said, told=_told(t, case))
        await turn(interaction, Card(body=done))


def _told(t: Tongue, case: Case) -> str:
    """Say how the reporter hears that their concern was closed."""
    news = [one for one in case.news if one.what is Told.CLOSED]
    if case.erased or not news:
        return t("triage.close.nobody")
    if case.anonymous:
        return t("triage.close.code")
    if news[-1].delivery is Delivery.MUTED:
        return t("triage.close.muted")
    return t("triage.close.telling")


async def open_case(interaction: DeskInteraction, typed: str) -> None:
    """Show the whole of a case to this person; a received one is read from now on.

    Its card comes back if somebody deleted it.

    Raises:
        Refused: it is no reference of this server.
    """
    t = tongue(interaction)
    triage = interaction.client.desk.triage
    guild_id, reference = guild_of(interaction), reference_of(typed)
    with telling(t):
        case = await triage.open(guild_id, reference, interaction.user.id)
    entry = show.entry_of(interaction.client.desk.knowledge, case)
    await reply(interaction, show.full_card(t, case, entry))
    await triage.refresh_cards(guild_id, [reference], again=f"open{interaction.id}")


async def open_reply(interaction: DeskInteraction, reference: str, text: str = "") -> None:
    """Open the form for a reply, with `text` in it, as the first answer to an interaction."""
    t = tongue(interaction)
    await open_form(
        interaction,
        t("triage.reply.title", reference=reference),
        custom_id("case", "reply", reference),
        [
            TextField(
                "text",
                t("triage.reply.text"),
                description=t("triage.reply.text.note"),
                value=text,
                paragraph=True,
                limit=REPLY_LIMIT,
            ),
            ChoiceField(
                "then",
                t("triage.reply.then"),
                [
                    Choice(
                        state_name(t, state),
                        state,
                        t(f"triage.state.{state}.note"),
                        chosen=state is _THEN[0],
                    )
                    for state in _THEN
                ],
            ),
            signature_field(t),
        ],
    )
