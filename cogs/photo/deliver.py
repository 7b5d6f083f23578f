"""Covering pictures on Discord, showing them, and taking them down.

The desk keeps no picture: it reads those of the author's message, frees them of metadata (with
which of them told a place), posts them covered, and only then takes the author's message down.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cleaning import MOST_BYTES, CleanFile, Form, Unfit, tells_place
from bot.moderation.photos import effects
from bot.moderation.photos.model import NoSuchPhoto, Photo, State
from bot.platform.access import permission_name
from bot.platform.cards import Attachment
from bot.platform.components import DeskCog
from bot.platform.courier import Finish, Undeliverable, nonce_of
from bot.platform.interactions import NOBODY
from bot.platform.mail import guild_tongue, person_tongue, take_away, write_to
from bot.platform.once import post_once
from bot.store.notices import staff_notice
from bot.store.outbox import Parcel
from cogs.photo import show

NEEDS = (
    "view_channel",
    "read_message_history",
    "send_messages",
    "attach_files",
    "manage_messages",
)
"""What the desk needs where it guards pictures."""

log = structlog.stdlib.get_logger(__name__)


class PhotoDelivery(DeskCog):
    """Performs the photo guard's effects."""

    async def cog_load(self) -> None:
        """Take on pictures among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(effects.COVER, self.cover)
        self.client.courier.handle(effects.SHOW, self.bring_up_to_date)
        self.client.courier.handle(effects.GONE, self.gone)
        self.client.courier.handle(effects.TELL, self.tell)

    async def cover(self, parcel: Parcel) -> Finish | None:
        """Post the pictures covered, then take the author's message down.

        Raises:
            Undeliverable: the desk lacks Manage Messages there.
            discord.HTTPException: Discord is in trouble.
        """
        photo = await self._photo(parcel)
        if photo is None or photo.state is not State.SEEN:
            return None
        guild = self.client.get_guild(photo.guild_id)
        here = None if guild is None else guild.get_channel_or_thread(photo.channel_id)
        if guild is not None and here is not None:
            may = here.permissions_for(guild.me)
            if lacks := [one for one in NEEDS if not getattr(may, one)]:
                return partial(self._lacks, photo, lacks)
        channel = self.client.get_partial_messageable(photo.channel_id, guild_id=photo.guild_id)
        try:
            message = await channel.fetch_message(photo.message_id)
        except discord.NotFound:
            return None  # its author was faster
        try:
            files, located = await self._cleaned(message.attachments)
        except Unfit:
            await self._take_down(photo)
            return lambda session: self.desk.photos.unfit(session, photo.guild_id, photo.message_id)
        t = guild_tongue(self.client, photo.guild_id)
        card = show.post_card(t, photo, files, answers=_answered(message))
        posted = await post_once(channel, card.view(), files=card.files(), nonce=nonce_of(parcel))
        await self._take_down(photo)
        return lambda session: self.desk.photos.covered(session, photo, posted.id, located=located)

    async def bring_up_to_date(self, parcel: Parcel) -> None:
        """Uncover the pictures, with what their author said.

        Raises:
            discord.HTTPException: Discord is in trouble.
        """
        photo = await self._photo(parcel)
        if photo is None or photo.state is not State.SHOWN or photo.post is None:
            return
        channel = self.client.get_partial_messageable(photo.channel_id, guild_id=photo.guild_id)
        try:
            message = await channel.fetch_message(photo.post)
            files = [await _read(one) for one in _pictures(message)]
            card = show.post_card(guild_tongue(self.client, photo.guild_id), photo, files)
            await message.edit(view=card.view(), attachments=card.files(), allowed_mentions=NOBODY)
        except (discord.NotFound, discord.Forbidden):
            log.info("photo.gone_already", guild=photo.guild_id)

    async def gone(self, parcel: Parcel) -> None:
        """Take the desk's post down.

        Raises:
            discord.HTTPException: Discord is in trouble.
        """
        await take_away(self.client, int(parcel.payload["channel"]), int(parcel.payload["post"]))

    async def tell(self, parcel: Parcel) -> None:
        """Tell the author in private what became of their pictures.

        Raises:
            TryLater, discord.HTTPException: not at the moment.
        """
        photo = await self._photo(parcel)
        if photo is None or photo.author is None:
            return
        locale = await self.desk.news.locale_of(photo.guild_id, photo.author)
        t = person_tongue(self.client, photo.guild_id, locale)
        guild = self.client.get_guild(photo.guild_id)
        server = guild.name if guild else t("guard.server")
        rule = self.desk.rules.ruleset.rule(photo.rule)
        card = show.author_card(t, photo, str(parcel.payload["why"]), rule, server)
        await write_to(self.client, photo.author, card, once=parcel.key)

    async def _cleaned(
        self, attached: Sequence[discord.Attachment]
    ) -> tuple[list[Attachment], bool]:
        """Return pictures as they may be shown, and whether one told a place.

        Raises:
            Unfit: one of them is no picture that can be covered.
            discord.HTTPException: Discord is in trouble.
        """
        files, located = list[Attachment](), False
        for place, one in enumerate(attached, start=1):
            if one.size > MOST_BYTES:
                raise Unfit(show.LARGE)
            data = await one.read()
            located = located or await asyncio.to_thread(tells_place, data)
            clean = await self.desk.attachments.clean(data, origin=f"discord:{one.id}")
            files.append(_attachment(clean, place, one.description or ""))
        return files, located

    async def _take_down(self, photo: Photo) -> None:
        if not await take_away(self.client, photo.channel_id, photo.message_id):
            raise Undeliverable("the desk lacks Manage Messages where it guards pictures")

    async def _lacks(self, photo: Photo, flags: Sequence[str], session: AsyncSession) -> None:
        notice = staff_notice(
            photo.guild_id,
            "photo.notice.lacks",
            once=f"photo:lacks:{photo.channel_id}",
            channel=str(photo.channel_id),
            permissions=", ".join(map(permission_name, flags)),
        )
        await self.desk.outbox.post(session, notice)

    async def _photo(self, parcel: Parcel) -> Photo | None:
        try:
            return await self.desk.photos.photo(parcel.guild_id, int(parcel.payload["message"]))
        except NoSuchPhoto:
            return None


def _attachment(clean: CleanFile, place: int, alt: str) -> Attachment:
    if clean.form is Form.TEXT:
        return Attachment(f"text-{place}.txt", clean.data.decode())
    name = f"picture-{place}.{clean.form.ending}"
    return Attachment(name, data=clean.data, alt=alt or show.NO_ALT, covered=True)


def _answered(message: discord.Message) -> str:
    """Return a link to the message that this one answers; "" if it answers none."""
    to = message.reference
    if to is None or to.message_id is None or to.type is not discord.MessageReferenceType.reply:
        return ""
    return to.jump_url


Picture = discord.Attachment | discord.UnfurledMediaItem


def _pictures(message: discord.Message) -> list[tuple[Picture, str]]:
    """Return the pictures of the desk's own post, each with its description."""
    if message.attachments:
        return [(one, one.description or "") for one in message.attachments]
    found: list[tuple[Picture, str]] = []
    for component in message.components:
        for part in getattr(component, "children", ()):
            if isinstance(part, discord.MediaGalleryComponent):
                found += [(item.media, item.description or "") for item in part.items]
            elif isinstance(part, discord.FileComponent):
                found.append((part.media, ""))
    return found


async def _read(picture: tuple[Picture, str]) -> Attachment:
    media, alt = picture
    data = await media.read()
    name = (media.filename if isinstance(media, discord.Attachment) else media.url).split("?")[0]
    name = name.rpartition("/")[2]
    if name.endswith(".txt"):
        return Attachment(name, data.decode())
    return Attachment(name, data=data, alt=alt or show.NO_ALT)
