"""Discord's own OpenAPI description, asked whether Discord would take a request.

The file lies beside the project where it is worked on, and in no clone of it: without it nothing
is checked, and tests/cogs/test_openapi.py says that it was skipped. It describes version 10 of the
API (https://github.com/discord/discord-api-spec, MIT).
"""

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from tests.conftest import ROOT

FILE = ROOT.parent / "shared" / "data" / "discord-openapi.json"


@functools.cache
def description() -> dict[str, Any] | None:
    """Return the description, read once; None where the file is not."""
    if not FILE.exists():
        return None
    loaded: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    # Discord takes ids as numbers too, and discord.py sends some so:
    # https://discord.com/developers/docs/reference#snowflakes
    schemas = loaded["components"]["schemas"]
    schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer"}]}
    # So it is with the bits of permissions, which it describes as strings elsewhere:
    # https://docs.discord.com/developers/topics/permissions
    overwrite = loaded["paths"]["/channels/{channel_id}/permissions/{overwrite_id}"]["put"]
    for body in overwrite["requestBody"]["content"].values():
        for name in ("allow", "deny"):
            body["schema"]["properties"][name] = {"type": ["integer", "string", "null"]}
    schemas["CreateRoleRequest"]["properties"]["permissions"] = {
        "type": ["integer", "string", "null"]
    }
    return loaded


def faults(requests: Iterable[Any]) -> list[str]:
    """Return what Discord would not take of SimCord's recorded requests; [] without the file."""
    if description() is None:
        return []
    found = []
    for one in requests:
        problem = fault(one.method, one.path, one.json)
        if problem is not None:
            found.append(f"{one.method} {one.path}: {problem}")
    return found


def fault(method: str, path: str, body: Any) -> str | None:
    """Return what is wrong with one request, by the description; None if nothing is."""
    template = _template(path.partition("?")[0].strip("/"), method.lower())
    if template is None:
        return "there is no such route"
    if body is None:
        return None
    if isinstance(body, dict) and isinstance(body.get("payload_json"), str):
        body = json.loads(body["payload_json"])
    # As it goes over the wire: enumerations become their values, tuples lists.
    return _fault(template, method.lower(), json.dumps(body))


@functools.lru_cache(maxsize=256)
def _fault(template: str, method: str, body: str) -> str | None:
    # Remembered: every test's desk registers the same commands, and looking through them is slow.
    validator = _validator(template, method)
    if validator is None:
        return None
    data = json.loads(body)
    if validator.is_valid(data):
        return None
    # Of all that is wrong in any alternative, what lies deepest is what was nearest to fitting.
    found = list(_all(validator.iter_errors(data)))
    deepest = max(len(one.instance_path) for one in found)
    said = [_said(one) for one in found if len(one.instance_path) == deepest]
    return ", or ".join(dict.fromkeys(said))[:600]


def _all(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        yield error
        for alternative in getattr(error.kind, "context", ()):
            yield from _all(alternative)


def _said(error: ValidationError) -> str:
    where = "/".join(map(str, error.instance_path)) or "the body"
    return f"{where}: {error.message[:300]}"


@functools.cache
def _template(path: str, method: str) -> str | None:
    whole = description()
    assert whole is not None
    segments = path.split("/")
    best: tuple[int, str] | None = None
    for template, operations in whole["paths"].items():
        parts = template.strip("/").split("/")
        if len(parts) != len(segments) or method not in operations:
            continue
        pairs = list(zip(parts, segments, strict=True))
        if all(part.startswith("{") or part == segment for part, segment in pairs):
            literal = sum(part == segment for part, segment in pairs)
            if best is None or literal > best[0]:
                best = (literal, template)
    return None if best is None else best[1]


@functools.cache
def _validator(template: str, method: str) -> Draft202012Validator | None:
    whole = description()
    assert whole is not None
    content = whole["paths"][template][method].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    # OpenAPI 3.1 schemas are JSON Schema 2020-12; references point into the same document.
    return Draft202012Validator({**schema, "components": whole["components"]})
