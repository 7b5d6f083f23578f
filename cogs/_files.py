"""Fetching the files that came with a message, and cleaning them."""

from collections.abc import Sequence

import discord

from bot.cleaning import MOST_BYTES, CleanFile, Refusal, Unfit
from bot.concerns.attachments import MOST_A_LETTER
from bot.desk import Desk
from bot.platform.client import DeskInteraction
from bot.platform.components import Form


def attached(interaction: DeskInteraction, form: Form, name: str) -> list[discord.Attachment]:
    """Return the files of a form's field, to be fetched."""
    state = interaction._state
    return [discord.Attachment(data=one, state=state) for one in form.files(name)]


async def fetched(
    desk: Desk, attachments: Sequence[discord.Attachment]
) -> tuple[list[CleanFile], list[Refusal]]:
    """Return the files that can be kept, and why the others cannot."""
    files: list[CleanFile] = []
    refused: list[Refusal] = []
    for attachment in attachments:
        try:
            files.append(await _one(desk, attachment, len(files)))
        except Unfit as error:
            refused.append(error.why)
    return files, refused


async def _one(desk: Desk, attachment: discord.Attachment, before: int) -> CleanFile:
    if not desk.settings.concerns.attachments:
        raise Unfit(Refusal.OFF)
    if before >= MOST_A_LETTER:
        raise Unfit(Refusal.MANY)
    if attachment.size > MOST_BYTES:
        raise Unfit(Refusal.LARGE)
    try:
        data = await attachment.read()
    except (discord.HTTPException, OSError, TimeoutError):
        raise Unfit(Refusal.LOST) from None
    return await desk.attachments.clean(data, origin=f"discord:{attachment.id}")
