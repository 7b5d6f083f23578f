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
from bot.platform.client import DeskClient
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
    who: int = 0,
) -> str:
    """Raise a concern as Ana, or `who`, and let the desk do what follows; return its name."""
    receipt = await world.desk.concerns.raise_(
        guild_id=world.guild.id,
        reporter_id=who or world.ana.id,
        draft=Draft(kind, what, link, wish, consent, about),
        intake=f"test:{next(_numbers)}",
    )
    await delivered(world)
    return receipt.reference


async def delivered(world: World) -> None:
    """Wait until the desk has done on Discord what it has to."""
    await deliver(world.env)


async def deliver(env: simcord.Env) -> None:
    """Wait until the courier has tried all that is due."""
    assert isinstance(env.bot, DeskClient)
    await env.bot.courier.rest()
    await env.settle()


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


async def press_together(
    env: simcord.Env,
    message: discord.Message | simcord.ResponseMessage,
    label: str,
    *who: MemberActor,
) -> list[simcord.InteractionResult]:
    """Press the same button as several people (or one, twice) in the same instant."""
    channel_id = (
        message.channel_id if isinstance(message, simcord.ResponseMessage) else message.channel.id
    )
    stored = env.backend.get_message(channel_id, message.id)
    pressed = next(
        one["custom_id"] for one in _walk(stored.components) if one.get("label") == label
    )
    results = []
    for person in who:
        record, payload = simulated.base_payload(
            env.backend,
            type=3,
            channel_id=channel_id,
            guild_id=person.guild.id,
            user_id=person.id,
            data={"custom_id": pressed, "component_type": 2},
        )
        payload["message"] = dict(serializers.message_payload(env.backend, stored))
        record.source_message_id = stored.id
        env.backend.emit("INTERACTION_CREATE", payload)
        results.append(simcord.InteractionResult(env, record))
    await env.settle()
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
