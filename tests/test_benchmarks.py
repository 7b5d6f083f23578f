"""The benchmarks' command line: what there is, and what it measures by."""

import numpy as np
import pytest

from benchmarks.__main__ import discover, main
from benchmarks._quality import Asked, area, quality, threshold
from benchmarks.fit_search import fit_certainty


def test_each_benchmark_says_what_it_measures(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out

    for name, one in discover().items():
        assert name in told
        assert one.__doc__
        assert one.__doc__.splitlines()[0] in told


def test_an_unknown_name_is_told_which_there_are(capsys: pytest.CaptureFixture[str]):
    assert main(["serch"]) == 2
    assert "search-quality" in capsys.readouterr().err


def test_the_area_is_how_often_the_answerable_have_more():
    answerable = np.array([True, True, False, False])

    assert area(np.array([0.9, 0.8, 0.1, 0.2]), answerable) == 1.0
    assert area(np.array([0.5, 0.5, 0.5, 0.5]), answerable) == 0.5
    assert area(np.array([0.9, 0.1, 0.5, 0.5]), answerable) == 0.5


def test_the_threshold_lets_one_answer_in_twenty_be_wrong():
    confidence = np.linspace(1, 0, 41)
    right = np.ones(41, bool)
    right[19] = False
    assert threshold(confidence, right) == 0.0
    right[20] = False
    assert threshold(confidence, right) == pytest.approx(0.0)
    right[21] = False
    assert threshold(confidence, right) == pytest.approx(confidence[19])  # 1 of 20


def test_quality_counts_only_answerable_questions_as_answered():
    asked = [Asked(True, True, True, 0.9)] * 20 + [Asked(False, False, False, 0.1)] * 20
    reached = quality(asked)

    assert (reached.first, reached.three, reached.area, reached.best) == (1.0, 1.0, 1.0, 1.0)
    assert (reached.answered, reached.errors) == (1.0, 0.0)


def test_the_regression_finds_the_weights_it_was_made_with():
    chance = np.random.default_rng(4)
    signs = chance.standard_normal((20_000, 2))
    sure = 1 / (1 + np.exp(-(2 * signs[:, 0] - signs[:, 1] + 0.5)))
    found = fit_certainty(signs, chance.random(20_000) < sure, np.ones(20_000))

    assert found == pytest.approx([2, -1, 0.5], abs=0.1)
