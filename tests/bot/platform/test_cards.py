"""No card exceeds a limit of Discord's, whatever is put into it (bar 21)."""

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platform import limits
from bot.platform.cards import Button, Card, Choice, Menu, Part, Tone
from bot.platform.components import custom_id
from bot.platform.limits import units
from tests.bot.platform.corpus import HOSTILE

LONG_LINE = "line" * 100
PRESS = custom_id("test", "press", "x")

text = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.builds(
        lambda piece, times: piece * times, st.text(min_size=1, max_size=8), st.integers(0, 900)
    ),
)
buttons = st.lists(st.builds(Button, label=text, press=st.just(PRESS)), min_size=1, max_size=5)
menus = st.builds(
    Menu,
    placeholder=text,
    press=st.just(PRESS),
    choices=st.lists(
        st.builds(Choice, label=text, value=st.uuids().map(str), description=text),
        min_size=1,
        max_size=40,
    ),
)
parts = st.builds(Part, label=text, content=st.one_of(text, st.lists(text, max_size=12)))
cards = st.builds(
    Card,
    title=text,
    body=text,
    kind=text,
    parts=st.lists(parts, max_size=8),
    footer=text,
    tone=st.sampled_from(Tone),
    rows=st.lists(st.one_of(buttons, menus), max_size=5),
    shortened=text,
)


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all components of a payload, nested ones included."""
    found = []
    for component in components:
        found.append(component)
        found += walk(component.get("components", []))
    return found


def texts(card: Card) -> list[str]:
    """Return the texts of a card as Discord gets them."""
    return [one["content"] for one in walk(card.view().to_components()) if one["type"] == 10]


def check(card: Card) -> None:
    """Assert that a card is within every limit."""
    components = walk(card.view().to_components())
    shown = [component["content"] for component in components if component["type"] == 10]
    assert len(components) <= limits.COMPONENTS
    assert shown
    assert all(shown)
    assert sum(units(content) for content in shown) <= limits.TEXT
    for component in components:
        assert len(component.get("custom_id", "")) <= limits.CUSTOM_ID
        assert units(component.get("placeholder") or "") <= limits.PLACEHOLDER
        if component["type"] == 2:
            assert 1 <= units(component["label"]) <= limits.BUTTON_LABEL
        options = component.get("options", [])
        assert len(options) <= limits.OPTIONS
        for option in options:
            assert 1 <= units(option["label"]) <= limits.OPTION_TEXT
            assert units(option.get("description") or "") <= limits.OPTION_TEXT


@given(cards)
def test_no_card_exceeds_a_limit(card: Card) -> None:
    check(card)


@given(cards, text)
def test_no_card_that_hands_text_back_exceeds_a_limit(card: Card, typed: str) -> None:
    whole = card.handing_back(typed, "typed.txt")

    check(whole)
    returned = whole.verbatim or "".join(one.text for one in whole.attachments)
    assert returned == typed.encode("utf-8", "replace").decode()


def test_a_fitting_card_is_shown_whole_in_the_same_order() -> None:
    card = Card(
        kind="Answer",
        title="May I?",
        body="Yes.",
        parts=[Part("Depends on", ["this", "that"]), Part("Beyond", "ask")],
        footer="checked\nno advice",
        shortened="cut",
    )

    assert texts(card) == [
        "-# Answer\n### May I?",
        "Yes.\n\n**Depends on**\n- this\n- that\n\n**Beyond**\nask",
        "-# checked\n-# no advice",
    ]


def test_what_does_not_fit_is_shortened_and_the_card_says_so() -> None:
    card = Card(
        title="Long",
        body="word " * 900,
        parts=[Part("Short", "stays whole"), Part("Lines", [LONG_LINE] * 9)],
        shortened="Shortened; the sources have the rest.",
    )

    _title, middle, notice = texts(card)
    assert notice == "-# Shortened; the sources have the rest."
    body, short, lines = middle.split("\n\n")
    assert body.endswith("word…")
    assert short == "**Short**\nstays whole"
    label, *kept = lines.split("\n")
    assert label == "**Lines**"
    assert kept
    assert all(line == f"- {LONG_LINE}" for line in kept)


def test_an_empty_card_can_still_be_sent() -> None:
    assert texts(Card()) == ["…"]


def test_typed_text_comes_back_in_a_box_or_as_a_file() -> None:
    short = Card(body="Sorry.").handing_back("@everyone <@1>", "typed.txt")
    long = Card(body="Sorry.").handing_back("x" * 4000, "typed.txt")
    fenced = Card(body="Sorry.").handing_back("```code```", "typed.txt")

    assert "```\n@everyone <@1>\n```" in texts(short)
    assert not short.files()
    for card, typed in ((long, "x" * 4000), (fenced, "```code```")):
        (file,) = card.files()
        assert file.fp.read().decode() == typed
        assert any(one["type"] == 13 for one in walk(card.view().to_components()))


def test_the_tone_is_only_the_edge() -> None:
    plain, trouble = Card(body="x"), Card(body="x", tone=Tone.TROUBLE)

    assert texts(plain) == texts(trouble)
    assert plain.view().to_components()[0]["accent_color"] == Tone.PLAIN.value
    assert trouble.view().to_components()[0]["accent_color"] == Tone.TROUBLE.value


def test_a_web_address_becomes_a_link_button() -> None:
    view = Card(body="x", rows=[[Button("Open", "https://example.org")]]).view()

    (button,) = (one for one in walk(view.to_components()) if one["type"] == 2)
    assert button["url"] == "https://example.org"
    assert button["style"] == discord.ButtonStyle.link.value


def test_an_author_who_asks_for_too_many_buttons_is_told() -> None:
    with pytest.raises(ValueError, match="at most 5 buttons"):
        Card(rows=[[Button("x", PRESS)] * 6]).view()
    with pytest.raises(ValueError, match="at most 5 rows"):
        Card(rows=[[Button("x", PRESS)]] * 6).view()


async def test_nothing_about_a_card_is_remembered() -> None:
    view = Card(body="x", rows=[[Button("x", PRESS)]]).view()

    assert view.is_finished()
    assert view.is_persistent()
