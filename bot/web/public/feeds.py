"""The public feeds of sessions: /sessions.ics and /sessions.atom, where the operator wants them.

Everybody may read them: they hold what was announced to everybody, and no person but the guests
that hosts announced.
"""

import hashlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.desk import Desk
from bot.discussions.calendar import as_calendar, as_feed
from bot.discussions.model import Session
from bot.store import StoreUnavailable

CALENDAR, FEED = "/sessions.ics", "/sessions.atom"


class Feeds:
    """Serves the feeds of one server's sessions."""

    def __init__(self, desk: Desk, guild: Callable[[], Awaitable[int]]) -> None:
        self._desk = desk
        self._guild = guild

    def add_to(self, app: web.Application) -> None:
        """Add the feeds to the public pages, if the settings say so."""
        if self._desk.settings.web.public.feeds:
            app.router.add_get(CALENDAR, self.calendar)
            app.router.add_get(FEED, self.feed)

    async def calendar(self, request: web.Request) -> web.Response:
        """Answer with the calendar."""
        sessions = await self._sessions()
        body = as_calendar(sessions, name=self._title(), domain=self._domain(request))
        return _answer(request, body, "text/calendar")

    async def feed(self, request: web.Request) -> web.Response:
        """Answer with the feed."""
        sessions = await self._sessions()
        body = as_feed(
            sessions,
            title=self._title(),
            address=f"{self._base(request)}{FEED}",
            now=self._desk.clock(),
            called_off=self._desk.words.english("discussion.state.cancelled"),
        )
        return _answer(request, body, "application/atom+xml")

    async def _sessions(self) -> list[Session]:
        try:
            return await self._desk.sessions.feed(await self._guild())
        except StoreUnavailable:
            raise web.HTTPServiceUnavailable from None

    def _title(self) -> str:
        t, operator = self._desk.words.english, self._desk.settings.operator
        return t("discussion.feed.title", operator=operator.name)

    def _base(self, request: web.Request) -> str:
        base = self._desk.settings.web.public.base_url
        return base.rstrip("/") or f"{request.scheme}://{request.host}"

    def _domain(self, request: web.Request) -> str:
        return urlsplit(self._base(request)).hostname or "localhost"


def _answer(request: web.Request, body: bytes, kind: str) -> web.Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(body=body, content_type=kind, charset="utf-8", headers={"ETag": tag})
