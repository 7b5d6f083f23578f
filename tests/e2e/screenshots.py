"""The pictures in docs/images, taken from the running demo: `make screenshots`."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import BrowserContext, Page

from bot.simulator.hub import QUESTION
from tests.e2e import driver, running
from tests.e2e.running import ROOT, Running

FOLDER = ROOT / "docs/images"
WORDS = "A face dataset lists one of my photos, and nobody asked the people in it."


async def take() -> None:
    """Take all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        async with driver.chromium() as browser, running.demo(Path(data)) as demo:
            context = await browser.new_context(viewport={"width": 1000, "height": 780})
            await _take(context, demo)


async def _take(context: BrowserContext, demo: Running) -> None:
    page = await context.new_page()
    await page.goto(demo.address)
    await _shoot(page, "hub")
    await page.set_viewport_size({"width": 1000, "height": 1120})  # the whole answer
    await driver.open_place(page, demo.address + "ana/ask-the-desk", "Ana")
    await driver.run_slash(page, "/ask", question=QUESTION)
    await driver.visible_text(page)
    await _shoot(page, "ask")
    await page.set_viewport_size({"width": 1000, "height": 780})
    await driver.run_slash(page, "/concern raise")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="What happened?").fill(WORDS)
    await dialog.get_by_role("heading").first.click()
    await _shoot(page, "concern")
    await driver.submit_modal(
        page,
        {
            "What is it about?": "Photos of people in a dataset",
            "What may the desk do with it?": "Answer me, and quote it without my name",
        },
    )
    await driver.wait_for_text(page, "Logged as C-")
    await driver.open_place(page, demo.address + "sam/desk-staff", "Sam")
    await driver.wait_for_text(page, WORDS)
    await driver.press(page, "Claim", message=WORDS)
    await driver.wait_for_text(page, "is yours")
    await _shoot(page, "staff")


async def _shoot(page: Page, name: str) -> None:
    await page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take())
