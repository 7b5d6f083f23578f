"""People's words stay their words, and Discord acts on none of them (bar 20)."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simcord.preview._markdown import markdown_tokens

from bot.platform.inert import clean, inert, link, plain
from bot.platform.limits import graphemes, shorten, units
from tests.bot.platform.corpus import HOSTILE, LEGIBLE

ACTED_ON = re.compile(
    r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^:\n]+:\d+>|<t:-?\d+(:\w)?>|<id:\w+>|<a?:\w+:\d+>"
    r"|<[^>\s\\]+@[^>\s\\]+>|(?<!\\)<tel:|[a-z]+://|discord\.gg/|discord(app)?\.com/invite/"
    r"|(?<!\\)\]\(|(?m:^\s*(-#|#{1,3} |[-*+] |\d+[.)] |>))",
    re.IGNORECASE,
)
"""What Discord, its clients and its servers look for in raw text."""

UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

anything = st.text(st.characters(exclude_categories=()), max_size=200)
markup = st.lists(
    st.sampled_from(
        [*"<>@#&:!/\\*_~`|[]()-+.1 \n", "everyone", "here", "https://x.org", "\u200b", "\u202e"]
    ),
    max_size=40,
).map("".join)


def unescaped(text: str) -> str:
    """Return what a reader sees: Discord takes a backslash before punctuation away."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text).replace("\u200b", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_acted_on_or_unseen(text: str) -> None:
    shown = inert(text, limit=4000)

    assert not ACTED_ON.search(shown)
    assert not UNSEEN.search(shown)
    assert units(shown) <= 4000


@given(st.one_of(anything, markup, st.sampled_from(HOSTILE)), st.integers(1, 300))
@example("\u037e\u1fefx\u1fef", 50)
def test_whatever_is_typed_nothing_in_it_works(text: str, limit: int) -> None:
    shown = inert(text, limit=limit)

    assert not ACTED_ON.search(shown)
    assert not UNSEEN.search(shown)
    assert units(shown) <= limit
    shown.encode()


@given(st.one_of(anything, markup))
def test_a_reader_sees_exactly_the_words_that_were_typed(text: str) -> None:
    assert unescaped(inert(text, limit=100_000)) == unescaped(clean(text).replace("\\", "\\\\"))


@given(st.one_of(anything, markup))
def test_every_character_of_markup_is_escaped(text: str) -> None:
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "", inert(text, limit=100_000))

    assert not set(bare) & set("\\*_~`|<>[]@#/")


@pytest.mark.parametrize("text", LEGIBLE)
def test_every_script_stays_legible(text: str) -> None:
    assert unescaped(inert(text, limit=500)) == unicodedata.normalize("NFC", text)
    assert plain(text, limit=100) == unicodedata.normalize("NFC", text)


@given(markup)
def test_another_reader_of_discords_markup_finds_only_text(text: str) -> None:
    # The simulator's preview takes "-# " for subtext even where its dash is escaped.
    tokens = markdown_tokens(inert(text.replace("#", ""), limit=4000), "text_display")

    assert kinds(tokens) <= {"paragraph", "inline", "text", "break"}


def kinds(token: Any) -> set[str]:
    """Return the kinds of token in a tree of them."""
    if isinstance(token, list):
        return set().union(*map(kinds, token))
    if isinstance(token, dict):
        return {token["type"]} | kinds(token.get("children", []))
    return set()


def test_right_to_left_text_keeps_its_letters_and_loses_its_overrides() -> None:
    assert inert("שלום \u202eabc\u202c עולם", limit=100) == "שלום abc עולם"


def test_emoji_stay_whole() -> None:
    assert inert("🏳️‍🌈 👩‍🔬 👍🏽 🇫🇷", limit=100) == "🏳️‍🌈 👩‍🔬 👍🏽 🇫🇷"


def test_zalgo_is_cut_down_to_a_word() -> None:
    shown = inert("Z" + "\u0336\u0489\u0301" * 50 + "algo", limit=100)

    assert shown.startswith("Z")
    assert shown.endswith("algo")
    assert len(shown) <= len("Zalgo") + 2


def test_an_address_can_be_read_and_copied_but_not_pressed() -> None:
    shown = inert("see https://example.org/a_b", limit=100)

    assert "://" not in shown
    assert unescaped(shown) == "see https://example.org/a_b"


def test_what_cannot_be_seen_is_nothing() -> None:
    assert inert("\u200b\u3164\u00ad \ufe0f", limit=100) == ""
    assert plain(" \n\t\u2060", limit=100) == ""


def test_many_blank_lines_become_one() -> None:
    assert inert("a\n\n \n\n\nb", limit=100) == "a\n\nb"


@given(st.one_of(anything, st.sampled_from([*HOSTILE, *LEGIBLE])), st.integers(0, 120))
def test_labels_are_one_clean_line_within_their_limit(text: str, limit: int) -> None:
    shown = plain(text, limit=limit)

    assert units(shown) <= limit
    assert "\n" not in shown
    assert not UNSEEN.search(shown)


@given(anything, st.integers(1, 50))
def test_text_is_never_cut_inside_what_people_see_as_a_character(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert units(short) <= limit
    if short != text:
        assert short.endswith("…")
        kept = short.removesuffix("…")
        pieces = list(graphemes(text))
        starts = {"".join(pieces[:n]).rstrip() for n in range(len(pieces) + 1)}
        assert kept in starts


def test_a_family_is_one_character_and_so_is_a_flag() -> None:
    assert list(graphemes("a👨‍👩‍👧é🇫🇷🇩🇪한각")) == [
        "a",
        "👨‍👩‍👧",
        "é",
        "🇫🇷",
        "🇩🇪",
        "한",
        "각",
    ]
    assert shorten("👨‍👩‍👧👨‍👩‍👧", 9) == "👨‍👩‍👧…"


def test_a_source_is_linked_by_its_title() -> None:
    shown = link("CC FAQ: May I [really]?", "https://example.org/faq#may-i-(really)")

    assert shown == r"[CC FAQ: May I \[really\]?](https://example.org/faq#may-i-%28really%29)"


def test_what_is_no_web_address_is_not_linked() -> None:
    assert link("This desk: /about", "desk:/about") == r"This desk: \/about"
    assert link("x", "javascript:alert(1)") == "x"
    assert link("x", "https://") == "x"
