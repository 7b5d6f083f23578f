"""Every fault of a single entry, section or list of terms: where it is, and what to do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.library import check
from bot.knowledge.model import Fault
from tests.bot.knowledge.base import entry, line_of, section, write

TODAY = date(2026, 3, 13)


def faults(directory: Path, *sections: dict[str, Any]) -> list[Fault]:
    return check(write(directory / "knowledge", *sections), today=TODAY)


def only(directory: Path, *sections: dict[str, Any]) -> Fault:
    found = faults(directory, *sections)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def test_an_entry_without_faults_has_none(tmp_path: Path):
    assert faults(tmp_path, section("rain", entry("drizzle"))) == []


@pytest.mark.parametrize(
    "key",
    [
        *("id", "question", "aliases", "answer", "jurisdictions"),
        *("sources", "confidence", "review", "status"),
    ],
)
def test_a_missing_key_is_named_at_its_entry(tmp_path: Path, key: str):
    fault = only(tmp_path, section("rain", entry("drizzle"), entry("shower", **{key: None})))
    file = tmp_path / "knowledge" / "rain.yaml"
    first = "question:" if key == "id" else "id: shower"
    assert fault == Fault(
        str(file), line_of(file, first, 2 if key == "id" else 1), f"`{key}` is missing; add it"
    )


@pytest.mark.parametrize("key", ["depends_on", "beyond_license", "related"])
def test_some_keys_may_be_missing(tmp_path: Path, key: str):
    assert faults(tmp_path, section("rain", entry("drizzle", **{key: None}))) == []


@pytest.mark.parametrize(
    ("changes", "at", "message"),
    [
        (
            {"confidnce": "stated"},
            "confidnce:",
            "there is no key `confidnce` here; did you mean `confidence`?",
        ),
        ({"zebra": 1}, "zebra:", "there is no key `zebra` here; there are aliases, answer, "),
        ({"id": "Big Word"}, "id:", "use small letters, digits and single hyphens: like-this"),
        ({"id": "a" * 41}, "id:", "`id` has 41 characters; at most 40"),
        ({"id": 7}, "id:", "`id` is '7'; it must be text (put it in quotes"),
        ({"question": "Rain?"}, "question:", "`question` has 5 characters; at least 10"),
        (
            {"question": "x" * 100 + "?"},
            "question:",
            "`question` has 101 characters; at most 100, so that the card fits",
        ),
        ({"question": "This is not a question."}, "question:", "must end with a question mark"),
        ({"question": "What\nis this?"}, "question:", "must be one line"),
        (
            {"aliases": ["rain one", "rain two"]},
            "aliases:",
            "`aliases` has 2; give at least 5",
        ),
        (
            {"aliases": [f"rain {n}" for n in range(16)]},
            "aliases:",
            "`aliases` has 16; give at most 15",
        ),
        (
            {"aliases": ["wet", "x" * 101, "rain three", "rain four", "rain five"]},
            "x" * 101,
            "`aliases` number 2 has 101 characters; at most 100",
        ),
        (
            {"aliases": ["wet", "no", "rain three", "rain four", "rain five"]},
            "'no'",
            "`aliases` number 2 has 2 characters; at least 3",
        ),
        (
            {"aliases": ["wet", False, "rain three", "rain four", "rain five"]},
            "false",
            "`aliases` number 2 is read as yes or no; it must be text (put it in quotes",
        ),
        ({"aliases": "rain"}, "aliases:", "it must be a list, one `- item` a line"),
        ({"answer": "Short."}, "answer:", "`answer` has 6 characters; at least 80"),
        ({"answer": "x" * 901}, "answer:", "`answer` has 901 characters; at most 900"),
        ({"depends_on": ["a thing"] * 6}, "depends_on:", "`depends_on` has 6; give at most 5"),
        ({"beyond_license": "Ask."}, "beyond_license:", "at least 10"),
        ({"beyond_license": ""}, "beyond_license:", "at least 10"),
        ({"related": ["a", "a"]}, "related:", "names a twice; keep one"),
        ({"jurisdictions": []}, "jurisdictions:", "`jurisdictions` has 0; give at least 1"),
        (
            {"jurisdictions": ["any", "Germany"]},
            "Germany",
            "`jurisdictions` number 2 is 'Germany'; write any, or a code such as us, eu or us-il",
        ),
        ({"sources": []}, "sources:", "`sources` has 0; give at least 1"),
        ({"confidence": "state"}, "confidence:", "did you mean `stated`?"),
        ({"confidence": "maybe"}, "confidence:", "there are disputed, interpreted, stated"),
        ({"status": "publish"}, "status:", "did you mean `published`?"),
        ({"review": "staff"}, "review:", "it must be a list of `key: value`"),
        ({"review": {"owner": "staff"}}, "review:", "`checked` is missing; add it"),
    ],
)
def test_a_fault_of_an_entry_is_named_with_its_line_and_remedy(
    tmp_path: Path, changes: dict[str, Any], at: str, message: str
):
    found = faults(tmp_path, section("rain", entry("drizzle", **changes)))
    line = line_of(tmp_path / "knowledge" / "rain.yaml", at)
    assert [fault for fault in found if fault.line == line and message in fault.message], found
    assert len(found) == (2 if at == "review:" and "missing" in message else 1), found


SOURCE = {"url": "https://example.org/rain", "title": "About rain", "read": "2026-03-01"}


@pytest.mark.parametrize(
    ("changes", "at", "message"),
    [
        ({"url": "http://example.org/"}, "url:", "must be an https:// address without spaces"),
        ({"url": "https://nowhere"}, "url:", "must be an https:// address without spaces"),
        ({"url": "https://example.org/a b"}, "url:", "must be an https:// address without spaces"),
        ({"url": "https://[example.org"}, "url:", "must be an https:// address without spaces"),
        ({"url": "javascript:alert(1)"}, "url:", "must be an https:// address without spaces"),
        ({"url": "desk:/About"}, "url:", "or desk:/command"),
        ({"url": "https://me:pw@example.org/"}, "url:", "must not have a user name or password"),
        ({"title": "x" * 81}, "title:", "`title` has 81 characters; at most 80"),
        ({"read": "yesterday"}, "read:", "a date such as 2026-11-24, without quotes"),
        ({"tilte": "x"}, "tilte:", "did you mean `title`?"),
    ],
)
def test_a_fault_of_a_source_is_named_with_its_line_and_remedy(
    tmp_path: Path, changes: dict[str, Any], at: str, message: str
):
    source = {**SOURCE, **changes}
    fault = only(tmp_path, section("rain", entry("drizzle", sources=[source]), title="Rain"))
    file = tmp_path / "knowledge" / "rain.yaml"
    nth = 2 if at == "title:" else 1
    assert fault.line == line_of(file, at, nth)
    assert message in fault.message


def test_a_source_may_be_a_command_of_the_desk(tmp_path: Path):
    source = {**SOURCE, "url": "desk:/concern raise"}
    assert faults(tmp_path, section("rain", entry("drizzle", sources=[source]))) == []


def test_a_review_falls_due_after_it_was_made(tmp_path: Path):
    review = {"owner": "staff", "checked": "2026-03-01", "due": "2026-02-01"}
    fault = only(tmp_path, section("rain", entry("drizzle", review=review)))
    assert fault.message.startswith("`due` is before `checked`")
    assert fault.line == line_of(tmp_path / "knowledge" / "rain.yaml", "review:")


@pytest.mark.parametrize(
    ("changes", "at", "message"),
    [
        ({"title": None}, "section:", "`title` is missing; add it"),
        ({"titel": "x"}, "titel:", "did you mean `title`?"),
        ({"about": "Wet."}, "about:", "`about` has 4 characters; at least 10"),
        ({"order": "first"}, "order:", "it must be a whole number"),
        ({"order": -1}, "order:", "it must be 0 or more"),
        ({"order": 10_001}, "order:", "it must be 10000 or less"),
        ({"entries": "none"}, "entries:", "it must be a list, one `- item` a line"),
        ({"entries": ["drizzle"]}, "drizzle", "it must be a list of `key: value`"),
    ],
)
def test_a_fault_of_a_section_is_named_with_its_line_and_remedy(
    tmp_path: Path, changes: dict[str, Any], at: str, message: str
):
    fault = only(tmp_path, section("rain", **changes))
    assert fault.line == line_of(tmp_path / "knowledge" / "rain.yaml", at)
    assert message in fault.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("same:\n  rain: shower\n", 2, "it must be a list, one `- item` a line"),
        ("smae: {}\n", 1, "there is no key `smae` here; did you mean `same`?"),
        ("same:\n  rain: [shower]\n  snow: [Shower]\n", 3, "already means `rain`; keep one"),
        ("same:\n  rain: [shower, '...']\n", 2, "has no letter or digit in it"),
        ("common: [1]\n", 1, "it must be text"),
        ("- rain\n", 1, "must be a list of `key: value`"),
    ],
)
def test_a_fault_of_the_terms_is_named_with_its_line_and_remedy(
    tmp_path: Path, text: str, line: int, message: str
):
    directory = write(tmp_path / "knowledge", section("rain", entry("drizzle")))
    (directory / "_terms.yaml").write_text(text, "utf-8")
    (fault,) = check(directory, today=TODAY)
    assert (fault.file, fault.line) == (str(directory / "_terms.yaml"), line)
    assert message in fault.message
