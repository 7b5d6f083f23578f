"""The linter names wording that a knowledge base about law should not carry unnoticed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.commands import export
from bot.knowledge.library import KnowledgeFaults, Library, check
from bot.knowledge.lint import Finding, lint_entry
from bot.knowledge.model import Entry, Review, Source

TODAY = date(2026, 11, 24)
FAQ = "https://creativecommons.org/faq/#what-is-copyright-and-why-does-it-matter"
ENTRY = Entry(
    id="one",
    section="licenses",
    question="May I use a photo?",
    aliases=("is it legal to use a photo", "licence for a photo", "isn't it mine"),
    answer="It depends on the license.",
    depends_on=("Which license it is",),
    beyond_license=None,
    related=(),
    jurisdictions=("any",),
    sources=(Source(FAQ, "CC FAQ", TODAY),),
    confidence="stated",
    review=Review("staff", TODAY, TODAY),
    status="published",
)


def findings(answer: str) -> list[Finding]:
    return list(lint_entry(replace(ENTRY, answer=answer), legal=True))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("Using the photo that way is illegal.", "is illegal"),
        ("In the US this is legal.", "is legal"),
        ("Scraping is not unlawful.", "is not unlawful"),
        ("What they did is perfectly legal.", "is perfectly legal"),
        ("If they refuse, you can sue them.", "you can sue"),
        ("The photographer may have grounds to sue.", "grounds to sue"),
        ("With a screenshot you will probably win.", "you will probably win"),
        ("They will be held liable.", "will be held liable"),
        ("No court will accept that.", "no court will"),
        ("Training a model is fair use.", "is fair use"),
        ("Quoting it counts as fair dealing.", "counts as fair dealing"),
        ("It is not fair use to sell it.", "is not fair use"),
        ("The license guarantees that you are credited.", "guarantees"),
        ("Printing is always allowed.", "always allowed"),
        ("Selling is never permitted.", "never permitted"),
        ("It is forbidden in every country.", "forbidden in every countr"),
        ("There is no legal risk.", "no legal risk"),
        ("That is completely safe.", "completely safe"),
        ("The dataset broke the law.", "broke the law"),
    ],
)
def test_surer_than_law_is(answer: str, says: str) -> None:
    (finding,) = findings(answer)
    assert finding.path == ("answer",)
    assert finding.says.casefold().startswith(says)
    assert f'"{finding.says.casefold()}"' in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        "This is information and is not legal advice.",
        "CC licenses are legal tools, and whether credit is legally due depends on the use.",
        "Nobody guarantees that the rights are clear: a license is no guarantee.",
        "Fair use is decided case by case; whether a use is fair depends on the facts.",
        "What a court would say cannot be told in advance, and you may be liable.",
        "A person who breaks the terms loses the license.",
        "Courts have found for the user on the ground of fair use.",
        "The chooser adds code by itself. You can ask the site to remove it.",
        "The otherwise wise advise an exercise that promises a precise surprise.",
        "The photographer's name, the dataset's owner and a creators' list.",
        "Cropping, resizing and a well-known, ready-made credit line.",
    ],
)
def test_careful_words_pass(answer: str) -> None:
    assert findings(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        "You should have read the license first.",
        "It was your own mistake to upload it.",
        "You failed to give credit.",
        "A careless upload cannot be undone.",
        "You agreed to this when you chose CC BY.",
        "Obviously the license stays in force.",
    ],
)
def test_blame(answer: str) -> None:
    (finding,) = findings(answer)
    assert "blames" in finding.message


@pytest.mark.parametrize(
    ("answer", "american"),
    [
        ("The licence stays in force.", "license"),
        ("It is licenced to all.", "licensed"),
        ("Change the colours of the logo.", "color"),
        ("It harms the author's honour.", "honor"),
        ("These are neighbouring rights.", "neighbor"),
        ("People can be recognised in it.", "-ize"),
        ("Non-profit organisations may.", "-ize"),
        ("They analysed the faces.", "analyze"),
        ("The request was cancelled.", "one l"),
        ("The data centre has it.", "-er"),
    ],
)
def test_british_spelling(answer: str, american: str) -> None:
    (finding,) = findings(answer)
    assert "British" in finding.message
    assert american in finding.message


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("It depends \u2014 as so often \u2014 on the use.", "\u2014"),
        ("You can't take it back.", "can't"),
        ("They\u2019re free to use it.", "They\u2019re"),
        ("It's a license.", "It's"),
    ],
)
def test_house_style(answer: str, says: str) -> None:
    assert findings(answer)[0].says == says


def test_what_people_type_is_theirs() -> None:
    assert findings(ENTRY.answer) == []  # its aliases ask "is it legal", in British spelling


def test_other_texts_that_members_read_are_looked_at() -> None:
    entry = replace(
        ENTRY,
        question="Isn't the licence mine?",
        depends_on=("Whether it is illegal",),
        beyond_license="Privacy law guarantees it.",
    )
    paths = {finding.path for finding in lint_entry(entry, legal=True)}
    assert paths == {("question",), ("depends_on", 0), ("beyond_license",)}


def test_an_editor_can_mean_it() -> None:
    entry = replace(ENTRY, answer="Nobody can say that training\nis fair use.")
    assert [one.says for one in lint_entry(entry, legal=True)] == ["is fair use"]
    assert list(lint_entry(replace(entry, meant=("Is fair use",)), legal=True)) == []


def test_an_excuse_that_nothing_needs_is_named() -> None:
    (finding,) = lint_entry(replace(ENTRY, meant=("is illegal",)), legal=True)
    assert finding.path == ("meant", 0)
    assert "remove it" in finding.message


def test_a_legal_answer_says_what_it_depends_on() -> None:
    entry = replace(ENTRY, depends_on=())
    (finding,) = lint_entry(entry, legal=True)
    assert finding.path == ("depends_on",)
    assert list(lint_entry(entry, legal=False)) == []
    assert list(lint_entry(replace(entry, meant=("depends_on",)), legal=True)) == []


def test_a_legal_answer_rests_on_more_than_the_desk() -> None:
    entry = replace(ENTRY, sources=(Source("desk:/about", "This desk", TODAY),))
    (finding,) = lint_entry(entry, legal=True)
    assert finding.path == ("sources",)
    assert list(lint_entry(entry, legal=False)) == []


def test_words_of_creative_commons_need_a_source_of_theirs() -> None:
    elsewhere = (Source("https://example.org/post", "A post", TODAY),)
    entry = replace(ENTRY, answer="Creative Commons recommends it.", sources=elsewhere)
    (finding,) = lint_entry(entry, legal=True)
    assert "source" in finding.message
    for url in (
        FAQ,
        "https://wiki.creativecommons.org/wiki/X",
        "https://github.com/creativecommons/faq",
    ):
        theirs = replace(entry, sources=(Source(url, "Theirs", TODAY),))
        assert list(lint_entry(theirs, legal=True)) == []
    lookalike = replace(entry, sources=(Source("https://notcreativecommons.org/", "X", TODAY),))
    assert len(list(lint_entry(lookalike, legal=True))) == 1


def test_the_legal_code_is_cited_by_its_place() -> None:
    code = "https://creativecommons.org/licenses/by/4.0/legalcode.en"
    entry = replace(ENTRY, sources=(Source(code, "CC BY 4.0", TODAY),))
    (finding,) = lint_entry(entry, legal=True)
    assert finding.path == ("sources", 0, "url")
    placed = replace(ENTRY, sources=(Source(f"{code}#s2b1", "CC BY 4.0", TODAY),))
    assert list(lint_entry(placed, legal=True)) == []


def test_retired_entries_rest() -> None:
    entry = replace(ENTRY, answer="It is illegal.", status="retired")
    assert list(lint_entry(entry, legal=True)) == []


SECTION = """\
section: licenses
title: The licences
about: What each license allows.
order: 1
entries:
  - id: one
    question: "May I use a photo I found online?"
    aliases: [is it legal, may i use it, use a photo, found photo, photo online]
    answer: |
      It depends on the license that the photo carries and on what you want to do.

      Selling it is always
      allowed under some, and the licence says so.
    depends_on:
      - Which license it is
      - Whether that
        isn't private
    beyond_license: >-
      A photo of a person is another matter, and you
      should have asked that person first.
    jurisdictions: [any]
    sources:
      - {url: "https://example.org/", title: Example, read: 2026-11-24}
    confidence: stated
    review: {owner: staff, checked: 2026-11-24, due: 2027-05-24}
    status: published
