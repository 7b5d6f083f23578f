"""Waiting for a connection: a crowd waits its turn, and a standstill is not waited out."""

import asyncio

import pytest

from bot.store.turns import Stuck, Turns


async def test_a_crowd_has_its_turns_in_order():
    turns, done = Turns(1, patience=0.05), []

    async def work(number: int) -> None:
        async with turns.one():
            await asyncio.sleep(0)
            done.append(number)

    await asyncio.gather(*(work(number) for number in range(20)))
    assert done == list(range(20))


async def test_a_standstill_is_said_to_be_one_and_leaves_no_place_taken():
    turns, over = Turns(1, patience=0.05), asyncio.Event()

    async def hang() -> None:
        async with turns.one():
            await over.wait()

    hanging = asyncio.create_task(hang())
    await asyncio.sleep(0)
    with pytest.raises(Stuck):
        async with turns.one():
            pass
    waiting = asyncio.create_task(hang())
    await asyncio.sleep(0)
    waiting.cancel()
    over.set()
    await hanging
    async with asyncio.timeout(1), turns.one():
        pass
