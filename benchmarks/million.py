"""Finding concerns among a million: each act within three times its time among ten thousand."""

import asyncio
import contextlib
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.concerns.finding.filters import Filter
from bot.concerns.finding.index import TokenIndex, rounded
from bot.concerns.finding.service import Finding
from bot.concerns.model import Consent, Draft, Kind, State
from bot.concerns.records import ConcernRow, Content
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.ids import ALPHABET, _check_character, system_randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault, open_vault

BY_NAME_ONLY = True
SMALL, LARGE = 10_000, int(os.environ.get("COMMONPLACE_BENCHMARK_CONCERNS", "1000000"))
BAR = 3.0
RUNS = 60

_GUILD, _STAFF = 1, 7
_PEOPLE = 100
_VOCABULARY = 50_000
_WORDS = 12
_CHUNK = 50_000
_STATES = [State.CLOSED] * 7 + [State.RECEIVED, State.WORKING, State.ANSWERED]
_KINDS = [Kind.DATASET] * 4 + [Kind.PRIVACY, Kind.ETHICS, Kind.LICENSE, Kind.OTHER]

Act = Callable[[], Awaitable[object]]


def run() -> None:
    """Print how long each act takes among few concerns and among many, and the ratio."""
    few, many = asyncio.run(_both())
    print(f"\n{'p95, ms':24}{SMALL:>12,}{LARGE:>12,}{'ratio':>8}")
    for name, small in few.items():
        ratio = many[name] / small
        print(f"{name:24}{small:12.1f}{many[name]:12.1f}{ratio:8.2f}")
    worst = max(many[name] / few[name] for name in few)
    print(f"worst ratio {worst:.2f}, bar {BAR}")
    assert worst <= BAR


async def _both() -> tuple[dict[str, float], dict[str, float]]:
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        for folder, count in ((small, SMALL), (large, LARGE)):
            started = time.perf_counter()
            await _fill(Path(folder), count)
            size = await asyncio.to_thread(_size, folder)
            seconds = time.perf_counter() - started
            print(f"{count:,} concerns made in {seconds:.0f} s, {size:.0f} MB", flush=True)
        return await _measure(Path(small), Path(large))


def _size(folder: str) -> float:
    return sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6


def _words(count: int) -> list[list[str]]:
    """Return the words of so many texts: few words are in many, most in few (Zipf's law)."""
    chance = np.random.default_rng(2019).random((count, _WORDS))
    ranks = (_VOCABULARY**chance).astype(int)
    return [[f"qw{rank}" for rank in text] for text in ranks.tolist()]


async def _fill(folder: Path, count: int) -> None:
    url, vault = f"sqlite+aiosqlite:///{folder / 'desk.db'}", open_vault(folder / "key", None, None)
    await migrate(url)
    store, people = Store(url), People(vault)
    outbox = Outbox(store, utc_now)
    concerns = Concerns(
        store, outbox, people, vault, utc_now, system_randomness(), per_hour=1_000_000
    )
    for number in range(_PEOPLE):
        draft = Draft(Kind.OTHER, "a template", consent=Consent.COUNT)
        await concerns.raise_(
            guild_id=_GUILD, reporter_id=100 + number, draft=draft, intake=str(number)
        )
    index, vocabulary = TokenIndex(vault), [f"qw{rank}" for rank in range(_VOCABULARY + 1)]
    tokens = await store.read(
        lambda session: index.tokens(session, _GUILD, [[word] for word in vocabulary])
    )
    await store.close()
    known = {word: min(found) for word, found in zip(vocabulary, tokens, strict=True)}
    await asyncio.to_thread(_write, folder / "desk.db", vault, _words(count), known)