"""


def test_findings_name_file_and_line_however_a_text_is_wrapped(tmp_path: Path) -> None:
    (tmp_path / "licenses.yaml").write_text(SECTION, "utf-8")
    faults = check(tmp_path, today=TODAY)
    said = {(fault.line, fault.message.split('"')[1]) for fault in faults}
    assert said == {
        (2, "licences"),
        (12, "always allowed"),
        (13, "licence"),
        (17, "isn't"),
        (19, "you should have"),
    }
    assert {fault.file for fault in faults} == {str(tmp_path / "licenses.yaml")}


def test_wording_does_not_keep_a_desk_from_starting(tmp_path: Path) -> None:
    (tmp_path / "licenses.yaml").write_text(SECTION, "utf-8")
    assert Library.load(tmp_path, today=TODAY).published.keys() == {"one"}
    (tmp_path / "licenses.yaml").write_text(SECTION.replace("stated", "sure"), "utf-8")
    with pytest.raises(KnowledgeFaults):
        Library.load(tmp_path, today=TODAY)


def test_what_an_editor_means_survives_an_export(tmp_path: Path) -> None:
    text = SECTION.replace("order: 1", "order: 1\nlegal: false") + "    meant: [always allowed]\n"
    (tmp_path / "licenses.yaml").write_text(text, "utf-8")
    library = Library.load(tmp_path, today=TODAY)
    export(library, tmp_path / "out")
    again = Library.load(tmp_path / "out", today=TODAY)
    assert again.sections == library.sections
    assert again.entries[0].meant == ("always allowed",)
    assert not again.sections[0].legal


def test_the_knowledge_base_passes() -> None:
    assert check(Path("config/knowledge"), today=date(2100, 1, 1)) == []
