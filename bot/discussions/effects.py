"""What sessions ask of Discord: effects for the outbox. They carry references only.

All that happens to one session stands in one lane, so that people read it in order; what one
person is told stands in a lane of that person's.
"""

from bot.discussions.records import SessionRow
from bot.store.outbox import Effect

SHOW = "session.show"
EVENT = "session.event"
GATE = "session.gate"
TELL = "session.tell"
MESSAGE = "session.message"


def show(row: SessionRow, *, again: str = "") -> Effect:
    """Bring a session's post up to date, and make it if it is not there."""
    return _of(SHOW, row, f"{row.version}{again}", {})


def event(row: SessionRow) -> Effect:
    """Bring Discord's own event up to date."""
    return _of(EVENT, row, f"{row.version}", {})


def gate(row: SessionRow) -> Effect:
    """Set who may write in a session's post, and how fast, as its state wants it."""
    return _of(GATE, row, f"{row.version}", {})


def tell(row: SessionRow, what: str, *, late: int = 0, everybody: bool = False) -> Effect:
    """Say in a session's post what happened; `late` says by how many minutes it is late.

    `everybody` says that those who are interested in Discord's event are told as well.
    """
    payload: dict[str, object] = {"what": what, "late": late, "everybody": everybody}
    return _of(TELL, row, f"{what}:{row.version}", payload)


def message(row: SessionRow, person_id: int, what: str) -> Effect:
    """Write to somebody who comes, follows or hosts (a row in person)."""
    return Effect(
        kind=MESSAGE,
        guild_id=row.guild_id,
        lane=f"person:{person_id}",
        key=f"session.message:{row.guild_id}:{row.reference}:{row.sequence}:{what}:{person_id}",
        payload={
            "reference": row.reference,
            "person": person_id,
            "what": what,
            "sequence": row.sequence,
        },
    )


def _of(kind: str, row: SessionRow, once: str, payload: dict[str, object]) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"session:{row.guild_id}:{row.reference}",
        key=f"{kind}:{row.guild_id}:{row.reference}:{once}",
        payload={"reference": row.reference, **payload},
    )
