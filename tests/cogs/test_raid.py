"""A small raid: what `python -m benchmarks raid` does with 2,000 people."""

from benchmarks.raid import measure
from bot.moderation.storms.first import TOLD


async def test_a_raid_begins_a_storm_and_is_taken_down_once():
    result = await measure(80, 2.0)
    assert 30 <= result.let_in < result.people  # the first 30 begin it
    assert result.taken == result.verdicts == result.people - result.let_in
    assert result.standing == result.let_in
    assert result.told <= TOLD
    assert (result.unfinished, result.restored) == (0, True)
