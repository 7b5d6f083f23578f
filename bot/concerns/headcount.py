"""How many people stand behind a concern: its reporter, those of its parts, and who joined them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import heads_of
from bot.concerns.joining.model import OFFERABLE
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import State
from bot.concerns.records import ConcernRow

_AT_ONCE = 500


async def people_of(
    session: AsyncSession, concern_ids: Collection[int], *, counted: bool = False
) -> dict[int, frozenset[int]]:
    """Return, for each of these concerns, the row ids of the people who raised or joined it.

    Each person is there once, however often they said it. With `counted` only those who let
    themselves be counted are there.
    """
    heads = await heads_of(session, concern_ids)
    found: dict[int, set[int]] = {one: set() for one in concern_ids}
    ids = sorted(heads)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        reporters = select(
            ConcernRow.id, ConcernRow.reporter_id, ConcernRow.consent, ConcernRow.state
        ).where(ConcernRow.id.in_(some))
        for concern_id, person_id, consent, state in await session.execute(reporters):
            # A part that its reporter took back, or that went its own way, is part no more.
            inside = heads[concern_id] == concern_id or state == State.MERGED
            if inside and (not counted or consent in OFFERABLE):
                found[heads[concern_id]].add(person_id)
        joined = select(VoiceRow.concern_id, VoiceRow.person_id, VoiceRow.consent).where(
            VoiceRow.concern_id.in_(some), VoiceRow.withdrawn_at.is_(None)
        )
        for concern_id, person_id, consent in await session.execute(joined):
            if not counted or consent in OFFERABLE:
                found[heads[concern_id]].add(person_id)
    return {one: frozenset(there) for one, there in found.items()}


async def raised_by(session: AsyncSession, concern_id: int) -> int:
    """Return how many people raised or joined a concern, of those who let themselves be counted."""
    found = await people_of(session, [concern_id], counted=True)
    return len(found[concern_id])
