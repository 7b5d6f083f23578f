"""The command group `/discussion`, and what all its modules share."""

from discord import app_commands

from bot.discussions.keeping import PREFIX
from bot.discussions.model import Kind, NoSuchSession, Session, State
from bot.guilds.model import Capability
from bot.platform.access import capabilities, require
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from cogs._typed import reference
from cogs.triage.told import guild_of

GROUP = app_commands.Group(
    name="discussion",
    description=words("command.discussion.description", "Sessions: what comes, and what was"),
    guild_only=True,
)

HOSTS = (Capability.HOST, Capability.STAFF)
"""Either plans sessions."""

KINDS = {
    Kind.DISCUSSION: words("command.discussion.kind.discussion", "Open discussion"),
    Kind.AMA: words("command.discussion.kind.ama", "Ask me anything, with guests"),
    Kind.TOWN_HALL: words("command.discussion.kind.town_hall", "Town hall"),
    Kind.READING: words("command.discussion.kind.reading", "Reading of a draft"),
}

LONGEST = 20
"""Characters of a reference as people type it."""


def session_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "discussion.not_a_reference")


async def is_host(interaction: DeskInteraction) -> bool:
    """Say whether who looks may plan sessions."""
    return bool(set(HOSTS) & await capabilities(interaction))


async def only_hosts(interaction: DeskInteraction) -> None:
    """Let hosts and staff pass."""
    await require(interaction, *HOSTS)


async def find(interaction: DeskInteraction, typed: str) -> Session:
    """Return a session that who looks may see.

    Raises:
        Refused: it cannot be a reference.
        NoSuchSession: there is none, or it is not announced and they do not host.
    """
    found = await interaction.client.desk.sessions.session(guild_of(interaction), session_of(typed))
    hidden = found.state is State.PLANNED or found.announced_at is None
    if hidden and not await is_host(interaction):
        raise NoSuchSession(typed)
    return found
