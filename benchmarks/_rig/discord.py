"""A Discord on this machine, over real sockets: the REST and gateway that the desk uses.

It keeps what matters to "told exactly once": messages under enforced nonces
(https://docs.discord.com/developers/resources/message#create-message), replies to interactions
that are edited through their webhook, one direct channel for each person. Its `weather` may make
any request fail, before or after it took effect.
"""

import asyncio
import contextlib
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

APPLICATION, GUILD, GENERAL, STAFF, STAFF_ROLE = 1000, 2000, 3000, 3001, 4001
TOKEN = "MTAwMA.Gabcde.rig-token"  # noqa: S105 - of a Discord that exists for a minute
BOT: dict[str, Any] = {
    "id": str(APPLICATION),
    "username": "desk",
    "discriminator": "0000",
    "avatar": None,
    "global_name": None,
    "bot": True,
}
REFERENCE = re.compile(r"C-[0-9A-Z]{4}-[0-9A-Z]{2}")
NONCE_SECONDS = 300.0
_EPOCH = 1420070400000
_ALL = str((1 << 50) - 1)
HELLO, IDENTIFY, RESUME, HEARTBEAT, ACK, DISPATCH = 10, 2, 6, 1, 11, 0

Weather = Callable[[str, str, str], Awaitable[web.StreamResponse | None]]
"""Takes `before` or `after`, the method and the path; what it returns is sent instead."""


@dataclass
class Reply:
    """One interaction and what its person is shown for it."""

    id: int
    token: str
    user: int
    payload: dict[str, Any]
    expired: bool = False
    acknowledged: float | None = None
    sent: float = 0.0
    times_acknowledged: int = 0
    body: str = ""
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    callback: dict[str, Any] = field(default_factory=dict)


@dataclass
class Message:
    """A message in a channel."""

    id: int
    channel: int
    body: str
    author: str = "desk"


