"""Every question of the official FAQ is answered by an entry that names its exact place."""

from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.library import Library

KNOWLEDGE = Path("config/knowledge")
FAQ = "https://creativecommons.org/faq/"
LATEST = date(2100, 1, 1)  # what the files say holds on whatever day this runs

CHAPTERS = frozenset(
    [
        "about-cc",
        "additional-restrictions-on-licensed-material",
        "after-licensing",
        "alterations-and-additions-to-the-license",
        "artificial-intelligence-and-cc-licenses",
        "attribution",
        "before-using-cc-licensed-material",
        "business-models",
        "choosing-a-license",
        "combining-and-adapting-cc-material",
        "data",
        "for-licensees",
        "for-licensors",
        "frequently-asked-questions-about-data-and-cc-licenses",
        "frequently-asked-questions-about-data-generally",
        "general-license-compliance",
        "general-license-information",
        "legal-background",
        "license-termination",
        "notes",
        "rights-other-than-copyright",
        "technical-questions",
        "using-licensed-material",
    ]
)
"""Headings over questions, which ask nothing themselves."""

EXCEPTED = {
    "abbreviation-key": "a legend under the adapter's chart, not a question",
    "how-can-i-change-or-remove-the-creative-commons-search-option"
    "-built-into-the-firefox-browser": "obsolete: about the search box of old Firefox versions",
}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load(KNOWLEDGE, today=LATEST)


@pytest.fixture(scope="module")
def questions(library: Library) -> set[str]:
    (page,) = (one for one in library.anchors if one.page == FAQ)
    return set(page.anchors) - CHAPTERS


def test_every_question_of_the_faq_is_covered(library: Library, questions: set[str]) -> None:
    covered = {
        source.url.removeprefix(f"{FAQ}#")
        for entry in library.published.values()
        for source in entry.sources
        if source.url.startswith(f"{FAQ}#")
    }
    assert questions - covered - EXCEPTED.keys() == set()


def test_exceptions_and_chapters_are_anchors_that_exist(library: Library) -> None:
    (page,) = (one for one in library.anchors if one.page == FAQ)
    assert EXCEPTED.keys() | CHAPTERS <= set(page.anchors)


def test_the_faq_has_as_many_questions_as_were_counted(questions: set[str]) -> None:
    assert len(questions - EXCEPTED.keys()) == 119
