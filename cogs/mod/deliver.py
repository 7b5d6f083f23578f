"""What cases do on Discord: tell the member, act, end it, show the card, tell reporters."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import discord
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases import effects
from bot.moderation.cases.model import IN_FORCE, Act, Case, NoSuchCase, State, Told
from bot.platform.cards import Card
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, TryLater, nonce_of
from bot.platform.mail import person_tongue, rewrite, write_to
from bot.platform.once import post_once
from bot.platform.staffroom import staff_channel
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from bot.store.placements import Placement, place, placement_of
from cogs.mod.show import appeal_address, case_card, told_card

SUBJECT = "modcase:"
_PATIENCE = 3
_SOON = timedelta(seconds=10)
_GONE = frozenset({10007, 10013, 10026})
"""Discord's codes for: no such member, no such account, no such ban. Then it is so already."""

_SOFTBAN_SECONDS = 86_400

Deed = Callable[[discord.Guild, Case, str], Awaitable[None]]


class Delivery(DeskCog):
    """Performs the effects of cases."""

    async def cog_load(self) -> None:
        """Take on the effects of cases."""
        await super().cog_load()
        handle = self.client.courier.handle
        handle(effects.TELL, self.tell)
        handle(effects.ACT, self.perform)
        handle(effects.UNDO, self.undo)
        handle(effects.CARD, self.card)
        handle(effects.HEARD, self.hear)

    async def tell(self, parcel: Parcel) -> Finish | None:
        """Write to the member. What was decided waits for this, but not for long.

        Raises:
            discord.HTTPException: Discord is in trouble.
        """
        case = await self._case(parcel)
        what = str(parcel.payload["what"])
        if case is None or case.subject is None:
            return None
        if what == "decided" and case.state is State.LIFTED:
            return None
        guild = self.client.get_guild(parcel.guild_id)
        t = person_tongue(self.client, parcel.guild_id, self.client.languages.of(case.subject))
        server = "" if guild is None else guild.name
        card = told_card(self.desk, t, case, server, what, appeal_address(self.desk))
        try:
            reached = await write_to(self.client, case.subject, card, once=parcel.key)
        except TryLater as later:
            if parcel.attempts < _PATIENCE:
                raise TryLater(later.trouble, _SOON) from None
            reached = False
        if what != "decided":
            return None
        told = Told.YES if reached else Told.SHUT
        return lambda session: self.desk.cases.told(session, parcel.guild_id, case.reference, told)

    async def perform(self, parcel: Parcel) -> Finish | None:
        """Do what was decided; whatever of it is so already is left as it is.

        Raises:
            TryLater: the server is out of reach.
            discord.HTTPException: Discord is in trouble.
        """
        case = await self._case(parcel)
        if case is None or case.state not in IN_FORCE:
            return None
        if case.until is not None and case.until <= self.desk.clock():
            return partial(self._done, case)  # its time ran out while Discord was away
        deed = _DEEDS.get(case.act)
        if deed is None:
            return partial(self._done, case)
        return await self._try(parcel, case, deed, self._done)

    async def undo(self, parcel: Parcel) -> Finish | None:
        """End what a case did, unless it is wanted still.

        Raises:
            TryLater: the server is out of reach.
            discord.HTTPException: Discord is in trouble.
        """
        case = await self._case(parcel)
        if case is None or await self.desk.cases.wanted(parcel.guild_id, case.reference):
            return None
        # A timeout that became a warning is a warning now: what was done stands in the effect.
        act = Act(case.detail.get("was", case.act))
        deed = _UNDOING.get(act)
        return None if deed is None else await self._try(parcel, case, deed, self._undone)

    async def card(self, parcel: Parcel) -> Finish | None:
        """Bring a case's card up to date, in the staff channel.

        Raises:
            TryLater, Undeliverable: the staff channel is out of reach.
            discord.HTTPException: Discord refuses the card.
        """
        case = await self._case(parcel)
        channel = await staff_channel(self.client, parcel.guild_id)
        if case is None or channel is None:
            return None
        guild_id, subject = parcel.guild_id, f"{SUBJECT}{case.reference}"
        there = await self.desk.store.read(lambda session: placement_of(session, guild_id, subject))
        card = case_card(self.desk, self.desk.words.english, case)
        if there is not None and await rewrite(
            self.client, there.channel_id, there.message_id, card
        ):
            return None
        sent = await post_once(channel, card.view(), nonce=nonce_of(parcel))
        now = Placement(sent.channel.id, sent.id)
        return lambda session: place(session, guild_id, subject, now)

    async def hear(self, parcel: Parcel) -> Finish | None:
        """Tell a reporter what class of outcome there was, and no more.

        Raises:
            TryLater: Discord slows direct messages down.
            discord.HTTPException: Discord is in trouble.
        """
        report_id = int(parcel.payload["report"])
        hearing = await self.desk.cases.hearing(report_id)
        if hearing is None:
            return None
        t = person_tongue(self.client, parcel.guild_id, hearing.locale)
        key = "report.heard.nothing" if hearing.act is Act.NONE else "report.heard.acted"
        card = Card(kind=t("report.kind"), title=t("report.heard.title"), body=t(key))
        await write_to(self.client, hearing.user_id, card, once=parcel.key)
        return lambda session: self.desk.cases.heard(session, report_id)

    async def _case(self, parcel: Parcel) -> Case | None:
        try:
            return await self.desk.cases.case(parcel.guild_id, str(parcel.payload["reference"]))
        except NoSuchCase:
            return None

    async def _try(
        self,
        parcel: Parcel,
        case: Case,
        deed: Deed,
        then: Callable[[Case, AsyncSession], Awaitable[None]],
    ) -> Finish:
        guild = self.client.get_guild(parcel.guild_id)
        if guild is None or guild.unavailable:
            raise TryLater("Discord has the server out of reach")
        # The audit log has the reference and the rule: why, members of the server need not read.
        reason = f"{case.reference} ({case.rule})"
        try:
            await deed(guild, case, reason)
        except discord.HTTPException as error:
            if error.code in _GONE:
                return partial(then, case)
            if error.status >= 500 or error.status == 429:
                raise
            trouble = f"Discord refused: {error.status}, code {error.code}"
            return partial(self._failed, case, f"{parcel.id}", trouble)
        except _Missing as error:
            return partial(self._failed, case, f"{parcel.id}", str(error))
        return partial(then, case)

    async def _done(self, case: Case, session: AsyncSession) -> None:
        await self.desk.cases.done(session, case.guild_id, case.reference)

    async def _undone(self, case: Case, session: AsyncSession) -> None:
        await self.desk.cases.undone(session, case.guild_id, case.reference)

    async def _failed(self, case: Case, once: str, trouble: str, session: AsyncSession) -> None:
        await self.desk.cases.failed(session, case.guild_id, case.reference, trouble)
        notice = staff_notice(
            case.guild_id,
            "mod.notice.refused",
            once=f"refused:{case.reference}:{once}",
            reference=case.reference,
            trouble=trouble,
        )
        await self.desk.outbox.post(session, notice)


