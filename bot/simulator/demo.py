"""Running the demo: the bot, the simulated Discord, its pages, from start to clean stop."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import discord
import structlog
from simcord import Env

from bot.clock import Clock, utc_now
from bot.simulator.hub import TO_TRY, Hub
from bot.simulator.previews import Places
from bot.simulator.world import BOT_PERMISSIONS, World, build_world

T = TypeVar("T")
MakeBot = Callable[[], discord.Client | Awaitable[discord.Client]]
OnWorld = Callable[[World], Awaitable[None] | None]

_TICK = 1.0
_STOP = 8.0
_SETTLE = 10.0
"""Seconds: between ticks, for the bot to finish when stopped, for it to come to rest."""

log = structlog.stdlib.get_logger(__name__)


class DemoTrouble(Exception):
    """The demo cannot start; the message says what to do."""


@dataclass(frozen=True)
class Demo:
    """A running demo. `address` is the front page's, with a final slash."""

    env: Env
    world: World
    places: Places
    address: str


def _say(line: str) -> None:
    # At once: standard output may be a pipe, and the desk runs for hours.
    print(line, flush=True)


async def run_demo(
    make_bot: MakeBot,
    *,
    port: int = 8710,
    open_browser: bool = True,
    on_world: OnWorld | None = None,
    out: Callable[[str], object] = _say,
    bot_permissions: discord.Permissions = BOT_PERMISSIONS,
    notes: Sequence[str] = (),
) -> None:
    """Serve the demo until SIGINT or SIGTERM; then let the bot finish, and stop.

    Args:
        make_bot: builds the bot, as for the real Discord; plain or async.
        port: the front page's port on 127.0.0.1; 0 takes any free one.
        open_browser: show the front page, where there is a screen to show it on.
        on_world: told the ids of the simulated server before the bot connects; the place to
            write the server's setup into the database. Plain or async.
        out: takes each line meant for the person at the terminal.
        bot_permissions: what the bot's role may do, as an invitation would grant it.
        notes: further lines for that person, under the front page's address.

    Raises:
        DemoTrouble: the port is taken.
    """
    async with (
        _signals() as stopping,
        simulated(make_bot, port=port, on_world=on_world, bot_permissions=bot_permissions) as demo,
    ):
        for line in _greeting(demo, notes):
            out(line)
        if open_browser and _has_screen():
            # In a thread nobody waits for: some browsers' launchers wait for the browser.
            threading.Thread(target=webbrowser.open, args=(demo.address,), daemon=True).start()
        ticking = asyncio.create_task(tick(demo.places, utc_now))
        try:
            await stopping.wait()
        finally:
            ticking.cancel()
        out("Stopping. The desk's data is kept for the next start.")


@contextlib.asynccontextmanager
async def simulated(
    make_bot: MakeBot,
    *,
    port: int = 0,
    on_world: OnWorld | None = None,
    bot_permissions: discord.Permissions = BOT_PERMISSIONS,
    clock: Clock = utc_now,
) -> AsyncIterator[Demo]:
    """Hold a demo open: what `run_demo` does, without signals, ticks and words.

    Raises:
        DemoTrouble: the port is taken.
    """
    listening = _listen(port)
    with contextlib.closing(listening):
        bot = await _plain_or_async(make_bot())
        env = Env(bot, check_errors=False, settle_timeout=_SETTLE)
        world = build_world(env, clock, bot_permissions)
        if on_world is not None:
            await _plain_or_async(on_world(world))
        await env.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        places = Places(env, world, address)
        hub = Hub(places, listening)
        try:
            await hub.start()
            yield Demo(env, world, places, address)
        finally:
            await hub.stop()
            async with places.turn:
                await places.close()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_STOP):
                        await bot.close()
                with contextlib.suppress(TimeoutError):
                    await env.shutdown()


@contextlib.asynccontextmanager
async def _signals() -> AsyncIterator[asyncio.Event]:
    """Hold an event that Ctrl-C, or being told to end, sets."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGINT, signal.SIGTERM)
    # Not on Windows, where Ctrl-C arrives as KeyboardInterrupt instead.
    with contextlib.suppress(NotImplementedError):
        for name in names:
            loop.add_signal_handler(name, stopping.set)
    try:
        yield stopping
    finally:
        with contextlib.suppress(NotImplementedError):
            for name in names:
                loop.remove_signal_handler(name)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        raise DemoTrouble(
            f"Port {port} on this machine is taken; stop the program that uses it, or choose "
            "another with `commonplace demo --port N` (0 takes any free one)."
        ) from None


async def _plain_or_async(made: T | Awaitable[T]) -> T:
    return await made if isinstance(made, Awaitable) else made


async def tick(places: Places, clock: Clock, every: float = _TICK) -> None:
    """Keep the simulated time in step with the real one, until canceled; `every` in seconds."""
    while True:
        await asyncio.sleep(every)
        try:
            await places.tick(clock)
        except Exception as error:
            # The bot's trouble, which it reports itself; time goes on.
            log.warning("demo.tick", error=type(error).__name__)


def _greeting(demo: Demo, notes: Sequence[str]) -> list[str]:
    lines = [
        "",
        "Commonplace is running on a simulated Discord, on this machine only.",
        "",
        f"  Open    {demo.address}  and choose whom to play.",
        *notes,
        "",
        "Five things to try:",
    ]
    for number, (who, where, what) in enumerate(TO_TRY, 1):
        lines += [f"  {number}. {what}", f"     {demo.address}{who}/{where}"]
    return [*lines, "", "Ctrl-C stops it; the next start finds your data again.", ""]


def _has_screen() -> bool:
    """Say whether a graphical browser could show itself; a text browser would take the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
