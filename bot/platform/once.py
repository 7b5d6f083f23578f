"""Posting the one message that delivers an effect, and not a second one when it is tried again.

Discord honors a nonce for some minutes only. A desk that went down just after it had posted, and
was away for longer, cannot tell by it whether the message is there. So the first component of
each such message bears a number made of its nonce, and before it is posted again after so long,
the desk looks for that number among its own messages there
(https://docs.discord.com/developers/components/reference#anatomy-of-a-component).
"""

import hashlib
from collections.abc import Sequence

import discord
import structlog

from bot.platform.courier import doubtful_since
from bot.platform.interactions import NOBODY

_MOST_LOOKED_THROUGH = 1000
_LARGEST = 2**31 - 1

log = structlog.stdlib.get_logger(__name__)


async def post_once(
    channel: discord.abc.Messageable,
    view: discord.ui.LayoutView,
    *,
    nonce: str,
    files: Sequence[discord.File] = (),
    allowed_mentions: discord.AllowedMentions = NOBODY,
) -> discord.Message:
    """Post a message under a nonce, or return the one that an earlier try left there.

    Raises:
        discord.HTTPException: Discord is in trouble, or refuses the message.
    """
    view.children[0].id = _mark(nonce)
    return await left_there(channel, nonce) or await channel.send(
        view=view, files=files, nonce=nonce, allowed_mentions=allowed_mentions
    )


async def left_there(channel: discord.abc.Messageable, nonce: str) -> discord.Message | None:
    """Return the message of a nonce, if an earlier try may have posted it longer ago than that
    holds. Beyond a thousand messages, or where the desk may not read, it is taken not to be there.

    Raises:
        discord.HTTPException: Discord is in trouble.
    """
    since, mark = doubtful_since.get(), _mark(nonce)
    if since is None:
        return None
    try:
        async for message in channel.history(
            limit=_MOST_LOOKED_THROUGH, after=since, oldest_first=True
        ):
            if message.author.bot and any(
                getattr(one, "id", None) == mark for one in message.components
            ):
                log.info("once.was_there")
                return message
    except discord.Forbidden:
        log.warning("once.may_not_read")
    return None


def _mark(nonce: str) -> int:
    """Return a component's id for a nonce: 1 to 2^31 - 1; 0 would be none."""
    digest = hashlib.blake2b(nonce.encode(), digest_size=8).digest()
    return 1 + int.from_bytes(digest) % _LARGEST
