"""What the ledger asks of Discord: effects for the outbox. They carry references only."""

from collections.abc import Sequence

from bot.cleaning import Refusal
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import Case
from bot.concerns.records import ConcernRow, LetterRow
from bot.store.outbox import Effect

CARD = "concern.card"
RECEIPT = "concern.receipt"
LETTER = "concern.letter"
NEWS = "concern.news"
LETTER_CHANGED = "concern.letter_changed"
HEARD = "concern.heard"
ADDED = "concern.added"
DONE = "concern.done"
ALERT = "concern.alert"
ASSIGNED = "concern.assigned"
JOINED = "concern.joined"
VOICE_NEWS = "concern.voice_news"


def card(row: ConcernRow | Case, *, again: str = "") -> Effect:
    """Bring the staff card up to date. `again` names a reason to do so at the same version."""
    return Effect(
        kind=CARD,
        guild_id=row.guild_id,
        lane=f"card:{row.reference}",
        key=f"card:{row.guild_id}:{row.reference}:{row.version}{again}",
        payload={"reference": row.reference, "version": row.version},
    )


def receipt(row: ConcernRow, sealed: bytes | None) -> Effect:
    """Tell the person that it is logged, in the reply they are looking at."""
    return Effect(
        kind=RECEIPT,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"receipt:{row.guild_id}:{row.reference}",
        payload={"reference": row.reference},
        sealed=sealed,
    )


def letter(row: ConcernRow, written: LetterRow) -> Effect:
    """Bring a staff member's reply to the reporter."""
    return Effect(
        kind=LETTER,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"letter:{written.id}",
        payload={"reference": row.reference, "letter": written.id},
    )


def letter_changed(row: ConcernRow, written: LetterRow) -> Effect:
    """Change a letter that the reporter has, or take it away again."""
    return Effect(
        kind=LETTER_CHANGED,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"letter:{written.id}:{written.revision}",
        payload={"reference": row.reference, "letter": written.id},
    )


def heard(row: ConcernRow, written: LetterRow) -> Effect:
    """Tell the staff member who has a case that its reporter wrote."""
    return Effect(
        kind=HEARD,
        guild_id=row.guild_id,
        lane=f"staff:{row.claimed_by_id}",
        key=f"heard:{written.id}:{written.revision}",
        payload={"reference": row.reference, "letter": written.id},
    )


def added(
    row: ConcernRow,
    written: LetterRow,
    sealed: bytes,
    *,
    files: int = 0,
    refused: Sequence[Refusal] = (),
) -> Effect:
    """Confirm, in the reply they are looking at, that what the reporter added is kept.

    `files` says how many files are kept with it, `refused` why others are not.
    """
    return Effect(
        kind=ADDED,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"added:{written.id}",
        payload={"reference": row.reference, "files": files, "refused": list(map(str, refused))},
        sealed=sealed,
    )


def done(row: ConcernRow, what: str, sealed: bytes, *, once: str) -> Effect:
    """Confirm what a reporter did with their concern; `once` is the fingerprint of the act."""
    return Effect(
        kind=DONE,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"done:{once}",
        payload={"reference": row.reference, "what": what},
        sealed=sealed,
    )


def alerts(row: ConcernRow) -> list[Effect]:
    """Tell staff at once, if this concern is urgent: once each time it becomes so."""
    if row.urgent is None:
        return []
    return [
        Effect(
            kind=ALERT,
            guild_id=row.guild_id,
            lane=f"alert:{row.guild_id}",
            key=f"alert:{row.guild_id}:{row.reference}:{row.version}",
            payload={"reference": row.reference},
        )
    ]


def assigned(row: ConcernRow, person_id: int, by_id: int, *, away: bool, note: bool) -> Effect:
    """Tell a staff member (rows in person) that somebody gave them a case, or took it `away`."""
    return Effect(
        kind=ASSIGNED,
        guild_id=row.guild_id,
        lane=lane_of(person_id),
        key=f"assigned:{row.guild_id}:{row.reference}:{row.version}:{person_id}",
        payload={
            "reference": row.reference,
            "person": person_id,
            "by": by_id,
            "away": away,
            "note": note,
        },
    )


def joined(person_id: int, voice: VoiceRow, sealed: bytes) -> Effect:
    """Confirm, in the reply they are looking at, that somebody's voice was added to a concern."""
    return Effect(
        kind=JOINED,
        guild_id=voice.guild_id,
        lane=lane_of(person_id),
        key=f"joined:{voice.guild_id}:{voice.reference}",
        payload={"voice": voice.reference},
        sealed=sealed,
    )


def voice_news(row: ConcernRow, voice: str, person_id: int) -> Effect:
    """Tell somebody who joined a concern where it stands now."""
    return Effect(
        kind=VOICE_NEWS,
        guild_id=row.guild_id,
        lane=lane_of(person_id),
        key=f"voice:{row.guild_id}:{voice}:{row.id}:{row.version}",
        payload={"voice": voice, "state": str(row.state)},
    )


def voice_briefed(guild_id: int, voice: str, person_id: int, brief: str) -> Effect:
    """Tell somebody who joined a concern that a brief which counts them was sent."""
    return Effect(
        kind=VOICE_NEWS,
        guild_id=guild_id,
        lane=lane_of(person_id),
        key=f"voice:{guild_id}:{voice}:{brief}",
        payload={"voice": voice, "brief": brief},
    )


def lane_of(reporter_id: int) -> str:
    """One lane a reporter: what they are told arrives in the order it happened."""
    return f"person:{reporter_id}"
