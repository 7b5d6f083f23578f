"""One serving process for each SQLite database."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import StoreUnavailable
from bot.store.hold import DatabaseHeld, hold

HOLD_UNTIL_KILLED = """
import sys, signal
from bot.store.hold import hold
with hold(sys.argv[1]):
    print("held", flush=True)
    signal.pause()
"""


def test_a_second_desk_on_a_database_is_told_so_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new/desk.db"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_KILLED, url], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(DatabaseHeld, match=r"Another desk is running on .*desk\.db"), hold(url):
        pass
    with hold(f"sqlite+aiosqlite:///{tmp_path}/another.db"):
        pass
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    other.stdout.close()
    for _ in range(2):
        with hold(url):
            pass


def test_postgresql_and_memory_need_no_lock() -> None:
    for url in ("postgresql+asyncpg://commonplace@127.0.0.1/commonplace", "sqlite+aiosqlite://"):
        with hold(url), hold(url):
            pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(StoreUnavailable, match="file"),
        hold(f"sqlite+aiosqlite:///{tmp_path}/file/desk.db"),
    ):
        pass
