"""Bar 2 in short: what is acknowledged outlives a loss of power, by the store's own pragmas."""

from benchmarks.power_loss import SEED, measure


def test_full_loses_nothing_and_normal_would():
    print(f"seed {SEED}")
    full = measure("FULL", 15)
    assert full.acknowledged > 0
    assert (full.lost, full.corrupt) == (0, 0)
    assert measure("NORMAL", 15).lost > 0
