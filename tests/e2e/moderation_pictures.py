"""Moderation played through in the demo, for the pictures in docs/images.

A storm with a newcomer who waits, somebody who tries to expose a person in a picture, and a timeout
that was wrong, is appealed against, and lifted by somebody else.
"""

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from tests.e2e import driver
from tests.e2e.running import Running

HELLO = "Hi, I just read the news. Is my photo in it?"
SEARCHED = "who is the woman in Ana's market photo? does anyone know her name?"
EXPOSED = "found her: she lives at 221 Baker Street, London, number +1 202-555-0143"
WRONG = "Posted the same link five times"
APPEAL = "Those were five albums of mine, each posted once."
SORRY = "You are right: five albums are not one link five times. Sorry."

ShootCards = Callable[..., Awaitable[None]]


async def take(page: Page, demo: Running, shoot: ShootCards) -> None:
    """Play all three, and take the picture of each that says most."""
    await page.set_viewport_size({"width": 1000, "height": 900})
    await _storm(page, demo, shoot)
    await _exposed(page, demo, shoot)
    await _appeal(page, demo, shoot)


async def _storm(page: Page, demo: Running, shoot: ShootCards) -> None:
    await _at(page, demo, "ola", "desk-staff")
    await driver.run_slash(page, "/storm")
    await driver.press(page, "Settings")
    await driver.press(page, "Hold newcomers’ messages")
    await _at(page, demo, "mo", "desk-staff")
    await driver.run_slash(page, "/storm")
    await driver.press(page, "Begin storm mode")
    await _at(page, demo, "nia", "general")
    await driver.send_message(page, HELLO)
    assert HELLO not in await driver.visible_text(page)
    await _at(page, demo, "nia", "direct-messages")
    await driver.wait_for_text(page, "You did nothing wrong")
    await _at(page, demo, "mo", "desk-staff")
    await driver.run_slash(page, "/storm")
    await driver.press(page, "Read messages of 1 person")
    await shoot(page, "storm", "1 person waits")
    await driver.press(page, "Let through")
    await _at(page, demo, "nia", "direct-messages")
    await driver.wait_for_text(page, "Moderators say your message is fine")
    await _at(page, demo, "nia", "general")
    await driver.send_message(page, HELLO)
    await driver.wait_for_text(page, HELLO)
    await _at(page, demo, "mo", "desk-staff")
    await driver.run_slash(page, "/storm")
    await driver.press(page, "Lift it now")


async def _exposed(page: Page, demo: Running, shoot: ShootCards) -> None:
    await _at(page, demo, "ben", "general")
    for words in (SEARCHED, EXPOSED):
        await driver.send_message(page, words)
        assert words not in await driver.visible_text(page)
    await _at(page, demo, "ben", "direct-messages")
    await driver.wait_for_text(page, EXPOSED)
    await shoot(page, "taken-down", EXPOSED)
    await _at(page, demo, "mo", "desk-staff")
    await driver.wait_for_text(page, EXPOSED)
    await driver.press(page, "It stays down", message=EXPOSED)
    await _at(page, demo, "ben", "direct-messages")
    await driver.wait_for_text(page, "Moderators left your message down")


async def _appeal(page: Page, demo: Running, shoot: ShootCards) -> None:
    await _at(page, demo, "mo", "general")
    await driver.start_slash(page, "/mod timeout")
    await driver.type_option(page, "member", "Ana")
    people = page.get_by_role("listbox").get_by_role("option")
    await people.filter(has_text=re.compile("^Ana")).first.click()
    await driver.type_option(page, "duration", "2h")
    await driver.type_option(page, "rule", "No spam")
    await driver.suggest(page, "No spam")
    await driver.type_option(page, "reason", WRONG)
    await driver.send(page)
    reference = re.findall(r"K-\w{4}-\w{2}", await driver.visible_text(page))[-1]
    await _at(page, demo, "ana", "direct-messages")
    await driver.wait_for_text(page, WRONG)
    await driver.press(page, "Appeal", message=reference)
    await driver.submit_modal(page, {"What should the moderators know?": APPEAL})
    await _at(page, demo, "ola", "desk-staff")
    await driver.run_slash(page, "/mod show", ref=reference)
    await shoot(page, "appeal", APPEAL)
    await driver.press(page, "Lift it", message=APPEAL)
    await driver.submit_modal(page, {"What the member is answered": SORRY})
    await _at(page, demo, "ana", "direct-messages")
    await driver.wait_for_text(page, SORRY)


async def _at(page: Page, demo: Running, who: str, where: str) -> None:
    await driver.open_place(page, f"{demo.address}{who}/{where}", who.title())
