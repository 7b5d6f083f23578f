"""Sources that are gone are found over real sockets, politely, and come before editors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from aiohttp import web

from bot.desk import Desk
from bot.knowledge.library import Library
from bot.store.daily import Turn
from bot.web.upstream import MOST_BYTES, Missing, UpstreamWatch
from tests.conftest import ROOT

GUILD = 710_000_000_000_000_001


@dataclass
class Site:
    """A web site, and what was asked of it."""

    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A real server on this machine."""
    made = Site()

    async def answer(request: web.Request) -> web.StreamResponse:
        made.asked.append((request.method, request.path, request.headers["User-Agent"]))
        if request.path == "/gone":
            return web.Response(status=404)
        if request.path == "/ill":
            return web.Response(status=503)
        if request.path == "/long":
            return web.Response(text="x" * (MOST_BYTES + 1))
        if request.path == "/nohead" and request.method == "HEAD":
            return web.Response(status=405)
        if request.path == "/moved":
            raise web.HTTPFound("/page")
        page = "<h2 id=\"here\">A</h2><a name='old'>B</a><h2 id=bare>C</h2>"
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


def library(*urls: str) -> Library:
    """Return a library whose first entry has these sources."""
    small = Library.load(ROOT / "tests" / "cogs" / "knowledge")
    entry = small.entries[0]
    sources = tuple(replace(entry.sources[0], url=url) for url in urls)
    section = replace(small.sections[0], entries=(replace(entry, sources=sources),))
    return replace(small, sections=(section,))


@pytest.mark.sqlite
async def test_gone_pages_and_anchors_are_found_and_troubled_ones_left_alone(
    whole_desk: Desk, site: Site
):
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    base = site.url
    watch = UpstreamWatch(whole_desk, sleep=sleep)
    missing = await watch.look(
        library(
            f"{base}/page#here",
            f"{base}/page#old",
            f"{base}/page#bare",
            f"{base}/page#not-there",
            f"{base}/moved#here",
            f"{base}/gone#any",
            f"{base}/plain",
            f"{base}/nohead",
            f"{base}/ill#a",
            f"{base}/long#a",
            "desk:/concern raise",
        )
    )

    assert missing == [
        Missing(f"{base}/gone#any", anchor=False, entries=("photo-print",)),
        Missing(f"{base}/page#not-there", anchor=True, entries=("photo-print",)),
    ]
    assert ("HEAD", "/plain") in {one[:2] for one in site.asked}
    assert ("GET", "/plain") not in {one[:2] for one in site.asked}
    assert len([one for one in site.asked if one[1] == "/page"]) == 2, "once itself, once by /moved"
    assert all(agent.startswith("Commonplace/") for _, _, agent in site.asked)
    assert pauses == [5.0] * 6, "one between two pages of the same host"


@pytest.mark.sqlite
async def test_nobody_there_is_no_missing_page(whole_desk: Desk):
    assert await UpstreamWatch(whole_desk).look(library("http://127.0.0.1:9/page#a")) == []


@pytest.mark.sqlite
async def test_what_is_missing_comes_before_editors_once_a_month(whole_desk: Desk):
    await whole_desk.guilds.save(GUILD, staff_channel_id=1)
    watch = UpstreamWatch(whole_desk)
    gone = Missing("https://example.org/x#y", anchor=True, entries=("photo-print",))
    for month in ("2026-03", "2026-03"):
        await watch.tell([gone], month=month)

    (opinion,) = await whole_desk.feedback.queue(GUILD)
    assert (opinion.entry_id, opinion.upstream) == ("photo-print", 1)
    assert opinion.notes == ("https://example.org/x#y",)
    await whole_desk.feedback.settle(GUILD, "photo-print", 720_000_000_000_000_005)
    assert await whole_desk.feedback.queue(GUILD) == []
    await watch.tell([gone], month="2026-04")
    assert len(await whole_desk.feedback.queue(GUILD)) == 1


@pytest.mark.sqlite
async def test_every_page_has_its_day_of_the_week(whole_desk: Desk, site: Site, monkeypatch):
    pages = library(*(f"{site.url}/{number}" for number in range(4)))
    monkeypatch.setattr(type(whole_desk.knowledge), "library", pages)
    watch = UpstreamWatch(whole_desk, sleep=lambda _seconds: _nothing())
    for day in range(1, 8):
        await watch.day(Turn(date(2026, 3, day), None))
    assert sorted(path for _, path, _ in site.asked) == ["/0", "/1", "/2", "/3"]


async def _nothing() -> None:
    return None