class _Missing(Exception):
    """What an act is on is not there any more."""


def _member(case: Case) -> discord.Object:
    if case.subject is None:
        raise _Missing("the member is not known any more")
    return discord.Object(case.subject)


def _channel(guild: discord.Guild, case: Case) -> discord.abc.GuildChannel:
    found = guild.get_channel(case.channel_id or 0)
    if found is None:
        raise _Missing("the channel is gone")
    return found


async def _timeout(guild: discord.Guild, case: Case, reason: str) -> None:
    # As Member.timeout does, without having to fetch the member first.
    until = None if case.until is None else case.until.isoformat()
    await guild._state.http.edit_member(
        guild.id, _member(case).id, reason=reason, communication_disabled_until=until
    )


async def _end_timeout(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild._state.http.edit_member(
        guild.id, _member(case).id, reason=reason, communication_disabled_until=None
    )


async def _kick(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild.kick(_member(case), reason=reason)


async def _ban(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild.ban(_member(case), reason=reason, delete_message_seconds=case.seconds or 0)


async def _unban(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild.unban(_member(case), reason=reason)


async def _softban(guild: discord.Guild, case: Case, reason: str) -> None:
    seconds = case.seconds or _SOFTBAN_SECONDS
    await guild.ban(_member(case), reason=reason, delete_message_seconds=seconds)
    await guild.unban(_member(case), reason=reason)


async def _take_role(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild._state.http.remove_role(
        guild.id, _member(case).id, case.role_id or 0, reason=reason
    )


async def _give_role(guild: discord.Guild, case: Case, reason: str) -> None:
    await guild._state.http.add_role(guild.id, _member(case).id, case.role_id or 0, reason=reason)


_VALUES = {"yes": True, "no": False}


async def _set_sending(guild: discord.Guild, case: Case, reason: str, value: bool | None) -> None:
    channel = _channel(guild, case)
    overwrite = channel.overwrites_for(guild.default_role)
    overwrite.update(send_messages=value)
    shown = None if overwrite.is_empty() else overwrite
    await channel.set_permissions(guild.default_role, overwrite=shown, reason=reason)


async def _lock(guild: discord.Guild, case: Case, reason: str) -> None:
    await _set_sending(guild, case, reason, value=False)


async def _unlock(guild: discord.Guild, case: Case, reason: str) -> None:
    # Somebody who set it otherwise meanwhile, meant it.
    if _channel(guild, case).overwrites_for(guild.default_role).send_messages is False:
        before = _VALUES.get(case.detail.get("before", ""))
        await _set_sending(guild, case, reason, value=before)


async def _slow(guild: discord.Guild, case: Case, reason: str) -> None:
    channel = _channel(guild, case)
    if isinstance(channel, discord.TextChannel):
        await channel.edit(slowmode_delay=case.seconds or 0, reason=reason)


async def _end_slow(guild: discord.Guild, case: Case, reason: str) -> None:
    channel = _channel(guild, case)
    # Somebody who set it otherwise meanwhile, meant it.
    if isinstance(channel, discord.TextChannel) and channel.slowmode_delay == case.seconds:
        await channel.edit(slowmode_delay=int(case.detail.get("before", "0")), reason=reason)


async def _purge(guild: discord.Guild, case: Case, reason: str) -> None:
    """Delete the messages between two, the first and the last of the preview, of one author."""
    channel: object = guild.get_channel_or_thread(case.channel_id or 0)
    if channel is None:  # an archived thread is not in memory
        channel = await guild.fetch_channel(case.channel_id or 0)
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return
    first, last = int(case.detail["first"]), int(case.detail["last"])
    author = int(case.detail.get("author", "0"))
    found = [
        message
        async for message in channel.history(
            limit=500, after=discord.Object(first - 1), before=discord.Object(last + 1)
        )
        if author in (0, message.author.id) and not message.pinned
    ]
    for start in range(0, len(found), 100):
        await channel.delete_messages(found[start : start + 100], reason=reason)


_DEEDS: dict[Act, Deed] = {
    Act.TIMEOUT: _timeout,
    Act.ROLE: _take_role,
    Act.KICK: _kick,
    Act.SOFTBAN: _softban,
    Act.BAN: _ban,
    Act.PURGE: _purge,
    Act.LOCK: _lock,
    Act.SLOW: _slow,
}
_UNDOING: dict[Act, Deed] = {
    Act.TIMEOUT: _end_timeout,
    Act.ROLE: _give_role,
    Act.BAN: _unban,
    Act.LOCK: _unlock,
    Act.SLOW: _end_slow,
}
