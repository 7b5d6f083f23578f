"""What is pressed on a brief: edit, check, sign, files, reply, publish."""

from bot.concerns.briefs.model import (
    ASK_LIMIT,
    BACKGROUND_LIMIT,
    HOW_LIMIT,
    REPLY_DAYS,
    REPLY_LIMIT,
    TITLE_LIMIT,
    TO_LIMIT,
    BadBrief,
    Brief,
    Text,
)
from bot.concerns.briefs.render import files
from bot.guilds.model import Capability
from bot.platform.access import capabilities
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.forms import Field, TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.words import Tongue
from cogs.brief import show
from cogs.brief.told import brief_of, only_liaisons, only_staff, telling
from cogs.triage.told import guild_of

_EMPTY = Text("", "", "")


class BriefSteps(DeskCog):
    """The steps of a brief, each on its card."""

    @on_form("brief", "new", requires=Capability.LIAISON)
    async def begun(self, interaction: DeskInteraction, form: Form) -> None:
        """Begin a brief with what was typed."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            brief = await self.desk.briefs.new(
                guild_of(interaction),
                interaction.user.id,
                read_text(form),
                intake=f"interaction:{interaction.id}",
            )
        await show_brief(interaction, brief)

    @on_button("brief", "edit", requires=Capability.LIAISON)
    async def edit(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form with what the brief says."""
        t = tongue(interaction)
        with telling(t):
            brief = await self.desk.briefs.brief(guild_of(interaction), brief_of(reference))
        await open_text_form(interaction, custom_id("brief", "edited", reference), brief.text)

    @on_form("brief", "edited", requires=Capability.LIAISON)
    async def edited(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep what was typed; signatures under another text are void."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            brief = await self.desk.briefs.edit(
                guild_of(interaction), brief_of(reference), interaction.user.id, read_text(form)
            )
        await show_brief(interaction, brief)

    @on_button("brief", "check", requires=Capability.LIAISON)
    async def check(self, interaction: DeskInteraction, reference: str) -> None:
        """Look at every consent, and at what the numbers would tell."""
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            brief = await self.desk.briefs.check(
                guild_of(interaction), brief_of(reference), interaction.user.id
            )
        await show_brief(interaction, brief, turned=True)

    @on_button("brief", "sign")
    async def sign(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the exact text, to be signed."""
        await only_staff(interaction)
        await acknowledge(interaction)
        await show_to_sign(interaction, brief_of(reference))

    @on_button("brief", "signed")
    async def signed(self, interaction: DeskInteraction, reference: str, hash_: str) -> None:
        """Sign the text with this hash."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            brief = await self.desk.briefs.sign(
                guild_of(interaction), brief_of(reference), interaction.user.id, hash_
            )
        await show_brief(interaction, brief, turned=True)

    @on_button("brief", "files", requires=Capability.LIAISON)
    async def files(self, interaction: DeskInteraction, reference: str) -> None:
        """Give a liaison the brief in all its forms; nobody else sees them."""
        t = tongue(interaction)
        await acknowledge(interaction)
        guild_id, wanted = guild_of(interaction), brief_of(reference)
        with telling(t):
            document = await self.desk.briefs.document(guild_id, wanted, interaction.user.id)
            brief = await self.desk.briefs.brief(guild_id, wanted)
        made = files(document, self.desk.words.english)
        await reply(interaction, show.files_card(t, document, made, signed=brief.frozen_hash))

    @on_button("brief", "send", requires=Capability.LIAISON)
    async def send_form(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask to whom exactly, and how, it was sent."""
        t = tongue(interaction)
        with telling(t):
            brief = await self.desk.briefs.brief(guild_of(interaction), brief_of(reference))
        fields: list[Field] = [
            TextField("to", t("brief.send.to"), value=brief.text.to, limit=TO_LIMIT),
            TextField("how", t("brief.send.how"), limit=HOW_LIMIT),
        ]
        press = custom_id("brief", "sent", brief.reference)
        title = t("brief.send.title", reference=brief.reference)
        await open_form(interaction, title, press, fields)

    @on_form("brief", "sent", requires=Capability.LIAISON)
    async def sent(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Record that it was sent; its reply is awaited, and its reporters hear of it."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            brief = await self.desk.briefs.send(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                to=form.text("to"),
                how=form.text("how"),
            )
        await show_brief(interaction, brief)

    @on_button("brief", "reply", requires=Capability.LIAISON)
    async def reply_form(self, interaction: DeskInteraction, reference: str) -> None:
        """Open the form for a reply."""
        await open_reply_form(interaction, brief_of(reference))

    @on_form("brief", "replied", requires=Capability.LIAISON)
    async def replied(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep what the recipient replied."""
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            brief = await self.desk.briefs.reply(
                guild_of(interaction), brief_of(reference), interaction.user.id, form.text("text")
            )
        await show_brief(interaction, brief)

    @on_button("brief", "publish", requires=Capability.LIAISON)
    async def publish(self, interaction: DeskInteraction, reference: str) -> None:
        """Record that a brief is public."""
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            brief = await self.desk.briefs.publish(
                guild_of(interaction), brief_of(reference), interaction.user.id
            )
        await show_brief(interaction, brief, turned=True)


async def show_brief(interaction: DeskInteraction, brief: Brief, *, turned: bool = False) -> None:
    """Show a brief, with what this person may do next."""
    await only_staff(interaction)
    desk = interaction.client.desk
    liaison = Capability.LIAISON in await capabilities(interaction)
    card = show.brief_card(
        tongue(interaction), brief, me=interaction.user.id, liaison=liaison, now=desk.clock()
    )
    await (turn if turned else reply)(interaction, card)


async def show_to_sign(interaction: DeskInteraction, reference: str) -> None:
    """Show the exact text that a signature would be under, and its hash."""
    t = tongue(interaction)
    desk = interaction.client.desk
    with telling(t):
        brief = await desk.briefs.brief(guild_of(interaction), reference)
        document = await desk.briefs.document(guild_of(interaction), reference, interaction.user.id)
    # Whoever signs reads it whole; all its forms are for liaisons, who send it.
    made = files(document, desk.words.english)[:1]
    await reply(interaction, show.sign_card(t, brief, document, made))


async def open_text_form(
    interaction: DeskInteraction, press: str, text: Text | None = None
) -> None:
    """Open the form of a brief, with `text` in it."""
    t = tongue(interaction)
    await open_form(interaction, t("brief.form.title"), press, _fields(t, text or _EMPTY))


async def open_reply_form(interaction: DeskInteraction, reference: str) -> None:
    """Open the form for what a recipient replied."""
    await only_liaisons(interaction)
    t = tongue(interaction)
    field = TextField("text", t("brief.reply.text"), paragraph=True, limit=REPLY_LIMIT)
    press = custom_id("brief", "replied", reference)
    await open_form(interaction, t("brief.reply.title", reference=reference), press, [field])


def _fields(t: Tongue, text: Text) -> list[Field]:
    return [
        TextField("title", t("brief.form.name"), value=text.title, limit=TITLE_LIMIT),
        TextField("to", t("brief.form.to"), value=text.to, limit=TO_LIMIT),
        TextField("ask", t("brief.form.ask"), value=text.ask, paragraph=True, limit=ASK_LIMIT),
        TextField(
            "background",
            t("brief.form.background"),
            value=text.background,
            paragraph=True,
            required=False,
            limit=BACKGROUND_LIMIT,
        ),
        TextField("days", t("brief.form.days"), value=str(text.reply_days), limit=3),
    ]


def read_text(form: Form) -> Text:
    """Return what was typed into the form of a brief.

    Raises:
        BadBrief: the days are no number.
    """
    days = form.text("days").strip() or str(REPLY_DAYS)
    if not days.isdecimal():
        raise BadBrief("brief.bad.days")
    return Text(
        form.text("title"), form.text("to"), form.text("ask"), form.text("background"), int(days)
    )
