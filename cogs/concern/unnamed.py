"""Raising a concern anonymously, and coming back to it with the return code.

The code is never in a slash command, a custom id or a log: it is typed into a form, and for an
hour this process's memory holds it for the buttons on the card that the form leads to.
"""

import contextlib

from bot.concerns.model import UNNAMED_CONSENTS, WHAT_LIMIT, Consent, Door, OwnConcern
from bot.concerns.troubles import BadDraft, NotAllowedMove, TooManyTries, WrongCode
from bot.platform import errors
from bot.platform.cards import Button, Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import clean
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.platform.mail import ReplyAddress
from bot.store import StoreUnavailable
from cogs.concern import unnamed_cards as cards
from cogs.concern.delivery import server_of
from cogs.concern.form import EMPTY, Typed, acknowledge_form, id_of, open_raise_form
from cogs.concern.intake import still_shared

_CODE_LIMIT = 60


class Unnamed(DeskCog):
    """The reporter's side of anonymous concerns."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(WrongCode, lambda t, _e: t("anonymous.wrong_code"))
        client.sentences.know(TooManyTries, lambda t, _e: t("anonymous.too_many_tries"))

    @on_button("concern", "hide")
    async def open_raise(self, interaction: DeskInteraction, guild_id: str) -> None:
        """Open the form, after what Discord sees was said."""
        await open_raise_form(interaction, id_of(guild_id), anonymous=True)

    @on_button("concern", "hidden_again")
    async def again(self, interaction: DeskInteraction, guild_id: str, token: str) -> None:
        """Open the form again with everything that was typed still in it."""
        kept = self.client.memory.find(token, interaction.user.id)
        typed = EMPTY if kept is None else Typed.unpacked(kept)
        note = tongue(interaction)("concern.form.what.lost") if kept is None else ""
        await open_raise_form(
            interaction, id_of(guild_id), typed, what_note=note, anonymous=True, again=True
        )

    @on_form("concern", "hide")
    async def raised(
        self, interaction: DeskInteraction, form: Form, guild_id: str, again: str = ""
    ) -> None:
        """Log it; the courier fills in the reply with the code, after the commit only."""
        typed = Typed.read(form)
        try:
            if not await acknowledge_form(interaction, again):
                return
            place = interaction.guild_id or await still_shared(
                self.client, interaction.user.id, id_of(guild_id)
            )
            # The token is a secret of this one interaction, which Discord forgets in minutes.
            code = self.desk.anonymous.code_for(interaction.id, interaction.token)
            address = ReplyAddress.of(interaction).sealed(self.desk.vault, code=code)
            await self.desk.anonymous.raise_(
                guild_id=place,
                draft=typed.draft(),
                code=code,
                door=Door.DISCORD,
                source=_source(interaction),
                receipt=address,
            )
        except Exception as error:
            token = self.client.memory.keep(interaction.user.id, typed.packed())
            label = tongue(interaction)("concern.button.again")
            press = custom_id("concern", "hidden_again", guild_id, token)
            await errors.answer(
                interaction,
                error,
                where="concern:hide",
                typed=typed.words(),
                rows=[[Button(label, press)]],
                turned=True,
            )

    @on_button("concern", "code")
    async def ask(self, interaction: DeskInteraction) -> None:
        """Ask for the code."""
        await self.start(interaction)

    async def start(self, interaction: DeskInteraction) -> None:
        """Ask for the code, in a form: what a form holds is in nobody's list of commands."""
        t = tongue(interaction)
        asked = TextField(
            "code",
            t("anonymous.code.field"),
            description=t("anonymous.code.note"),
            placeholder="7K4Q-2MXX-9D3F-0ABC-W5TN",
            limit=_CODE_LIMIT,
        )
        await open_form(
            interaction, t("anonymous.code.title"), custom_id("concern", "code"), [asked]
        )

    @on_form("concern", "code")
    async def come_back(self, interaction: DeskInteraction, form: Form) -> None:
        """Show the concern that the code leads to, with the replies that wait there."""
        code = form.text("code")
        if not await acknowledge(interaction):
            return
        own = await self._own(interaction, code)
        token = self.client.memory.keep(interaction.user.id, code)
        if await reply(interaction, self._card(interaction, own, token)):
            await self._seen(own, code)

    @on_button("concern", "code_show")
    async def show(self, interaction: DeskInteraction, token: str) -> None:
        """Go back to the concern."""
        code = self._code(interaction, token)
        if not await acknowledge_turn(interaction):
            return
        own = await self._own(interaction, code)
        if await turn(interaction, self._card(interaction, own, token)):
            await self._seen(own, code)

    @on_button("concern", "code_write")
    async def write(self, interaction: DeskInteraction, token: str, kept: str = "") -> None:
        """Open the form to add something with."""
        self._code(interaction, token)
        t = tongue(interaction)
        text = self.client.memory.find(kept, interaction.user.id) if kept else None
        asked = TextField(
            "text",
            t("concern.write.text"),
            description=t("concern.form.what.note"),
            value=(text or "").encode("utf-8", "replace").decode(),
            paragraph=True,
            limit=WHAT_LIMIT,
        )
        press = custom_id("concern", "code_write", token)
        await open_form(interaction, t("anonymous.write.title"), press, [asked])

    @on_form("concern", "code_write")
    async def written(self, interaction: DeskInteraction, form: Form, token: str) -> None:
        """Add what was typed; hand it back if it cannot be."""
        text = form.text("text")
        t = tongue(interaction)
        try:
            if not await acknowledge(interaction):
                return
            if not clean(text):
                raise BadDraft("concern.bad.empty")
            code = self._code(interaction, token)
            own = await self._own(interaction, code)
            await self.desk.anonymous.add(
                guild_id=own.guild_id,
                code=code,
                text=text,
                intake=f"{interaction.id}:{interaction.token}",
            )
        except Exception as error:
            kept = self.client.memory.keep(interaction.user.id, text)
            press = custom_id("concern", "code_write", token, kept)
            shown = Refused("anonymous.closed") if isinstance(error, NotAllowedMove) else error
            await errors.answer(
                interaction,
                shown,
                where="concern:code_write",
                typed=text if clean(text) else "",
                rows=[[Button(t("concern.button.again"), press)]],
            )
            return
        await say(interaction, t("concern.write.done", reference=own.reference))

    @on_button("concern", "code_consent")
    async def consent(self, interaction: DeskInteraction, token: str) -> None:
        """Offer what the desk may do with it."""
        code = self._code(interaction, token)
        if not await acknowledge_turn(interaction):
            return
        own = await self._own(interaction, code)
        await turn(interaction, cards.consent_card(tongue(interaction), own, token))

    @on_menu("concern", "code_consent")
    async def consented(
        self, interaction: DeskInteraction, values: tuple[str, ...], token: str
    ) -> None:
        """Change what the desk may do with it."""
        code = self._code(interaction, token)
        chosen = next(iter(values), "")
        if chosen not in UNNAMED_CONSENTS:
            raise Refused("error.stale")
        if not await acknowledge_turn(interaction):
            return
        own = await self._own(interaction, code)
        await self.desk.anonymous.change_consent(
            guild_id=own.guild_id, code=code, consent=Consent(chosen)
        )
        await turn(interaction, self._card(interaction, await self._own(interaction, code), token))

    @on_button("concern", "code_reopen")
    async def reopen(self, interaction: DeskInteraction, token: str) -> None:
        """Open a closed one again."""
        code = self._code(interaction, token)
        if not await acknowledge_turn(interaction):
            return
        own = await self._own(interaction, code)
        await self.desk.anonymous.reopen(guild_id=own.guild_id, code=code)
        await turn(interaction, self._card(interaction, await self._own(interaction, code), token))

    @on_button("concern", "code_withdraw")
    async def ask_to_withdraw(self, interaction: DeskInteraction, token: str) -> None:
        """Say what withdrawing does, and ask."""
        self._code(interaction, token)
        await turn(interaction, cards.withdraw_card(tongue(interaction), token))

    @on_button("concern", "code_gone")
    async def withdraw(self, interaction: DeskInteraction, token: str) -> None:
        """Withdraw it."""
        code = self._code(interaction, token)
        if not await acknowledge_turn(interaction):
            return
        own = await self._own(interaction, code)
        await self.desk.anonymous.withdraw(guild_id=own.guild_id, code=code)
        self.client.memory.forget(interaction.user.id)
        await turn(interaction, cards.withdrawn_card(tongue(interaction), own))

    def _code(self, interaction: DeskInteraction, token: str) -> str:
        """Return the code that a button stands for.

        Raises:
            Refused: it was typed too long ago, or before the desk was started.
        """
        code = self.client.memory.find(token, interaction.user.id)
        if code is None:
            raise Refused("anonymous.again")
        return code

    async def _own(self, interaction: DeskInteraction, code: str) -> OwnConcern:
        guilds = (
            [interaction.guild_id]
            if interaction.guild_id is not None
            else [guild.id for guild in self.client.guilds]
        )
        return await self.desk.anonymous.own(guilds, code, source=_source(interaction))

    def _card(self, interaction: DeskInteraction, own: OwnConcern, token: str) -> Card:
        t = tongue(interaction)
        server = server_of(self.client, own.guild_id, t("concern.server"))
        return cards.mailbox_card(t, own, server, token)

    async def _seen(self, own: OwnConcern, code: str) -> None:
        letters, news = [one.id for one in own.waiting], [one.id for one in own.unseen]
        if letters or news:
            # Failing that, they count as waiting and are shown again: better twice than never.
            with contextlib.suppress(StoreUnavailable):
                await self.desk.anonymous.mark_seen(own.guild_id, code, letters, news)


def _source(interaction: DeskInteraction) -> str:
    return f"discord:{interaction.user.id}"
