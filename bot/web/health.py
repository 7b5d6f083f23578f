"""/healthz, /readyz and /metrics: is the process alive, can it serve, and how is it doing."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from aiohttp import web

from bot import __version__, metrics
from bot.desk import Desk
from bot.settings import Web
from bot.store import StoreUnavailable

OUTBOX_LATE = timedelta(minutes=15)
"""An effect due for longer than this means that the desk is not keeping its word."""

_PATIENCE = 2.0

log = structlog.stdlib.get_logger(__name__)


class PortBusy(Exception):
    """The port or address cannot be had; the message says how to choose another."""


class HealthServer:
    """Serves the process's health on its own event loop."""

    def __init__(self, desk: Desk, gateway_ready: Callable[[], bool]) -> None:
        self._desk = desk
        self._gateway_ready = gateway_ready
        self._runner: web.AppRunner | None = None
        self.port = 0

    def app(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(middlewares=[_plain_headers])
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        return app

    async def start(self) -> None:
        """Begin to listen, at the settings' address.

        Raises:
            PortBusy: another program listens there, or nobody can.
        """
        where = self._desk.settings.web
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=_PATIENCE)
        await runner.setup()
        site = web.TCPSite(runner, where.host, where.port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise PortBusy(_cannot_listen(where, error)) from None
        self._runner = runner
        self.port = int(runner.addresses[0][1])
        log.info("web.listening", host=where.host, port=self.port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "version": __version__})

    async def _readyz(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_PATIENCE):
                depth = await self._desk.outbox.depth()
            database = True
        except (StoreUnavailable, TimeoutError):
            depth, database = None, False
        now = self._desk.clock()
        late = depth is not None and depth.oldest is not None and now - depth.oldest > OUTBOX_LATE
        parts = {
            "database": database,
            "gateway": self._gateway_ready(),
            "outbox": database and not late,
            "knowledge": bool(self._desk.knowledge.sections()),
        }
        ready = all(parts.values())
        body: dict[str, object] = {"status": "ready" if ready else "not ready", **parts}
        if faults := self._desk.knowledge.faults:
            # Not a reason to be replaced: members get the last good version.
            body["knowledge_faults"] = len(faults)
        return web.json_response(body, status=200 if ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_PATIENCE):
                depth = await self._desk.outbox.depth()
        except (StoreUnavailable, TimeoutError):
            depth = None
        if depth is not None:
            metrics.OUTBOX_PENDING.set(depth.pending)
            metrics.OUTBOX_DEAD.set(depth.dead)
            age = (self._desk.clock() - depth.oldest).total_seconds() if depth.oldest else 0.0
            metrics.OUTBOX_AGE.set(max(age, 0.0))
        metrics.ENTRIES.set(
            sum(len(section.entries) for section in self._desk.knowledge.sections())
        )
        metrics.KNOWLEDGE_FAULTS.set(len(self._desk.knowledge.faults))
        return web.Response(body=metrics.exposition(), content_type="text/plain", charset="utf-8")


def _cannot_listen(where: Web, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        trouble, fix = "is taken", "a free one, or 0 for any"
    elif error.errno in (errno.EACCES, errno.EPERM):
        trouble, fix = "is not open to this user", "one above 1023"
    else:
        return (
            f"{where.host} is no address of this machine. Set web.host in "
            "config/commonplace.yaml (or COMMONPLACE_WEB__HOST) to one, such as 127.0.0.1."
        )
    return (
        f"Port {where.port} on {where.host} {trouble}. Set web.port in "
        f"config/commonplace.yaml (or COMMONPLACE_WEB__PORT) to {fix}."
    )


@web.middleware
async def _plain_headers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    response = await handler(request)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
