"""Bar 5 in short: while another holds the database, nobody waits for long, and nothing is lost."""

from pathlib import Path

from benchmarks.outages import measure


async def test_who_cannot_be_kept_is_told_within_three_seconds(tmp_path: Path):
    result = await measure(tmp_path, 4.5, people=5)
    assert result.holds, result
