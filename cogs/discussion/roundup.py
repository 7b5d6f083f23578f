"""/discussion roundup: what came of a session, written by its hosts and kept for everybody."""

import re

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice, Range
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.model import HELD, NoSuchSession, Session
from bot.discussions.outcomes import Outcomes, outcomes_of
from bot.discussions.roundup.model import (
    ANSWER_LIMIT,
    LINKS_LIMIT,
    MOST_LINKS,
    OPENING_LIMIT,
    Allowed,
    Gathered,
    NoRoundup,
    NotOver,
    Pin,
    Roundup,
    RoundupChanged,
)
from bot.discussions.roundup.service import QUOTE, SHOW
from bot.guilds.model import Capability
from bot.knowledge.drafting import Typed
from bot.platform.access import capabilities
from bot.platform.cards import Card, Menu
from bot.platform.cards import Choice as Pick
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.courier import Finish, nonce_of
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, Field, TextField, open_form
from bot.platform.interactions import (
    NOBODY,
    acknowledge,
    acknowledge_turn,
    reply,
    say,
    take_up,
    tongue,
    turn,
)
from bot.platform.mail import guild_tongue, write_to
from bot.platform.once import post_once
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from cogs._choices import offered
from cogs._typed import number
from cogs.discussion import roundup_cards as cards
from cogs.discussion._group import GROUP, LONGEST, find, is_host, only_hosts, session_of
from cogs.discussion.deliver import post_of
from cogs.knowledge.act import open_draft
from cogs.triage.told import guild_of

_LOOKED = 500
_LINK = re.compile(r"https?://[^\s<>\"|)\]]+")
_OWN = ("https://discord.com/", "https://discordapp.com/", "https://ptb.discord.com/")

log = structlog.stdlib.get_logger(__name__)


