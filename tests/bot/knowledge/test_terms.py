"""The synonym list as search reads it."""

import pytest

from benchmarks._questions import KNOWLEDGE
from bot.knowledge.library import Library
from bot.knowledge.search.lexical import stems
from bot.knowledge.terms import MOST_WORDS, Terms, plain, words


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Library.load(KNOWLEDGE).terms


@pytest.mark.parametrize(
    "same",
    [
        ("cc by-nc", "CC-BY-NC", "nc", "non-commercial", "noncommercially"),
        ("by-nd", "nd", "no derivatives", "noderivs", "No-Derivatives"),
        ("by-sa", "sa", "share alike", "share-alike", "ShareAlike"),
        ("cc by-nc-sa", "by nc sa"),
        ("pd", "public domain", "Public-Domain"),
        ("cc0", "CC zero", "cc 0"),
        ("photo", "picture", "images", "pics", "photograph"),
        ("licence", "license", "licences", "licensed", "licencing"),
        ("creative commons", "CC", "cc licence"),
        ("colour", "color", "colours"),
        ("organisation", "organizations"),
        ("neighbouring", "neighboring"),
        ("facial recognition", "face recog", "face recognition"),
        ("fair dealing", "fair use", "fair-use"),
        ("text and data mining", "tdm"),
        ("ToS", "terms of use", "T&C"),
        ("e-book", "ebooks"),
        ("AI", "machine learning", "artificial intelligence"),
    ],
)
def test_what_people_write_for_one_thing_is_read_as_one(terms: Terms, same: tuple[str, ...]):
    assert len({tuple(stems(terms, text)) for text in same}) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [("nc", "nd"), ("by-sa", "by-nc-sa"), ("cc0", "cc by"), ("photo", "video"), ("ai", "tdm")],
)
def test_what_differs_is_kept_apart(terms: Terms, left: str, right: str):
    assert stems(terms, left) != stems(terms, right)


def test_a_word_in_passing_is_no_license(terms: Terms):
    assert stems(terms, "used by a company") == stems(terms, "use company")


def test_the_longest_phrase_wins():
    terms = Terms((("a b", "x"), ("a b c", "y")))

    assert terms.read("a b c a b d") == ["y", "x", "d"]


def test_case_accents_and_apostrophes_do_not_matter():
    assert plain("Don’t  CRÉDIT, the Artist's…") == "dont credit the artists"


def test_reading_is_bounded():
    assert len(words("word " * 10_000)) == MOST_WORDS
    assert words("\ud800\0\u202e🙂") == []
