"""/discussion guests: inviting guests, introducing them, and giving them their role in time."""

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice, Range
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.guests.model import INTRODUCTION_LIMIT, NoSuchGuest, TooManyGuests
from bot.discussions.guests.service import CARD, ROLE, TELL
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.courier import Finish, TryLater, Undeliverable, nonce_of
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import (
    NOBODY,
    acknowledge,
    acknowledge_turn,
    reply,
    tongue,
    turn,
)
from bot.platform.mail import guild_tongue, person_tongue, write_to
from bot.platform.once import post_once
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from cogs._holding import session_choices
from cogs._typed import number
from cogs.discussion import guest_cards as cards
from cogs.discussion._group import GROUP, LONGEST, find, only_hosts
from cogs.discussion.deliver import post_of
from cogs.triage.told import guild_of

_GONE = (10007, 10011, 10013)
"""Discord's codes for a member, role or account that is not there."""

log = structlog.stdlib.get_logger(__name__)


class DiscussionGuests(DeskCog):
    """Guests, as hosts and they themselves meet them."""

    async def cog_load(self) -> None:
        """Take on letters, roles and introductions, and say what can go wrong."""
        await super().cog_load()
        self.client.courier.handle(TELL, self.write_to_guest)
        self.client.courier.handle(ROLE, self.set_guest_role)
        self.client.courier.handle(CARD, self.bring_introduction)
        know = self.client.sentences.know
        know(NoSuchGuest, lambda t, _error: t("guest.none"))
        know(TooManyGuests, lambda t, _error: t("guest.too_many"))

    @GROUP.command(
        name="guests", description=words("command.discussion.guests", "For hosts: who is invited")
    )
    @app_commands.describe(session=words("command.discussion.guests.session", "Which session"))
    async def guest_list(
        self, interaction: DeskInteraction, session: Range[str, 1, LONGEST]
    ) -> None:
        """Show a session's guests, to invite and to remove."""
        await only_hosts(interaction)
        await acknowledge(interaction)
        held = await find(interaction, session)
        guests = await self.desk.guests.guests(held.guild_id, held.reference)
        await reply(interaction, cards.list_card(tongue(interaction), held, guests))

    @guest_list.autocomplete("session")
    async def guest_sessions(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that come."""
        return await session_choices(interaction, current)

    @on_menu("guest", "invite")
    async def guest_invite(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Invite somebody."""
        await only_hosts(interaction)
        who = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        held = await find(interaction, reference)
        await self.desk.guests.invite(held.guild_id, held.reference, interaction.user.id, who)
        await self._turn_guests(interaction, reference, "guest.invited")

    @on_menu("guest", "remove")
    async def guest_remove(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str
    ) -> None:
        """Let a guest go."""
        await only_hosts(interaction)
        who = number(values[0] if values else "")
        await acknowledge_turn(interaction)
        held = await find(interaction, reference)
        guests = await self.desk.guests.guests(held.guild_id, held.reference)
        chosen = next((one for one in guests if one.user_id == who), None)
        if chosen is None:
            raise Refused("guest.none")
        await self.desk.guests.remove(held.guild_id, chosen.id, interaction.user.id)
        await self._turn_guests(interaction, reference, "guest.removed")

    @on_button("guest", "show")
    async def guest_show(self, interaction: DeskInteraction, guest: str) -> None:
        """Let an introduction be posted."""
        await only_hosts(interaction)
        await acknowledge_turn(interaction)
        shown = await self.desk.guests.let_show(
            guild_of(interaction), number(guest), interaction.user.id
        )
        await self._turn_guests(interaction, shown.session, "guest.shown")

    @on_button("guest", "answer")
    async def guest_answer(self, interaction: DeskInteraction, guest: str, answer: str) -> None:
        """Accept or decline, in a direct message."""
        await acknowledge(interaction)
        done = await self.desk.guests.answer(
            number(guest), interaction.user.id, accepts=answer == "yes"
        )
        t = tongue(interaction)
        said = t("guest.accepted" if answer == "yes" else "guest.declined")
        await reply(interaction, cards.accepted_card(t, done, said))

    @on_button("guest", "introduce")
    async def guest_introduce(self, interaction: DeskInteraction, guest: str) -> None:
        """Open the form for a guest's introduction."""
        t = tongue(interaction)
        found = await self.desk.guests.guest(number(guest))
        if found is None or found[0].user_id != interaction.user.id:
            raise Refused("guest.none")
        field = TextField(
            "words",
            t("guest.form.words"),
            description=t("guest.form.words.note"),
            value=found[0].introduction,
            paragraph=True,
            required=False,
            limit=INTRODUCTION_LIMIT,
        )
        press = custom_id("guest", "introduced", number(guest))
        await open_form(interaction, t("guest.form.title"), press, [field])

    @on_form("guest", "introduced")
    async def guest_introduced(self, interaction: DeskInteraction, form: Form, guest: str) -> None:
        """Keep a guest's introduction."""
        await acknowledge(interaction)
        done = await self.desk.guests.introduce(
            number(guest), interaction.user.id, form.text("words")
        )
        t = tongue(interaction)
        await reply(interaction, cards.accepted_card(t, done, t("guest.introduced")))

    @on_button("guest", "here")
    async def guest_here(self, interaction: DeskInteraction, guest: str) -> None:
        """Note that a guest is there."""
        await acknowledge(interaction)
        done = await self.desk.guests.here(number(guest), interaction.user.id)
        t = tongue(interaction)
        said = t("guest.is_here", reference=done.session)
        await reply(interaction, cards.accepted_card(t, done, said))

    async def write_to_guest(self, parcel: Parcel) -> Finish | None:
        """Write to a guest or a host. A guest who cannot be reached is told of to staff.

        Raises:
            TryLater: Discord finds that the desk opens too many conversations at once.
            discord.HTTPException: Discord is in trouble, or refuses the card.
        """
        found = await self.desk.guests.guest(int(parcel.payload["guest"]))
        reader = await self.desk.guests.reader(int(parcel.payload["person"]))
        if found is None or reader is None:
            return None
        (guest, guild_id), (user_id, locale) = found, reader
        what = str(parcel.payload["what"])
        session = await self.desk.sessions.session(guild_id, guest.session)
        guild = self.client.get_guild(guild_id)
        t = person_tongue(self.client, guild_id, locale)
        card = cards.letter_card(t, session, guest, what, "" if guild is None else guild.name)
        told = await write_to(self.client, user_id, card, once=parcel.key)
        if told or user_id != guest.user_id or what != "invited":
            return None
        notice = staff_notice(
            guild_id, "guest.notice.closed", once=parcel.key, reference=guest.session
        )

        async def finish(store: AsyncSession) -> None:
            await self.desk.outbox.post(store, notice)

        return finish

    async def set_guest_role(self, parcel: Parcel) -> None:
        """Give a guest their role, or take it away, as it is wanted by now.

        A role that was deleted is made again when it is needed. Who left has none.

        Raises:
            TryLater: Discord does not have the server ready at the moment.
            Undeliverable: the desk may not manage roles, or the role stands above it.
            discord.HTTPException: Discord is in trouble.
        """
        found = await self.desk.guests.guest(int(parcel.payload["guest"]))
        guild = self.client.get_guild(parcel.guild_id)
        if found is None or guild is None:
            return
        if guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        guest = found[0]
        role_id = await self.desk.guests.role_of(guild.id)
        role = None if role_id is None else guild.get_role(role_id)
        if role is None and not guest.has_role:
            return
        if not guild.me.guild_permissions.manage_roles:
            raise Undeliverable("the desk lacks Manage Roles, so guests get no role")
        if role is None:
            t = guild_tongue(self.client, guild.id)
            role = await guild.create_role(name=t("guest.role"), hoist=True, mentionable=False)
            await self.desk.guests.keep_role(guild.id, role.id)
        if role >= guild.me.top_role:
            raise Undeliverable("the guests' role stands above the desk's own")
        try:
            if guest.has_role:
                await self.client.http.add_role(guild.id, guest.user_id, role.id)
            else:
                await self.client.http.remove_role(guild.id, guest.user_id, role.id)
        except discord.NotFound as error:
            if error.code not in _GONE:
                raise
            log.info("guest.not_there", guild=guild.id)

    async def bring_introduction(self, parcel: Parcel) -> Finish | None:
        """Post an introduction in its session's post, or bring it up to date.

        Raises:
            discord.HTTPException: Discord is in trouble, or refuses it.
        """
        found = await self.desk.guests.guest(int(parcel.payload["guest"]))
        if found is None:
            return None
        guest, guild_id = found
        session = await self.desk.sessions.session(guild_id, guest.session)
        thread = await post_of(self.client, session)
        if thread is None:
            return None
        card = cards.introduction_card(guild_tongue(self.client, guild_id), guest)
        if guest.message_id is not None:
            try:
                message = thread.get_partial_message(guest.message_id)
                await message.edit(view=card.view(), allowed_mentions=NOBODY)
                return None
            except discord.NotFound:
                log.info("guest.card_was_deleted", guild=guild_id)
        if not guest.shown:
            return None
        posted = await post_once(thread, card.view(), nonce=nonce_of(parcel))

        async def finish(store: AsyncSession) -> None:
            await self.desk.guests.placed(store, guest.id, posted.id)

        return finish

    async def _turn_guests(self, interaction: DeskInteraction, reference: str, said: str) -> None:
        held = await find(interaction, reference)
        guests = await self.desk.guests.guests(held.guild_id, held.reference)
        t = tongue(interaction)
        await turn(interaction, cards.list_card(t, held, guests, t(said)))
