"""Bar 1 in short: kill -9 at random instants under steady intake, with a courier delivering.

The long form, 200 kills on both databases, is `python -m benchmarks kills`.
"""

import os
from pathlib import Path

import pytest

from benchmarks.kills import SEED, measure

KILLS = 2


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
async def test_kills_lose_nothing_double_nothing_and_everybody_is_told_once(tmp_path: Path):
    print(f"seed {SEED}")
    result = await measure(tmp_path, KILLS, at_once=8)
    assert result.holds, result
