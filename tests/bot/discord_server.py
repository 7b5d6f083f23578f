"""As much of Discord as a start and a stop need, over real sockets, on this machine.

SimCord answers inside the client, so it cannot show what a refused token, a dropped connection or
a signal does to the process. This can: REST and gateway as https://discord.com/developers/docs
describes them, for one application without servers.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
from aiohttp import WSMsgType, web
from yarl import URL

BOT = {"id": "1000", "username": "desk", "discriminator": "0000", "avatar": None, "bot": True}
TOKEN = "MTAwMA.Gabcde.canary-token"
HELLO, IDENTIFY, HEARTBEAT, HEARTBEAT_ACK, DISPATCH = 10, 2, 1, 11, 0


@dataclass
class DiscordServer:
    """What it was asked, in order."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    identified: int = 0
    closed_with: list[int | None] = field(default_factory=list)

    def app(self) -> web.Application:
        """Return the server."""
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/{path:.*}", self._rest)
        return app

    async def _rest(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        if request.path == "/users/@me":
            return _json(BOT)
        if request.path == "/oauth2/applications/@me":
            return _json(
                {"id": "1000", "name": "desk", "description": "", "flags": 0, "verify_key": "x"}
                | {"bot_public": False, "bot_require_code_grant": False, "icon": None}
                | {"owner": BOT, "team": None, "rpc_origins": []}
            )
        if request.path == "/gateway/bot":
            limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
            url = self.address.replace("http:", "ws:") + "/gateway"
            return _json({"url": url, "shards": 1, "session_start_limit": limit})
        if request.path.endswith(("/commands", "/guilds")):
            return _json([])
        return _json({"message": "404: Not Found", "code": 0}, status=404)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            sent: dict[str, Any] = json.loads(message.data)
            if sent["op"] == HEARTBEAT:
                await socket.send_json({"op": HEARTBEAT_ACK})
            if sent["op"] == IDENTIFY:
                self.identified += 1
                ready = {
                    "v": 10,
                    "user": BOT,
                    "guilds": [],
                    "session_id": "s",
                    "resume_gateway_url": self.address.replace("http:", "ws:") + "/gateway",
                    "application": {"id": "1000", "flags": 0},
                }
                await socket.send_json({"op": DISPATCH, "t": "READY", "s": 1, "d": ready})
        self.closed_with.append(socket.close_code)
        return socket


def _json(data: Any, *, status: int = 200) -> web.Response:
    # Without a charset, as Discord answers; discord.py takes anything else for text.
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers)


@contextlib.asynccontextmanager
async def discord_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    """Serve it, and have discord.py speak to it and to nobody else."""
    server = DiscordServer()
    runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(discord.http.Route, "BASE", server.address)
    default = URL(server.address.replace("http:", "ws:") + "/gateway")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", default)
    try:
        yield server
    finally:
        await runner.cleanup()
