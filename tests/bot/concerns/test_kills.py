"""Bar 1: kill -9 at random instants under steady intake. What was acknowledged is there, once."""

import multiprocessing
import os
import random
import re
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.store.migrate import migrate
from tests.bot.concerns.intake import take_in

KILLS = 50
AT_ONCE = 50


def _kill_after_work(folder: Path, run: int, rng: random.Random) -> None:
    """Let intake run until it has acknowledged a random few more, then kill it at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bot.concerns.intake"])
    file = folder / "acknowledged"
    enough = (file.stat().st_size if file.exists() else 0) + 10 * rng.randrange(1, 60)
    process = context.Process(target=take_in, args=(str(folder), run, AT_ONCE))
    process.start()
    deadline = time.monotonic() + 60
    while not file.exists() or file.stat().st_size < enough:
        assert process.is_alive(), "intake ended by itself"
        assert time.monotonic() < deadline, "intake acknowledges nothing"
        process.join(rng.uniform(0.001, 0.02))
    process.kill()
    process.join()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
async def test_fifty_kills_lose_no_acknowledged_concern_and_double_none(tmp_path: Path):
    await migrate(f"sqlite+aiosqlite:///{tmp_path}/desk.db")
    rng = random.Random(13_03_2019)
    for run in range(KILLS):
        _kill_after_work(tmp_path, run, rng)
    whole = re.compile(r"C-[0-9A-Z]{4}-[0-9A-Z]{2}")
    lines = (tmp_path / "acknowledged").read_text().splitlines()
    acknowledged = [line for line in lines if whole.fullmatch(line)]

    database = sqlite3.connect(tmp_path / "desk.db")
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [row[0] for row in database.execute("SELECT reference FROM concern")]
        keys = "SELECT key FROM outbox WHERE kind = "
        receipts = Counter(row[0] for row in database.execute(f"{keys}'concern.receipt'"))
        cards = Counter(row[0] for row in database.execute(f"{keys}'concern.card'"))
    finally:
        database.close()
    assert len(acknowledged) > KILLS
    assert not set(acknowledged) - set(kept)
    assert len(kept) == len(set(kept))
    # Each kept concern has its receipt and its card on the way, in the same commit.
    assert receipts == Counter(f"receipt:1:{reference}" for reference in kept)
    assert cards == Counter(f"card:1:{reference}:1" for reference in kept)
