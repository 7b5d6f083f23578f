"""What storms ask of Discord: effects for the outbox. They carry references only."""

from bot.moderation.spells import asks
from bot.moderation.storms.records import StormRow
from bot.store.outbox import Effect

SHIELD = "storm.shield"
"""Set the server as a storm wants it, or as it was before. The payload is `{"number": number}`."""

BOARD = "storm.board"
"""Pin what is known, bring it up to date, or take the pin away. As `SHIELD`."""


def shield(row: StormRow) -> Effect:
    """Set the server as it ought to be now."""
    return asks(SHIELD, row, row.guild_id)


def board(row: StormRow) -> Effect:
    """Show what is known, or that the storm is over."""
    return asks(BOARD, row, row.guild_id)
