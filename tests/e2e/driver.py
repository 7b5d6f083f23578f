"""Acting in the simulated Discord's page as a person at a browser does.

Elements are found by role and name, as a screen reader finds them. `window.simcordPreview`, which
SimCord offers for this, says when the page is at rest, so nothing here waits for a fixed time.
"""

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
"""Debian's Chromium; Playwright's own download is not needed."""

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AT_REST = """() => {
  const page = window.simcordPreview;
  return Boolean(page && page.ready && !page.pendingAction && !page.pendingQuery
    && page.awaitingRevision === null && page.commandPicker.autocomplete.state !== "loading");
}"""
_RECEIPTS = "() => window.simcordPreview.activity"
_NEW_RECEIPT = """known => window.simcordPreview.activity.some(
  receipt => !known.includes(receipt.requestId))"""
MILLISECONDS = 15_000
"""How long anything that is waited for may take."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Hold a headless Chromium open."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def at_rest(page: Page) -> None:
    """Bring the page to the front, and wait until nothing is under way in it.

    (Browsers let pages in the background draw about once a second.)
    """
    await page.bring_to_front()
    await page.wait_for_function(_AT_REST, timeout=MILLISECONDS)


async def open_place(page: Page, url: str, person: str | None = None) -> None:
    """Open a place by its address on the front page; check whose eyes it is seen with."""
    page.set_default_timeout(MILLISECONDS)
    await page.goto(url)
    await at_rest(page)
    if person is not None:
        viewer = page.get_by_role("combobox", name="Viewing as").locator("option:checked")
        await expect(viewer).to_contain_text(person)


async def start_slash(page: Page, command: str) -> None:
    """Type a slash command's name ("/concern raise") and choose it in the list."""
    name = command.removeprefix("/")
    await at_rest(page)
    await page.get_by_role("textbox", name="Message", exact=True).fill(f"/{name}")
    listed = page.get_by_role("listbox", name="Application commands")
    await (
        listed.get_by_role("option")
        .filter(has=page.get_by_text(f"/{name}", exact=True))
        .first.click()
    )
    await page.get_by_role("button", name=f"Command /{name}").wait_for()


async def type_option(page: Page, option: str, typed: str) -> Locator:
    """Type into an option of the slash command that was begun; return its field."""
    field = page.get_by_label(re.compile(rf"^{re.escape(option)}(, required)?$"))
    if not await field.count():
        await page.get_by_role("button", name=re.compile(r"^\+")).last.click()
        await _offered(page, re.compile(rf"^{re.escape(option)}\b")).click()
    await field.fill(typed)
    return field


async def suggestions(page: Page) -> list[str]:
    """Return what is suggested for the option that is being typed into."""
    await at_rest(page)
    return [text.strip() for text in await _offered(page).all_inner_texts()]


async def suggest(page: Page, words: str) -> None:
    """Take the suggestion with exactly these words."""
    await _offered(page, re.compile(rf"^{re.escape(words)}$")).first.click()


async def send(page: Page) -> None:
    """Send what was composed: the slash command that was begun, or the message."""
    async with _acting(page):
        await page.get_by_role("button", name="Send", exact=True).click()


async def send_message(page: Page, text: str) -> None:
    """Say something in the channel."""
    await at_rest(page)
    await page.get_by_role("textbox", name="Message", exact=True).fill(text)
    await send(page)


async def use_message_command(page: Page, command: str, message: str) -> None:
    """Use a message command on the newest message with this text, by way of the front page."""
    await at_rest(page)
    await page.get_by_role("link", name="Message commands").click()
    found = page.get_by_role("listitem").filter(has_text=message).first
    await found.get_by_role("button", name=command, exact=True).click()
    await at_rest(page)


async def run_slash(page: Page, command: str, **options: str) -> None:
    """Run a slash command with these options, as typed; wait until it was answered.

    An option that suggests is given what is typed, unless a suggestion with exactly these words
    is offered: then that is chosen.
    """
    await start_slash(page, command)
    for option, typed in options.items():
        field = await type_option(page, option, typed)
        if await field.get_attribute("role") == "combobox" and typed in await suggestions(page):
            await suggest(page, typed)
    await send(page)


async def submit_modal(page: Page, values: dict[str, str]) -> None:
    """Fill the open form, each field by its label, and submit it.

    A text goes into a text field; in a menu or a group of choices, the choice with that label is
    taken.
    """
    await at_rest(page)
    dialog = page.get_by_role("dialog")
    await dialog.wait_for()
    for label, value in values.items():
        named = re.compile(rf"^{re.escape(label)}(\s*\*)?$")
        text = dialog.get_by_role("textbox", name=named)
        menu = dialog.get_by_role("combobox", name=named)
        if await text.count():
            await text.fill(value)
        elif await menu.count():
            await _take(page, menu, value)
        else:
            await (
                dialog.get_by_role("group", name=named)
                .or_(dialog.get_by_role("radiogroup", name=named))
                .get_by_label(value)
                .check()
            )
    async with _acting(page):
        await dialog.get_by_role("button", name="Submit").click()


async def press(page: Page, label: str, *, message: str | None = None) -> None:
    """Press the newest button with this label; `message`: only on messages with this text."""
    log = page.get_by_role("log")
    where = log.get_by_role("article").filter(has_text=message) if message else log
    async with _acting(page):
        named = where.get_by_role("button", name=label, exact=True)
        # With words on it: the page has buttons of its own, with icons, for its own Reply.
        await named.filter(has_text=label).last.click()


async def choose(page: Page, menu: str, option: str) -> None:
    """Choose an option of the newest menu with this placeholder."""
    menus = page.get_by_role("log").get_by_role("combobox", name=menu)
    async with _acting(page):
        await _take(page, menus.last, option)


async def visible_text(page: Page) -> str:
    """Return the conversation, and the form if one is open, as text."""
    await at_rest(page)
    texts = [await page.get_by_role("log").inner_text()]
    dialog = page.get_by_role("dialog")
    if await dialog.count():
        texts.append(await dialog.inner_text())
    return "\n".join(texts)


async def wait_for_text(page: Page, text: str) -> None:
    """Wait until the conversation or the open form says this; another tab may be its cause."""
    await page.bring_to_front()
    await page.get_by_text(text).last.wait_for()


def _offered(page: Page, name: str | re.Pattern[str] | None = None) -> Locator:
    # Within a list box: the choice of the viewer has options too.
    return page.get_by_role("listbox").get_by_role("option", name=name)


async def _take(page: Page, menu: Locator, option: str) -> None:
    await menu.click()
    await _offered(page, option).first.click()
    if await menu.get_attribute("aria-expanded") == "true":
        await menu.click()  # a menu of several is taken when it closes


@asynccontextmanager
async def _acting(page: Page) -> AsyncIterator[None]:
    """Hold while something is done that is an action; wait for it, and fail if it is refused."""
    await at_rest(page)
    known = [receipt["requestId"] for receipt in await page.evaluate(_RECEIPTS)]
    yield
    await page.wait_for_function(_NEW_RECEIPT, arg=known)
    await at_rest(page)
    for receipt in await page.evaluate(_RECEIPTS):
        if receipt["requestId"] not in known:
            done = receipt["settlement"] == "settled" and not receipt["rejected"]
            assert done, json.dumps(receipt["diagnostics"])
