"""The public feeds: sessions as a calendar, and Atom feeds of what is published, where the
operator wants them.

Everybody may read them: they hold what was announced to everybody, and no person but the guests
that hosts announced.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from aiohttp import web

from bot.atom import Entry, as_atom, stable_id
from bot.desk import Desk
from bot.discussions.calendar import as_calendar, as_entries
from bot.discussions.model import Session
from bot.store import StoreUnavailable
from bot.workflows.published import Feed

CALENDAR, SESSIONS = "/sessions.ics", "sessions"
FRESH = 900
"""Seconds for which an answer may be shown again without asking."""


class Feeds:
    """Serves the feeds of one server."""

    def __init__(self, desk: Desk, guild: Callable[[], Awaitable[int]]) -> None:
        self._desk = desk
        self._guild = guild

    def add_to(self, app: web.Application) -> None:
        """Add the feeds to the public pages, if the settings say so."""
        if not self._desk.settings.web.public.feeds:
            return
        app.router.add_get(CALENDAR, self.calendar)
        for name in (SESSIONS, *self._desk.published.feeds):
            app.router.add_get(f"/{name}.atom", self._atom(name))

    def offered(self) -> list[tuple[str, str]]:
        """Return title and address of each Atom feed that is served, for a page's head."""
        if not self._desk.settings.web.public.feeds:
            return []
        names = (SESSIONS, *self._desk.published.feeds)
        return [(self._title(name), f"/{name}.atom") for name in names]

    async def calendar(self, request: web.Request) -> web.Response:
        """Answer with the calendar."""
        sessions = await self._sessions(await self._guild())
        body = as_calendar(sessions, name=self._title(SESSIONS), domain=self._domain(request))
        latest = max((one.changed_at for one in sessions), default=None)
        return _answer(request, body, "text/calendar", latest)

    def _atom(self, name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def feed(request: web.Request) -> web.Response:
            guild_id = await self._guild()
            entries = await self._entries(name, guild_id)
            body = as_atom(
                entries,
                feed_id=stable_id(guild_id, name),
                title=self._title(name),
                address=f"{self._base(request)}/{name}.atom",
                author=self._desk.settings.operator.name,
                now=self._desk.clock(),
            )
            latest = max((one.updated for one in entries), default=None)
            return _answer(request, body, "application/atom+xml", latest)

        return feed

    async def _entries(self, name: str, guild_id: int) -> list[Entry]:
        t = self._desk.words.english
        if name == SESSIONS:
            called_off = t("discussion.state.cancelled")
            return as_entries(await self._sessions(guild_id), called_off=called_off)
        found: Feed = self._desk.published.feeds[name]
        try:
            return await found(guild_id, t)
        except StoreUnavailable:
            raise web.HTTPServiceUnavailable from None

    async def _sessions(self, guild_id: int) -> list[Session]:
        try:
            return await self._desk.sessions.feed(guild_id)
        except StoreUnavailable:
            raise web.HTTPServiceUnavailable from None

    def _title(self, name: str) -> str:
        key = "discussion.feed.title" if name == SESSIONS else f"feed.{name}.title"
        return self._desk.words.english(key, operator=self._desk.settings.operator.name)

    def _base(self, request: web.Request) -> str:
        base = self._desk.settings.web.public.base_url
        return base.rstrip("/") or f"{request.scheme}://{request.host}"

    def _domain(self, request: web.Request) -> str:
        return urlsplit(self._base(request)).hostname or "localhost"


def _answer(request: web.Request, body: bytes, kind: str, latest: datetime | None) -> web.Response:
    """Answer with what a reader needs to ask seldom, and with nothing if it has it already
    (RFC 9110, 13: a tag that was sent decides alone).
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={FRESH}"}
    if latest is not None:
        headers["Last-Modified"] = format_datetime(latest.astimezone(UTC), usegmt=True)
    known = request.headers.get("If-None-Match")
    if known is not None:
        same = known.strip() == "*" or tag in {
            one.strip().removeprefix("W/") for one in known.split(",")
        }
    else:
        same = latest is not None and _since(request) == latest.replace(microsecond=0)
    if same:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)


def _since(request: web.Request) -> datetime | None:
    """Return the time after which a reader wants to know of changes; None if it names none."""
    try:
        return parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return None