class DiscussionRoundups(DeskCog):
    """Drafting, publishing and reading round-ups, and asking those who are quoted."""

    async def cog_load(self) -> None:
        """Take on posting and asking, and say what can go wrong."""
        await super().cog_load()
        self.client.courier.handle(SHOW, self.bring_roundup)
        self.client.courier.handle(QUOTE, self.bring_quote)
        know = self.client.sentences.know
        know(NoRoundup, lambda t, _error: t("roundup.none"))
        know(NotOver, lambda t, _error: t("roundup.not_over"))
        know(RoundupChanged, lambda t, _error: t("session.changed_meanwhile"))

    @GROUP.command(
        name="roundup", description=words("command.discussion.roundup", "What came of a session")
    )
    @app_commands.describe(session=words("command.discussion.roundup.session", "Which session"))
    async def roundup(self, interaction: DeskInteraction, session: Range[str, 1, LONGEST]) -> None:
        """Show what was published; to hosts, the draft."""
        await acknowledge(interaction)
        await self._open_roundup(interaction, session)

    @on_button("roundup", "open")
    async def roundup_open(self, interaction: DeskInteraction, reference: str) -> None:
        """The same, from a session's card."""
        await acknowledge(interaction)
        await self._open_roundup(interaction, reference)

    async def _open_roundup(self, interaction: DeskInteraction, reference: str) -> None:
        held = await find(interaction, reference)
        t = tongue(interaction)
        if await is_host(interaction):
            gathered = await self._gathered(held)
            draft = await self.desk.roundups.draft(
                held.guild_id, held.reference, interaction.user.id, gathered
            )
            editor = Capability.EDITOR in await capabilities(interaction)
            outcomes = await self._outcomes(held)
            await reply(interaction, cards.draft_card(t, draft, outcomes, editor=editor))
            return
        found = await self.desk.roundups.roundup(held.guild_id, held.reference)
        await reply(interaction, cards.read_card(t, found, await self._outcomes(held)))

    @roundup.autocomplete("session")
    async def roundup_sessions(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer what was held, the latest first."""
        try:
            lines = await self.desk.sessions.past(guild_of(interaction))
        except StoreUnavailable:
            # Nothing to offer is all that an autocomplete can say.
            return []
        held = [one for one in lines if one.state in HELD]
        return offered(((f"{one.reference} · {one.topic}", one.reference) for one in held), current)

    @on_button("roundup", "words")
    async def roundup_words(self, interaction: DeskInteraction, reference: str, seen: str) -> None:
        """Open the form for the words at the top, and the links."""
        await only_hosts(interaction)
        t, found = tongue(interaction), await self._roundup(interaction, reference)
        fields = [
            TextField(
                "opening",
                t("roundup.form.opening"),
                description=t("roundup.form.opening.note"),
                value=found.opening,
                paragraph=True,
                required=False,
                limit=OPENING_LIMIT,
            ),
            TextField(
                "links",
                t("roundup.form.links"),
                description=t("roundup.form.links.note"),
                value=found.links,
                paragraph=True,
                required=False,
                limit=LINKS_LIMIT,
            ),
        ]
        press = custom_id("roundup", "worded", reference, number(seen))
        await open_form(interaction, t("roundup.form.title"), press, fields)

    @on_form("roundup", "worded")
    async def roundup_worded(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Keep the words at the top."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        changed = await self.desk.roundups.set_words(
            guild_of(interaction),
            session_of(reference),
            interaction.user.id,
            form.text("opening"),
            form.text("links"),
            seen=number(seen),
        )
        await self._turn_roundup(interaction, changed)

    @on_menu("roundup", "answer")
    async def roundup_answer(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Open the form for what was answered to a question."""
        await only_hosts(interaction)
        t, found = tongue(interaction), await self._roundup(interaction, reference)
        chosen = next((one for one in found.answers if one.question.reference in values[:1]), None)
        if chosen is None:
            raise Refused("error.stale")
        fields: list[Field] = [
            TextField(
                "words",
                t("roundup.form.answer"),
                description=(chosen.question.content or "")[:100],
                value=chosen.words,
                paragraph=True,
                required=False,
                limit=ANSWER_LIMIT,
            ),
            ChoiceField(
                "in",
                t("roundup.form.in"),
                [
                    Pick(t("roundup.form.in.yes"), "yes", chosen=not chosen.left_out),
                    Pick(t("roundup.form.in.no"), "no", chosen=chosen.left_out),
                ],
            ),
        ]
        press = custom_id("roundup", "answered", reference, chosen.question.reference, number(seen))
        await open_form(interaction, t("roundup.form.answer.title"), press, fields)

    @on_form("roundup", "answered")
    async def roundup_answered(
        self, interaction: DeskInteraction, form: Form, reference: str, question: str, seen: str
    ) -> None:
        """Keep what was answered."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        changed = await self.desk.roundups.set_answer(
            guild_of(interaction),
            session_of(reference),
            interaction.user.id,
            question,
            form.text("words"),
            left_out=form.choice("in") == "no",
            seen=number(seen),
        )
        await self._turn_roundup(interaction, changed)

    @on_menu("roundup", "point")
    async def roundup_point(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Keep a pinned message out, or let it in again."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        found = await self._roundup(interaction, reference)
        chosen = next((one for one in found.points if str(one.id) in values[:1]), None)
        if chosen is None:
            raise Refused("error.stale")
        changed = await self.desk.roundups.leave_out(
            guild_of(interaction),
            session_of(reference),
            interaction.user.id,
            chosen.id,
            left_out=not chosen.left_out,
            seen=number(seen),
        )
        await self._turn_roundup(interaction, changed)

    @on_menu("roundup", "faq", requires=Capability.EDITOR)
    async def roundup_faq(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Ask which section of the FAQ an answer belongs in."""
        await acknowledge(interaction)
        t = tongue(interaction)
        sections = self.desk.knowledge.of(guild_of(interaction)).library.sections
        press = custom_id("roundup", "faqin", session_of(reference), values[0] if values else "")
        menu = Menu(
            t("knowledge.section.choose"),
            press,
            [Pick(one.title, one.id, one.about) for one in sections],
        )
        await reply(interaction, Card(body=t("knowledge.section.body"), rows=[menu]))

    @on_menu("roundup", "faqin", requires=Capability.EDITOR)
    async def roundup_faq_in(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        reference: str,
        question: str,
    ) -> None:
        """Open the form of a draft with the question, its other wordings and the answer in it."""
        found = await self._roundup(interaction, reference)
        one = next((it for it in found.answers if it.question.reference == question), None)
        if one is None or not one.words:
            raise Refused("error.stale")
        wordings = "\n".join(text[:100] for text in one.question.joined)
        asked = " ".join((one.question.content or "").split())[:100]
        t, credit = tongue(interaction), one.question.credit
        key = "roundup.faq.credited" if credit else "roundup.faq.source"
        said = t(key, topic=found.session.plan.topic, name=credit)
        source = f"{found.session.link} {said}" if found.session.link else ""
        typed = Typed(asked, wordings, one.words, "", source)
        await open_draft(interaction, typed, section=values[0] if values else "")

    @on_button("roundup", "ask")
    async def roundup_ask(self, interaction: DeskInteraction, reference: str) -> None:
        """Ask the authors of what was pinned."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        guild_id, held = guild_of(interaction), session_of(reference)
        many = await self.desk.roundups.ask_authors(guild_id, held, interaction.user.id)
        t = tongue(interaction)
        changed = await self._roundup(interaction, reference)
        await self._turn_roundup(interaction, changed, t.plural("roundup.asked", many))

    @on_button("roundup", "file")
    async def roundup_file(self, interaction: DeskInteraction, reference: str) -> None:
        """Give the round-up as Markdown, as it would be published now."""
        await only_hosts(interaction)
        await acknowledge(interaction)
        found = await self._roundup(interaction, reference)
        outcomes = await self._outcomes(found.session)
        await reply(interaction, cards.read_card(tongue(interaction), found, outcomes))

    @on_button("roundup", "publish")
    async def roundup_publish(
        self, interaction: DeskInteraction, reference: str, seen: str
    ) -> None:
        """Publish it, or bring what was published up to date."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        changed = await self.desk.roundups.publish(
            guild_of(interaction), session_of(reference), interaction.user.id, seen=number(seen)
        )
        await self._turn_roundup(interaction, changed, tongue(interaction)("roundup.published"))

    @on_button("roundup", "quote")
    async def roundup_quote(self, interaction: DeskInteraction, point: str, answer: str) -> None:
        """Take what the author of a pinned message allows."""
        if answer not in set(Allowed) or not await take_up(interaction):
            raise Refused("error.stale")
        t, number_ = tongue(interaction), number(point)
        allowed = Allowed(answer)
        name = interaction.user.display_name
        if not await self.desk.roundups.answered(number_, interaction.user.id, allowed, name):
            raise Refused("roundup.quote.gone")
        await say(interaction, t(f"roundup.quoted.{allowed}"))

    async def bring_roundup(self, parcel: Parcel) -> Finish | None:
        """Post a round-up in its session's post, or bring it up to date.

        Raises:
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        reference = str(parcel.payload["reference"])
        try:
            found = await self.desk.roundups.roundup(parcel.guild_id, reference)
        except (NoRoundup, NoSuchSession):
            return None
        thread = await post_of(self.client, found.session)
        if thread is None:
            log.info("roundup.no_post", guild=parcel.guild_id, reference=reference)
            return None
        t = guild_tongue(self.client, parcel.guild_id)
        card = cards.post_card(t, found, await self._outcomes(found.session))
        was_archived = thread.archived
        if was_archived:
            await thread.edit(archived=False)
        posted = None
        if found.message_id is not None:
            try:
                await thread.get_partial_message(found.message_id).edit(
                    view=card.view(), attachments=card.files(), allowed_mentions=NOBODY
                )
                posted = found.message_id
            except discord.NotFound:
                log.info("roundup.post_was_deleted", guild=parcel.guild_id, reference=reference)
        if posted is None:
            view, files = card.view(), card.files()
            posted = (await post_once(thread, view, nonce=nonce_of(parcel), files=files)).id
        if was_archived:
            await thread.edit(archived=True)

        async def finish(store: AsyncSession) -> None:
            await self.desk.roundups.placed(store, parcel.guild_id, reference, posted)

        return finish

    async def bring_quote(self, parcel: Parcel) -> None:
        """Ask the author of a pinned message. Who cannot be reached is not quoted.

        Raises:
            TryLater: Discord finds that the desk opens too many conversations at once.
            discord.HTTPException: Discord is in trouble, or refuses the card.
        """
        point = int(parcel.payload["point"])
        asked = await self.desk.roundups.to_ask(point)
        if asked is None:
            return
        who, text, now = asked
        session = await self.desk.sessions.session(
            parcel.guild_id, str(parcel.payload["reference"])
        )
        guild = self.client.get_guild(parcel.guild_id)
        t = self.client.tongue_of(who)
        server = "" if guild is None else guild.name
        card = cards.quote_card(t, point, session.plan.topic, server, text, now)
        await write_to(self.client, who, card, once=parcel.key)

    async def _roundup(self, interaction: DeskInteraction, reference: str) -> Roundup:
        return await self.desk.roundups.roundup(
            guild_of(interaction), session_of(reference), host=True
        )

    async def _turn_roundup(
        self, interaction: DeskInteraction, found: Roundup, said: str = ""
    ) -> None:
        t, outcomes = tongue(interaction), await self._outcomes(found.session)
        editor = Capability.EDITOR in await capabilities(interaction)
        await turn(interaction, cards.draft_card(t, found, outcomes, said, editor=editor))

    async def _outcomes(self, session: Session) -> Outcomes:
        return await outcomes_of(self.desk.polls, self.desk.opinions, session.guild_id, session.id)

    async def _gathered(self, session: Session) -> Gathered:
        """Read what a session's post shows; what cannot be read is left to the host."""
        thread = await post_of(self.client, session)
        if thread is None:
            return Gathered()
        pins: list[Pin] = []
        links: dict[str, None] = {}
        people: set[int] = set()
        try:
            async for message in thread.history(limit=_LOOKED):
                if message.author.bot:
                    continue
                people.add(message.author.id)
                for link in _LINK.findall(message.content):
                    if not link.startswith(_OWN):
                        links.setdefault(link)
                if message.pinned and message.type is discord.MessageType.default:
                    author = message.author
                    pins.append(Pin(message.id, author.id, author.display_name, message.content))
        except discord.HTTPException as error:
            log.info("roundup.not_read", reference=session.reference, status=error.status)
        return Gathered(pins[::-1], list(links)[::-1][:MOST_LINKS], len(people))