def _write(file: Path, vault: Vault, texts: list[list[str]], known: dict[str, int]) -> None:
    """Write concerns straight into the file, as the desk would have written them."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;")
        database.row_factory = sqlite3.Row
        template = dict(database.execute("SELECT * FROM concern LIMIT 1").fetchone())
        happened = dict(database.execute("SELECT * FROM concern_event LIMIT 1").fetchone())
        keys = [
            (row["id"], Fernet(vault.unseal(row["text_key"])))
            for row in database.execute("SELECT id, text_key FROM person ORDER BY id")
        ]
        # Of a million references, some would be those that chance gave the templates.
        database.execute("UPDATE concern SET reference = 'T-' || id")
        first = database.execute("SELECT max(id) FROM concern").fetchone()[0] + 1
        chance, begun = random.Random(2019), utc_now() - timedelta(days=700)
        step = timedelta(days=690) / len(texts)
        for start in range(0, len(texts), _CHUNK):
            rows, events = [], []
            for number in range(start, min(start + _CHUNK, len(texts))):
                person, fernet = keys[number % len(keys)]
                at = f"{begun + step * number:%Y-%m-%d %H:%M:%S.%f}"
                content = Content(" ".join(texts[number]), "", "").packed()
                rows.append(
                    template
                    | {
                        "id": first + number,
                        "reference": _reference(number),
                        "intake": f"b{number}",
                        "kind": chance.choice(_KINDS),
                        "state": chance.choice(_STATES),
                        "reporter_id": person,
                        "content": fernet.encrypt(content.encode()),
                        "raised_at": at,
                        "changed_at": at,
                    }
                )
                events.append(happened | {"id": None, "concern_id": first + number, "at": at})
            for table, made in (("concern", rows), ("concern_event", events)):
                names = ", ".join(made[0])
                blanks = ", ".join(f":{name}" for name in made[0])
                statement = f"INSERT INTO {table} ({names}) VALUES ({blanks})"  # noqa: S608
                database.executemany(statement, made)
        _index(database, first, texts, known)
        database.execute("DELETE FROM concern_tally")
        database.execute(
            "INSERT INTO concern_tally (guild_id, state, kind, amount) "
            "SELECT guild_id, state, kind, count(*) FROM concern GROUP BY 1, 2, 3"
        )
        database.commit()
        database.execute("ANALYZE")
        database.commit()


def _index(
    database: sqlite3.Connection, first: int, texts: list[list[str]], known: dict[str, int]
) -> None:
    """Write the token index in its own order, which is many times faster than in any other."""
    width = rounded(_WORDS)
    made = np.random.default_rng(1).integers(-(2**62), 2**62, (len(texts), width))
    made[:, :_WORDS] = [[known[word] for word in words] for words in texts]
    tokens = made.ravel()
    concerns = np.repeat(np.arange(first, first + len(texts)), width)
    order = np.lexsort((concerns, tokens))
    database.execute("DROP INDEX ix_concern_token_concern")
    for start in range(0, len(order), _CHUNK * 10):
        some = order[start : start + _CHUNK * 10]
        database.executemany(
            f"INSERT OR IGNORE INTO concern_token VALUES ({_GUILD}, ?, ?, 1)",  # noqa: S608
            zip(tokens[some].tolist(), concerns[some].tolist(), strict=True),
        )
    database.execute(
        "CREATE INDEX ix_concern_token_concern ON concern_token (concern_id, token, weight)"
    )


def _reference(number: int) -> str:
    """Return the number's own reference; no two are alike."""
    mixed, body = number * 7_368_787 % 32**5, ""
    for _ in range(5):
        mixed, place = divmod(mixed, 32)
        body += ALPHABET[place]
    plain = body + _check_character(body)
    return f"C-{plain[:4]}-{plain[4:]}"


async def _measure(small: Path, large: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Do each act in turn among few and among many, so that both find the machine as busy."""
    (few, store), (many, other) = await _acts(small), await _acts(large)
    found: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for name in few:
        spent: tuple[list[float], list[float]] = ([], [])
        for _ in range(RUNS):
            for acts, times in zip((few, many), spent, strict=True):
                started = time.perf_counter()
                await acts[name]()
                times.append(1000 * (time.perf_counter() - started))
        for times, p95 in zip(spent, found, strict=True):
            p95[name] = statistics.quantiles(times, n=20)[-1]
    await store.close()
    await other.close()
    return found


async def _acts(folder: Path) -> tuple[dict[str, Act], Store]:
    vault = open_vault(folder / "key", None, None)
    store, people = Store(f"sqlite+aiosqlite:///{folder / 'desk.db'}"), People(vault)
    outbox = Outbox(store, utc_now)
    triage = Triage(store, outbox, people, vault, Audit(vault, utc_now), utc_now)
    finding = Finding(store, people, vault, utc_now)
    chance = random.Random(4)
    count = await store.read(_count)

    def reference() -> str:
        return _reference(chance.randrange(count - _PEOPLE))

    def word() -> str:
        return f"qw{int(_VOCABULARY ** chance.uniform(0.2, 1))}"

    return {
        "queue, first page": lambda: triage.queue(_GUILD, by=_STAFF),
        "queue, any page": lambda: triage.queue(_GUILD, by=_STAFF, after=reference()),
        "queue, page before": lambda: triage.queue(_GUILD, by=_STAFF, before=reference()),
        "queue, one kind": lambda: triage.queue(_GUILD, Filter(kind=Kind.ETHICS), by=_STAFF),
        "queue, closed": lambda: triage.queue(_GUILD, Filter(state=State.CLOSED), by=_STAFF),
        "mine": lambda: triage.queue(_GUILD, Filter(claimed_by=_STAFF), by=_STAFF),
        "stale": lambda: triage.queue(_GUILD, Filter(quiet_days=7), by=_STAFF),
        "next": lambda: triage.next(_GUILD, by=_STAFF),
        "search": lambda: finding.searching.search(_GUILD, f"{word()} {word()}", by=_STAFF),
        "show": lambda: triage.open(_GUILD, reference(), _STAFF),
        "similar": lambda: finding.likeness.similar(_GUILD, reference(), by=_STAFF),
    }, store


async def _count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(ConcernRow)) or 0
