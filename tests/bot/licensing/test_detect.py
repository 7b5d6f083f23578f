"""Licenses are found in what people write, and ordinary words are not taken for them."""

import pytest

from bot.licensing.lookup import Found, Nearest
from tests.bot.licensing.conftest import TOOLKIT


def ids(text: str) -> list[str]:
    """Return the ids of the tools in a text; `?` for one that does not exist."""
    return [
        mention.outcome.tool.id if isinstance(mention.outcome, Found) else "?"
        for mention in TOOLKIT.detect(text)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Photo by Ana, CC BY-SA 3.0 DE.", ["by-sa-3.0-de"]),
        ("see https://creativecommons.org/licenses/by-nc/2.0/deed.fr)", ["by-nc-2.0"]),
        ("[license](http://creativecommons.org/licenses/by/4.0/)", ["by-4.0"]),
        ("cc by 4.0 and CC0", ["by-4.0", "zero-1.0"]),
        ("licensed cc-by-nc-sa", ["by-nc-sa-4.0"]),
        ("CC-BY-4.0", ["by-4.0"]),
        ("Public Domain Mark 1.0", ["mark-1.0"]),
        ("Creative Commons Attribution-ShareAlike 4.0 International License", ["by-sa-4.0"]),
        ("https://spdx.org/licenses/CC-BY-3.0-AT.html", ["by-3.0-at"]),
        ("https://creativecommons.org/publicdomain/zero/1.0/", ["zero-1.0"]),
        ("CC BY 4.0, CC BY 4.0, and again cc by 4.0", ["by-4.0"]),
        ("CC BY 4.0 NO CHANGES", ["by-4.0"]),
        ("CC BY 3.0 OR LATER", ["by-3.0"]),
        ("CC0 4.0", ["?"]),
        ("under CC BY-ND-SA 9.0", ["?"]),
    ],
)
def test_named_and_linked_licenses_are_found(text: str, found: list[str]) -> None:
    assert ids(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Photo by Ana",
        "STEP BY STEP",
        "written BY 3 people",
        "a bcc by mistake",
        "cc me, please",
        "version 4.0 of the app",
        "https://creativecommons.org.example/licenses/by/",
        "All rights reserved",
    ],
)
def test_ordinary_words_are_no_license(text: str) -> None:
    assert ids(text) == []


def test_at_most_ten_are_named() -> None:
    text = " ".join(f"CC BY {version}.0 " for version in range(1, 60))

    assert len(TOOLKIT.detect(text)) == 10


def test_one_that_does_not_exist_comes_with_the_nearest() -> None:
    (mention,) = TOOLKIT.detect("CC BY-ND-SA 9.0")

    assert mention.text == "CC BY-ND-SA 9.0"
    assert isinstance(mention.outcome, Nearest)
    assert mention.outcome.tools
