"""The demo's front page."""

from html.parser import HTMLParser

import aiohttp
import pytest

from bot.simulator.demo import Demo
from bot.simulator.hub import TO_TRY
from bot.simulator.world import PHOTOS
from tests.bot.simulator.conftest import OpenTab, arrive


class Outline(HTMLParser):
    """The links and headings of a page, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that a tag is closed."""
        assert self.open.pop() == tag


async def test_the_front_page_leads_to_every_place_of_everybody(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(demo.address) as answer:
        assert answer.status == 200
        outline = Outline(await answer.text())
    for person in demo.world.people.values():
        for place in demo.places.of(person):
            assert f"/{person.key}/{place.slug}" in outline.links
    for link in set(outline.links):
        async with browser.get(demo.address + link[1:], allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"].startswith("http://127.0.0.1:")


async def test_the_front_page_reads_well_without_seeing_it(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(demo.address) as answer:
        text = await answer.text()
        assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert '<html lang="en">' in text
    assert "<script" not in text
    outline = Outline(text)
    assert outline.open == []
    assert outline.headings[0] == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(deeper - level <= 1 for level, deeper in steps)


@pytest.mark.parametrize(("who", "where", "what"), TO_TRY)
async def test_every_suggestion_leads_somewhere(
    demo: Demo, open_tab: OpenTab, who: str, where: str, what: str
) -> None:
    tab = await open_tab(f"{who}/{where}")
    assert tab.shown["viewerId"] == str(demo.world.people[who].id)
    assert what


@pytest.mark.parametrize(
    "path", ["ana/desk-staff", "ana/nowhere", "nobody/general", "ana/nowhere/apps"]
)
async def test_a_place_that_is_not_there_says_so(
    demo: Demo, browser: aiohttp.ClientSession, path: str
) -> None:
    async with browser.get(demo.address + path) as answer:
        assert answer.status == 404
        assert "There is no such place" in await answer.text()


async def test_a_page_says_whose_it_is_and_leads_back(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(demo.address + "sam/desk-staff") as answer:
        text = await answer.text()
    assert "<title>Sam in #desk-staff</title>" in text
    assert f'href="{demo.address}"' in text
    assert f'href="{demo.address}sam/desk-staff/apps"' in text


async def test_other_names_for_this_machine_are_refused(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(demo.address, headers={"Host": "rebound.example"}) as answer:
        assert answer.status == 403


async def test_a_form_on_a_page_of_somebody_else_is_refused(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    for headers in ({}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}):
        async with browser.post(
            demo.address + "ana/photo-talk/apps", data={"message": "1"}, headers=headers
        ) as answer:
            assert answer.status == 403


async def test_a_message_command_is_used_from_the_list_of_messages(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    path = demo.address + "ana/photo-talk/apps"
    async with browser.get(path) as answer:
        text = await answer.text()
    assert 'value="Tell staff about this"' in text
    place = demo.places.find("ana", "photo-talk")
    message = demo.places.latest_messages(place)[0][0]
    async with browser.post(
        path,
        data={"message": str(message), "command": "Tell staff about this"},
        headers={"Origin": demo.address.rstrip("/")},
        allow_redirects=False,
    ) as answer:
        assert answer.status == 303
        ana = await arrive(browser, answer.headers["Location"])
    assert ana.shown["modal"]["payload"]["title"] == "Tell us"


@pytest.mark.parametrize(
    ("place", "data"),
    [
        ("ana/photo-talk", {"message": "1", "command": "Tell staff about this"}),
        ("ana/photo-talk", {"message": "٣", "command": "Tell staff about this"}),
        ("ana/photo-talk", {}),
        ("ana/direct-messages", {"message": "1", "command": "Tell staff about this"}),
    ],
)
async def test_a_message_or_command_that_is_not_there_says_so(
    demo: Demo, browser: aiohttp.ClientSession, place: str, data: dict[str, str]
) -> None:
    async with browser.post(
        f"{demo.address}{place}/apps", data=data, headers={"Origin": demo.address.rstrip("/")}
    ) as answer:
        assert answer.status == 404


async def test_an_unknown_command_on_a_message_says_so(
    demo: Demo, browser: aiohttp.ClientSession
) -> None:
    message = demo.places.latest_messages(demo.places.find("ana", "photo-talk"))[0][0]
    async with browser.post(
        demo.address + "ana/photo-talk/apps",
        data={"message": str(message), "command": "Burn it"},
        headers={"Origin": demo.address.rstrip("/")},
    ) as answer:
        assert answer.status == 404


async def test_what_people_say_stays_text(demo: Demo, browser: aiohttp.ClientSession) -> None:
    ben = demo.world.people["ben"].member
    await ben.send(demo.world.channels[PHOTOS], "<script>alert(1)</script>")
    async with browser.get(demo.address + "ana/photo-talk/apps") as answer:
        text = await answer.text()
    assert "&lt;script&gt;" in text
    assert "<script" not in text
