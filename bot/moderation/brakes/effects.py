"""What brakes ask of Discord: effects for the outbox. They carry references only."""

from bot.moderation.brakes.records import BrakeRow
from bot.store.outbox import Effect

SLOW = "brake.slow"
"""Set the slow mode as a brake wants it, or as it was before. The payload is `{"number": n}`."""

LINE = "brake.line"
"""Say in the thread why it is slow, or that it is over. As `SLOW`."""


def slow(row: BrakeRow) -> Effect:
    """Set the slow mode as it ought to be now."""
    return _of(SLOW, row)


def line(row: BrakeRow) -> Effect:
    """Say how things stand."""
    return _of(LINE, row)


def _of(kind: str, row: BrakeRow) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"{kind}:{row.channel_id}",
        key=f"{kind}:{row.guild_id}:{row.number}:{row.version}",
        payload={"number": row.number},
    )
