"""The command group `/topic`, and what its modules share."""

from discord import app_commands
from discord.app_commands import Choice

from bot.guilds.model import Capability
from bot.platform.access import capabilities, require
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.interactions import tongue
from bot.store import StoreUnavailable
from bot.topics.model import PREFIX, Topic
from cogs._choices import offered
from cogs._typed import reference
from cogs.topic import show
from cogs.topic.show import Reader
from cogs.triage.told import guild_of

GROUP = app_commands.Group(
    name="topic",
    description=words("command.topic.description", "What is known about a matter, and from where"),
    guild_only=True,
)

KEEPERS = (Capability.STAFF, Capability.EDITOR)
"""Either keeps topic pages."""

LONGEST = 20
"""Characters of a reference as people type it."""

PAGE_WORD = words("command.topic.page", "Which page; begin to type its title")


async def only_keepers(interaction: DeskInteraction) -> None:
    """Let those pass who keep topic pages."""
    await require(interaction, *KEEPERS)


async def reader_of(interaction: DeskInteraction) -> Reader:
    """Return who looks."""
    keeps = bool(set(KEEPERS) & await capabilities(interaction))
    return Reader(tongue(interaction), keeps)


def topic_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, PREFIX, "topic.not_a_reference")


async def find(interaction: DeskInteraction, typed: str) -> Topic:
    """Return a topic page.

    Raises:
        Refused: it cannot be a reference.
        NoSuchTopic: there is none.
    """
    return await interaction.client.desk.topics.topic(guild_of(interaction), topic_of(typed))


async def card_of(interaction: DeskInteraction, topic: Topic) -> Card:
    """Return a topic page's card for who looks, with what belongs to it."""
    gathered = await interaction.client.desk.topic_pages.of(topic.guild_id, topic.page)
    return show.topic_card(await reader_of(interaction), topic, gathered)


async def offered_pages(interaction: DeskInteraction, current: str) -> list[Choice[str]]:
    """Offer pages by a part of the title or of the reference."""
    try:
        lines = await interaction.client.desk.topics.list_(guild_of(interaction))
    except StoreUnavailable:
        # Nothing to offer is all that an autocomplete can say.
        return []
    return offered(((f"{one.title} · {one.reference}", one.reference) for one in lines), current)
