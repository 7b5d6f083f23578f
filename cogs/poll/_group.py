"""The command group `/poll`, and what its modules share."""

from discord import app_commands

from bot.discussions.polls.model import PREFIX, Kind
from bot.guilds.model import Capability
from bot.platform.commands import words
from cogs._typed import reference

GROUP = app_commands.Group(
    name="poll",
    description=words("command.poll.description", "Polls: what people want, counted"),
    guild_only=True,
)

HOSTS = (Capability.HOST, Capability.STAFF)
"""Either opens and closes polls."""

KINDS = {
    Kind.ONE: words("command.poll.kind.one", "One answer"),
    Kind.SEVERAL: words("command.poll.kind.several", "Several answers"),
    Kind.RANKED: words("command.poll.kind.ranked", "Ranked: people put answers in order"),
}

LONGEST = 20
"""Characters of a reference as people type it."""


def poll_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "poll.not_a_reference")
