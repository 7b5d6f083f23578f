"""The right of reply on Discord: a guest writes, a host puts it on the topic page unchanged."""

from bot.discussions.guests.replies import LINK_LIMIT, REPLY_LIMIT, WHO_LIMIT
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.topics.model import PREFIX as TOPIC
from bot.topics.model import Confidence
from bot.topics.typed import fact_of
from cogs._typed import number, reference
from cogs.discussion._group import find, only_hosts
from cogs.discussion.guest_cards import accepted_card
from cogs.triage.told import guild_of

_PAGES = 4


class GuestReplying(DeskCog):
    """Replies, as guests and hosts meet them."""

    @on_button("guest", "reply")
    async def guest_reply(self, interaction: DeskInteraction, guest: str) -> None:
        """Open the form for a reply."""
        found = await self.desk.guests.guest(number(guest))
        if found is None or found[0].user_id != interaction.user.id:
            raise Refused("guest.none")
        t = tongue(interaction)
        fields = [
            TextField(
                "words",
                t("guest.reply.words"),
                description=t("guest.reply.words.note"),
                paragraph=True,
                limit=REPLY_LIMIT,
            ),
            TextField("who", t("guest.reply.who"), limit=WHO_LIMIT),
            TextField(
                "link",
                t("guest.reply.link"),
                description=t("guest.reply.link.note"),
                placeholder="https://",
                required=False,
                limit=LINK_LIMIT,
            ),
        ]
        press = custom_id("guest", "replied", number(guest))
        await open_form(interaction, t("guest.reply.title"), press, fields)

    @on_form("guest", "replied")
    async def guest_replied(self, interaction: DeskInteraction, form: Form, guest: str) -> None:
        """Keep a reply."""
        await acknowledge(interaction)
        guest_id, user_id = number(guest), interaction.user.id
        await self.desk.guests.reply(
            guest_id, user_id, form.text("who"), form.text("words"), form.text("link")
        )
        found = await self.desk.guests.guest(guest_id)
        if found is None:
            raise Refused("guest.none")
        t = tongue(interaction)
        await reply(interaction, accepted_card(t, found[0], t("guest.reply.kept")))

    @on_button("guest", "replies")
    async def guest_replies(self, interaction: DeskInteraction, session: str) -> None:
        """Show hosts the reply that waits, and the pages it can go on."""
        await only_hosts(interaction)
        await acknowledge(interaction)
        held = await find(interaction, session)
        waiting = [
            one
            for one in await self.desk.guests.replies(held.guild_id, held.reference)
            if not one.placed
        ]
        t = tongue(interaction)
        if not waiting:
            await reply(interaction, Card(kind=t("guest.kind"), body=t("guest.reply.none")))
            return
        one = waiting[0]
        pages = await self.desk.topics.of_session(held.guild_id, held.reference)
        buttons = [
            Button(
                t("guest.reply.place", title=page.title),
                custom_id("guest", "place", held.reference, one.guest, page.reference),
            )
            for page in pages[:_PAGES]
        ]
        await reply(
            interaction,
            Card(
                kind=t("guest.kind"),
                title=inert(one.who, limit=2 * WHO_LIMIT),
                body=t("guest.reply.waits" if pages else "guest.reply.no_page"),
                parts=[Part(t("guest.reply.words"), inert(one.words, limit=2 * REPLY_LIMIT))],
                footer=held.reference,
                tone=Tone.STAFF,
                rows=[buttons] if buttons else [],
            ),
        )

    @on_button("guest", "place")
    async def guest_place(
        self, interaction: DeskInteraction, session: str, guest: str, topic: str
    ) -> None:
        """Put a reply on a topic page, as it was written."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        held = await find(interaction, session)
        page = reference(topic, TOPIC, "topic.no_such")
        replies = await self.desk.guests.replies(held.guild_id, held.reference)
        one = next((it for it in replies if it.guest == number(guest) and not it.placed), None)
        if one is None:
            raise Refused("guest.none")
        t = tongue(interaction)
        text = t("guest.reply.fact", who=one.who, words=one.words)
        fact = fact_of(
            self.desk.clock().date().isoformat(), text, one.link or held.link, Confidence.STATED
        )
        # Named by the guest: a second press, or one after a crash, adds no second fact.
        await self.desk.topics.add_fact(
            guild_of(interaction), page, interaction.user.id, fact, intake=f"guest:{one.guest}"
        )
        await self.desk.guests.placed_on(held.guild_id, one.guest, interaction.user.id, page)
        await turn(interaction, Card(kind=t("guest.kind"), body=t("guest.reply.placed")))
