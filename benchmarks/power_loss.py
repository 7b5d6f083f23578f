"""Bar 2: 300 simulated losses of power: with FULL nothing acknowledged is lost; NORMAL loses."""

import contextlib
import random
from dataclasses import dataclass

import apsw

from benchmarks._rig.power import NAME, Disk, PowerVFS
from bot.store.engine import PRAGMAS

RUNS = 300
SEED = 2
_FILE = "/desk.db"
_PAGES = 50


@dataclass
class Result:
    """What was left on the platter after all runs."""

    synchronous: str
    runs: int
    acknowledged: int
    lost: int
    runs_with_loss: int
    corrupt: int


def run() -> None:
    """Print what either setting loses; fail if FULL loses, or if NORMAL does not."""
    print(f"seed {SEED}; the store's own pragmas, a checkpoint every {_PAGES} pages")
    full, normal = measure("FULL", RUNS), measure("NORMAL", RUNS)
    print(full)
    print(normal)
    assert (full.lost, full.corrupt) == (0, 0)
    assert normal.lost > 0, "the test does not bite"


def measure(synchronous: str, runs: int, *, seed: int = SEED) -> Result:
    """Lose power `runs` times at random instants of random writing; count what was kept."""
    rng = random.Random(seed)
    result = Result(synchronous, runs, 0, 0, 0, 0)
    for _ in range(runs):
        disk = Disk()
        vfs = PowerVFS(disk)
        acknowledged = _write(disk, synchronous, rng)
        disk.dead = False
        disk.lose_power(rng)
        kept, sound = _read(synchronous)
        lost = len(acknowledged - kept)
        result.acknowledged += len(acknowledged)
        result.lost += lost
        result.runs_with_loss += lost > 0
        result.corrupt += not sound
        vfs.unregister()
    return result


def _open(synchronous: str) -> apsw.Connection:
    connection = apsw.Connection(_FILE, vfs=NAME)
    # Without shared memory there is one connection; a writer has one in any case.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    for pragma in PRAGMAS:
        name, _, value = pragma.partition("=")
        chosen = synchronous if name == "synchronous" else value
        connection.execute(f"PRAGMA {name}={chosen}")
    connection.execute(f"PRAGMA wal_autocheckpoint={_PAGES}")
    return connection


def _write(disk: Disk, synchronous: str, rng: random.Random) -> set[int]:
    """Write in transactions until the power goes; return what was acknowledged by then."""
    connection = _open(synchronous)
    connection.execute("CREATE TABLE concern (id INTEGER PRIMARY KEY, content BLOB NOT NULL)")
    connection.execute("CREATE INDEX by_content ON concern (content)")
    acknowledged: set[int] = set()
    for number in range(rng.randrange(1, 120)):
        batch = range(number * 10, number * 10 + rng.randrange(1, 5))
        connection.execute("BEGIN IMMEDIATE")
        for one in batch:
            content = rng.randbytes(rng.randrange(20, 900))
            connection.execute("INSERT INTO concern VALUES (?, ?)", (one, content))
        connection.execute("COMMIT")
        acknowledged.update(batch)
    # In the middle of the next one: nobody was told of it.
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO concern VALUES (-1, x'00')")
    disk.dead = True
    connection.interrupt()
    with contextlib.suppress(apsw.Error):  # there is no power to close it properly
        connection.close(True)
    return acknowledged


def _read(synchronous: str) -> tuple[set[int], bool]:
    try:
        connection = _open(synchronous)
        sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        rows = connection.execute("SELECT id FROM concern") if tables != (0,) else ()
        kept = {int(row[0]) for row in rows}
        connection.close(True)
    except apsw.CorruptError:
        return set(), False
    return kept, sound
