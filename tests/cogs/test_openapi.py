"""The comparison with Discord's description, which every test of a cog ends with, does bite."""

from typing import Any

import pytest

from tests.cogs import openapi

pytestmark = pytest.mark.skipif(
    openapi.description() is None,
    reason=f"no {openapi.FILE.name} beside the project: requests were not compared with it",
)

MESSAGES = "/channels/1456074443980800016/messages"
CALLBACK = "/interactions/1456074443980800016/some-token/callback"
CONTAINER = 17
TEXT = 10


def card(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": CONTAINER, "components": list(parts)}], "flags": 1 << 15}


def test_what_discord_takes_passes():
    assert openapi.fault("POST", MESSAGES, card({"type": TEXT, "content": "hello"})) is None
    assert openapi.fault("POST", "/users/@me/channels", {"recipient_id": 7}) is None
    body = {"type": 4, "data": card({"type": TEXT, "content": "hello"})}
    assert openapi.fault("POST", CALLBACK, body) is None
    assert openapi.fault("GET", "/users/@me", None) is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/nowhere", {}),
        ("PUT", MESSAGES, {}),
        ("POST", MESSAGES, {"content": "x" * 4001}),
        ("POST", MESSAGES, card({"type": 99, "content": "hello"})),
        ("POST", MESSAGES, card({"type": TEXT})),
        ("POST", MESSAGES, {"content": "x", "allowed_mentions": {"parse": ["all"]}}),
        ("POST", MESSAGES, {"payload_json": '{"content": 1}'}),
        ("POST", CALLBACK, {"type": 77}),
        ("POST", CALLBACK, {"type": 4, "data": {"components": "none"}}),
        ("POST", "/users/@me/channels", {"recipient_id": "somebody"}),
    ],
)
def test_what_discord_refuses_does_not(method: str, path: str, body: Any):
    assert openapi.fault(method, path, body)
