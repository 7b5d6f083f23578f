"""The limits of likeness are as careful as the decision about them says (0037)."""

from benchmarks.likeness import judged, pairs, themes
from bot.concerns.finding.likeness import SHARED, SURE
from bot.concerns.themes.grouping import ALIKE

_MARGIN = 0.04


def test_an_offer_is_made_for_the_same_worry_only_with_a_margin() -> None:
    found = pairs()
    assert sum(same for same, _, _ in found) >= 100
    precision, recall = judged(found, SURE - _MARGIN, SHARED)
    assert (precision, recall > 0) == (1.0, True)


def test_most_pairs_of_a_theme_are_of_one_worry() -> None:
    precision, recall, _ = themes(ALIKE)
    assert precision > 0.8
    assert recall > 0