class FakeDiscord:
    """The server, and what it was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.weather: Weather | None = None
        self.replies: dict[str, Reply] = {}
        self.messages: dict[int, Message] = {}
        self.channels: dict[int, int] = {}
        """Direct channel -> person."""
        self.statuses: list[tuple[float, int]] = []
        self.asked: list[tuple[float, str]] = []
        self.changed = asyncio.Event()
        self.there, self.gone = asyncio.Event(), asyncio.Event()
        """Set while a desk is connected, and while none is."""
        self.told: dict[str, set[str]] = {}
        """By reference, the messages in which its reporter has read it."""
        self._of: dict[int, list[Reply]] = {}
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}
        self._ids = itertools.count(1)
        self._commands: list[Any] = []
        self._sockets: set[web.WebSocketResponse] = set()

    def new_id(self) -> int:
        """Return a snowflake of now."""
        return ((int(time.time() * 1000) - _EPOCH) << 22) + next(self._ids) % (1 << 22)

    # --- what people do

    async def submit(self, user: int, filled: dict[str, Any], *, press: str) -> Reply:
        """Have a person submit a form; return where its answer will be shown."""
        parts = [
            {
                "type": 18,
                "id": number,
                "component": (
                    {"type": 3, "custom_id": name, "values": value, "id": 50 + number}
                    if isinstance(value, list)
                    else {"type": 4, "custom_id": name, "value": value, "id": 50 + number}
                ),
            }
            for number, (name, value) in enumerate(filled.items(), 1)
        ]
        return await self.interact(user, 5, {"custom_id": press, "components": parts})

    async def interact(self, user: int, kind: int, data: dict[str, Any]) -> Reply:
        """Have a person do something that Discord tells the desk of."""
        id_ = self.new_id()
        payload = {
            "id": str(id_),
            "application_id": str(APPLICATION),
            "type": kind,
            "token": f"token-{id_}",
            "version": 1,
            "data": data,
            "guild_id": str(GUILD),
            "channel_id": str(GENERAL),
            "channel": _channel(GENERAL, "general"),
            "member": _member(_user(user)),
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": _ALL,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 0,
            "attachment_size_limit": 26214400,
        }
        reply = Reply(id_, f"token-{id_}", user, payload)
        self.replies[reply.token] = reply
        self._of.setdefault(user, []).append(reply)
        reply.sent = time.perf_counter()
        await self.deliver(reply)
        return reply

    async def deliver(self, reply: Reply) -> None:
        """Tell the desk of an interaction (again)."""
        await self.dispatch("INTERACTION_CREATE", reply.payload)

    async def dispatch(self, name: str, data: Any) -> None:
        """Send an event to whoever is connected; nobody, if nobody is."""
        for socket in tuple(self._sockets):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.send_json({"op": DISPATCH, "t": name, "s": 2, "d": data})

    def cards(self) -> dict[str, int]:
        """Return, by reference, how many cards the staff channel has."""
        found: dict[str, int] = {}
        for message in self.messages.values():
            if message.channel == STAFF and (match := REFERENCE.search(message.body)):
                found[match[0]] = found.get(match[0], 0) + 1
        return found

    # --- the server

    @contextlib.asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["FakeDiscord"]:
        """Serve while this is held open."""
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/{path:.*}", self._rest)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((time.monotonic(), f"{request.method} {request.path}"))
        answer = await self._under_weather("before", request)
        if answer is None:
            answer = await self._answer(request)
            answer = await self._under_weather("after", request) or answer
        self.statuses.append((time.monotonic(), answer.status))
        return answer

    async def _under_weather(self, when: str, request: web.Request) -> web.StreamResponse | None:
        if self.weather is None:
            return None
        return await self.weather(when, request.method, request.path)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.strip("/").split("/")
        match request.method, path:
            case "GET", ["users", "@me"]:
                return answer(BOT)
            case "GET", ["oauth2", "applications", "@me"]:
                return answer(_application())
            case "GET", ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return answer({"url": self._ws(), "shards": 1, "session_start_limit": limit})
            case method, ["applications", _, "commands"]:
                if method == "PUT":
                    self._commands = _stored(await request.json())
                return answer(self._commands)
            case "POST", ["interactions", _, token, "callback"]:
                return await self._callback(request, token)
            case method, ["webhooks", _, token, *_rest]:
                return await self._webhook(request, method, token)
            case "POST", ["users", "@me", "channels"]:
                user = int((await request.json())["recipient_id"])
                self.channels[user * 10 + 7] = user
                recipients = [_user(user)]
                return answer({"id": str(user * 10 + 7), "type": 1, "recipients": recipients})
            case "POST", ["channels", channel, "messages"]:
                return await self._post(request, int(channel))
            case "PATCH", ["channels", _, "messages", message]:
                known = self.messages.get(int(message))
                if known is None:
                    return refusal(404, 10008)
                known.body = await _body(request)
                return answer(_message(known))
            case "GET", ["channels", channel, "messages"]:
                after = int(request.query.get("after", 0))
                there = [m for m in self.messages.values() if m.channel == int(channel)]
                there = sorted((m for m in there if m.id > after), key=lambda m: m.id)[:100]
                return answer([_message(m) | _components(m) for m in reversed(there)])
            case "GET", ["guilds", _, "members", user]:
                return answer(_member(_user(int(user))))
        return refusal(404, 0)

    async def _callback(self, request: web.Request, token: str) -> web.StreamResponse:
        reply = self.replies.get(token)
        if reply is None:
            return refusal(404, 10062)
        reply.times_acknowledged += 1
        if reply.acknowledged is not None:
            return refusal(400, 40060)
        reply.acknowledged = time.perf_counter()
        reply.callback = json.loads(await _body(request))
        if reply.callback["type"] in (4, 7):
            self._show(reply, json.dumps(reply.callback["data"]))
        if request.query.get("with_response"):
            given = {"id": str(reply.id), "type": reply.payload["type"]}
            given |= {"response_message_id": str(reply.id + 1), "response_message_loading": True}
            return answer({"interaction": given, "resource": {"type": 5}})
        return web.Response(status=204)

    async def _webhook(self, request: web.Request, method: str, token: str) -> web.StreamResponse:
        reply = self.replies.get(token)
        if reply is None or reply.expired or reply.acknowledged is None:
            return refusal(404, 10015)
        if method in ("PATCH", "POST"):
            self._show(reply, await _body(request))
        return answer(_message(Message(reply.id + 1, GENERAL, reply.body)))

    def _show(self, reply: Reply, body: str) -> None:
        reply.body = body
        self._tell(body, reply.token)
        if body and body != "{}":
            reply.shown.set()
        self._note()

    async def _post(self, request: web.Request, channel: int) -> web.StreamResponse:
        body = await _body(request)
        sent = json.loads(body)
        nonce = str(sent["nonce"]) if sent.get("enforce_nonce") else None
        now = time.monotonic()
        if nonce is not None:
            at, known = self._nonces.get((channel, nonce), (-1e9, 0))
            if now - at < NONCE_SECONDS:
                return answer(_message(self.messages[known]))
        message = Message(self.new_id(), channel, body)
        self.messages[message.id] = message
        if nonce is not None:
            self._nonces[channel, nonce] = (now, message.id)
        user = self.channels.get(channel)
        if user is not None:
            self._tell(body, f"message-{message.id}")
            for reply in self._of.get(user, ()):
                reply.shown.set()
        self._note()
        return answer(_message(message))

    def _tell(self, body: str, where: str) -> None:
        for reference in set(REFERENCE.findall(body)):
            self.told.setdefault(reference, set()).add(where)

    def _note(self) -> None:
        self.changed.set()

    def _ws(self) -> str:
        return self.address.replace("http:", "ws:") + "/gateway"

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                sent: dict[str, Any] = json.loads(message.data)
                if sent["op"] == HEARTBEAT:
                    await socket.send_json({"op": ACK})
                if sent["op"] in (IDENTIFY, RESUME):
                    await self._welcome(socket)
                    self._sockets.add(socket)
                    self.there.set()
                    self.gone.clear()
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self.there.clear()
                self.gone.set()
        return socket

    async def _welcome(self, socket: web.WebSocketResponse) -> None:
        ready = {
            "v": 10,
            "user": BOT,
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": "s",
            "resume_gateway_url": self._ws(),
            "application": {"id": str(APPLICATION), "flags": 0},
        }
        await socket.send_json({"op": DISPATCH, "t": "READY", "s": 1, "d": ready})
        await socket.send_json({"op": DISPATCH, "t": "GUILD_CREATE", "s": 2, "d": _guild()})


def answer(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return an answer as Discord gives it: JSON without a charset."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=sent)


def refusal(status: int, code: int) -> web.Response:
    """Return a refusal with one of Discord's codes."""
    return answer({"message": f"refused {code}", "code": code}, status=status)


