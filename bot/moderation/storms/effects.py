"""What storms ask of Discord: effects for the outbox. They carry references only."""

from bot.moderation.storms.records import StormRow
from bot.store.outbox import Effect

SHIELD = "storm.shield"
"""Set the server as a storm wants it, or as it was before. The payload is `{"number": number}`."""

BOARD = "storm.board"
"""Pin what is known, bring it up to date, or take the pin away. As `SHIELD`."""


def shield(row: StormRow) -> Effect:
    """Set the server as it ought to be now."""
    return _of(SHIELD, row)


def board(row: StormRow) -> Effect:
    """Show what is known, or that the storm is over."""
    return _of(BOARD, row)


def _of(kind: str, row: StormRow) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"{kind}:{row.guild_id}",
        key=f"{kind}:{row.guild_id}:{row.number}:{row.version}",
        payload={"number": row.number},
    )
