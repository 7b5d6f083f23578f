"""Nasty and generated inputs through every door, in short.

The long form, 10,000 inputs, is `python -m benchmarks inputs`.
"""

from pathlib import Path

from benchmarks.inputs import SEED, inputs, measure

SHORT = 14


async def test_what_is_typed_is_kept_or_handed_back_and_mentions_nobody(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    result = await measure(tmp_path, inputs(SHORT))
    assert result.holds, result
