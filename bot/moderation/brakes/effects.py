"""What brakes ask of Discord: effects for the outbox. They carry references only."""

from bot.moderation.brakes.records import BrakeRow
from bot.moderation.spells import asks
from bot.store.outbox import Effect

SLOW = "brake.slow"
"""Set the slow mode as a brake wants it, or as it was before. The payload is `{"number": n}`."""

LINE = "brake.line"
"""Say in the thread why it is slow, or that it is over. As `SLOW`."""


def slow(row: BrakeRow) -> Effect:
    """Set the slow mode as it ought to be now."""
    return asks(SLOW, row, row.channel_id)


def line(row: BrakeRow) -> Effect:
    """Say how things stand."""
    return asks(LINE, row, row.channel_id)
