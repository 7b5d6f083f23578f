"""Servers never see each other: every service method that takes a server is tried from another.

The methods are found in the code, so one that is added is tried too. A stranger passes the other
server's own references where this test knows them, and else something of the right type.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_origin, get_type_hints

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.model import CloseReason, Delivery, Door, Draft, Kind, State
from bot.concerns.troubles import ConcernTrouble
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.store.base import Row
from tests.bot.privacy.conftest import ANA, ANSWER, CANARY, GUILD, SAM, Said

STRANGER = 799_000_000_000_000_001
"""A server that has nothing of its own; whoever asks from it must learn nothing."""


def _methods(desk: Desk) -> Iterator[tuple[str, Callable[..., Any]]]:
    for part in fields(Desk):
        service = getattr(desk, part.name)
        if part.name == "settings":
            continue
        for name, method in inspect.getmembers(service, inspect.isroutine):
            if name.startswith("_"):
                continue
            try:
                parameters = inspect.signature(method).parameters
            except ValueError:
                continue
            if {"guild_id", "guild_ids"} & parameters.keys():
                yield f"{part.name}.{name}", method


def _arguments(said: Said, letter_id: int) -> dict[str, Any]:
    """Return what a stranger passes, by parameter: always the other server's own references."""
    return {
        "guild_id": STRANGER,
        "guild_ids": [STRANGER],
        "reference": said.anas,
        "references": [said.anas, said.bens],
        "letter_id": letter_id,
        "letter_ids": [letter_id],
        "user_id": ANA,
        "reporter_id": ANA,
        "by": SAM,
        "actor_id": None,
        "to": State.ANSWERED,
        "then": State.ANSWERED,
        "reason": None,
        "how": Delivery.SEEN,
        "text": "from elsewhere",
        "intake": "from elsewhere",
        "draft": Draft(Kind.OTHER, "from elsewhere"),
        "again": "x",
        "what": "test.tried",
        "subject": "x",
        "number": 1,
        "roles": {Capability.STAFF: frozenset({1})},
        "after": said.anas,
        "audit.entries after": 0,
        "part": "",
        "kind": None,
        "kinds": [],
        "state": None,
    }


def _optional(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


async def _everything(desk: Desk) -> dict[str, list[Any]]:
    """Return every row of GUILD, in every table that knows servers."""

    async def work(session):
        found = {}
        for name, table in Row.metadata.tables.items():
            if "guild_id" in table.columns:
                keys = list(table.primary_key.columns)
                rows = await session.execute(
                    select(table).where(table.c.guild_id == GUILD).order_by(*keys)
                )
                found[name] = [tuple(row) for row in rows]
        return found

    return await desk.store.read(work)


async def _called(desk: Desk, method: Callable[..., Any], given: dict[str, Any]) -> object:
    async def call(session: Any = None) -> object:
        named = {**given, "session": session} if session is not None else given
        result = method(**named)
        if inspect.isasyncgen(result):
            return [one async for one in result]
        return await result if inspect.isawaitable(result) else result

    # A database session; a discussion's session is known by its reference.
    if get_type_hints(method).get("session") is AsyncSession:
        return await desk.store.write(call)
    return await call()


async def test_from_another_server_nothing_is_seen_and_nothing_is_changed(desk: Desk, said: Said):
    case = await desk.triage.case(GUILD, said.anas)
    code = desk.anonymous.code_for("test", 1)
    nameless = await desk.anonymous.raise_(
        guild_id=GUILD, draft=Draft(Kind.OTHER, CANARY), code=code, door=Door.WEB, source="x"
    )
    known = _arguments(said, case.letters[0].id) | {"code": code}
    for door in ("raise_", "enter"):
        # The same code is the same act; a stranger's own act has a code of its own.
        known[f"anonymous.{door} code"] = desk.anonymous.code_for("test", door)
    before = await _everything(desk)
    tried, refused = [], []

    for name, method in _methods(desk):
        given = _given(name, method, known)
        try:
            seen = repr(await _called(desk, method, given))
        except Exception as refusal:
            seen = repr(refusal).replace(said.anas, "")  # it was the stranger who said it
            refused.append(name)
        for secret in (CANARY, ANSWER, said.anas, said.bens, nameless.reference, str(GUILD)):
            assert secret not in seen, f"{name} shows {secret} to another server"
        assert await _everything(desk) == before, f"{name} changed another server's rows"
        tried.append(name)

    assert {"triage.open", "triage.reply", "concerns.own_one"} <= set(refused)
    assert {
        "privacy.erase",
        "anonymous.own",
        "anonymous.withdraw",
        "triage.queue",
        "briefs.sign",
    } <= set(tried)
    assert len(tried) > 60


def _given(name: str, method: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    given = {}
    hints = get_type_hints(method)
    for parameter in inspect.signature(method).parameters.values():
        if hints.get(parameter.name) is AsyncSession:
            continue
        special = f"{name} {parameter.name}"
        if special in known or parameter.name in known:
            given[parameter.name] = known.get(special, known.get(parameter.name))
        elif not _optional(parameter):
            given[parameter.name] = _something(hints.get(parameter.name))
    return given


def _something(kind: Any) -> Any:
    """Return something of a type, as a stranger without a clue might pass it."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    plain = {int: 1, str: "x", bool: False, bytes: b"x", datetime: datetime.now(UTC)}
    if kind in plain:
        return plain[kind]
    origin = get_origin(kind)
    if origin in (dict, Mapping):
        return {}
    return () if origin in (list, tuple, Sequence) else None


async def test_the_same_account_is_somebody_else_in_another_server(desk: Desk, said: Said):
    people = desk.privacy._people
    assert people.fingerprint(GUILD, ANA) != people.fingerprint(STRANGER, ANA)
    with pytest.raises(ConcernTrouble):
        await desk.concerns.own_one(STRANGER, ANA, said.anas)
    with pytest.raises(ConcernTrouble):
        await desk.triage.move(STRANGER, said.anas, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
