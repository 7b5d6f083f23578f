"""A directory as a whole: what it loads to, and every fault between its files."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.commands import export
from bot.knowledge.library import KnowledgeFaults, Library, check
from bot.knowledge.model import Fault
from tests.bot.knowledge.base import PAGE, entry, line_of, section, write
from tests.conftest import ROOT

TODAY = date(2026, 3, 13)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "knowledge"


def only(directory: Path, *sections: dict[str, Any]) -> Fault:
    (fault,) = check(write(directory, *sections), today=TODAY)
    return fault


def test_sections_stand_in_their_order_and_members_see_what_is_published(directory: Path):
    write(
        directory,
        section("rain", entry("drizzle"), entry("sleet", status="review"), order=20),
        section("sun", entry("noon"), entry("dusk", status="retired"), order=10),
        section("wind", entry("gale"), order=10),
    )
    library = Library.load(directory, today=TODAY)
    assert [one.id for one in library.sections] == ["sun", "wind", "rain"]
    assert list(library.published) == ["noon", "gale", "drizzle"]
    assert [len(one.entries) for one in library.shown] == [1, 1, 1]
    assert len(library.entries) == 5
    assert library.published["noon"].section == "sun"


def test_loading_with_faults_gives_all_of_them_and_no_library(directory: Path):
    write(directory, section("rain", entry("drizzle", status="wet")), section("sun", title="S"))
    with pytest.raises(KnowledgeFaults) as caught:
        Library.load(directory, today=TODAY)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["rain.yaml", "sun.yaml"]
    assert str(caught.value).count("\n") == 1


def test_a_file_that_is_no_yaml_leaves_the_faults_of_others_to_be_found(directory: Path):
    write(directory, section("rain", entry("drizzle", status="wet")), section("sun"))
    (directory / "sun.yaml").write_text("section: sun\ntitle: rain: and sun\n", "utf-8")
    faults = check(directory, today=TODAY)
    assert [(Path(fault.file).name, fault.line) for fault in faults][1] == ("sun.yaml", 2)
    assert "did you mean" in faults[0].message or "there are" in faults[0].message


def test_no_directory_and_no_section_say_so(directory: Path):
    assert [fault.message for fault in check(directory, today=TODAY)] == [
        "there is no such directory"
    ]
    directory.mkdir()
    (fault,) = check(directory, today=TODAY)
    assert fault.message == "there is no section here; add one as NAME.yaml"


def test_a_section_and_its_file_have_one_name(directory: Path):
    write(directory, section("rain", entry("drizzle")))
    (directory / "rain.yaml").rename(directory / "snow.yaml")
    (fault,) = check(directory, today=TODAY)
    assert (fault.line, fault.message) == (
        1,
        "the section is 'rain' and the file snow.yaml; give both one name",
    )


def test_a_file_with_the_short_ending_is_not_overlooked(directory: Path):
    write(directory, section("rain", entry("drizzle")), section("sun", entry("noon")))
    (directory / "sun.yaml").rename(directory / "sun.yml")
    (fault,) = check(directory, today=TODAY)
    assert fault.message == "is named .yml; name it sun.yaml"


def test_hidden_and_underscored_files_are_no_sections(directory: Path):
    write(directory, section("rain", entry("drizzle")))
    (directory / ".rain.yaml").write_text("an editor's own: [", "utf-8")
    (directory / "_notes.yaml").write_text("private: [", "utf-8")
    assert check(directory, today=TODAY) == []


def test_an_id_stands_once_in_all_files(directory: Path):
    fault = only(
        directory,
        section("rain", entry("drizzle")),
        section(
            "sun",
            entry("noon"),
            entry(
                "drizzle",
                question="Is this drizzle another one?",
                aliases=[f"another {n}" for n in range(5)],
            ),
        ),
    )
    first = line_of(directory / "rain.yaml", "id: drizzle")
    assert Path(fault.file).name == "sun.yaml"
    assert fault.line == line_of(directory / "sun.yaml", "id: drizzle")
    assert fault.message == f"the id `drizzle` is taken (rain.yaml:{first}); choose another"


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ("drizle", "there is no entry `drizle`; did you mean `drizzle`?"),
        ("volcano", "there is no entry `volcano`; correct or remove it"),
        ("shower", "`shower` is this entry itself; remove it"),
        ("sleet", "`sleet` is not published (its status is review); remove it"),
    ],
)
def test_related_entries_must_be_there_for_members(directory: Path, other: str, message: str):
    fault = only(
        directory,
        section(
            "rain",
            entry("drizzle"),
            entry("sleet", status="review"),
            entry("shower", related=["drizzle", other]),
        ),
    )
    assert fault.message == message
    assert fault.line == line_of(directory / "rain.yaml", "related:", 3) + 2


def test_a_related_entry_that_has_faults_of_its_own_is_not_reported_as_missing(directory: Path):
    fault = only(
        directory,
        section("rain", entry("drizzle", confidence="no"), entry("shower", related=["drizzle"])),
    )
    assert fault.message.startswith("`confidence` is ")


@pytest.mark.parametrize(
    ("alias", "whose"),
    [
        ("What is the meaning of drizzle", "`drizzle`"),
        ("DRIZZLE, two!", "`drizzle`"),
        ("What is the meaning of shower?", "this entry"),
        ("shower two", "this entry"),
    ],
)
def test_no_two_entries_answer_to_the_same_words(directory: Path, alias: str, whose: str):
    names = ["shower two", "the second name", "the third name", "the fourth name", alias]
    fault = only(directory, section("rain", entry("drizzle"), entry("shower", aliases=names)))
    assert fault.message.startswith(f"{alias!r} already stands at {whose} (rain.yaml:")
    assert fault.message.endswith("keep one of the two")
    assert fault.line == line_of(directory / "rain.yaml", "the fourth name") + 1


def test_a_retired_entry_leaves_its_words_to_others(directory: Path):
    old = entry("drizzle", status="retired")
    new = entry("shower", question=old["question"], aliases=old["aliases"])
    write(directory, section("rain", old, new))
    assert check(directory, today=TODAY) == []


def test_a_name_without_letters_could_never_be_found(directory: Path):
    names = ["shower one", "shower two", "shower three", "shower four", "???"]
    fault = only(directory, section("rain", entry("shower", aliases=names)))
    assert fault.message == "'???' has no letter or digit in it"


@pytest.mark.parametrize("key", ["checked", "read"])
def test_nobody_has_read_or_checked_anything_in_the_future(directory: Path, key: str):
    if key == "checked":
        review = {"owner": "staff", "checked": "2026-04-01", "due": "2026-09-01"}
        faulty = entry("shower", review=review)
    else:
        source = {"url": "https://example.org/", "title": "A source", "read": "2026-04-01"}
        faulty = entry("shower", sources=[source])
    fault = only(directory, section("rain", faulty))
    assert f"`{key}` 2026-04-01 is in the future; write the day it was" in fault.message
    assert fault.line == line_of(directory / "rain.yaml", f"{key}:")


def _anchors(directory: Path, text: str | bytes) -> None:
    folder = directory / "anchors"
    folder.mkdir(parents=True)
    content = text.encode() if isinstance(text, str) else text
    (folder / "example.txt").write_bytes(content)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"{PAGE}#drizle", f"{PAGE} has no anchor #drizle; did you mean #drizzle?"),
        (f"{PAGE}#volcano", f"{PAGE} has no anchor #volcano; anchors/example.txt lists them"),
        (PAGE, f"name the place on {PAGE} with #anchor (example.txt in anchors lists them)"),
    ],
)
def test_a_source_names_a_place_that_is_there(directory: Path, url: str, message: str):
    _anchors(directory, f"# facts about a page\n# page: {PAGE}\n\ndrizzle\nshower\n")
    source = {"url": url, "title": "A source", "read": "2026-03-01"}
    fault = only(directory, section("rain", entry("drizzle", sources=[source])))
    assert fault.message == message
    assert fault.line == line_of(directory / "rain.yaml", "url:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("drizzle\n", "must say `# page: https://…`, whose anchors these are"),
        (b"# page: \xff\n", "cannot be read as UTF-8 text"),
    ],
)
def test_a_list_of_anchors_says_whose_they_are(directory: Path, text: str | bytes, message: str):
    _anchors(directory, text)
    fault = only(directory, section("rain", entry("drizzle")))
    assert Path(fault.file).name == "example.txt"
    assert fault.message == message


def test_an_entry_that_does_not_fit_a_card_is_too_long(directory: Path):
    source = {
        "url": "https://example.org/" + "x" * 460,
        "title": "t" * 80,
        "read": "2026-03-01",
    }
    whole = entry(
        "shower",
        answer="x" * 900,
        depends_on=["y" * 140] * 5,
        beyond_license="z" * 400,
        sources=[source, source, source],
    )
    fault = only(directory, section("rain", whole))
    assert fault.message.startswith("the card of `shower` has ")
    assert "at most 3400 for question, answer" in fault.message
    assert fault.line == line_of(directory / "rain.yaml", "id: shower")


def test_what_is_exported_loads_to_the_same_library(tmp_path: Path):
    before = Library.load(ROOT / "config" / "knowledge", today=date(2100, 1, 1))
    export(before, tmp_path / "out")
    after = Library.load(tmp_path / "out", today=date(2100, 1, 1))
    assert after.sections == before.sections
    assert sorted(after.terms.same) == sorted(before.terms.same)
    assert after.terms.common == before.terms.common
    assert after.anchors == before.anchors


def test_the_desks_own_knowledge_has_no_faults_and_at_least_sixty_entries():
    directory = ROOT / "config" / "knowledge"
    assert check(directory, today=date(2100, 1, 1)) == []
    library = Library.load(directory, today=date(2100, 1, 1))
    assert len(library.published) >= 60
