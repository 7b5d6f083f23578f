"""The human pass, quote by quote: pass it, hide more, show again, shorten, count only."""

from dataclasses import dataclass

from bot.concerns.model import WHAT_LIMIT
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.words import Tongue
from cogs._typed import number
from cogs.brief import show
from cogs.brief.steps import show_brief
from cogs.brief.told import brief_of, only_liaisons, only_staff, telling
from cogs.triage.told import guild_of

_WORDS = 300


@dataclass(frozen=True)
class _Seen:
    """A quote as the person who presses something saw it."""

    t: Tongue
    guild_id: int
    reference: str
    by: int
    item: int
    version: int

    @property
    def of(self) -> tuple[int, str, int, int]:
        """Whose quote it is, as the service takes it."""
        return self.guild_id, self.reference, self.by, self.item


async def _seen(interaction: DeskInteraction, reference: str, item: str, version: str) -> _Seen:
    """Let staff and liaisons pass; return what they saw, as the button carries it."""
    await only_staff(interaction)
    return _Seen(
        tongue(interaction),
        guild_of(interaction),
        brief_of(reference),
        interaction.user.id,
        number(item),
        number(version),
    )


class BriefReview(DeskCog):
    """Quotes, to whoever looks at them. A button carries the version that was seen."""

    @on_button("brief", "review")
    async def review(self, interaction: DeskInteraction, reference: str) -> None:
        """Show the first quote that nobody has passed, or the first of all."""
        await only_staff(interaction)
        await acknowledge(interaction)
        await show_next(interaction, brief_of(reference), passed_too=True)

    @on_button("brief", "leaf")
    async def leaf(self, interaction: DeskInteraction, reference: str, place: str) -> None:
        """Show another quote, passed or not."""
        await only_staff(interaction)
        await acknowledge_turn(interaction)
        await show_next(interaction, brief_of(reference), turned=True, place=number(place))

    @on_button("brief", "back")
    async def back(self, interaction: DeskInteraction, reference: str) -> None:
        """Go back to the brief."""
        await only_staff(interaction)
        t = tongue(interaction)
        await acknowledge_turn(interaction)
        with telling(t):
            brief = await self.desk.briefs.brief(guild_of(interaction), brief_of(reference))
        await show_brief(interaction, brief, turned=True)

    @on_button("brief", "pass")
    async def passed(
        self, interaction: DeskInteraction, reference: str, item: str, version: str
    ) -> None:
        """Pass a quote as it was seen, and go on to the next."""
        seen = await _seen(interaction, reference, item, version)
        await acknowledge_turn(interaction)
        with telling(seen.t):
            await self.desk.briefs.pass_(*seen.of, seen=seen.version)
        await show_next(interaction, seen.reference, turned=True)

    @on_button("brief", "mark")
    async def mark(
        self, interaction: DeskInteraction, reference: str, item: str, version: str
    ) -> None:
        """Ask which words to hide."""
        seen = await _seen(interaction, reference, item, version)
        t = seen.t
        field = TextField(
            "words", t("brief.mark.words"), description=t("brief.mark.note"), limit=_WORDS
        )
        press = custom_id("brief", "marked", reference, item, version)
        await open_form(interaction, t("brief.mark.title"), press, [field])

    @on_form("brief", "marked")
    async def marked(
        self, interaction: DeskInteraction, form: Form, reference: str, item: str, version: str
    ) -> None:
        """Hide words wherever they stand in a quote."""
        seen = await _seen(interaction, reference, item, version)
        await acknowledge(interaction)
        with telling(seen.t):
            quote = await self.desk.briefs.mark(*seen.of, form.text("words"), seen=seen.version)
        await reply(interaction, show.quote_card(seen.t, seen.reference, quote))

    @on_menu("brief", "unmark")
    async def unmark(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        reference: str,
        item: str,
        version: str,
    ) -> None:
        """Show again what a mark hides."""
        seen = await _seen(interaction, reference, item, version)
        start = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        with telling(seen.t):
            quote = await self.desk.briefs.unmark(*seen.of, start, seen=seen.version)
        await turn(interaction, show.quote_card(seen.t, seen.reference, quote))

    @on_button("brief", "cut")
    async def cut(
        self, interaction: DeskInteraction, reference: str, item: str, version: str
    ) -> None:
        """Open the words of a quote, to leave some out."""
        seen = await _seen(interaction, reference, item, version)
        t = seen.t
        with telling(t):
            quote = await self.desk.briefs.quote(
                seen.guild_id, seen.reference, seen.by, item_id=seen.item
            )
        if quote is None or quote.version != seen.version:
            raise Refused("brief.changed_meanwhile")
        field = TextField(
            "text",
            t("brief.cut.text"),
            description=t("brief.cut.note"),
            value=quote.text,
            paragraph=True,
            limit=WHAT_LIMIT,
        )
        press = custom_id("brief", "shortened", reference, item, version)
        await open_form(interaction, t("brief.cut.title"), press, [field])

    @on_form("brief", "shortened")
    async def shortened(
        self, interaction: DeskInteraction, form: Form, reference: str, item: str, version: str
    ) -> None:
        """Keep a shorter quote."""
        seen = await _seen(interaction, reference, item, version)
        await acknowledge(interaction)
        with telling(seen.t):
            quote = await self.desk.briefs.shorten(*seen.of, form.text("text"), seen=seen.version)
        await reply(interaction, show.quote_card(seen.t, seen.reference, quote))

    @on_button("brief", "count")
    async def count(
        self, interaction: DeskInteraction, reference: str, item: str, version: str
    ) -> None:
        """Count a concern without its words, and go on to the next quote."""
        seen = await _seen(interaction, reference, item, version)
        await acknowledge_turn(interaction)
        with telling(seen.t):
            await self.desk.briefs.count_only(*seen.of)
        await show_next(interaction, seen.reference, turned=True)

    @on_button("brief", "askname")
    async def ask_name(
        self, interaction: DeskInteraction, reference: str, item: str, version: str
    ) -> None:
        """Ask the person, through the desk, how they want to be named."""
        await only_liaisons(interaction)
        seen = await _seen(interaction, reference, item, version)
        await acknowledge(interaction)
        with telling(seen.t):
            await self.desk.briefs.ask_name(*seen.of)
        await say(interaction, seen.t("brief.asked_name"))


async def show_next(
    interaction: DeskInteraction,
    reference: str,
    *,
    turned: bool = False,
    passed_too: bool = False,
    place: int | None = None,
) -> None:
    """Show the next quote that waits for a person; the brief itself once none does.

    `passed_too` shows the first of all quotes then; `place` asks for one by its number.
    """
    t = tongue(interaction)
    briefs = interaction.client.desk.briefs
    of = guild_of(interaction), reference, interaction.user.id
    with telling(t):
        quote = await briefs.quote(*of, place=place)
        if quote is None and passed_too:
            quote = await briefs.quote(*of, place=1)
        if quote is None:
            brief = await briefs.brief(of[0], reference)
    if quote is None:
        await show_brief(interaction, brief, turned=turned)
        return
    await (turn if turned else reply)(interaction, show.quote_card(t, reference, quote))
