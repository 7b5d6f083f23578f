"""An opinion map of 10,000 people by 500 statements, drawn (bar: 10 s); 5,000 votes (bar: 60 s).

The bars are on the time of one processor: others may use the machine meanwhile.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.records import StatementRow, VoterRow
from bot.discussions.opinions.service import Opinions
from bot.discussions.polls.model import Asked, Kind
from bot.discussions.polls.service import Polls
from bot.ids import system_randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People, PersonRow
from bot.store.seal import check_seal
from bot.vault import Vault, open_vault

PEOPLE, STATEMENTS, CAMPS = 10_000, 500, 3
ANSWERED = 0.3
"""The share of statements that each person voted on."""
VOTES, TOGETHER = 5_000, 50
BAR_DRAWN, BAR_VOTES = 10.0, 60.0
GUILD, HOST, FIRST = 1, 5, 10**17

Seconds = tuple[float, float]
"""By the clock on the wall, and of the processor."""
Timed = tuple[Seconds, list[float]]


def run() -> None:
    """Print how long drawing takes, with everything sealed to begin with, and voting."""
    with tempfile.TemporaryDirectory() as folder:
        drawn, groups, waits, polls = asyncio.run(measure(Path(folder)))
    size = f"{PEOPLE:,} people by {STATEMENTS} statements"
    print(f"{size} opened, computed and kept in {drawn[0]:.1f} s ({drawn[1]:.1f} s of processor)")
    print(f"groups found: {groups} (there are {CAMPS}, in equal parts)")
    for name, (seconds, each) in (("map", waits), ("poll", polls)):
        slowest = sorted(each)[int(len(each) * 0.99)] * 1000
        print(f"{VOTES:,} votes in a {name}, {TOGETHER} at a time: {seconds[0]:.1f} s", end=" ")
        print(f"({seconds[1]:.1f} s of processor)", end=", ")
        print(f"99 of 100 within {slowest:.0f} ms")
    assert drawn[1] < BAR_DRAWN
    assert waits[0][1] < BAR_VOTES
    assert polls[0][1] < BAR_VOTES


async def measure(folder: Path) -> tuple[Seconds, list[int], Timed, Timed]:
    """Fill a map, draw it, then vote in it and in a poll; return what that took."""
    url, key_file = f"sqlite+aiosqlite:///{folder / 'desk.db'}", folder / "desk.key"
    await migrate(url)
    vault, store = open_vault(key_file, None, None), Store(url)
    await check_seal(store, vault)
    people, outbox = People(vault), Outbox(store, utc_now)
    parts = (store, outbox, people, vault, Audit(vault, utc_now), utc_now, system_randomness())
    opinions, polls = Opinions(*parts), Polls(*parts)
    try:
        closes = utc_now() + timedelta(days=1)
        made = await opinions.open(
            GUILD, HOST, "Faces?", intake="1", channel_id=1, closes_at=closes
        )
        await _fill(store, people, vault, made.id)
        started = now()
        found = await opinions.drawn(GUILD, made.reference)
        drawn = since(started)
        groups = [] if found.figures is None else [one.size for one in found.figures.groups]
        choose = random.Random(1)

        async def vote(number: int) -> None:
            statement = choose.randrange(STATEMENTS) + 1
            voter = FIRST + number % PEOPLE
            await opinions.vote(GUILD, made.reference, voter, statement, Vote.AGREE)

        waits = await _timed(vote)
        asked = Asked("Which?", ("A", "B", "C", "D"), Kind.RANKED)
        poll = await polls.open(GUILD, HOST, asked, intake="2", channel_id=1, closes_at=closes)

        async def cast(number: int) -> None:
            ballot = tuple(choose.sample(range(4), 3))
            await polls.cast(GUILD, poll.reference, FIRST + number, ballot)

        casts = await _timed(cast)
        closed = await polls.close(GUILD, poll.reference, HOST)
        assert closed.voters == VOTES
    finally:
        await store.close()
    return drawn, groups, waits, casts


async def _timed(act: Callable[[int], Awaitable[None]]) -> Timed:
    """Do something for each vote, `TOGETHER` at a time; return seconds in all, and of each."""
    each: list[float] = []

    async def timed(number: int) -> None:
        began = time.perf_counter()
        await act(number)
        each.append(time.perf_counter() - began)

    started = now()
    for first in range(0, VOTES, TOGETHER):
        await asyncio.gather(*(timed(one) for one in range(first, first + TOGETHER)))
    return since(started), each


def now() -> Seconds:
    """Return where both clocks stand."""
    return time.perf_counter(), time.process_time()


def since(started: Seconds) -> Seconds:
    """Return the seconds that went by on both."""
    wall, processor = now()
    return wall - started[0], processor - started[1]


async def _fill(store: Store, people: People, vault: Vault, map_id: int) -> None:
    """Add statements, and people in camps who vote as their camp does, more or less."""
    dice, at = np.random.default_rng(1), utc_now()
    leanings = dice.random((CAMPS, STATEMENTS))

    async def statements(session: AsyncSession) -> None:
        host = PersonRow(
            guild_id=GUILD,
            fingerprint="host",
            identity=None,
            text_key=vault.new_text_key(),
            since=at,
        )
        session.add(host)
        await session.flush()
        session.add_all(
            StatementRow(
                guild_id=GUILD,
                map_id=map_id,
                number=number,
                author_id=host.id,
                content=people.seal(f"Statement {number}", host.text_key or b""),
                print=f"{number}",
                stage="shown",
                seen=0,
                at=at,
            )
            for number in range(1, STATEMENTS + 1)
        )

    await store.write(statements)
    for first in range(0, PEOPLE, 1000):

        async def voters(session: AsyncSession, first: int = first) -> None:
            rows = [
                PersonRow(
                    guild_id=GUILD,
                    fingerprint=people.fingerprint(GUILD, FIRST + number),
                    identity=vault.seal(str(FIRST + number).encode()),
                    text_key=vault.new_text_key(),
                    since=at,
                )
                for number in range(first, first + 1000)
            ]
            session.add_all(rows)
            await session.flush()
            for place, row in enumerate(rows):
                agrees = dice.random(STATEMENTS) < leanings[(first + place) % CAMPS]
                votes = np.where(agrees, Vote.AGREE, Vote.DISAGREE)
                votes[dice.random(STATEMENTS) > ANSWERED] = Vote.NONE
                session.add(
                    VoterRow(
                        map_id=map_id,
                        person_id=row.id,
                        guild_id=GUILD,
                        votes=people.seal_bytes(
                            votes.astype(np.int8).tobytes(), row.text_key or b""
                        ),
                        round=0,
                    )
                )

        await store.write(voters)
