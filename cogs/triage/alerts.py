"""What staff are told at once: that a concern is urgent, and that a case is theirs now."""

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.model import Case, Priority
from bot.concerns.troubles import NoSuchConcern
from bot.guilds.model import Capability
from bot.platform.cards import Button, Card, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, on_button
from bot.platform.courier import Finish, Undeliverable, nonce_of
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, reply, tongue
from bot.platform.mail import guild_tongue, write_to
from bot.platform.once import post_once
from bot.platform.staffroom import OUT_OF_REACH, staff_channel
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from bot.store.placements import placement_of
from bot.words import Tongue
from cogs.triage.file import alert_card
from cogs.triage.keep import SUBJECT
from cogs.triage.told import guild_of, reference_of, staff_name


class Alerts(DeskCog):
    """Alerts the staff channel, and writes to staff members about their cases."""

    async def cog_load(self) -> None:
        """Take on alerts and assignments among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.ALERT, self.alert)
        self.client.courier.handle(effects.ASSIGNED, self.assigned)

    async def alert(self, parcel: Parcel) -> None:
        """Say in the staff channel that something is urgent.

        This is the one message of the desk that may mention a role: the one that an admin chose
        for it, and only here.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach.
            discord.HTTPException: Discord refuses the message.
        """
        guild_id, reference = parcel.guild_id, str(parcel.payload["reference"])
        channel = await staff_channel(self.client, guild_id)
        if channel is None:
            raise Undeliverable(f"{OUT_OF_REACH}none is chosen; /setup chooses one")
        case = await self._case(guild_id, reference)
        if case is None or case.priority is not Priority.URGENT:
            return
        role_id = (await self.desk.urgent_lane.of(guild_id)).role_id
        role = None if role_id is None else channel.guild.get_role(role_id)
        allowed = discord.AllowedMentions(
            everyone=False, users=False, replied_user=False, roles=[role] if role else False
        )
        mention = "" if role is None else role.mention
        link = await self._link(guild_id, reference)
        view = alert_card(self.desk.words.english, case, mention, link).view()
        await post_once(channel, view, nonce=nonce_of(parcel), allowed_mentions=allowed)

    async def assigned(self, parcel: Parcel) -> Finish | None:
        """Tell a staff member that a case is theirs, or is not any more.

        Whoever takes no direct messages is named in the staff channel instead, without a ping.
        """
        guild_id, reference = parcel.guild_id, str(parcel.payload["reference"])
        whom = await self.desk.triage.person(guild_id, int(parcel.payload["person"]))
        by = await self.desk.triage.person(guild_id, int(parcel.payload["by"]))
        if whom is None or not await self.desk.triage.sees(guild_id, reference, whom):
            return None
        t = guild_tongue(self.client, guild_id)
        away, note = bool(parcel.payload["away"]), bool(parcel.payload["note"])
        rows: list[Row] = []
        link = await self._link(guild_id, reference)
        if link:
            rows.append([Button(t("casework.button.card"), link)])
        card = Card(
            kind=t("casework.assigned.kind"),
            title=reference,
            body=_assignment(t, by, away=away, note=note),
            footer=self._server(guild_id),
            tone=Tone.STAFF,
            rows=rows,
        )
        if await write_to(self.client, whom, card, once=parcel.key):
            return None
        key = "casework.notice.away" if away else "casework.notice.assigned"
        notice = staff_notice(
            guild_id,
            key,
            once=f"assigned:{parcel.id}",
            reference=reference,
            who=self._name(guild_id, whom),
        )

        async def finish(session: AsyncSession) -> None:
            await self.desk.outbox.post(session, notice)

        return finish

    @on_button("case", "place", requires=Capability.STAFF)
    async def place(self, interaction: DeskInteraction, reference: str) -> None:
        """Lead from an alert to the card that was posted after it."""
        t, reference = tongue(interaction), reference_of(reference)
        await acknowledge(interaction)
        link = await self._link(guild_of(interaction), reference)
        if not link:
            raise Refused("casework.alert.no_card")
        rows: list[Row] = [[Button(t("casework.button.card"), link)]]
        await reply(interaction, Card(title=reference, tone=Tone.STAFF, rows=rows))

    async def _case(self, guild_id: int, reference: str) -> Case | None:
        try:
            return await self.desk.triage.case(guild_id, reference)
        except NoSuchConcern:
            return None

    async def _link(self, guild_id: int, reference: str) -> str:
        subject = f"{SUBJECT}{reference}"
        there = await self.desk.store.read(lambda session: placement_of(session, guild_id, subject))
        if there is None:
            return ""
        return f"https://discord.com/channels/{guild_id}/{there.channel_id}/{there.message_id}"

    def _server(self, guild_id: int) -> str:
        guild = self.client.get_guild(guild_id)
        return "" if guild is None else guild.name

    def _name(self, guild_id: int, user_id: int) -> str:
        guild = self.client.get_guild(guild_id)
        member = None if guild is None else guild.get_member(user_id)
        return f"{user_id}" if member is None else member.display_name


def _assignment(t: Tongue, by: int | None, *, away: bool, note: bool) -> str:
    said = t("casework.assigned.away" if away else "casework.assigned.body", who=staff_name(t, by))
    return f"{said}\n{t('casework.assigned.note')}" if note else said
