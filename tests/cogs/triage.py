"""What the tests of staff's side share."""

from typing import Any

import discord
import simcord

from bot.concerns.model import Consent, Draft, Kind
from tests.cogs.conftest import World, read


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
    world.raised += 1
    receipt = await world.desk.concerns.raise_(
        guild_id=world.guild.id,
        reporter_id=world.ana.id,
        draft=Draft(kind, what, link, wish, consent, about),
        intake=f"test:{world.raised}",
    )
    await world.env.settle()
    return receipt.reference
