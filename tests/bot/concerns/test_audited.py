"""Who opened a case, and who did what with it, stands in the audit; what it says does not."""

import pytest

from bot.concerns.model import CloseReason, Draft, Kind, State
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.concerns.troubles import NoSuchConcern
from bot.store import Store
from bot.store.audit import Audit, Entry
from bot.store.people import People

GUILD, OTHER, ANA, SAM = 10_000_000_001, 10_000_000_002, 20_000_000_002, 30_000_000_003


async def _entries(store: Store, audit: Audit, guild_id: int = GUILD) -> list[Entry]:
    async def work(session):
        return [entry async for entry in audit.entries(session, guild_id)]

    return await store.read(work)


async def test_reads_and_changes_are_recorded_with_who_did_them_and_no_texts(
    store: Store, concerns: Concerns, triage: Triage, audit: Audit, people: People
):
    draft = Draft(Kind.PRIVACY, "my secret face")
    raised = await concerns.raise_(guild_id=GUILD, reporter_id=ANA, draft=draft, intake="1")
    reference = raised.reference
    await triage.open(GUILD, reference, SAM)
    await triage.open(GUILD, reference, SAM)
    await triage.claim(GUILD, reference, SAM)
    await triage.claim(GUILD, reference, SAM)
    await triage.reply(GUILD, reference, SAM, "my secret answer", intake="2")
    await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    await triage.read_out(GUILD, reference)

    entries = await _entries(store, audit)
    sam = await store.read(lambda session: people.find(session, GUILD, SAM))
    assert [entry.what.removeprefix("concern.") for entry in entries] == [
        *("moved", "opened", "opened", "moved", "claimed", "moved", "replied", "moved", "opened")
    ]
    assert sam is not None
    assert {entry.actor_id for entry in entries[:-1]} == {sam.id}
    assert entries[-1].actor_id is None
    assert entries[-1].detail == {"at": "terminal"}
    assert entries[-2].detail["reason"] == "resolved"
    assert {entry.subject for entry in entries} == {reference}
    assert "secret" not in repr(entries)
    assert str(SAM) not in repr(entries)
    assert (await store.read(lambda session: audit.verify(session, GUILD))).whole


async def test_what_is_refused_leaves_nothing(store: Store, triage: Triage, audit: Audit):
    with pytest.raises(NoSuchConcern):
        await triage.open(OTHER, "C-0000-00", SAM)
    with pytest.raises(NoSuchConcern):
        await triage.read_out(OTHER, "C-0000-00")
    assert await _entries(store, audit, OTHER) == []
