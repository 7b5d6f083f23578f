"""Starting and stopping the demo."""

import asyncio
import os
import signal
import socket
from datetime import datetime

import aiohttp
import pytest

from bot.simulator.demo import DemoTrouble, run_demo, simulated, tick
from tests.bot.simulator.toy import Toy
from tests.conftest import StandingClock


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_stops_the_demo_with_pages_open(
    browser: aiohttp.ClientSession, ending: signal.Signals
) -> None:
    toy, said = Toy(), list[str]()
    started = asyncio.Event()

    def hear(line: str) -> None:
        said.append(line)
        if "Ctrl-C" in line:
            started.set()

    demo = asyncio.create_task(run_demo(lambda: toy, port=0, open_browser=False, out=hear))
    async with asyncio.timeout(20):
        await started.wait()
        address = next(word for word in " ".join(said).split() if word.startswith("http://"))
        async with browser.get(address + "ana/general") as answer:
            assert answer.status == 200
        os.kill(os.getpid(), ending)
        await demo
    assert toy.is_closed()
    assert "kept" in said[-1]
    with pytest.raises(aiohttp.ClientError):
        await browser.get(address)


async def test_the_terminal_shows_the_address_and_five_things_to_try() -> None:
    said = list[str]()

    def hear(line: str) -> None:
        said.append(line)
        if "Ctrl-C" in line:
            os.kill(os.getpid(), signal.SIGINT)

    await run_demo(Toy, port=0, open_browser=False, out=hear)
    text = "\n".join(said)
    for number in range(1, 6):
        assert f"\n  {number}. " in text
    assert "on this machine only" in text
    assert text.count("http://127.0.0.1:") == 6


async def test_a_taken_port_is_one_clear_sentence_and_the_bot_is_never_built() -> None:
    def never() -> Toy:
        raise AssertionError

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(DemoTrouble, match=f"Port {port} on this machine is taken") as trouble:
            await run_demo(never, port=port, open_browser=False)
    assert "--port" in str(trouble.value)


async def test_a_bot_that_cannot_start_leaves_no_port_behind(clock: StandingClock) -> None:
    class Broken(Toy):
        async def setup_hook(self) -> None:
            raise RuntimeError("no commands today")

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RuntimeError, match="no commands today"):
        async with simulated(Broken, port=port, clock=clock):
            pass
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_time_goes_on_when_the_bot_is_in_trouble(clock: StandingClock) -> None:
    async with simulated(Toy, clock=clock) as demo:
        asked = asyncio.Event()

        def troubled() -> datetime:
            if not asked.is_set():
                asked.set()
                raise OSError
            raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await tick(demo.places, troubled, every=0)


async def test_the_next_start_may_follow_at_once(clock: StandingClock) -> None:
    for _ in range(2):
        async with simulated(Toy, clock=clock) as demo:
            assert demo.env.bot.is_ready()
