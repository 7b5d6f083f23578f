"""Answering people: at once, only to them unless they chose otherwise, pinging nobody.

Discord gives three seconds for a first answer and fifteen minutes for the rest. A command that
does anything slow calls `acknowledge` first; all of them answer with `reply`, which finds out
whether this is the first answer or a later one. An interaction that ran out is logged, not
raised: there is nobody left to tell.
"""

from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.platform.cards import Card
from bot.words import Tongue

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

NOBODY = discord.AllowedMentions.none()

_REPEATED = 40060
"""Discord's code for an interaction that was answered already: it was delivered a second time."""

_RAN_OUT = frozenset({10015, 10062, 50027, _REPEATED})
"""Discord's codes for an interaction or its token that cannot be answered (any more)."""

log = structlog.stdlib.get_logger(__name__)


def tongue(interaction: "discord.Interaction[DeskClient]") -> Tongue:
    """Return the words for the language this person's Discord is set to."""
    return interaction.client.desk.words.tongue(str(interaction.locale.value))


async def acknowledge(
    interaction: "discord.Interaction[DeskClient]", *, ephemeral: bool = True
) -> bool:
    """Tell Discord that an answer is coming, before anything slow. False if it ran out.

    True as well if the same interaction was acknowledged before, in another delivery or another
    process: whoever works by the interaction's id then finds what was done the first time.
    """
    if interaction.response.is_done():
        return True
    try:
        await interaction.response.defer(ephemeral=ephemeral, thinking=True)
    except discord.HTTPException as error:
        return error.code == _REPEATED or _let_go(error)
    return True


async def acknowledge_turn(interaction: "discord.Interaction[DeskClient]") -> bool:
    """Acknowledge before a slow `turn`: the card that was pressed stays until the new one comes.

    False if the interaction ran out.
    """
    if not _is_theirs(interaction):
        return await acknowledge(interaction)
    try:
        await interaction.response.defer()
    except discord.HTTPException as error:
        return _let_go(error)
    return True


async def take_up(interaction: "discord.Interaction[DeskClient]") -> bool:
    """Acknowledge a press in a direct message without a sign, before a slow `turn`.

    A card there is its reader's alone, so it may turn. False if the interaction ran out.
    """
    try:
        await interaction.response.defer()
    except discord.HTTPException as error:
        return _let_go(error)
    return True


async def reply(
    interaction: "discord.Interaction[DeskClient]", card: Card, *, ephemeral: bool = True
) -> bool:
    """Answer with a card. False if the interaction ran out.

    Raises:
        discord.HTTPException: Discord refuses the card for another reason.
    """
    sent: dict[str, Any] = {
        "view": card.view(),
        "files": card.files(),
        "ephemeral": ephemeral,
        "allowed_mentions": NOBODY,
    }
    try:
        if interaction.response.is_done():
            await interaction.followup.send(**sent)
        else:
            await interaction.response.send_message(**sent)
    except discord.HTTPException as error:
        return _let_go(error)
    return True


async def turn(interaction: "discord.Interaction[DeskClient]", card: Card) -> bool:
    """Show a card in place of the one whose button was pressed, if only this person sees that.

    A public card is everybody's, so it is left alone and the new one goes to the person only.

    Raises:
        discord.HTTPException: Discord refuses the card.
    """
    response = interaction.response
    shown: dict[str, Any] = {
        "view": card.view(),
        "attachments": card.files(),
        "allowed_mentions": NOBODY,
    }
    try:
        if response.type is discord.InteractionResponseType.deferred_message_update:
            await interaction.edit_original_response(**shown)
        elif not _is_theirs(interaction) or response.is_done():
            return await reply(interaction, card)
        else:
            await response.edit_message(**shown)
    except discord.HTTPException as error:
        return _let_go(error)
    return True


async def say(
    interaction: "discord.Interaction[DeskClient]", sentence: str, *, ephemeral: bool = True
) -> bool:
    """Answer with one plain sentence. False if the interaction ran out."""
    return await reply(interaction, Card(body=sentence), ephemeral=ephemeral)


def _is_theirs(interaction: "discord.Interaction[DeskClient]") -> bool:
    """Say whether what was pressed is a card that only this person sees."""
    message = interaction.message
    return message is not None and message.flags.ephemeral


def ran_out(error: Exception) -> bool:
    """Say whether Discord refuses because the interaction can no longer be answered."""
    return isinstance(error, discord.HTTPException) and error.code in _RAN_OUT


def _let_go(error: discord.HTTPException) -> bool:
    """Log an interaction that ran out; raise anything else."""
    if not ran_out(error):
        raise error
    log.info("interaction.ran_out", status=error.status)
    return False
