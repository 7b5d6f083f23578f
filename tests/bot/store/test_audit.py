"""The audit: appended with what it tells of, chained, and loud about whoever meddles."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.store import Store
from bot.store.audit import Audit, Entry, Verdict
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, OTHER, SAM = 10_000_000_001, 10_000_000_002, 30_000_000_003


@pytest.fixture
def audit(vault: Vault, clock: StandingClock) -> Audit:
    """The audit."""
    return Audit(vault, clock)


async def _record(store: Store, audit: Audit, subject: str, guild_id: int = GUILD) -> Entry:
    async def work(session):
        return await audit.record(
            session, guild_id, None, "concern.opened", subject, {"b": "2", "a": "1"}
        )

    return await store.write(work)


async def _verify(store: Store, audit: Audit, guild_id: int = GUILD) -> Verdict:
    return await store.read(lambda session: audit.verify(session, guild_id))


async def _entries(store: Store, audit: Audit, guild_id: int = GUILD) -> list[Entry]:
    async def work(session):
        return [entry async for entry in audit.entries(session, guild_id)]

    return await store.read(work)


async def _meddle(store: Store, *statements: str) -> None:
    """Write past the triggers, as somebody with the database in their hands can."""
    guards = {
        "audit_unchanged": "audit",
        "audit_undeleted": "audit",
        "audit_chain_undeleted": "audit_chain",
    }

    async def work(session):
        for guard, table in guards.items():
            on = f" ON {table}" if store.dialect == "postgresql" else ""
            await session.execute(text(f"DROP TRIGGER IF EXISTS {guard}{on}"))
        for statement in statements:
            await session.execute(text(statement))

    await store.write(work)


async def test_entries_are_numbered_and_kept_per_guild(store: Store, audit: Audit):
    await _record(store, audit, "C-1")
    await _record(store, audit, "C-2")
    await _record(store, audit, "C-9", OTHER)

    assert [(one.number, one.subject) for one in await _entries(store, audit)] == [
        (1, "C-1"),
        (2, "C-2"),
    ]
    assert [one.subject for one in await _entries(store, audit, OTHER)] == ["C-9"]
    assert (await _verify(store, audit)).entries == 2
    assert (await _verify(store, audit)).whole
    assert (await _verify(store, audit, 77)).whole


async def test_an_entry_is_kept_with_the_work_it_tells_of_or_not_at_all(store: Store, audit: Audit):
    async def work(session):
        await audit.record(session, GUILD, None, "concern.opened", "C-1")
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(work)
    assert await _entries(store, audit) == []


async def test_entries_at_the_same_instant_make_one_chain(store: Store, audit: Audit):
    await asyncio.gather(*(_record(store, audit, f"C-{number}") for number in range(20)))

    assert [one.number for one in await _entries(store, audit)] == list(range(1, 21))
    assert (await _verify(store, audit)).whole


async def test_the_actor_is_a_person_of_the_desk(
    store: Store, audit: Audit, people: People, clock: StandingClock
):
    async def work(session):
        sam = await people.ensure(session, GUILD, SAM, clock())
        return await audit.record(session, GUILD, sam.id, "concern.opened", "C-1"), sam.id

    entry, sam_id = await store.write(work)
    assert entry.actor_id == sam_id
    assert (await _verify(store, audit)).whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET subject = 'C-8'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit_chain",
    ],
)
async def test_the_database_itself_refuses_to_change_or_delete(
    store: Store, audit: Audit, statement: str
):
    await _record(store, audit, "C-1")
    with pytest.raises(DBAPIError, match="append-only"):
        await store.write(lambda session: session.execute(text(statement)))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET subject = 'C-8' WHERE number = 2", 2),
        ("UPDATE audit SET what = 'concern.closed' WHERE number = 1", 1),
        ("UPDATE audit SET detail = '{}' WHERE number = 3", 3),
        ("UPDATE audit SET hash = 'x' WHERE number = 3", 3),
        ("UPDATE audit SET guild_id = 5 WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit_chain", 1),
        ("UPDATE audit_chain SET kept_after = 1, kept_hash = 'x'", 2),
    ],
)
async def test_whoever_writes_past_the_guards_is_found_out(
    store: Store, audit: Audit, statement: str, broken: int
):
    for number in (1, 2, 3):
        await _record(store, audit, f"C-{number}")
    await _meddle(store, statement)

    verdict = await _verify(store, audit)
    assert not verdict.whole
    assert verdict.broken == broken
    assert verdict.why


async def test_a_removed_beginning_is_found_out_however_the_chain_is_patched(
    store: Store, audit: Audit
):
    for number in (1, 2, 3):
        await _record(store, audit, f"C-{number}")
    await _meddle(
        store,
        "UPDATE audit_chain SET kept_after = 1, "
        "kept_hash = (SELECT hash FROM audit WHERE number = 1)",
        "DELETE FROM audit WHERE number = 1",
    )
    assert (await _verify(store, audit)).why == "the start or the end of the chain was moved"


async def test_a_removed_end_is_found_out_however_the_chain_is_patched_and_ever_after(
    store: Store, audit: Audit
):
    for number in (1, 2, 3):
        await _record(store, audit, f"C-{number}")
    await _meddle(
        store,
        "DELETE FROM audit WHERE number = 3",
        "UPDATE audit_chain SET number = 2, hash = (SELECT hash FROM audit WHERE number = 2)",
    )
    assert not (await _verify(store, audit)).whole
    await _record(store, audit, "C-4")
    assert (await _verify(store, audit)).why == "the start or the end of the chain was moved"


async def test_retention_shortens_the_chain_from_its_beginning_and_says_so(
    store: Store, audit: Audit, clock: StandingClock
):
    await _record(store, audit, "C-1")
    await _record(store, audit, "C-2")
    clock.move(days=10)
    cutoff = clock.now
    await _record(store, audit, "C-3")

    assert await store.read(lambda session: audit.count_before(session, cutoff)) == 2
    removed = await store.write(lambda session: audit.forget_before(session, GUILD, cutoff))
    again = await store.write(lambda session: audit.forget_before(session, GUILD, cutoff))

    assert (removed, again) == (2, 0)
    assert [(one.number, one.what) for one in await _entries(store, audit)] == [
        (3, "concern.opened"),
        (4, "audit.shortened"),
    ]
    assert (await _verify(store, audit)).whole
    with pytest.raises(DBAPIError, match="append-only"):
        await store.write(
            lambda session: session.execute(text("DELETE FROM audit WHERE number = 3"))
        )
