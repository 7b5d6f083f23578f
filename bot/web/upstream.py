"""Looking whether the sources that the files' entries name are still there. Off by default.

Only sources of the files are looked at, which whoever runs the desk wrote; never one that was
typed on Discord, which could name a machine in the desk's own network.
"""

import asyncio
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiohttp
import structlog

from bot import __version__
from bot.desk import Desk
from bot.knowledge.feedback import Said
from bot.knowledge.library import Library
from bot.store.daily import Turn

JOB = "upstream"
MOST_BYTES = 5_000_000
PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)
DAYS = 7
"""Every page is looked at once in so many days, a part of them each day."""

_GONE = frozenset({404, 410})
_MOST_REDIRECTS = 5
_ANCHORS = re.compile(r"""\b(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)

Sleep = Callable[[float], Awaitable[None]]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Missing:
    """A source that is not there any more: the page, or only its anchor."""

    url: str
    anchor: bool
    entries: tuple[str, ...]


class UpstreamWatch:
    """Looks at pages politely: one at a time, with a pause between two of the same host."""

    def __init__(self, desk: Desk, *, sleep: Sleep = asyncio.sleep) -> None:
        self._desk = desk
        self._sleep = sleep

    async def day(self, turn: Turn) -> None:
        """Look at this day's part of the pages; what is missing comes before editors."""
        library = self._desk.knowledge.library
        part = turn.day.toordinal() % DAYS
        missing = await self.look(library, lambda page: _part(page) == part)
        await self.tell(missing, month=f"{turn.day:%Y-%m}")

    async def look(
        self, library: Library, chosen: Callable[[str], bool] = lambda _page: True
    ) -> list[Missing]:
        """Return which sources are not there any more.

        A page that answers with trouble of its own, slowly or at too great a length, is left for
        another day: that says nothing of whether it is there.
        """
        sources: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for entry in library.published.values():
            for source in entry.sources:
                page, _, anchor = source.url.partition("#")
                if page.startswith(("https://", "http://")) and chosen(page):
                    sources[page][anchor].append(entry.id)
        missing: list[Missing] = []
        seen: set[str] = set()
        agent = f"Commonplace/{__version__} (looks whether sources are still there)"
        async with aiohttp.ClientSession(timeout=PATIENCE, headers={"User-Agent": agent}) as web:
            for page, anchors in sorted(sources.items()):
                host = urlsplit(page).netloc
                if host in seen:
                    await self._sleep(self._desk.settings.upstream.delay_seconds)
                seen.add(host)
                try:
                    there = await _anchors_of(web, page, wanted=any(anchors))
                except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                    log.info("upstream.unclear", host=host, error=type(error).__name__)
                    continue
                missing += _missing(page, anchors.items(), there)
        log.info("upstream.looked", count=len(sources), faults=len(missing))
        return missing

    async def tell(self, missing: Iterable[Missing], *, month: str) -> None:
        """Put what is missing before the editors of every server, once a month until it is mended.

        Raises:
            StoreUnavailable: the database is away.
        """
        setups = await self._desk.guilds.all()
        for one in missing:
            for entry_id in one.entries:
                for setup in setups:
                    await self._desk.feedback.say(
                        setup.guild_id,
                        entry_id,
                        Said.UPSTREAM,
                        once=f"{entry_id}:{one.url}:{month}",
                        note=one.url,
                    )


async def _anchors_of(
    web: aiohttp.ClientSession, page: str, *, wanted: bool
) -> frozenset[str] | None:
    """Return the anchors of a page, or none if they are not `wanted`; None if the page is gone.

    Raises:
        aiohttp.ClientError, TimeoutError, ValueError: it cannot be told today.
    """
    if not wanted:
        async with web.head(page, allow_redirects=True, max_redirects=_MOST_REDIRECTS) as answer:
            if answer.status not in (405, 501):  # some servers do not know HEAD
                return _found(answer, "")
    async with web.get(page, max_redirects=_MOST_REDIRECTS) as answer:
        if answer.status != 200:
            return _found(answer, "")
        body = bytearray()
        async for piece in answer.content.iter_chunked(65_536):
            body += piece
            if len(body) > MOST_BYTES:
                raise ValueError("too long")
        return _found(answer, bytes(body).decode(answer.charset or "utf-8", "replace"))


def _found(answer: aiohttp.ClientResponse, text: str) -> frozenset[str] | None:
    if answer.status in _GONE:
        return None
    answer.raise_for_status()
    return frozenset(html.unescape("".join(match)) for match in _ANCHORS.findall(text))


def _missing(
    page: str, anchors: Iterable[tuple[str, list[str]]], there: frozenset[str] | None
) -> Iterable[Missing]:
    for anchor, entries in anchors:
        if there is None:
            url = f"{page}#{anchor}" if anchor else page
            yield Missing(url, anchor=False, entries=tuple(entries))
        elif anchor and anchor not in there and unquote(anchor) not in there:
            yield Missing(f"{page}#{anchor}", anchor=True, entries=tuple(entries))


def _part(page: str) -> int:
    return int.from_bytes(hashlib.sha256(page.encode()).digest()[:4]) % DAYS
