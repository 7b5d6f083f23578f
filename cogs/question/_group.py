"""The command group `/question`, and what its modules share."""

from discord import app_commands

from bot.discussions.queue.model import PREFIX
from bot.platform.commands import words
from cogs._typed import reference

GROUP = app_commands.Group(
    name="question",
    description=words("command.question.description", "Questions for a session"),
    guild_only=True,
)


def question_of(typed: str) -> str:
    """Return the reference that a button or menu carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "question.no_such")
