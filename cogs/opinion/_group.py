"""The command group `/opinion`, and what its modules share."""

from discord import app_commands

from bot.discussions.opinions.model import PREFIX
from bot.guilds.model import Capability
from bot.platform.commands import words
from cogs._typed import reference

GROUP = app_commands.Group(
    name="opinion",
    description=words("command.opinion.description", "Opinion maps: what unites, what divides"),
    guild_only=True,
)

HOSTS = (Capability.HOST, Capability.STAFF)
"""Either opens maps and looks after what is said in them."""

LONGEST = 20
"""Characters of a reference as people type it."""


def map_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "opinion.not_a_reference")
