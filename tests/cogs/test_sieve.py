"""Messages that nobody wants are never made; those that somebody wants are, as always."""

import asyncio

import discord
import pytest

from bot.platform.client import DeskClient
from bot.settings import Settings
from tests.cogs.conftest import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The desk reads messages."""
    on = settings.questions.model_copy(update={"message_content": True})
    return settings.model_copy(update={"questions": on})


async def test_only_messages_that_somebody_wants_are_made(world: World) -> None:
    client = world.env.bot
    assert isinstance(client, DeskClient)
    wanted: list[str] = []

    def fails(_incoming: object) -> None:
        raise LookupError

    client.sieve.watchers.append(fails)
    client.sieve.watchers.append(
        lambda one: (
            (lambda made: wanted.append(made.content)) if one.data["content"] == "b" else None
        )
    )
    for text in "abc":
        await world.ana.send(world.general, text)
    assert wanted == ["b"]

    channel = client.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    (last,) = [one.id for one in world.general.history() if one.content == "c"]
    assert channel.last_message_id == last

    waiting = asyncio.create_task(client.wait_for("message", timeout=5))
    await asyncio.sleep(0)
    await world.ana.send(world.general, "d")
    assert (await waiting).content == "d"
