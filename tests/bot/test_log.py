"""Logs carry references; people and their words are dropped, whoever logs them."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import log
from tests.conftest import ROOT

CANARY = "canary-8x7"


@pytest.fixture
def lines() -> Iterator[Any]:
    """Everything logged, as it is written out; the test suite's own logging is put back after."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure("DEBUG", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_object_with_time_level_and_origin(lines: Any):
    structlog.stdlib.get_logger("some.module").info("desk.ready", count=3)
    (line,) = lines()
    assert line == {
        "event": "desk.ready",
        "count": 3,
        "level": "info",
        "logger": "some.module",
        "timestamp": line["timestamp"],
    }
    assert line["timestamp"].endswith("Z")


def test_a_field_that_no_log_may_hold_is_emptied(lines: Any):
    structlog.stdlib.get_logger().warning("x", text=CANARY, user=CANARY, reference="C-7K4Q-2M")
    (line,) = lines()
    assert line["text"] == line["user"] == "[removed]"
    assert line["reference"] == "C-7K4Q-2M"


def test_a_librarys_arguments_are_never_filled_in(lines: Any):
    logging.getLogger("discord.gateway").debug("Received %s from %s", CANARY, {"id": CANARY})
    (line,) = lines()
    assert line["event"] == "Received %s from %s"
    assert CANARY not in json.dumps(line)


def test_a_librarys_ready_made_message_is_cut_short(lines: Any):
    logging.getLogger("discord").info(
        "one two three four five six seven eight nine ten eleven twelve " + CANARY
    )
    (line,) = lines()
    assert line["event"].endswith("twelve")


def test_an_exception_is_its_kind_without_message_or_trace(lines: Any):
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
        structlog.stdlib.get_logger().exception("desk.failed")
        structlog.stdlib.get_logger().error("desk.failed", exc_info=True, stack_info=True)
    assert CANARY not in json.dumps(lines())
    assert lines()[0]["error"] == "ValueError"


def test_a_warning_is_a_log_line_too_and_levels_are_kept(lines: Any):
    logging.getLogger("discord").setLevel(logging.NOTSET)
    logging.getLogger().setLevel("WARNING")
    structlog.stdlib.get_logger().info("too.quiet")
    structlog.stdlib.get_logger().error("loud.enough")
    assert [line["event"] for line in lines()] == ["loud.enough"]


def test_what_is_no_plain_value_is_not_spelled_out(lines: Any):
    structlog.stdlib.get_logger().info("x", error=ValueError(CANARY), kind=[CANARY], where=None)
    (line,) = lines()
    assert (line["error"], line["kind"], line["where"]) == ("ValueError", "[removed]", None)


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def _log_calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def test_every_line_of_our_own_has_a_fixed_event_and_fields_that_logs_may_hold():
    calls = list(_log_calls())
    assert len(calls) > 10
    for where, call in calls:
        assert isinstance(call.args[0], ast.Constant), f"{where}: name the event, and use fields"
        assert len(call.args) == 1, where
        for keyword in call.keywords:
            assert keyword.arg in log.ALLOWED, f"{where}: {keyword.arg} would be removed"
