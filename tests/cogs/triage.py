"""What the tests of staff's side share: raising, looking at cards, pressing old buttons."""

import itertools
from typing import Any

import discord
import simcord
from simcord import interactions as simulated
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.builders import RoleHandle

from bot.concerns.model import Consent, Draft, Kind
from tests.cogs.conftest import World, read

_numbers = itertools.count(1)


async def raised(
    world: World,
    what: str = "It happened",
    *,
    kind: Kind = Kind.PRIVACY,
    link: str = "",
    wish: str = "",
    consent: Consent = Consent.NOTHING,
    about: str = "",
) -> str:
    """Raise a concern as Ana, and let the desk do what follows; return its reference."""
    receipt = await world.desk.concerns.raise_(
        guild_id=world.guild.id,
        reporter_id=world.ana.id,
        draft=Draft(kind, what, link, wish, consent, about),
        intake=f"test:{next(_numbers)}",
    )
    await delivered(world)
    return receipt.reference


async def delivered(world: World) -> None:
    """Wait until the desk has done on Discord what it has to."""
    await world.env.bot.courier.rest()
    await world.env.settle()


def cards(world: World) -> list[discord.Message]:
    """Return the cards that everybody in the staff channel sees."""
    everybodys = [one for one in world.staff_channel.history() if not one.flags.ephemeral]
    return [one for one in everybodys if "-# Concern\n" in read(one)]


def card(world: World, reference: str = "") -> discord.Message:
    """Return the one card there is, or the one of `reference`."""
    (found,) = [one for one in cards(world) if reference in read(one)]
    return found


def posted(world: World, *custom_ids: str) -> discord.Message:
    """Return a message of the bot with these buttons, as an earlier process or release left it."""
    buttons = [
        {"type": 2, "style": 2, "label": f"{number}", "custom_id": custom_id}
        for number, custom_id in enumerate(custom_ids, 1)
    ]
    backend = world.env.backend
    stored = backend.create_message(
        world.staff_channel.id,
        backend.bot_user.id,
        "An older card",
        components=[{"type": 1, "components": buttons[:5]}],
    )
    return next(one for one in world.staff_channel.history() if one.id == stored.id)


async def press(world: World, who: MemberActor, *custom_id: str) -> simcord.InteractionResult:
    """Press a button that an older card carries."""
    pressed = ":".join(("cp1", "case", *custom_id))
    return await who.click(posted(world, pressed), custom_id=pressed)


async def press_at_once(
    world: World, message: discord.Message, label: str, *who: MemberActor
) -> list[simcord.InteractionResult]:
    """Let several people press the same button in the same instant."""
    backend = world.env.backend
    pressed = next(
        button["custom_id"]
        for button in _walk([one.to_dict() for one in message.components])
        if button.get("label") == label
    )
    results = []
    for person in who:
        record, payload = simulated.base_payload(
            backend,
            type=3,
            channel_id=world.staff_channel.id,
            guild_id=world.guild.id,
            user_id=person.id,
            data={"custom_id": pressed, "component_type": 2},
        )
        stored = backend.get_message(world.staff_channel.id, message.id)
        payload["message"] = dict(serializers.message_payload(backend, stored))
        record.source_message_id = stored.id
        backend.emit("INTERACTION_CREATE", payload)
        results.append(simcord.InteractionResult(world.env, record))
    await world.env.settle()
    return results


def _walk(components: Any) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found += [component, *_walk(component.get("components") or [])]
    return found


def may_triage(world: World, *roles: RoleHandle) -> None:
    """Give roles what Discord shows /triage to by default."""
    for role in roles:
        world.env.backend.edit_role(
            world.guild.id,
            role.id,
            {"permissions": discord.Permissions(manage_messages=True).value},
        )
