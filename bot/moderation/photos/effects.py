"""What guarded pictures ask of Discord: effects for the outbox. They carry references only."""

from bot.moderation.photos.records import PhotoRow
from bot.store.outbox import Effect

COVER = "photo.cover"
"""Post the pictures covered, and take the author's message down. The payload is `{"message": id}`.
"""

SHOW = "photo.show"
"""Bring the desk's post up to date after its author said who is in it. As `COVER`."""

GONE = "photo.gone"
"""Take the desk's post down. The payload is `{"channel": id, "post": id}`."""

TELL = "photo.tell"
"""Tell the author, in private, what became of it. As `COVER`, with `why`: `located`, `expired`,
`unfit`."""


def cover(row: PhotoRow) -> Effect:
    """Cover the pictures."""
    return _of(COVER, row, "")


def show(row: PhotoRow) -> Effect:
    """Show what was said."""
    return _of(SHOW, row, str(row.said))


def tell(row: PhotoRow, why: str) -> Effect:
    """Tell the author."""
    effect = _of(TELL, row, why)
    return Effect(
        effect.kind,
        effect.guild_id,
        f"{TELL}:{row.message_id}",  # it waits for nothing, and nothing for it
        effect.key,
        {**effect.payload, "why": why},
    )


def gone(row: PhotoRow) -> Effect:
    """Take the desk's post down. Its author may be forgotten by then, so the effect says which."""
    return gone_of(row.guild_id, row.message_id, row.channel_id, row.post_id or 0)


def gone_of(guild_id: int, message_id: int, channel_id: int, post_id: int) -> Effect:
    """Take down the desk's post of somebody who is forgotten."""
    return Effect(
        kind=GONE,
        guild_id=guild_id,
        lane=f"photo:{message_id}",
        key=f"{GONE}:{message_id}:",
        payload={"channel": channel_id, "post": post_id},
    )


def _of(kind: str, row: PhotoRow, occasion: str) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"photo:{row.message_id}",
        key=f"{kind}:{row.message_id}:{occasion}",
        payload={"message": row.message_id},
    )
