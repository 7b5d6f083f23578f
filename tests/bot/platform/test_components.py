"""Custom ids are parsed strictly, and what was filled in is read exactly."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platform.components import Form, Route, custom_id, is_ours, on_button, parse
from bot.platform.router import Router

ids = st.from_regex(r"[A-Za-z0-9._-]{1,14}", fullmatch=True)


@given(ids, ids, st.lists(ids, max_size=3))
def test_what_is_made_is_read_back(area: str, action: str, arguments: list[str]) -> None:
    made = custom_id(area, action, *arguments)

    assert len(made) <= 100
    assert is_ours(made)
    assert parse(made) == Route(area, action, tuple(arguments))


@given(st.text(max_size=120))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse(text)
    route = parse(f"cp1:{text}")
    if route is not None:
        assert custom_id(route.area, route.action, *route.arguments) == f"cp1:{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cp1",
        "cp1:",
        "cp1:ask",
        "cp1:ask:",
        "cp1:ask:open:",
        "cp1:ask:open:a b",
        "cp1:ask:open:é",
        "cp2:ask:open:x",
        "xp1:ask:open:x",
        "cp1:ask:open:" + "x" * 100,
        "cp1:ask:open:x\n",
    ],
)
def test_what_the_desk_did_not_make_is_not_understood(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("argument", ["", "a:b", "two words", "é", "x" * 90])
def test_peoples_words_do_not_fit_into_a_custom_id(argument: str) -> None:
    with pytest.raises(ValueError, match="ask:open"):
        custom_id("ask", "open", argument)


def test_a_form_is_read_from_what_was_submitted() -> None:
    form = Form.read(
        {
            "custom_id": "cp1:ask:staff:-",
            "components": [
                {
                    "type": 18,
                    "component": {"type": 4, "custom_id": "what", "value": " as typed \n"},
                },
                {"type": 18, "component": {"type": 4, "custom_id": "empty", "value": ""}},
                {"type": 18, "component": {"type": 3, "custom_id": "kind", "values": ["a", "b"]}},
                {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "row"}]},
            ],
        }
    )

    assert form.text("what") == " as typed \n"
    assert form.text("empty") == ""
    assert form.text("missing") == ""
    assert form.choice("kind") == "a"
    assert form.choices("kind") == ("a", "b")
    assert form.choice("missing") is None
    assert form.text("old") == "row"
    assert form.typed() == " as typed \n\n\na\n\nb\n\nrow"


def test_two_cogs_cannot_answer_the_same_button() -> None:
    class Cog:
        @on_button("ask", "open")
        async def open(self, interaction: Any) -> None:
            """Answer."""

    router = Router()
    first = Cog()
    router.add_marked(first)

    with pytest.raises(ValueError, match="two cogs answer button ask:open"):
        router.add_marked(Cog())
    router.remove_marked(first)
    router.add_marked(Cog())
