"""Follow-ups on Discord: by when, by whom, and the answer that goes to whoever asked."""

from datetime import UTC, date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.queue.follow_ups import TELL
from bot.discussions.roundup.model import ANSWER_LIMIT
from bot.platform.access import require
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.courier import Finish
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, say, tongue, turn
from bot.platform.mail import person_tongue, write_to
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from cogs._typed import number
from cogs.concern.form import Typed, open_raise_form
from cogs.discussion._group import HOSTS
from cogs.question import show
from cogs.question._group import question_of
from cogs.triage.told import guild_of

_DAY = 10


class FollowingUp(DeskCog):
    """What hosts do with follow-ups, and writing to those whom they concern."""

    async def cog_load(self) -> None:
        """Take on writing to people."""
        await super().cog_load()
        self.client.courier.handle(TELL, self.tell_about)

    @on_button("question", "due")
    async def due_form(self, interaction: DeskInteraction, reference: str, version: str) -> None:
        """Open the form for another day."""
        await require(interaction, *HOSTS)
        t = tongue(interaction)
        field = TextField(
            "day",
            t("question.form.due"),
            description=t("question.form.due.note"),
            placeholder="2026-12-24",
            limit=_DAY,
        )
        press = custom_id("question", "dueset", question_of(reference), number(version))
        await open_form(interaction, t("question.form.due.title"), press, [field])

    @on_form("question", "dueset")
    async def due_set(
        self, interaction: DeskInteraction, form: Form, reference: str, version: str
    ) -> None:
        """Keep the day: a follow-up is due at its end, in UTC."""
        await require(interaction, *HOSTS)
        try:
            day = date.fromisoformat(form.text("day").strip())
        except ValueError:
            raise Refused("question.bad.due") from None
        await acknowledge_turn(interaction)
        one = await self.desk.queue.set_due(
            guild_of(interaction),
            question_of(reference),
            interaction.user.id,
            datetime.combine(day, time(23, 59), UTC),
            version=number(version),
        )
        t = tongue(interaction)
        await turn(interaction, show.question_card(t, one, t("question.moved_to")))

    @on_menu("question", "give")
    async def give(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Give it to somebody."""
        await require(interaction, *HOSTS)
        to = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        one = await self.desk.queue.give(
            guild_of(interaction), question_of(reference), interaction.user.id, to
        )
        t = tongue(interaction)
        said = t("question.given", who=f"<@{to}>")
        await turn(interaction, show.question_card(t, one, said))

    @on_button("question", "answer")
    async def answer_form(self, interaction: DeskInteraction, reference: str, version: str) -> None:
        """Open the form for the answer."""
        await require(interaction, *HOSTS)
        t = tongue(interaction)
        field = TextField(
            "words",
            t("question.form.answer"),
            description=t("question.form.answer.note"),
            paragraph=True,
            limit=ANSWER_LIMIT,
        )
        press = custom_id("question", "answered", question_of(reference), number(version))
        await open_form(interaction, t("question.form.answer.title"), press, [field])

    @on_form("question", "answered")
    async def answered(
        self, interaction: DeskInteraction, form: Form, reference: str, version: str
    ) -> None:
        """Keep the answer, and pass it on."""
        await require(interaction, *HOSTS)
        await acknowledge_turn(interaction)
        one = await self.desk.queue.answer(
            guild_of(interaction),
            question_of(reference),
            interaction.user.id,
            form.text("words"),
            version=number(version),
        )
        await self.desk.roundups.refresh()
        t = tongue(interaction)
        await turn(interaction, show.question_card(t, one, t("question.answer_kept")))

    @on_button("question", "suggest")
    async def suggest_concern(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask whoever asked it whether it is a concern for staff."""
        await require(interaction, *HOSTS)
        await acknowledge(interaction)
        await self.desk.queue.suggest_concern(
            guild_of(interaction), question_of(reference), interaction.user.id
        )
        await say(interaction, tongue(interaction)("question.suggested"))

    @on_button("question", "worry")
    async def raise_worry(
        self, interaction: DeskInteraction, guild_id: str, reference: str
    ) -> None:
        """Open the form for a concern with the question in it; only whoever asked it can."""
        place = number(guild_id)
        text = await self.desk.queue.asked_by(place, question_of(reference), interaction.user.id)
        if text is None:
            raise Refused("question.no_such")
        await open_raise_form(interaction, place, Typed(what=text))

    async def tell_about(self, parcel: Parcel) -> Finish | None:
        """Write to somebody about a follow-up. An owner who cannot be reached is told of to staff.

        Raises:
            TryLater: Discord finds that the desk opens too many conversations at once.
            discord.HTTPException: Discord is in trouble, or refuses the card.
        """
        reference, what = str(parcel.payload["reference"]), str(parcel.payload["what"])
        said = await self.desk.queue.said(parcel.guild_id, reference)
        reader = await self.desk.queue.reader(int(parcel.payload["person"]))
        if said is None or reader is None:
            return None
        user_id, locale = reader
        t = person_tongue(self.client, parcel.guild_id, locale)
        guild = self.client.get_guild(parcel.guild_id)
        question, answer = said
        press = custom_id("question", "worry", parcel.guild_id, reference)
        parts = [Part(t("question.part.answer"), inert(answer, limit=2 * ANSWER_LIMIT))]
        card = Card(
            kind=t(f"question.tell.{what}.kind"),
            title=inert(question, limit=250),
            body=t(f"question.tell.{what}", reference=reference),
            parts=parts if what == "answered" else [],
            footer=t(
                "discussion.footer",
                reference=reference,
                server="" if guild is None else inert(guild.name, limit=100),
            ),
            tone=Tone.ANSWER,
            rows=[[Button(t("question.button.worry"), press)]] if what == "worry" else [],
        )
        told = await write_to(self.client, user_id, card, once=parcel.key)
        if told or what in ("answered", "worry"):
            return None
        notice = staff_notice(
            parcel.guild_id,
            "question.notice.late" if what == "late" else "question.notice.given",
            once=f"follow_up:{parcel.key}",
            reference=reference,
        )

        async def finish(store: AsyncSession) -> None:
            await self.desk.outbox.post(store, notice)

        return finish
