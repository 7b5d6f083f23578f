"""A credit has what its license's version asks for, in three forms that are safe where they go."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.licensing.attribution import (
    Credit,
    Medium,
    Phrases,
    Weight,
    Work,
    is_platform,
    is_web_address,
)
from tests.bot.licensing.conftest import TOOLKIT, tool
from tests.bot.platform.corpus import HOSTILE, LEGIBLE

CAT = "https://www.flickr.com/photos/ana/12345/"


def credit(
    tool_id: str = "by-2.0",
    *,
    title: str = "Cat on a shelf",
    creator: str = "Ana",
    source: str = CAT,
    changes: str = "",
    medium: Medium = Medium.WEB,
) -> Credit:
    """Credit a photo of a cat."""
    return TOOLKIT.credit(Work(title, creator, source, tool(tool_id), changes, medium))


def found(made: Credit, weight: Weight) -> list[str]:
    """Return the rules found with a weight."""
    return [finding.fact.id for finding in made.findings if finding.weight is weight]


def test_a_credit_in_three_forms() -> None:
    made = credit(changes="cropped")

    assert made.plain == (
        "“Cat on a shelf” by Ana (source: https://www.flickr.com/photos/ana/12345/) is licensed "
        "under CC BY 2.0 (https://creativecommons.org/licenses/by/2.0/). Changes: cropped."
    )
    assert made.markdown == (
        "[“Cat on a shelf”](https://www.flickr.com/photos/ana/12345/) by Ana is licensed under "
        "[CC BY 2.0](https://creativecommons.org/licenses/by/2.0/). Changes: cropped."
    )
    assert made.html == (
        '<p><a href="https://www.flickr.com/photos/ana/12345/">“Cat on a shelf”</a> by Ana is '
        'licensed under <a rel="license" href="https://creativecommons.org/licenses/by/2.0/">'
        "CC BY 2.0</a>. Changes: cropped.</p>"
    )
    assert made.complete


@pytest.mark.parametrize(
    ("tool_id", "missing", "recommended"),
    [
        ("by-4.0", ["credit-creator-missing", "credit-source-required"],
         ["credit-title-recommended"]),
        ("by-3.0", ["credit-creator-missing", "credit-title-required",
                    "credit-source-required-2"], []),
        ("by-2.0", ["credit-creator-missing", "credit-title-required",
                    "credit-source-required-2"], []),
        ("by-1.0", ["credit-creator-missing", "credit-title-required"],
         ["credit-source-recommended"]),
        ("zero-1.0", [], []),
        ("mark-1.0", [], []),
    ],
)  # fmt: skip
def test_what_is_missing_depends_on_the_version(
    tool_id: str, missing: list[str], recommended: list[str]
) -> None:
    made = credit(tool_id, title="", creator="", source="")

    assert found(made, Weight.REQUIRED) == missing
    assert found(made, Weight.RECOMMENDED) == recommended
    assert made.complete is not bool(missing)
    assert "Untitled work" in made.plain


@pytest.mark.parametrize("creator", ["Flickr", "by flickr", "Wikimedia Commons", "Google Images"])
def test_a_website_is_not_an_author(creator: str) -> None:
    made = credit(creator=creator)

    assert "credit-creator-platform" in found(made, Weight.REQUIRED)
    for form in (made.plain, made.markdown, made.html):
        assert " by " not in form


def test_people_may_be_called_anything_else() -> None:
    for creator in ("Flickrina", "Ana of Flickr Street", "Unsplash Ananda", "Web Smith"):
        assert not is_platform(creator)


@pytest.mark.parametrize(
    ("tool_id", "verb"),
    [
        ("zero-1.0", "is dedicated to the public domain with CC0 1.0"),
        ("mark-1.0", "is marked with PDM 1.0"),
        ("by-nc-4.0", "is licensed under CC BY-NC 4.0"),
    ],
)
def test_public_domain_tools_are_no_licenses(tool_id: str, verb: str) -> None:
    made = credit(tool_id)

    assert verb in made.plain
    assert "©" not in made.plain + made.markdown + made.html
    assert ("credit-optional" in found(made, Weight.NOTE)) is tool(tool_id).public_domain


def test_changes_to_a_work_under_nd_are_questioned() -> None:
    assert "credit-changes-nd" in found(credit("by-nd-2.0", changes="cropped"), Weight.CHECK)
    assert "credit-changes-nd" not in found(credit("by-nd-2.0"), Weight.CHECK)
    assert "credit-changes-nd" not in found(credit("by-2.0", changes="cropped"), Weight.CHECK)


def test_flickr_and_version_4_are_worth_a_look() -> None:
    assert "credit-flickr" in found(credit("by-4.0"), Weight.CHECK)
    assert "credit-flickr" in found(credit("by-4.0", source="https://flic.kr/p/abc"), Weight.CHECK)
    assert "credit-flickr" not in found(credit("by-2.0"), Weight.CHECK)
    elsewhere = credit("by-4.0", source="https://notflickr.com/1")
    assert "credit-flickr" not in found(elsewhere, Weight.CHECK)


def test_an_assumed_version_is_said_to_be() -> None:
    work = Work("Cat", "Ana", CAT, tool("by-4.0"), version_assumed=True)

    assert "credit-version-assumed" in found(TOOLKIT.credit(work), Weight.CHECK)


def test_retired_licenses_are_for_staff_to_read() -> None:
    assert "credit-retired-terms" in found(credit("sampling-1.0"), Weight.CHECK)
    assert "credit-retired-terms" not in found(credit("certification-1.0-us"), Weight.CHECK)


@pytest.mark.parametrize("medium", Medium)
def test_every_medium_has_its_advice(medium: Medium) -> None:
    assert f"credit-medium-{medium}" in found(credit(medium=medium), Weight.NOTE)


@pytest.mark.parametrize(
    "source",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user:secret@example.org/",
        "file:///etc/passwd",
        "//example.org",
        'https://example.org/"onclick="x',
        "https://example.org/ and more",
        "my own archive, box 3",
        "https://[",
    ],
)
def test_a_source_that_is_no_web_address_is_text(source: str) -> None:
    made = credit(source=source)

    assert "credit-source-not-web" in found(made, Weight.CHECK)
    assert made.html.count("<a ") == 1
    assert not made.markdown.startswith("[")


def test_links_close_where_they_should() -> None:
    made = credit(source="https://example.org/a_(b)?x=[1]&y=2", title="A ] ( title")

    assert "(https://example.org/a_%28b%29?x=%5B1%5D&y=2)" in made.markdown
    assert "“A \\] \\( title”" in made.markdown
    assert 'href="https://example.org/a_%28b%29?x=%5B1%5D&amp;y=2"' in made.html


def test_the_words_between_the_parts_are_the_reader_s() -> None:
    french = Phrases(by="par", licensed="est sous licence", changes="Modifications")

    made = TOOLKIT.credit(Work("Chat", "Ana", CAT, tool("by-4.0"), "recadrée"), french)

    assert "“Chat” par Ana" in made.plain
    assert "est sous licence CC BY 4.0" in made.plain
    assert made.plain.endswith("Modifications: recadrée.")


class Reader(HTMLParser):
    """Reads what a browser would make of a credit."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and where it leads."""
        self.tags.append(tag)
        assert {name for name, _value in attrs} <= {"href", "rel"}
        self.links += [value or "" for name, value in attrs if name == "href"]


def assert_harmless(made: Credit) -> None:
    """Assert that no form has more in it than a credit has."""
    reader = Reader()
    reader.feed(made.html)
    assert reader.tags in (["p", "a"], ["p", "a", "a"])
    assert all(link.lower().startswith(("https://", "http://")) for link in reader.links)
    assert "\n" not in made.plain + made.markdown + made.html
    assert "<" not in made.markdown


@pytest.mark.parametrize("text", [*HOSTILE, *LEGIBLE])
def test_nothing_that_is_typed_works(text: str) -> None:
    for made in (
        credit(title=text),
        credit(creator=text),
        credit(source=text),
        credit(changes=text),
        credit("zero-1.0", title=text, creator=text, source=text, changes=text),
    ):
        assert_harmless(made)
        made.plain.encode()


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_a_credit(title: str, creator: str, source: str, changes: str) -> None:
    assert_harmless(credit(title=title, creator=creator, source=source, changes=changes))


@given(st.text(max_size=40))
def test_only_web_addresses_are_web_addresses(text: str) -> None:
    assert not is_web_address(f"{text}://example.org") or text.lower() in ("http", "https")
