"""The web form in a real browser, as somebody at a narrow screen who uses the keyboard alone."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e import driver, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(driver.CHROMIUM).exists(), reason="Chromium is not installed (Debian: chromium)"
    ),
]
WORDS = "Cameras at work match faces against an open photo site. — Señora Ñ & <co>"
WIDTH = 320
_FOCUSED = "() => document.activeElement.getAttribute('role')"


async def test_a_concern_is_raised_found_again_and_withdrawn_by_keyboard(
    tmp_path: Path, kept_vectors: Path
) -> None:
    shutil.copy(kept_vectors, tmp_path)
    narrow = ViewportSize(width=WIDTH, height=640)
    async with driver.chromium() as browser, running.demo(tmp_path) as demo:
        # Without scripts, as some people have it who hide; the checks below run from outside.
        context = await browser.new_context(viewport=narrow, java_script_enabled=False)
        page = await context.new_page()
        page.set_default_timeout(driver.MILLISECONDS)
        found = re.search(r"Form +(http://127\.0\.0\.1:\d+/)", demo.said)
        assert found, demo.said
        await page.goto(found[1])
        await _fill(page, "Photos of people in a dataset", WORDS, "example.org/no-scheme")
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("has to begin with https://")
        assert await page.evaluate(_FOCUSED) == "alert"
        await _fits(page)
        await expect(page.get_by_label("What happened?")).to_have_value(WORDS)
        await expect(page.get_by_label("A link to it")).to_have_attribute("aria-invalid", "true")
        await page.get_by_label("A link to it").fill("https://example.org/dataset")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Logged as C-")
        code = await page.locator("code").inner_text()
        await _fits(page)
        await page.get_by_role("link", name="Come back with your code").press("Enter")
        await page.get_by_label("Your code").fill("nonsense")
        await page.keyboard.press("Enter")
        await expect(alert).to_contain_text("Not opened yet")
        await page.get_by_label("Your code").fill(code.lower().replace("-", " "))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(WORDS)).to_be_visible()
        await _fits(page)
        await page.get_by_label("Yes, withdraw it").press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("its words are destroyed")
        await expect(page.get_by_text(WORDS)).to_have_count(0)
        await context.close()


async def _fill(page: Page, kind: str, words: str, link: str) -> None:
    """Go through the form with Tab, in the order in which it stands on the page."""
    await page.get_by_label("What is it about?").focus()
    await page.keyboard.type(kind)
    for typed in (words, link):
        await page.keyboard.press("Tab")
        await page.keyboard.insert_text(typed)
    for _ in ("what would you like", "what may the desk do", "send"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")


async def _fits(page: Page) -> None:
    """Nothing reaches beyond a screen of 320 px, which is 1280 px at 400 %."""
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= WIDTH
