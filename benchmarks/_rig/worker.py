"""A whole desk in a process of its own, on the Discord of this machine: to be killed."""

import asyncio
import contextlib
import importlib
import logging
import multiprocessing
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import discord
import structlog
from yarl import URL

from benchmarks._rig.discord import GUILD, STAFF, STAFF_ROLE, TOKEN
from bot.clock import Clock, utc_now
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform.client import DeskClient, cog_names
from bot.settings import Settings
from bot.store.hold import hold

for _cog in cog_names():
    # Each desk is forked from a process that has read the code already.
    importlib.import_module(_cog)

ROOT = Path(__file__).parent.parent.parent
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["benchmarks._rig.worker"])


def rig_settings(folder: Path, url: str | None = None, **more: Any) -> Settings:
    """Return settings for a desk in `folder`, with a small knowledge base."""
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        knowledge.mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml", knowledge)
    return Settings.model_validate(
        {
            "database_url": url or f"sqlite+aiosqlite:///{folder / 'desk.db'}",
            "key_file": folder / "desk.key",
            "knowledge": knowledge,
            "licensing": ROOT / "config" / "licensing",
            "locale": ROOT / "config" / "locale",
            "web": {"enabled": False},
            "concerns": {"per_person_per_hour": 1000},
            **more,
        }
    )


def start(address: str, settings: Settings, *, lease: timedelta | None = None) -> ForkServerProcess:
    """Start a desk in another process; it serves until it is killed."""
    arguments = (address, settings, settings.database_url.get_secret_value(), lease)
    process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    return process


def speak_to(address: str) -> None:
    """Have discord.py in this process speak to that Discord and to no other."""
    discord.http.Route.BASE = address
    gateway = URL(address.replace("http:", "ws:") + "/gateway")
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


async def opened(settings: Settings, clock: Clock = utc_now) -> Desk:
    """Open a desk that serves, with its staff channel set up."""
    desk = await Desk.open(settings, clock=clock)
    await desk.guilds.save(
        GUILD, staff_channel_id=STAFF, roles={Capability.STAFF: frozenset({STAFF_ROLE})}
    )
    return desk


def client_of(desk: Desk) -> DeskClient:
    """Return a client that is ready as soon as it knows its server."""
    client = DeskClient(desk)
    client._connection.guild_ready_timeout = 0.05
    return client


@contextlib.asynccontextmanager
async def serving(desk: Desk, address: str) -> AsyncIterator[DeskClient]:
    """Have a desk of this process on that Discord while this is held open."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    speak_to(address)
    client = client_of(desk)
    running = asyncio.create_task(client.start(TOKEN))
    try:
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield client
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


def quiet_logs(level: int = logging.CRITICAL) -> None:
    """Say nothing while what is expected to go wrong goes wrong."""
    logging.disable(level)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))


def _serve(address: str, settings: Settings, url: str, lease: timedelta | None) -> None:
    quiet_logs()
    speak_to(address)

    async def serve() -> None:
        with hold(url):
            desk = await opened(settings)
            if lease is not None:
                desk.outbox.lease = lease
            await client_of(desk).start(TOKEN)

    asyncio.run(serve())
