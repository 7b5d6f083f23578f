"""Structured logs that carry references, never people or their words.

Every line is one JSON object. A processor drops any field that is not on the list of what a log
may hold, so a careless `log.info("…", text=…)` logs `text: "[removed]"` and not the text.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    {
        "attempts",
        "capability",
        "channel",
        "command",
        "component",
        "count",
        "delay",
        "depth",
        "dialect",
        "entry",
        "error",
        "event",
        "faults",
        "file",
        "guild",
        "host",
        "id",
        "kind",
        "level",
        "line",
        "logger",
        "milliseconds",
        "outcome",
        "permission",
        "port",
        "reference",
        "revision",
        "seconds",
        "shard",
        "state",
        "status",
        "timestamp",
        "trouble",
        "version",
        "where",
    }
)
"""The only fields a log line keeps. `id` is an outbox row's; `trouble` a support reference."""

_REMOVED = "[removed]"


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs, as JSON lines, to `stream` (stderr)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                keep_allowed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def keep_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace the value of every field that a log may not hold.

    What is no plain value is replaced too: an exception by its kind, for its message may quote.
    """
    for key, value in event.items():
        if key not in ALLOWED:
            event[key] = _REMOVED
        elif isinstance(value, BaseException):
            event[key] = type(value).__name__
        elif not isinstance(value, str | int | float | None):
            event[key] = _REMOVED
    return event


def _foreign(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Reduce a library's own line to its template: its arguments may hold people or their words.

    discord.py, for one, logs users' names and message content in its arguments at DEBUG, and
    exceptions' messages can quote the request that failed.
    """
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = str(record.msg) if record.args else _first_words(str(record.msg))
        if record.exc_info and record.exc_info[0] is not None:
            event["error"] = record.exc_info[0].__name__
            event.pop("exc_info", None)
            record.exc_info = None
            record.exc_text = None
        record.args = ()
        record.msg = event["event"]
    return event


def _first_words(message: str, words: int = 12) -> str:
    """Keep the head of a ready-made message; what follows may be interpolated data."""
    return " ".join(message.split()[:words])
