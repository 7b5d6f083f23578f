"""/ask: a question in one's own words, an answer with its sources, and what to do next."""

from discord import app_commands

from bot.concerns.model import WISH_LIMIT, Draft, Kind
from bot.knowledge.gapmodel import Why
from bot.knowledge.model import Entry
from bot.platform import limits
from bot.platform.access import shared_guilds
from bot.platform.cards import Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue, turn
from bot.platform.mail import ReplyAddress
from cogs import _entries, _reading
from cogs.concern.status import remind

QUESTION_LIMIT = limits.FIELD_TEXT
"""As much as the form for staff can hold, so that whatever was asked can be passed on whole."""


class Ask(DeskCog):
    """Questions in one's own words."""

    @app_commands.command(
        name="ask",
        description=words(
            "command.ask.description",
            "Ask about open licenses; you get a reviewed answer with its sources",
        ),
    )
    @app_commands.describe(
        question=words("command.ask.question", "Your question, in your own words")
    )
    async def ask(
        self, interaction: DeskInteraction, question: app_commands.Range[str, 1, QUESTION_LIMIT]
    ) -> None:
        """Answer a question, to the one who asked; then mention what waits for them."""
        for card in await _reading.found(interaction, question):
            if not await reply(interaction, card):
                return
        await remind(interaction)

    @on_button("ask", "alone")
    async def alone(self, interaction: DeskInteraction, token: str) -> None:
        """Read a follow-up by itself after all."""
        question = self.client.memory.find(token, interaction.user.id)
        if question is None:
            raise Refused("ask.alone.lost")
        first, *rest = await _reading.found(interaction, question, alone=True)
        await turn(interaction, first)
        for card in rest:
            await reply(interaction, card)

    @on_button("ask", "open")
    async def open_entry(self, interaction: DeskInteraction, entry_id: str, token: str) -> None:
        """Open an entry that was offered."""
        in_guild = interaction.guild_id is not None
        entry = _entries.find(self.desk, interaction.guild_id, entry_id)
        t = tongue(interaction)
        await turn(interaction, _entries.answer_card(t, entry, token=token, in_guild=in_guild))

    @on_button("ask", "related")
    async def related(self, interaction: DeskInteraction, entry_id: str, token: str) -> None:
        """Offer the entries that belong with this one, beside it."""
        t = tongue(interaction)
        entry = _entries.find(self.desk, interaction.guild_id, entry_id)
        entries = self.desk.knowledge.of(interaction.guild_id).related(entry)[: limits.ROWS - 1]
        card = Card(
            kind=t("ask.kind.related"),
            title=t("ask.related.title"),
            body=t("ask.related.body", question=entry.question),
            rows=[*_entries.entry_rows(entries, token), [_entries.browse_button(t)]],
        )
        await reply(interaction, card)

    @on_button("ask", "other")
    async def other(self, interaction: DeskInteraction, entry_id: str, token: str) -> None:
        """Offer what else the question may have meant, and staff."""
        t = tongue(interaction)
        question = self.client.memory.find(token, interaction.user.id)
        others = await self._others(interaction.guild_id, entry_id, question)
        if question is not None:
            guild_id = interaction.guild_id
            _entries.unanswered(self.client, guild_id, question, Why.NOT_MINE, token, entry_id)
        body = t("ask.other.body") if others else t("ask.other.none")
        in_guild = interaction.guild_id is not None
        title = t("ask.other.title")
        card = _entries.list_card(t, title, body, others, token, in_guild=in_guild)
        await turn(interaction, card)

    @on_button("ask", "staff")
    async def ask_staff(self, interaction: DeskInteraction, entry_id: str, token: str) -> None:
        """Open the form that passes a question to staff, with the question in it."""
        t = tongue(interaction)
        question = self.client.memory.find(token, interaction.user.id)
        entry = self.desk.knowledge.of(interaction.guild_id).get(entry_id)
        note = t("ask.staff.question.kept")
        if question is None:
            # After a restart, or an hour: the entry's question is the best start there is.
            question = entry.question if entry is not None else ""
            note = t("ask.staff.question.lost")
        about = entry_id if entry is not None else _entries.NO_ENTRY
        fields = [
            TextField(
                "question",
                t("ask.staff.question"),
                description=note,
                value=question,
                paragraph=True,
            ),
            TextField(
                "wish",
                t("ask.staff.wish"),
                description=t("ask.staff.wish.note"),
                paragraph=True,
                required=False,
                limit=WISH_LIMIT,
            ),
        ]
        await open_form(interaction, t("ask.staff.title"), custom_id("ask", "staff", about), fields)

    @on_form("ask", "staff")
    async def staff_asked(self, interaction: DeskInteraction, form: Form, entry_id: str) -> None:
        """Log a question for staff; if that fails, what was typed goes back to the person."""
        if not await acknowledge(interaction):
            return
        guild_id = interaction.guild_id or await self._only_guild(interaction)
        draft = Draft(
            kind=Kind.QUESTION,
            what=form.text("question"),
            wish=form.text("wish"),
            about="" if entry_id == _entries.NO_ENTRY else f"entry:{entry_id}",
        )
        # The courier fills in the reply: "logged" is said after the commit only (decision 0003).
        await self.desk.concerns.raise_(
            guild_id=guild_id,
            reporter_id=interaction.user.id,
            draft=draft,
            intake=f"interaction:{interaction.id}",
            receipt=ReplyAddress.of(interaction).sealed(self.desk.vault),
        )

    async def _others(
        self, guild_id: int | None, entry_id: str, question: str | None
    ) -> list[Entry]:
        """Return what else may have been meant: the other matches, else what is related."""
        if question is not None:
            outcome = await self.desk.knowledge.of(guild_id).answer(question)
            return [match.entry for match in outcome.matches if match.entry.id != entry_id]
        entry = self.desk.knowledge.of(guild_id).get(entry_id)
        return list(self.desk.knowledge.of(guild_id).related(entry)) if entry is not None else []

    async def _only_guild(self, interaction: DeskInteraction) -> int:
        """Return the one server that a person in direct messages can mean."""
        shared = await shared_guilds(self.client, interaction.user.id)
        if len(shared) != 1:
            raise Refused("ask.staff.which_server")
        return shared[0].id


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Ask(client))