def too_many(retry_after: float, scope: str) -> web.Response:
    """Return a 429 of this scope: `user` (per route), `global` or `shared`."""
    headers = {"X-RateLimit-Scope": scope, "Retry-After": str(int(retry_after) + 1), "Via": "1.1 x"}
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5"}
        headers |= {"X-RateLimit-Reset-After": str(retry_after), "X-RateLimit-Bucket": "b"}
    body = {"message": "slow", "retry_after": retry_after, "global": scope == "global", "code": 0}
    return answer(body, status=429, headers=headers)


async def _body(request: web.Request) -> str:
    if not request.content_type.startswith("multipart/"):
        return await request.text()
    form = await request.post()
    texts = [str(form.get("payload_json", "{}"))]
    for value in form.values():
        if isinstance(value, web.FileField):
            texts.append(value.file.read().decode("utf-8", "replace"))
    payload = json.loads(texts[0])
    payload["__files"] = texts[1:]
    return json.dumps(payload)


def _stored(commands: list[Any]) -> list[Any]:
    return [
        {
            "description": "",
            "type": 1,
            **one,
            "id": str(9000 + number),
            "application_id": str(APPLICATION),
            "version": "1",
        }
        for number, one in enumerate(commands)
    ]


def _application() -> dict[str, Any]:
    return {
        "id": str(APPLICATION),
        "name": "desk",
        "description": "",
        "flags": 0,
        "verify_key": "x",
        "bot_public": False,
        "bot_require_code_grant": False,
        "icon": None,
        "owner": BOT,
        "team": None,
        "rpc_origins": [],
    }


def _user(id_: int) -> dict[str, Any]:
    return {
        "id": str(id_),
        "username": f"person{id_}",
        "discriminator": "0",
        "avatar": None,
        "global_name": None,
    }


def _member(user: dict[str, Any], *roles: int) -> dict[str, Any]:
    return {
        "user": user,
        "roles": [str(role) for role in roles],
        "joined_at": "2020-01-01T00:00:00+00:00",
        "permissions": _ALL if roles else str(1 << 10 | 1 << 11 | 1 << 16),
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
    }


def _channel(id_: int, name: str) -> dict[str, Any]:
    return {
        "id": str(id_),
        "type": 0,
        "name": name,
        "position": 0,
        "guild_id": str(GUILD),
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "rate_limit_per_user": 0,
        "permissions": _ALL,
    }


def _role(id_: int, name: str) -> dict[str, Any]:
    return {
        "id": str(id_),
        "name": name,
        "permissions": _ALL,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _guild() -> dict[str, Any]:
    empty: dict[str, Any] = {
        name: []
        for name in (
            *("emojis", "stickers", "features", "voice_states", "threads", "presences"),
            *("stage_instances", "guild_scheduled_events", "soundboard_sounds"),
        )
    }
    return {
        **empty,
        "id": str(GUILD),
        "name": "The Reading Room",
        "owner_id": "1",
        "icon": None,
        "roles": [_role(GUILD, "@everyone"), _role(STAFF_ROLE, "Staff")],
        "channels": [_channel(GENERAL, "general"), _channel(STAFF, "staff")],
        "members": [_member(BOT)],
        "member_count": 2,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "large": False,
        "unavailable": False,
    }


def _components(message: Message) -> dict[str, Any]:
    """Return what a message shows; it has no nonce any more."""
    return {"components": json.loads(message.body).get("components") or []}


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "channel_id": str(message.channel),
        "author": BOT,
        "content": "",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
