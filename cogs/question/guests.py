"""The question queue as a session's guests meet it: what is approved, to answer or to skip."""

from bot.discussions.model import Session
from bot.discussions.queue.follow_ups import FOR_GUESTS
from bot.discussions.roundup.model import ANSWER_LIMIT
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge_turn, tongue, turn
from cogs._typed import number
from cogs.discussion._group import find, session_of
from cogs.question import show
from cogs.question._group import question_of


class GuestAnswering(DeskCog):
    """What guests do. Only those of the very session, for as long as they are its guests."""

    @on_menu("question", "guest")
    async def guest_open(
        self, interaction: DeskInteraction, values: tuple[str, ...], session: str
    ) -> None:
        """Open a question."""
        await acknowledge_turn(interaction)
        held = await self._guest_session(interaction, session)
        wanted = question_of(values[0] if values else "")
        one = next(
            (
                it
                for it in await self.desk.queue.questions(held.id)
                if it.reference == wanted and it.stage in FOR_GUESTS and it.content
            ),
            None,
        )
        if one is None:
            raise Refused("question.moved")
        await turn(interaction, show.guest_question_card(tongue(interaction), held, one))

    @on_button("question", "guestanswer")
    async def guest_form(
        self, interaction: DeskInteraction, session: str, reference: str, version: str
    ) -> None:
        """Open the form for an answer."""
        await self._guest_session(interaction, session)
        t = tongue(interaction)
        field = TextField(
            "words",
            t("question.form.answer"),
            description=t("question.form.answer.note"),
            paragraph=True,
            limit=ANSWER_LIMIT,
        )
        press = custom_id(
            "question",
            "guestanswered",
            session_of(session),
            question_of(reference),
            number(version),
        )
        await open_form(interaction, t("question.form.answer.title"), press, [field])

    @on_form("question", "guestanswered")
    async def guest_answered(
        self,
        interaction: DeskInteraction,
        form: Form,
        session: str,
        reference: str,
        version: str,
    ) -> None:
        """Keep a guest's answer, and pass it on."""
        await acknowledge_turn(interaction)
        held = await self._guest_session(interaction, session)
        await self.desk.queue.answer(
            held.guild_id,
            await self._asked_there(held, reference),
            interaction.user.id,
            form.text("words"),
            version=number(version),
            among=FOR_GUESTS,
        )
        await self._again(interaction, held, "question.answer_kept")

    @on_button("question", "guestskip")
    async def guest_skip(
        self, interaction: DeskInteraction, session: str, reference: str, version: str
    ) -> None:
        """Skip a question."""
        await acknowledge_turn(interaction)
        held = await self._guest_session(interaction, session)
        wanted = await self._asked_there(held, reference)
        await self.desk.queue.skip(
            held.guild_id, wanted, interaction.user.id, version=number(version)
        )
        await self._again(interaction, held, "question.guest.skipped")

    async def _again(self, interaction: DeskInteraction, held: Session, said: str) -> None:
        t, questions = tongue(interaction), await self.desk.queue.questions(held.id)
        await turn(interaction, show.guest_card(t, held, questions, t(said)))

    async def _asked_there(self, held: Session, reference: str) -> str:
        wanted = question_of(reference)
        if all(one.reference != wanted for one in await self.desk.queue.questions(held.id)):
            raise Refused("question.no_such")
        return wanted

    async def _guest_session(self, interaction: DeskInteraction, reference: str) -> Session:
        held = await find(interaction, reference)
        if not await self.desk.guests.is_guest(held.guild_id, held.id, interaction.user.id):
            raise Refused("guest.none")
        return held
