"""Direct messages reach whoever is first to take them, one after the other."""

import asyncio

import discord
import pytest

from bot.platform.client import DeskClient
from bot.platform.errors import Refused
from bot.platform.inbox import MOST_WAITING, Inbox, Turn
from tests.cogs.conftest import World, assert_nobody_is_pinged, read

FIRST, LAST = Turn.RELAY, Turn.INTAKE


@pytest.fixture
def inbox(simcord_bot: DeskClient, world: World) -> Inbox:
    """The client's inbox, without what the cogs added."""
    for turn in Turn:
        simcord_bot.inbox.remove(turn)
    return simcord_bot.inbox


async def test_the_first_who_takes_a_message_has_it(inbox: Inbox, world: World) -> None:
    seen: list[str] = []

    async def later(message: discord.Message) -> bool:
        seen.append(f"later: {message.content}")
        return True

    async def first(message: discord.Message) -> bool:
        seen.append(f"first: {message.content}")
        return message.content == "mine"

    inbox.add(LAST, later)
    inbox.add(FIRST, first)

    await world.ana.send_dm("mine")
    await world.ana.send_dm("yours")

    assert seen == ["first: mine", "first: yours", "later: yours"]


async def test_a_message_in_a_server_is_no_direct_message(inbox: Inbox, world: World) -> None:
    seen: list[str] = []

    async def taker(message: discord.Message) -> bool:
        seen.append(message.content)
        return True

    inbox.add(FIRST, taker)

    await world.ana.send(world.general, "hello all")

    assert not seen


async def test_two_cannot_have_one_turn(inbox: Inbox, world: World) -> None:
    async def taker(_message: discord.Message) -> bool:
        return True

    inbox.add(FIRST, taker)

    with pytest.raises(ValueError, match="RELAY"):
        inbox.add(FIRST, taker)


async def test_a_failure_is_one_plain_sentence_in_the_persons_language(
    inbox: Inbox, world: World, simcord_bot: DeskClient
) -> None:
    async def refusing(_message: discord.Message) -> bool:
        raise Refused("error.server_only")

    inbox.add(FIRST, refusing)
    await world.ana.send_dm("hello")
    simcord_bot.languages.note(world.ana.id, "fr")

    await world.ana.send_dm("bonjour")

    english, french = (
        read(message) for message in world.ana.user.dm_channel.history() if message.author.bot
    )
    assert "server" in english
    assert "serveur" in french
    assert_nobody_is_pinged(world)


async def test_an_unexpected_failure_gets_a_trouble_reference(inbox: Inbox, world: World) -> None:
    async def failing(_message: discord.Message) -> bool:
        raise ZeroDivisionError

    inbox.add(FIRST, failing)

    await world.ana.send_dm("hello")

    last = world.ana.user.dm_channel.last_message
    assert last is not None
    assert "T-" in read(last)


async def test_one_persons_messages_wait_for_each_other_and_a_flood_ends(
    inbox: Inbox, world: World
) -> None:
    let_go = asyncio.Event()
    taken: list[int] = []
    under_way = 0

    async def slow(message: discord.Message) -> bool:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        await let_go.wait()
        taken.append(message.id)
        under_way -= 1
        return True

    first = await world.ana.send_dm("one")
    inbox.add(FIRST, slow)
    flood = [asyncio.create_task(inbox.receive(first)) for _ in range(MOST_WAITING + 5)]
    other = asyncio.create_task(inbox.receive(first))
    await asyncio.sleep(0)
    let_go.set()
    await asyncio.gather(*flood, other)

    told = [read(one) for one in world.ana.user.dm_channel.history() if one.author.bot]
    assert len(taken) == MOST_WAITING
    assert len([text for text in told if "faster than they can be read" in text]) == 1
