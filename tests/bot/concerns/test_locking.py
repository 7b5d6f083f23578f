"""Of two who change the same merged concerns, neither waits for the other crosswise."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import MergeRow
from bot.concerns.clockwork import Clockwork
from bot.concerns.hours import Hours
from bot.concerns.joining.personal import JoiningOfPeople
from bot.concerns.joining.records import VoiceRow
from bot.concerns.locking import locked
from bot.concerns.model import Draft, Kind
from bot.concerns.records import ConcernRow
from bot.concerns.service import Concerns
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from tests.conftest import StandingClock

GUILD, ANA, SAM = 11, 1, 9
_LOOKS = 2000


@pytest.fixture
async def part_and_whole(concerns: Concerns, store: Store, clock: StandingClock) -> tuple[int, int]:
    """A part with a lower row id than its whole, both open, with clocks that run, and joined."""
    for who in (2, 3):
        await concerns.raise_(
            guild_id=GUILD, reporter_id=who, draft=Draft(Kind.PRIVACY, f"{who}"), intake=f"{who}"
        )
    await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.PRIVACY, "a"), intake="a"
    )

    async def merge(session: AsyncSession) -> tuple[int, int]:
        rows = list(await session.scalars(select(ConcernRow).order_by(ConcernRow.id)))
        part, whole, hers = rows
        session.add(
            MergeRow(
                concern_id=part.id,
                guild_id=GUILD,
                into_id=whole.id,
                was_state="received",
                into_priority=2,
                at=clock(),
            )
        )
        for row in (part, whole):
            session.add(
                VoiceRow(
                    guild_id=GUILD,
                    reference=f"V-{row.id}",
                    concern_id=row.id,
                    person_id=hers.reporter_id,
                    intake=f"v{row.id}",
                    content=b"",
                    consent="count",
                    consent_version=1,
                    at=clock(),
                )
            )
        await session.flush()
        return part.id, whole.id

    return await store.write(merge)


@pytest.mark.parametrize("who", ["erasing", "hours", "winding"])
async def test_whoever_changes_many_takes_the_whole_first(
    store: Store,
    outbox: Outbox,
    people: People,
    audit: Audit,
    clock: StandingClock,
    part_and_whole: tuple[int, int],
    who: str,
) -> None:
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    part, whole = part_and_whole
    clockwork = Clockwork(store, outbox, people, audit, clock)

    async def erase(session: AsyncSession) -> None:
        (known,) = await people.known(session, ANA, GUILD)
        await JoiningOfPeople(outbox, people, clock).erase(session, known.person)

    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "erasing": lambda: store.write(erase),
        "hours": lambda: clockwork.set_hours(GUILD, SAM, Hours(target=600)),
        "winding": lambda: clockwork.wind_up(GUILD),
    }
    if who == "winding":
        bare = update(ConcernRow).values(due_at=None, clock_left=None, clock_from=None)
        await store.write(lambda session: session.execute(bare))
    held = asyncio.Event()
    go = asyncio.Event()

    async def crosswise(session: AsyncSession) -> None:
        await locked(session, whole)
        held.set()
        await go.wait()
        await session.execute(text("SET LOCAL lock_timeout = '5s'"))
        await locked(session, part)

    async def somebody_waits(session: AsyncSession) -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(await session.scalar(text(query)))

    first = asyncio.create_task(store.write(crosswise))
    await held.wait()
    second = asyncio.ensure_future(acts[who]())
    for _ in range(_LOOKS):
        if await store.read(somebody_waits):
            break
    else:
        raise AssertionError("nobody waited for the whole")
    go.set()

    await first
    await second
