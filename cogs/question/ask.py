"""/question ask, upvoting, and the board in a session's post."""

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions import boards
from bot.discussions.model import NoSuchSession
from bot.discussions.queue.model import (
    MOST_WAITING,
    QUESTION_LIMIT,
    AlreadyAsked,
    AlreadyMoved,
    HeldByAnother,
    NoSuchQuestion,
    QueueIsClosed,
    TooManyWaiting,
    TooSoon,
)
from bot.discussions.queue.service import BOARD
from bot.platform.cards import Card
from bot.platform.cards import Choice as Pick
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.courier import Finish
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from cogs._holding import board_channel, bring_board, session_choices
from cogs.discussion import show as session_show
from cogs.discussion._group import LONGEST, find, session_of
from cogs.question import show
from cogs.question._group import GROUP


class Asking(DeskCog):
    """What members do with questions, and bringing the board."""

    async def cog_load(self) -> None:
        """Take on the board, add the button to sessions' posts, and say what can go wrong."""
        await super().cog_load()
        self.client.courier.handle(BOARD, self.bring)
        if show.buttons not in session_show.MORE:
            session_show.MORE.append(show.buttons)
        know = self.client.sentences.know
        know(NoSuchQuestion, lambda t, _error: t("question.no_such"))
        know(QueueIsClosed, lambda t, _error: t("question.closed"))
        know(TooManyWaiting, lambda t, _error: t("question.too_many", most=MOST_WAITING))
        know(AlreadyAsked, lambda t, _error: t("question.ways.asked"))
        know(TooSoon, lambda t, _error: t("question.too_soon"))
        know(AlreadyMoved, lambda t, _error: t("question.moved"))
        know(HeldByAnother, lambda t, _error: t("question.held"))

    async def cog_unload(self) -> None:
        """Take the button away again."""
        await super().cog_unload()
        if show.buttons in session_show.MORE:
            session_show.MORE.remove(show.buttons)

    @GROUP.command(
        name="ask", description=words("command.question.ask", "Ask a question for a session")
    )
    @app_commands.describe(session=words("command.question.session", "Which session"))
    async def ask(self, interaction: DeskInteraction, session: Range[str, 1, LONGEST]) -> None:
        """Open the form of a question."""
        await self._form(interaction, session_of(session))

    @ask.autocomplete("session")
    async def ask_sessions(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that come."""
        return await session_choices(interaction, current)

    @on_button("question", "form")
    async def form(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form from a session's post or its board."""
        await self._form(interaction, session_of(reference))

    async def _form(self, interaction: DeskInteraction, reference: str) -> None:
        t = tongue(interaction)
        held = await find(interaction, reference)
        ways = await self.desk.queue.ways(held.id)
        key = "question.form.named" if ways.named else "question.form.unnamed"
        field = TextField(
            "question",
            t("question.form.question"),
            description=t(key),
            paragraph=True,
            limit=QUESTION_LIMIT,
        )
        press = custom_id("question", "asked", reference)
        credit = ChoiceField(
            "credit",
            t("question.form.credit"),
            [
                Pick(t("question.form.credit.no"), "no", chosen=True),
                Pick(t("question.form.credit.yes"), "yes"),
            ],
            required=False,
        )
        await open_form(interaction, t("question.form.title"), press, [field, credit])

    @on_form("question", "asked")
    async def asked(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a question, or join it with one that is like it."""
        await acknowledge(interaction)
        session = await find(interaction, reference)
        made = await self.desk.queue.ask(
            session.guild_id,
            session.reference,
            interaction.user.id,
            form.text("question"),
            intake=f"interaction:{interaction.id}",
            credit=interaction.user.display_name if form.choice("credit") == "yes" else "",
        )
        t = tongue(interaction)
        typed = " ".join(form.text("question").split())
        ways = await self.desk.queue.ways(session.id)
        if made.content != typed or made.votes > 1:
            key = "question.joined"
        else:
            key = "question.asked" if ways.moderated else "question.asked.open"
        card = Card(
            kind=t("question.kind"),
            title=inert(made.content or "", limit=2 * QUESTION_LIMIT),
            body=t(key),
            footer=made.reference,
        )
        await reply(interaction, card)

    @on_button("question", "votes")
    async def votes(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the questions to upvote."""
        await acknowledge(interaction)
        session = await find(interaction, reference)
        questions = await self.desk.queue.questions(session.id)
        mine = await self.desk.queue.upvoted(session.guild_id, session.id, interaction.user.id)
        await reply(interaction, show.votes_card(tongue(interaction), session, questions, mine))

    @on_menu("question", "upvote")
    async def upvote(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Keep somebody's upvotes."""
        await self._kept(interaction, values, reference)

    @on_button("question", "unvote")
    async def unvote(self, interaction: DeskInteraction, reference: str) -> None:
        """Take somebody's upvotes back."""
        await self._kept(interaction, (), reference)

    async def _kept(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        await acknowledge_turn(interaction)
        session = await find(interaction, reference)
        mine = await self.desk.queue.upvote(
            session.guild_id, session.reference, interaction.user.id, values
        )
        questions = await self.desk.queue.questions(session.id)
        t = tongue(interaction)
        await turn(
            interaction, show.votes_card(t, session, questions, mine, t("question.votes.kept"))
        )

    async def bring(self, parcel: Parcel) -> Finish | None:
        """Bring a session's board up to date; post it if it is not there.

        Raises:
            TryLater, Undeliverable: its post is out of reach.
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        try:
            session = await self.desk.sessions.session(
                parcel.guild_id, str(parcel.payload["reference"])
            )
        except NoSuchSession:
            return None
        if session.place.channel_id is None:
            return None
        channel = await board_channel(self.client, parcel.guild_id, session.place.channel_id)
        if channel is None:
            return None
        questions = await self.desk.queue.questions(session.id)
        card = show.board_card(guild_tongue(self.client, parcel.guild_id), session, questions)
        subject = boards.subject(BOARD, session.reference)
        return await bring_board(self.client, channel, parcel, subject, card)
