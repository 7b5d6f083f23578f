"""The public feeds: off by default, valid to a strict reader, cheap to ask again, and discreet."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from lxml import etree

from bot.atom import Entry, as_atom, stable_id
from bot.desk import Desk
from bot.web.public.server import PublicServer
from tests.bot.discussions.test_sessions import announced
from tests.bot.workflows.test_editing import FINN, GUILD, TYPED, ready
from tests.bot.workflows.test_evidence import sent
from tests.conftest import StandingClock

ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
NAMES = ("sessions", "changes", "briefs", "topics")


def parsed(body: bytes) -> etree._Element:
    """Read a feed as a strict reader does."""
    feed = etree.fromstring(body, etree.XMLParser(resolve_entities=False))
    SCHEMA.assertValid(feed)
    ids = [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return feed


@pytest.fixture
async def address(whole_desk: Desk) -> AsyncIterator[str]:
    """Where the feeds are, of a server that wants them."""
    public = whole_desk.settings.web.public.model_copy(
        update={"feeds": True, "guild_id": GUILD, "port": 0}
    )
    web = whole_desk.settings.web.model_copy(update={"public": public})
    settings = whole_desk.settings.model_copy(update={"web": web})
    server = PublicServer(replace(whole_desk, settings=settings))
    await server.start()
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()


def test_hostile_words_and_nothing_at_all_make_a_valid_feed(clock: StandingClock):
    words = "\x01]]><script>&amp;\uffff\ud800 \u202e😀"
    entry = Entry(
        stable_id(1, "topic", "a"), words, clock(), words, link="https://example.org/?a&b"
    )
    made = {"feed_id": stable_id(1, "topics"), "title": "T", "author": "A", "now": clock()}
    feed = parsed(as_atom([entry], address="http://127.0.0.1:1/topics.atom", **made))
    assert "]]><script>&amp;" in (feed.findtext(f"{ATOM}entry/{ATOM}content") or "")
    assert not len(parsed(as_atom([], address="https://x/", **made)).findall(f"{ATOM}entry"))
    assert stable_id(1, "topic", "a") != stable_id(2, "topic", "a")


async def test_without_the_setting_there_is_none(whole_desk: Desk):
    server = PublicServer(whole_desk)
    paths = {str(one.resource.canonical) for one in server.app().router.routes() if one.resource}
    assert "/" in paths
    assert not [one for one in paths if one.endswith((".atom", ".ics"))]


async def test_every_feed_is_valid_and_says_what_everybody_may_read(
    whole_desk: Desk, address: str, clock: StandingClock
):
    desk = whole_desk
    await desk.editing.publish(GUILD, await ready(desk), FINN)
    brief = await sent(desk)
    session = await announced(desk)
    bodies: dict[str, bytes] = {}

    async def read() -> None:
        async with aiohttp.ClientSession() as http:
            for name in NAMES:
                answer = await http.get(f"{address}/{name}.atom")
                assert answer.content_type == "application/atom+xml", name
                assert "Set-Cookie" not in answer.headers
                assert answer.headers["Cache-Control"] == "public, max-age=900"
                bodies[name] = await answer.read()

    await read()
    feeds = {name: parsed(body) for name, body in bodies.items()}
    counts = {name: len(one.findall(f"{ATOM}entry")) for name, one in feeds.items()}
    assert counts == {"sessions": 1, "changes": 1, "briefs": 0, "topics": 1}
    assert feeds["changes"].findtext(f"{ATOM}entry/{ATOM}title") == TYPED.question
    assert "People asked" in (feeds["changes"].findtext(f"{ATOM}entry/{ATOM}content") or "")
    assert "arxiv.org" in (feeds["topics"].findtext(f"{ATOM}entry/{ATOM}content") or "")
    self_link = feeds["topics"].find(f"{ATOM}link")
    assert self_link is not None
    assert self_link.get("href") == f"{address}/topics.atom"
    first = feeds["topics"].findtext(f"{ATOM}entry/{ATOM}id")

    clock.move(days=11)
    await desk.briefs.publish(GUILD, brief, FINN)
    (line,) = await desk.topics.list_(GUILD)
    topic = await desk.topics.topic(GUILD, line.reference)
    await desk.topics.remove_fact(GUILD, line.reference, FINN, 1, seen=topic.version, intake="1")
    await read()
    briefs, topics = parsed(bodies["briefs"]), parsed(bodies["topics"])
    assert topics.findtext(f"{ATOM}entry/{ATOM}id") == first
    assert topics.findtext(f"{ATOM}updated") == "2026-03-24T09:00:00Z"
    assert brief in (briefs.findtext(f"{ATOM}entry/{ATOM}title") or "")
    # Neither what people said nor how many said it, not even as "at least".
    whole = b"".join(bodies.values()).decode()
    assert "It is mine" not in whole
    assert "people" not in (briefs.findtext(f"{ATOM}entry/{ATOM}content") or "")
    assert session.reference not in bodies["topics"].decode()


async def test_a_reader_that_has_it_already_is_told_so(whole_desk: Desk, address: str):
    async with aiohttp.ClientSession() as http:
        for path in ("/topics.atom", "/sessions.ics"):
            got = await http.get(f"{address}{path}")
            assert got.status == 200
            tag = got.headers["ETag"]
            for known in (tag, f'"other", W/{tag}', "*"):
                again = await http.get(f"{address}{path}", headers={"If-None-Match": known})
                assert (again.status, again.headers["ETag"]) == (304, tag), known
                assert again.headers["Cache-Control"] == "public, max-age=900"
            other = {
                "If-None-Match": '"other"',
                "If-Modified-Since": "Fri, 13 Mar 2026 09:00:00 GMT",
            }
            assert (await http.get(f"{address}{path}", headers=other)).status == 200
        topics = await http.get(f"{address}/topics.atom")
        since = {"If-Modified-Since": topics.headers["Last-Modified"]}
        assert (await http.get(f"{address}/topics.atom", headers=since)).status == 304
        broken = {"If-Modified-Since": "yesterday"}
        assert (await http.get(f"{address}/topics.atom", headers=broken)).status == 200
        page = await http.get(f"{address}/")
        assert page.headers["Cache-Control"] == "no-store"
        for name in NAMES:
            assert f'href="/{name}.atom"' in await page.text()
        calendar = await http.get(f"{address}/sessions.ics")
        assert calendar.content_type == "text/calendar"
        assert (await calendar.text()).startswith("BEGIN:VCALENDAR")
