"""The whole path of the desk in a real browser: the five things to try, as the front page says.

The real desk, its real database, the real terminal command, stopped and started in between.
"""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page

from bot.simulator.hub import QUESTION, TO_TRY
from tests.e2e import driver, running
from tests.e2e.running import Running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(driver.CHROMIUM).exists(), reason="Chromium is not installed (Debian: chromium)"
    ),
]

WORDS = "A photo of me is in a dataset for face recognition. — Señora Ñandú & <co>"
REPLY = "Thank you. We have asked the dataset's owner, and write again by Friday."


async def _go(context: BrowserContext, demo: Running, step: int) -> tuple[Page, str]:
    """Open a thing to try by the link beside it on the front page; return its words too."""
    page = await context.new_page()
    await page.goto(demo.address)
    item = page.get_by_role("listitem").filter(has=page.locator(".go")).nth(step)
    link = item.get_by_role("link")
    who, where, what = TO_TRY[step]
    assert (await link.inner_text()).endswith(f"as {who.title()}")
    async with context.expect_page() as opened:
        await link.click()
    await page.close()
    place = await opened.value
    place.set_default_timeout(driver.MILLISECONDS)
    await driver.at_rest(place)
    title = await place.title()
    assert title.startswith(f"{who.title()} in ")
    assert where.replace("-", " ") in title.lower().replace("-", " ")
    return place, what


def _quoted(what: str) -> str:
    found = re.search("“(.+?)”", what)
    assert found, what
    return found[1]


async def test_the_five_things_to_try_stay_true_over_two_restarts(
    tmp_path: Path, kept_vectors: Path
) -> None:
    shutil.copy(kept_vectors, tmp_path)
    assert len(TO_TRY) == 5
    async with driver.chromium() as browser:
        async with running.demo(tmp_path) as demo, await browser.new_context() as context:
            await _ask(context, demo)
            await _browse(context, demo)
            reference = await _raise(context, demo)
        async with running.demo(tmp_path) as demo, await browser.new_context() as context:
            await _answer(context, demo, reference)
            await _read(context, demo, reference)
        async with running.demo(tmp_path) as demo, await browser.new_context() as context:
            sam, _ = await _go(context, demo, 3)
            await driver.wait_for_text(sam, reference)
            ana, _ = await _go(context, demo, 4)
            await driver.run_slash(ana, "/concern status")
            assert reference in await driver.visible_text(ana)


async def _ask(context: BrowserContext, demo: Running) -> None:
    ana, what = await _go(context, demo, 0)
    assert "/ask" in what
    assert _quoted(what) == QUESTION
    await driver.run_slash(ana, "/ask", question=QUESTION)
    answer = await driver.visible_text(ana)
    for part in ("Only you can see this", "Sources", "Last checked", "not legal advice"):
        assert part in answer
    for button in ("Related", "This is not my question", "Ask staff", "Share here"):
        assert await ana.get_by_role("button", name=button, exact=True).count() == 1


async def _browse(context: BrowserContext, demo: Running) -> None:
    ana, what = await _go(context, demo, 1)
    assert "/faq" in what
    await driver.start_slash(ana, "/faq")
    await driver.type_option(ana, "entry", _quoted(what))
    offered = await driver.suggestions(ana)
    assert offered
    await driver.suggest(ana, offered[0])
    await driver.send(ana)
    assert offered[0] in await driver.visible_text(ana)


async def _raise(context: BrowserContext, demo: Running) -> str:
    """Raise a concern as Ana, which Ben does not see; return its reference."""
    ana, what = await _go(context, demo, 2)
    assert "/concern raise" in what
    await driver.run_slash(ana, "/concern raise")
    await driver.submit_modal(
        ana,
        {
            "What is it about?": "Photos of people in a dataset",
            "What happened?": WORDS,
            "What may the desk do with it?": "Answer me, and quote it without my name",
        },
    )
    await driver.wait_for_text(ana, "Logged as C-")
    found = re.search(r"C-\w{4}-\w{2}", await driver.visible_text(ana))
    assert found
    ben = await context.new_page()
    await driver.open_place(ben, demo.address + "ben/ask-the-desk", "Ben")
    assert "C-" not in await driver.visible_text(ben)
    return found[0]


async def _answer(context: BrowserContext, demo: Running, reference: str) -> None:
    """Claim and answer as Sam, who is not told who raised it."""
    sam, what = await _go(context, demo, 3)
    assert "Claim" in what
    assert "Reply" in what
    await driver.wait_for_text(sam, reference)
    card = await driver.visible_text(sam)
    assert WORDS in card
    assert "Ana" not in card
    await driver.press(sam, "Claim", message=reference)
    await driver.wait_for_text(sam, "Release")
    await driver.press(sam, "Reply", message=reference)
    await driver.submit_modal(sam, {"Your reply": REPLY})


async def _read(context: BrowserContext, demo: Running, reference: str) -> None:
    ana, what = await _go(context, demo, 4)
    await driver.wait_for_text(ana, REPLY)
    assert "/concern status" in what
    await driver.run_slash(ana, "/concern status")
    assert reference in await driver.visible_text(ana)
