"""Reaching one person later: in the reply they are looking at, else by direct message.

An interaction's token lets whoever holds it edit its reply for fifteen minutes, in this process
or the next. So it is a secret: it is kept sealed, and only in the outbox until it was used.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.platform.cards import Card
from bot.platform.courier import TryLater
from bot.platform.interactions import NOBODY
from bot.platform.once import left_there, post_once
from bot.store.outbox import Parcel
from bot.vault import KeyTrouble, Vault
from bot.words import Tongue

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

TOKEN_LIFE = timedelta(minutes=15)
"""Discord's own limit (https://discord.com/developers/docs/interactions/receiving-and-responding)."""

FIRST_TRY = timedelta(minutes=10)
"""Until when a reply is filled in that was not tried before. The rest of its life is for trying
again: a reply may have been filled in by a desk that went down before it could note it."""

_NONCE = 25
_TOO_FAST = 40003
_SHUT = frozenset({10013, 50007, 50278})
"""Discord's codes for: no such account, direct messages closed, no server in common."""


@dataclass(frozen=True)
class ReplyAddress:
    """Where a reply is: the token of its interaction, and the language of who looks at it."""

    token: str = field(repr=False)
    locale: str
    code: str = field(default="", repr=False)
    """The return code to show there, for an anonymous concern."""

    @classmethod
    def of(cls, interaction: "discord.Interaction[DeskClient]") -> "ReplyAddress":
        """Return the address of an interaction's own reply."""
        return cls(interaction.token, str(interaction.locale.value))

    @classmethod
    def by_message(cls, locale: str | None) -> "ReplyAddress":
        """Return the address of somebody who wrote a direct message: there is no reply to fill."""
        return cls("", locale or "")

    def sealed(self, vault: Vault, *, code: str = "") -> bytes:
        """Return the address as the outbox may hold it, with a return code to show there."""
        return vault.seal(json.dumps([self.token, self.locale, code]).encode())

    @classmethod
    def opened(cls, sealed: bytes | None, vault: Vault) -> "ReplyAddress | None":
        """Open what `sealed` made; None if there is none or its key is gone."""
        try:
            return None if sealed is None else cls(*json.loads(vault.unseal(sealed)))
        except KeyTrouble:
            return None


async def bring(
    client: "DeskClient", parcel: Parcel, address: ReplyAddress | None, card: Card, user_id: int
) -> bool:
    """Show a person a card in the reply that waits for it, else by direct message, and not in both.

    False if they can be told in neither way. Anew, after another try that may have told them, it
    goes the same way.

    Raises:
        TryLater: Discord finds that the desk opens too many conversations at once.
        discord.HTTPException: Discord is in trouble, or refuses the card.
    """
    age = client.desk.clock() - parcel.created_at
    again = parcel.attempts > 1
    if address is not None and age < (TOKEN_LIFE if again else FIRST_TRY):
        if age >= FIRST_TRY and await _has_letter(client, user_id, once=parcel.key):
            return True
        if await fill_in(client, address, card):
            return True
    return await write_to(client, user_id, card, once=parcel.key)


async def fill_in(client: "DeskClient", address: ReplyAddress, card: Card) -> bool:
    """Edit the reply at `address` into `card`. May be repeated without being seen twice.

    False if Discord no longer has it: the token ran out, or the message or its channel is gone;
    and if there never was a reply, but a direct message only.

    Raises:
        discord.HTTPException: Discord is in trouble or wants us to wait.
    """
    if not address.token:
        return False
    # What `Interaction.edit_original_response` does, for an interaction of another process.
    hook = discord.Webhook.partial(client.application_id or 0, address.token, client=client)
    contents = handle_message_parameters(
        view=card.view(), attachments=card.files(), allowed_mentions=NOBODY
    )
    try:
        with contents as sent:
            await async_context.get().edit_original_interaction_response(
                hook.id,
                address.token,
                session=hook.session,
                proxy=client.http.proxy,
                proxy_auth=client.http.proxy_auth,
                payload=sent.payload,
                multipart=sent.multipart,
                files=sent.files,
            )
    except discord.HTTPException as error:
        if error.status == 429 or error.status >= 500:
            raise
        return False
    return True


async def write_to(client: "DeskClient", user_id: int, card: Card, *, once: str) -> bool:
    """Send a person a direct message. False if they cannot get one from the desk.

    See `post_to`, which says where the message stands.

    Raises:
        TryLater: Discord finds that the desk opens too many conversations at once.
        discord.HTTPException: Discord is in trouble, or refuses the card.
    """
    return await post_to(client, user_id, card, once=once) is not None


async def post_to(
    client: "DeskClient", user_id: int, card: Card, *, once: str
) -> discord.Message | None:
    """Send a person a direct message and return it. None if they cannot get one from the desk:
    they have closed theirs, blocked the desk, share no server with it any more, or are gone.

    `once` names the occasion. Its nonce makes Discord answer a repetition within minutes with the
    message that is there already, and after them the desk looks for it (once.py), so that trying
    again never tells anybody twice.

    Raises:
        TryLater: Discord finds that the desk opens too many conversations at once.
        discord.HTTPException: Discord is in trouble, or refuses the card.
    """
    try:
        channel = await client.create_dm(discord.Object(user_id))
        return await post_once(
            channel,
            card.view(),
            files=card.files(),
            nonce=_nonce(client, once),
        )
    except discord.HTTPException as error:
        if error.code == _TOO_FAST:
            raise TryLater("Discord slows direct messages down", timedelta(minutes=5)) from None
        if error.code in _SHUT or isinstance(error, discord.Forbidden | discord.NotFound):
            return None
        raise


async def _has_letter(client: "DeskClient", user_id: int, *, once: str) -> bool:
    """Say whether an earlier try left its direct message."""
    try:
        channel = await client.create_dm(discord.Object(user_id))
        return await left_there(channel, _nonce(client, once)) is not None
    except discord.HTTPException as error:
        if error.status == 429 or error.status >= 500:
            raise
        return False


def _nonce(client: "DeskClient", once: str) -> str:
    return client.desk.vault.fingerprint("nonce", once)[:_NONCE]


async def rewrite(client: "DeskClient", channel_id: int, message_id: int, card: Card) -> bool:
    """Edit a message of the desk into `card`. False if Discord does not let it, or has it no more.

    Raises:
        discord.HTTPException: Discord is in trouble or wants us to wait.
    """
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    try:
        await message.edit(view=card.view(), attachments=card.files(), allowed_mentions=NOBODY)
    except (discord.Forbidden, discord.NotFound):
        return False
    return True


async def take_away(client: "DeskClient", channel_id: int, message_id: int) -> bool:
    """Delete a message of the desk. False if Discord does not let it; True if it is gone already.

    Raises:
        discord.HTTPException: Discord is in trouble or wants us to wait.
    """
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    try:
        await message.delete()
    except discord.NotFound:
        return True
    except discord.Forbidden:
        return False
    return True


def person_tongue(client: "DeskClient", guild_id: int, locale: str | None) -> Tongue:
    """Return the words for a person by the language they were last seen to use, if any was seen."""
    return client.desk.words.tongue(locale) if locale else guild_tongue(client, guild_id)


def guild_tongue(client: "DeskClient", guild_id: int) -> Tongue:
    """Return a server's own language: for people whose language the desk does not know.

    A server that did not choose a language has English.
    """
    guild = client.get_guild(guild_id)
    return client.desk.words.tongue(None if guild is None else str(guild.preferred_locale.value))
