"""Serving the real Discord: the desk, its client and its health page, from start to clean stop."""

import asyncio
import contextlib
import signal

import aiohttp
import discord
import structlog

from bot.desk import Desk
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.store.hold import hold
from bot.web.health import HealthServer
from bot.web.mail.hook import MailHook
from bot.web.public.server import PublicServer
from bot.web.upstream import JOB as UPSTREAM
from bot.web.upstream import UpstreamWatch

log = structlog.stdlib.get_logger(__name__)

_STOP_SECONDS = 8


class NoToken(Exception):
    """There is no token to log in with."""


class WrongToken(Exception):
    """Discord does not accept the token, or the application lacks what the desk needs."""


class NoDiscord(Exception):
    """Discord cannot be reached at start. Once connected, the client itself comes back."""


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; then finish what is in hand and stop.

    Raises:
        NoToken, WrongToken, NoDiscord: the message says what to do.
        PortBusy: the health page's port is taken.
        DatabaseHeld: another desk serves the same SQLite database.
    """
    if settings.token is None:
        raise NoToken(
            "DISCORD_TOKEN is not set. Put it in .env (see docs/operators.md), or run "
            "`commonplace demo` to try the desk without Discord."
        )
    with hold(settings.database_url.get_secret_value()):
        desk = await Desk.open(settings)
        try:
            client = DeskClient(desk)
            health, public = HealthServer(desk, client.is_ready), PublicServer(desk)
            hook = MailHook(desk)
            try:
                if settings.web.enabled:
                    await health.start()
                if settings.web.public.enabled:
                    await public.start()
                if settings.mail.hook.enabled:
                    await hook.start()
                if settings.upstream.enabled:
                    desk.daily.add(UPSTREAM, UpstreamWatch(desk).day)
                async with desk.at_work():
                    await _until_stopped(client, settings.token.get_secret_value())
            finally:
                await hook.stop()
                await public.stop()
                await health.stop()
        finally:
            await desk.close()


async def _until_stopped(client: DeskClient, token: str) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # Not on Windows, where Ctrl-C arrives as KeyboardInterrupt instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopping.set)
    serving = asyncio.create_task(client.start(token), name="discord")
    waiting = asyncio.create_task(stopping.wait(), name="signals")
    try:
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
    except discord.LoginFailure:
        raise WrongToken(
            "Discord does not accept DISCORD_TOKEN. Copy it again from the application's Bot page; "
            "it is shown only once, and resetting it makes the old one useless."
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise WrongToken(
            "Discord refuses an intent the desk asked for. Switch on Message Content under Bot, "
            "Privileged Gateway Intents, on the application's page; or set "
            "questions.message_content and moderation.read_messages to false."
        ) from None
    except (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound) as error:
        raise NoDiscord(
            f"Discord cannot be reached ({type(error).__name__}). Check this machine's network and "
            "https://discordstatus.com, then start the desk again; what is logged is kept."
        ) from None
    finally:
        log.info("desk.stopping")
        waiting.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await client.close()
        if not serving.done():
            serving.cancel()
        await asyncio.gather(serving, waiting, return_exceptions=True)
