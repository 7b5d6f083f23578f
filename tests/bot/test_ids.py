"""References: read as people write them, and mistakes noticed."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ALPHABET, new_reference, read_reference, seeded_randomness, system_randomness

bodies = st.integers(0, 2**31).map(lambda seed: new_reference("C", seeded_randomness(seed)))


@given(bodies)
def test_a_reference_looks_like_one_and_is_read_back(reference: str):
    assert re.fullmatch(r"C-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", reference)
    assert read_reference(reference, "C") == reference


@given(bodies)
def test_a_reference_is_read_however_it_is_written(reference: str):
    bare = reference.replace("-", "")
    ways = (
        reference.lower(),
        f"  {reference} ",
        bare,
        bare[1:],
        reference[2:],
        reference.replace("-", " "),
        reference.replace("-", "–"),
        " ".join(bare),
        "C" + bare[1:].replace("0", "O").replace("1", "I"),
        "c" + bare[1:].lower().replace("0", "o").replace("1", "l"),
    )
    for way in ways:
        assert read_reference(way, "C") == reference, way


@given(bodies, st.data())
def test_one_mistyped_character_is_noticed(reference: str, data: st.DataObject):
    bare = reference.replace("-", "")[1:]
    place = data.draw(st.integers(0, len(bare) - 1))
    wrong = data.draw(st.sampled_from([one for one in ALPHABET if one != bare[place]]))
    assert read_reference(bare[:place] + wrong + bare[place + 1 :], "C") is None


@given(bodies, st.integers(0, 4))
def test_nearly_every_swap_of_neighbors_is_noticed(reference: str, place: int):
    bare = reference.replace("-", "")[1:]
    left, right = bare[place], bare[place + 1]
    swapped = bare[:place] + right + left + bare[place + 2 :]
    if {left, right} in ({"0", "Z"}, {left}):
        return  # the one pair that Luhn's algorithm cannot tell, and no swap at all
    assert read_reference(swapped, "C") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C",
        "C-",
        "hello",
        "C-7K4Q",
        "C-7K4Q-2MX",
        "T-7K4Q-2M",
        "C-7K4Q-2U",
        "\ud800" * 6,
        "١٢٣٤٥٦",
    ],
)
def test_what_cannot_be_a_reference_is_none(text: str):
    assert read_reference(text, "C") is None


@given(st.text(st.characters(codec=None), max_size=40))
def test_whatever_is_read_it_is_a_reference_or_none(text: str):
    found = read_reference(text, "C")
    assert found is None or read_reference(found, "C") == found


def test_a_prefix_is_a_kind_of_reference():
    reference = new_reference("C", seeded_randomness(1))
    assert read_reference(reference, "T") is None
    assert read_reference(reference[2:], "T") == f"T{reference[1:]}"


def test_references_cannot_be_guessed_from_one_another():
    randomness = system_randomness()
    found = {new_reference("C", randomness) for _ in range(2000)}
    assert len(found) > 1990
    pairs = itertools.pairwise(sorted(found))
    assert any(one[:6] != other[:6] for one, other in pairs)


def test_seeded_randomness_repeats():
    made = [[new_reference("C", seeded_randomness(7)) for _ in range(2)] for _ in range(2)]
    assert made[0] == made[1]
