"""What staff do all day reads along an index: no plan scans the ledger, none sorts it."""

import pytest
from sqlalchemy import event

from bot.concerns.finding.filters import Filter
from bot.concerns.finding.service import Finding
from bot.concerns.model import Draft, Kind, State
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.store import Store
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, SAM = 11, 9


@pytest.mark.sqlite
async def test_no_hot_path_scans_or_sorts_the_ledger(
    concerns: Concerns,
    triage: Triage,
    store: Store,
    people: People,
    vault: Vault,
    clock: StandingClock,
):
    references = [
        (
            await concerns.raise_(
                guild_id=GUILD,
                reporter_id=1,
                draft=Draft(Kind.ETHICS, f"portrait {number}"),
                intake=f"{number}",
            )
        ).reference
        for number in range(3)
    ]
    await triage.claim(GUILD, references[0], SAM)
    finding = Finding(store, people, vault, clock)
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(store.reader.sync_engine, "before_cursor_execute", note)
    for chosen in (
        Filter(),
        Filter(kind=Kind.ETHICS),
        Filter(state=State.CLOSED),
        Filter(claimed_by=SAM),
        Filter(claimed_by=0),
        Filter(quiet_days=1),
    ):
        await triage.queue(GUILD, chosen, by=SAM)
        await triage.queue(GUILD, chosen, by=SAM, after=references[1])
        await triage.queue(GUILD, chosen, by=SAM, before=references[1])
    await triage.next(GUILD, by=SAM)
    await finding.searching.search(GUILD, "portraits", by=SAM)
    await finding.likeness.similar(GUILD, references[0], by=SAM)
    event.remove(store.reader.sync_engine, "before_cursor_execute", note)

    assert len(asked) > 30
    async with store.reader.connect() as connection:
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan]
            for step in steps:
                scan = step.startswith("SCAN concern") and "USING" not in step
                assert not scan, (step, statement)
                sorts = "TEMP B-TREE FOR ORDER BY" in step and "LIMIT" in statement
                assert not sorts or "concern_token" in statement, (steps, statement)
