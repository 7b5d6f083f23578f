"""The human pass, quote by quote: pass it, hide more, show again, shorten, count only."""

from bot.concerns.briefs.model import Quote
from bot.concerns.model import WHAT_LIMIT
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from cogs.brief import show
from cogs.brief.steps import show_brief
from cogs.brief.told import brief_of, number_of, only_liaisons, only_staff, telling
from cogs.triage.told import guild_of

_WORDS = 300


class BriefReview(DeskCog):
    """Quotes, to whoever looks at them. A button carries the version that was seen."""

    @on_button("brief", "review")
    async def review(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the first quote that nobody has passed."""
        await only_staff(interaction)
        await acknowledge(interaction)
        await show_next(interaction, brief_of(reference))

    @on_button("brief", "pass")
    async def passed(
        self, interaction: DeskInteraction, reference: str, item: str, seen: str
    ) -> None:
        """Pass a quote as it was seen, and go on to the next."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            await self.desk.briefs.pass_(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                number_of(item),
                seen=number_of(seen),
            )
        await show_next(interaction, brief_of(reference), turned=True)

    @on_button("brief", "mark")
    async def mark(
        self, interaction: DeskInteraction, reference: str, item: str, seen: str
    ) -> None:
        """Ask which words to hide."""
        await only_staff(interaction)
        t = tongue(interaction)
        field = TextField(
            "words", t("brief.mark.words"), description=t("brief.mark.note"), limit=_WORDS
        )
        press = custom_id("brief", "marked", reference, item, seen)
        await open_form(interaction, t("brief.mark.title"), press, [field])

    @on_form("brief", "marked")
    async def marked(
        self, interaction: DeskInteraction, form: Form, reference: str, item: str, seen: str
    ) -> None:
        """Hide words wherever they stand in a quote."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            quote = await self.desk.briefs.mark(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                number_of(item),
                form.text("words"),
                seen=number_of(seen),
            )
        await _show(interaction, reference, quote)

    @on_menu("brief", "unmark")
    async def unmark(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        reference: str,
        item: str,
        seen: str,
    ) -> None:
        """Show again what a mark hides."""
        await only_staff(interaction)
        if not values:
            raise Refused("error.stale")
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            quote = await self.desk.briefs.unmark(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                number_of(item),
                number_of(values[0]),
                seen=number_of(seen),
            )
        await turn(interaction, show.quote_card(t, brief_of(reference), quote))

    @on_button("brief", "cut")
    async def cut(self, interaction: DeskInteraction, reference: str, item: str, seen: str) -> None:
        """Open the words of a quote, to leave some out."""
        await only_staff(interaction)
        t = tongue(interaction)
        with telling(t):
            quote = await self.desk.briefs.quote(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                item_id=number_of(item),
            )
        if quote is None or quote.version != number_of(seen):
            raise Refused("brief.changed_meanwhile")
        field = TextField(
            "text",
            t("brief.cut.text"),
            description=t("brief.cut.note"),
            value=quote.text,
            paragraph=True,
            limit=WHAT_LIMIT,
        )
        press = custom_id("brief", "shortened", reference, item, seen)
        await open_form(interaction, t("brief.cut.title"), press, [field])

    @on_form("brief", "shortened")
    async def shortened(
        self, interaction: DeskInteraction, form: Form, reference: str, item: str, seen: str
    ) -> None:
        """Keep a shorter quote."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            quote = await self.desk.briefs.shorten(
                guild_of(interaction),
                brief_of(reference),
                interaction.user.id,
                number_of(item),
                form.text("text"),
                seen=number_of(seen),
            )
        await _show(interaction, reference, quote)

    @on_button("brief", "count")
    async def count(
        self, interaction: DeskInteraction, reference: str, item: str, _seen: str
    ) -> None:
        """Count a concern without its words, and go on to the next quote."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            await self.desk.briefs.count_only(
                guild_of(interaction), brief_of(reference), interaction.user.id, number_of(item)
            )
        await show_next(interaction, brief_of(reference), turned=True)

    @on_button("brief", "askname")
    async def ask_name(
        self, interaction: DeskInteraction, reference: str, item: str, _seen: str
    ) -> None:
        """Ask the person, through the desk, how they want to be named."""
        await only_liaisons(interaction)
        t = tongue(interaction)
        await acknowledge(interaction)
        with telling(t):
            await self.desk.briefs.ask_name(
                guild_of(interaction), brief_of(reference), interaction.user.id, number_of(item)
            )
        await say(interaction, t("brief.asked_name"))


async def show_next(interaction: DeskInteraction, reference: str, *, turned: bool = False) -> None:
    """Show the next quote that waits for a person; the brief itself once none does."""
    t = tongue(interaction)
    briefs = interaction.client.desk.briefs
    with telling(t):
        quote = await briefs.quote(guild_of(interaction), reference, interaction.user.id)
        if quote is None:
            brief = await briefs.brief(guild_of(interaction), reference)
    if quote is None:
        await show_brief(interaction, brief, turned=turned)
        return
    await (turn if turned else reply)(interaction, show.quote_card(t, reference, quote))


async def _show(interaction: DeskInteraction, reference: str, quote: Quote) -> None:
    await reply(interaction, show.quote_card(tongue(interaction), brief_of(reference), quote))
