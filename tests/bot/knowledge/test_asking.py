"""Several questions are told from one, and a follow-up from a question by itself."""

import pytest

from bot.knowledge.asking import asks, asks_fully, continues, may_continue, split


@pytest.mark.parametrize(
    "text",
    [
        "May I print a CC BY-NC photo in a newsletter?",
        "they put my portrait in a research dataset, what about privacy??",
        "I took a photo in 2010. It is on Flickr. Can I take the license back?",
        "may i print it",
        "Is it ok? Really?",
        "see https://example.org/?a=b&c=d may i use it?",
        "",
        "???",
        "- milk\n- eggs\nhow do i credit this",
    ],
)
def test_one_question_stays_as_it_was_typed(text: str) -> None:
    assert split(text) == (text,)


def test_several_are_taken_apart_with_what_was_said_before_each() -> None:
    text = "Hi! I have a photo under CC BY. May I crop it? And do I have to say so? Thanks a lot"

    assert split(text) == (
        "Hi! I have a photo under CC BY. May I crop it?",
        "And do I have to say so? Thanks a lot",
    )


def test_a_list_is_taken_apart_without_question_marks() -> None:
    text = "I want to know:\n1. may I print a photo\n2) how do I credit it\n- can I sell it?"

    assert split(text) == (
        "I want to know: may I print a photo",
        "how do I credit it",
        "can I sell it?",
    )


def test_a_very_long_text_is_bounded_work() -> None:
    assert len(split("may I use it? " * 50_000)) < 1000


def test_follow_ups() -> None:
    for text in (
        "and if it's nc?",
        "ok and for a school?",
        "Or a video",
        "but they sell it",
        "et si",
    ):
        assert continues(text), text
    for text in ("what about videos?", "what if they refuse", "does that go for music too"):
        assert may_continue(text), text
        assert not continues(text), text
    for text in ("May I print it?", "android app license", "andy took a photo", "and " * 20):
        assert not continues(text), text


def test_what_is_a_question() -> None:
    assert asks("can i print this")
    assert asks("hey all how do i credit a photo")
    assert asks("this photo, is it free?")
    assert not asks("look at this great photo")
    assert asks_fully("Can I print a CC photo in my newsletter?")
    assert not asks_fully("can i print a cc photo in my newsletter")
    assert not asks_fully("really?")
