"""What the tests of the reporter's side share: raising a concern as a member does."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import UserHandle

from bot.concerns.model import OwnConcern, State
from bot.platform.client import DeskClient
from tests.cogs.conftest import World, read
from tests.cogs.triage import delivered

STORY = "My portrait is in a face dataset."


def typed(**changed: Any) -> dict[str, Any]:
    """Return what a member fills into the form."""
    filled = {
        "kind": ["dataset"],
        "what": STORY,
        "link": "https://example.org/photo",
        "wish": "Please ask them to remove it.",
        "consent": ["count"],
    }
    return {name: value for name, value in {**filled, **changed}.items() if value is not None}


async def raised(
    world: World, by: MemberActor | None = None, **changed: Any
) -> simcord.InteractionResult:
    """Raise a concern with `/concern raise`."""
    person = by or world.ana
    form = await person.slash(world.general, "concern raise")
    return await person.submit_modal(form, typed(**changed))


async def own(world: World, by: MemberActor | None = None) -> OwnConcern:
    """Return the one concern that a person has raised."""
    (found,) = await world.desk.concerns.own([world.guild.id], (by or world.ana).id)
    return found


async def answered(
    world: World, text: str = "We have written to them.", *, act: str = "1", then: str = "answered"
) -> str:
    """Let staff reply to Ana's concern; return its reference."""
    reference = (await own(world)).reference
    await world.desk.triage.reply(
        world.guild.id, reference, world.sam.id, text, intake=act, then=State(then)
    )
    await delivered(world)
    return reference


def letters(person: MemberActor | UserHandle) -> list[str]:
    """Return the texts of the direct messages a person has from the desk, oldest first."""
    user = person.user if isinstance(person, MemberActor) else person
    return [read(message) for message in user.dm_channel.history()]


def close_direct_messages(world: World, person: MemberActor) -> Callable[[], None]:
    """Close a person's direct messages, as Discord answers then; return how to open them."""
    faults = world.env.backend.faults
    path = f"/channels/{person.user.dm_channel.id}/messages"
    world.env.inject_error("POST", path, status=403, code=50007, times=None)
    fault = faults[-1]
    return lambda: faults.remove(fault)


def field(form: simcord.InteractionResult, name: str) -> dict[str, Any]:
    """Return a field of a form that is open."""
    assert form.modal is not None, "no form opened"
    found = [label["component"] for label in form.modal["components"]]
    return cast("dict[str, Any]", next(one for one in found if one["custom_id"] == name))


def chosen(form: simcord.InteractionResult, name: str) -> list[str]:
    """Return what is chosen already in a menu of a form that is open."""
    return [one["value"] for one in field(form, name)["options"] if one.get("default")]


def note(form: simcord.InteractionResult, name: str) -> str:
    """Return what stands under a field's label."""
    assert form.modal is not None
    labels = form.modal["components"]
    return str(next(one["description"] for one in labels if one["component"]["custom_id"] == name))


async def deliver_again(world: World, times: int) -> None:
    """Let Discord deliver the last submitted form again, so many times at once."""
    payload = next(
        payload
        for sort, event, payload in reversed(world.env.backend.transcript)
        if (sort, event) == ("GATEWAY", "INTERACTION_CREATE") and payload["type"] == 5
    )
    for _ in range(times):
        world.env.backend.emit("INTERACTION_CREATE", deepcopy(payload))
    await world.env.settle()


@pytest.fixture
def client(world: World) -> Callable[[], DeskClient]:
    """The client that runs now; another one after a restart."""
    return lambda: cast(DeskClient, world.env.bot)


def edits_of_replies(world: World) -> list[Any]:
    """Return the bodies of what was edited into replies."""
    return [
        request.json
        for request in world.env.http_requests
        if request.method == "PATCH" and request.path.endswith("/messages/@original")
    ]
