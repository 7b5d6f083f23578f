"""How far an audit log was read: the newest entry counts, whoever notes it first."""

import asyncio

import pytest

from bot.desk import Desk


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    """A desk with a small knowledge base, on either database."""
    return whole_desk


async def test_the_newest_entry_counts_however_many_note_at_once(desk: Desk):
    assert await desk.audit_marks.of(1) is None
    await asyncio.gather(*(desk.audit_marks.note(1, entry) for entry in (5, 9, 7, 3)))
    assert await desk.audit_marks.of(1) == 9
    await desk.audit_marks.note(1, 4)
    assert await desk.audit_marks.of(1) == 9
    assert await desk.audit_marks.of(2) is None
