"""The pictures in docs/images, taken from the running demo: `make screenshots`."""

import asyncio
import re
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page

from bot.simulator.hub import QUESTION
from tests.e2e import driver, moderation_pictures, running
from tests.e2e.running import ROOT, Running

FOLDER = ROOT / "docs/images"
WORDS = "A face dataset lists one of my photos, and nobody asked the people in it."
OTHERS = {
    "ben": "My face is in the market picture, and now in a dataset. Write to ben@example.org.",
    "mo": "Portraits of volunteers were taken for training, and nobody asked them.",
    "hana": "A company holds pictures of our festival, with children in the crowd.",
    "ola": "Pictures of my choir were put into a collection of faces.",
}
"""What other people raise, so that there is a brief to write."""
REPLY = "Thank you. We have asked the dataset's owner. Which page lists your photo?"
KIND = "Photos of people in a dataset"
CONSENT = "Answer me, and quote it without my name"
ABOUT = "What is it about?"
ALLOWED = "What may the desk do with it?"


async def take() -> None:
    """Take all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        async with driver.chromium() as browser, running.demo(Path(data)) as demo:
            context = await browser.new_context(viewport={"width": 1000, "height": 780})
            page = await _first(context, demo)
            await _reply(page, demo)
            await _form(browser, demo)
            await _brief(page, demo)
            await moderation_pictures.take(page, demo, _shoot_cards)


async def _first(context: BrowserContext, demo: Running) -> Page:
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
    await driver.submit_modal(page, {ABOUT: KIND, ALLOWED: CONSENT})
    await driver.wait_for_text(page, "Logged as C-")
    await driver.open_place(page, demo.address + "sam/desk-staff", "Sam")
    await driver.wait_for_text(page, WORDS)
    await driver.press(page, "Claim", message=WORDS)
    await driver.wait_for_text(page, "is yours")
    await _shoot(page, "staff")
    return page


async def _reply(page: Page, demo: Running) -> None:
    """Answer, and look at the answer as Ana does."""
    await driver.press(page, "Reply", message=WORDS)
    await driver.submit_modal(page, {"Your reply": REPLY})
    await driver.open_place(page, demo.address + "ana/direct-messages", "Ana")
    await driver.wait_for_text(page, REPLY)
    await driver.press(page, "See where it stands", message=REPLY)
    await _shoot_cards(page, "reply", REPLY, WORDS)


async def _form(browser: Browser, demo: Running) -> None:
    """The web form, with the code that it shows once."""
    found = re.search(r"Form +(http://127\.0\.0\.1:\d+/)", demo.said)
    assert found, demo.said
    context = await browser.new_context(viewport={"width": 720, "height": 780})
    page = await context.new_page()
    await page.goto(found[1])
    await page.screenshot(path=FOLDER / "form.png", full_page=True)
    await page.get_by_label(ABOUT).select_option(label="Surveillance or face recognition")
    await page.get_by_label("What happened?").fill("Cameras at work match faces.")
    await page.get_by_role("button", name="Send").click()
    await page.set_viewport_size({"width": 720, "height": 420})
    await page.screenshot(path=FOLDER / "code.png")
    await context.close()


async def _brief(page: Page, demo: Running) -> None:
    """A queue of several, and a brief of five: a quote to look at, and the text to sign."""
    for who, words in OTHERS.items():
        await driver.open_place(page, f"{demo.address}{who}/ask-the-desk")
        await driver.run_slash(page, "/concern raise")
        await driver.submit_modal(page, {ABOUT: KIND, "What happened?": words, ALLOWED: CONSENT})
        shown = await driver.visible_text(page)
        if "Log mine as well" in shown:
            await driver.press(page, "Log mine as well")
        await driver.wait_for_text(page, "Logged as C-")
    await driver.open_place(page, demo.address + "sam/desk-staff", "Sam")
    await driver.run_slash(page, "/triage queue")
    await _shoot_cards(page, "queue", "concerns in all")
    await driver.open_place(page, demo.address + "lea/desk-staff", "Lea")
    await driver.run_slash(page, "/brief new")
    await driver.submit_modal(
        page,
        {
            "Title": "Faces in one dataset",
            "To whom (company, office)": "Its owner, privacy office",
            "What you ask of them": "Take out the pictures of people who ask for it.",
            "Days to reply": "30",
        },
    )
    await driver.wait_for_text(page, "Put concerns in with")
    reference = re.findall(r"B-\w{4}-\w{2}", await driver.visible_text(page))[-1]
    await driver.start_slash(page, "/brief add")
    await driver.type_option(page, "ref", reference)
    await driver.suggest(page, (await driver.suggestions(page))[0])
    await driver.type_option(page, "kind", "Datasets and AI")
    await driver.suggest(page, "Datasets and AI")
    await driver.send(page)
    await driver.press(page, "Check consents")
    await driver.press(page, "Look at quotes")
    while "ben@example.org" not in await _newest(page).inner_text():
        await driver.press(page, "Next quote")
    await _shoot_cards(page, "quote", "As it will be read")
    await driver.press(page, "Back to the brief")
    await driver.wait_for_text(page, "Consent checked")
    await _shoot_cards(page, "brief", "Consent checked")


def _newest(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article").last


async def _shoot(page: Page, name: str) -> None:
    await page.screenshot(path=FOLDER / f"{name}.png")


async def _shoot_cards(page: Page, name: str, *texts: str) -> None:
    """Take the newest message with one of these texts, alone: the last text's wins."""
    card = page.get_by_role("log").get_by_role("article").filter(has_text=texts[-1]).last
    await driver.at_rest(page)
    await card.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take())
