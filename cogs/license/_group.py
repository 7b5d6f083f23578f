"""The command group `/license`, which each module here adds its command to."""

from discord import app_commands

from bot.platform.commands import words

GROUP = app_commands.Group(
    name="license",
    description=words("command.license.description", "Work with Creative Commons licenses"),
)

NAME_LIMIT = 300
"""Characters of a license's name; nobody needs more, and what is longer is not read anyway."""
