"""Telling whoever has a case that its reporter wrote: once, until they have looked."""

import dataclasses

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.casefile import whole_of
from bot.concerns.model import Delivery, Direction, State
from bot.concerns.records import ConcernRow, LetterRow
from bot.store.outbox import Outbox


async def tell_claimant(
    session: AsyncSession,
    outbox: Outbox,
    row: ConcernRow,
    letter: LetterRow,
    *,
    coarse: bool = False,
) -> None:
    """Post, in the caller's transaction, word of a new letter to who has the case, if anybody has.

    What is written to a part of another concern is told to who has the whole. Somebody who writes
    in ten short messages is one piece of news, so whoever was told of one that they have not read
    yet is not told of the next.
    """
    if row.state == State.MERGED:
        row = await session.get_one(ConcernRow, await whole_of(session, row.id))
    if row.claimed_by_id is None:
        return
    unread = await session.scalar(
        select(LetterRow.id)
        .where(
            LetterRow.concern_id == letter.concern_id,
            LetterRow.id != letter.id,
            LetterRow.direction == Direction.FROM_REPORTER,
            LetterRow.delivery == Delivery.PENDING,
        )
        .limit(1)
    )
    if unread is None:
        await outbox.post(session, dataclasses.replace(effects.heard(row, letter), coarse=coarse))
