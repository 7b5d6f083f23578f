"""What is offered while somebody types, over the real knowledge base."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks._questions import KNOWLEDGE
from bot.knowledge.library import Library
from bot.knowledge.search.completion import Completion
from bot.knowledge.terms import words
from tests.bot.platform.corpus import HOSTILE


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load(KNOWLEDGE)


@pytest.fixture(scope="module")
def completion(library: Library) -> Completion:
    return Completion(tuple(library.published.values()), library.terms)


def test_nothing_typed_is_a_first_page_over_all_sections(completion: Completion, library: Library):
    for typed in ("", "   ", "?!", "🙂"):
        page = completion.complete(typed, limit=25)

        assert len(page) == len(set(page)) == 25
        assert {entry.section for entry in page} == {one.id for one in library.shown if one.entries}


def test_a_whole_name_offers_its_entry_first(completion: Completion, library: Library):
    for entry in library.published.values():
        assert completion.complete(entry.question, limit=25)[0] is entry


def test_aliases_are_found_whole_and_almost_always_by_their_beginning(
    completion: Completion, library: Library
):
    listed = [(a, e) for e in library.published.values() for a in e.aliases if len(words(a)) > 1]
    whole = sum(entry in completion.complete(alias, limit=25) for alias, entry in listed)
    begun = sum(entry in completion.complete(alias[:-2], limit=25) for alias, entry in listed)

    assert whole == len(listed)
    assert begun >= 0.98 * len(listed)


def test_every_stroke_of_a_question_offers_something_and_comes_nearer(
    completion: Completion, library: Library
):
    for entry_id in ("tasl", "children", "change-mind", "ffhq-removal"):
        entry = library.published[entry_id]
        for end in range(1, len(entry.question) + 1):
            offered = completion.complete(entry.question[:end], limit=25)
            assert offered
            if end > 0.6 * len(entry.question):
                assert entry in offered[:5]


@pytest.mark.parametrize(
    ("typed", "entry_id"),
    [
        ("model release", "model-release"),
        ("release mod", "model-release"),
        ("relaese model", "model-release"),
        ("modle relese", "model-release"),
        ("ffhq", "ffhq"),
        ("robots.txt sig", "cc-signals-syntax"),
        ("MEGAFACE", "megaface"),
        ("trols copyleft", "copyleft-trolls"),
        ("wikipeda", "wikipedia-by"),
        ("yfcc10", "yfcc"),
    ],
)
def test_beginnings_in_any_order_with_a_slip_a_word(
    completion: Completion, typed: str, entry_id: str
):
    assert entry_id in [entry.id for entry in completion.complete(typed, limit=25)[:3]]


def test_another_word_for_it_is_found(completion: Completion):
    assert completion.complete("pics", limit=25)
    assert "children" in [one.id for one in completion.complete("underage lic", limit=25)]


def test_shuffled_names_with_a_slip_find_their_entry(completion: Completion, library: Library):
    chance = random.Random(3)
    found = count = 0
    for entry in library.published.values():
        given = words(entry.question)
        chance.shuffle(given)
        at = max(range(len(given)), key=lambda place: len(given[place]))
        cut = chance.randrange(1, len(given[at]) - 1)
        given[at] = given[at][:cut] + given[at][cut + 1 :]
        count += 1
        found += entry in completion.complete(" ".join(given), limit=25)[:5]

    assert found >= 0.97 * count


def test_what_goes_with_nothing_offers_nothing(completion: Completion):
    assert completion.complete("zzzzqqqq", limit=25) == []
    assert completion.complete("lasagna recipe oven", limit=25) == []


@settings(suppress_health_check=list(HealthCheck))
@given(typed=st.text(max_size=4_000), limit=st.integers(-1, 30))
def test_whatever_is_typed_at_most_limit_distinct_entries_come(
    completion: Completion, library: Library, typed: str, limit: int
):
    offered = completion.complete(typed, limit=limit)

    assert len(offered) <= max(limit, 0)
    assert len({entry.id for entry in offered}) == len(offered)
    assert all(library.published[entry.id] is entry for entry in offered)


def test_hostile_input_breaks_nothing(completion: Completion):
    for typed in (*HOSTILE, "x" * 4_000, "a " * 2_000, "٣" * 50, "שלום " * 300, "\u202ecc"):
        assert len(completion.complete(typed, limit=25)) <= 25
