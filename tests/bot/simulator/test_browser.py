"""The whole path in a real browser: what a person meets who runs the demo."""

import asyncio
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.simulator.demo import simulated, tick
from bot.simulator.world import World
from tests.bot.simulator.toy import Toy
from tests.e2e import driver

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(driver.CHROMIUM).exists(), reason="Chromium is not installed (Debian: chromium)"
    ),
]


async def test_a_member_raises_something_and_staff_claim_it_in_the_browser() -> None:
    toy = Toy()

    def on_world(world: World) -> None:
        toy.staff_channel_id = world.staff_channel_id

    async with simulated(lambda: toy, on_world=on_world) as demo, driver.chromium() as browser:
        ticking = asyncio.create_task(tick(demo.places, utc_now))
        context = await browser.new_context()
        ana, sam, ben = [await context.new_page() for _ in range(3)]
        await driver.open_place(ana, demo.address + "ana/general", "Ana")
        await driver.open_place(sam, demo.address + "sam/desk-staff", "Sam")
        await driver.open_place(ben, demo.address + "ben/general", "Ben")

        await driver.start_slash(ana, "/fruit")
        field = await driver.type_option(ana, "name", "ap")
        assert await driver.suggestions(ana) == ["apple", "apricot"]
        await driver.send_message(ben, "Anybody here?")
        await driver.wait_for_text(ana, "Anybody here?")
        assert await field.input_value() == "ap", "what Ana types survives what Ben says"
        await driver.suggest(ana, "apricot")
        await driver.send(ana)
        assert "One apricot." in await driver.visible_text(ana)
        assert "One apricot." not in await driver.visible_text(ben)

        await driver.run_slash(ana, "/fruit", name="banana")
        await driver.wait_for_text(ana, "One banana.")
        await driver.run_slash(ana, "/tell")
        await driver.submit_modal(
            ana, {"Kind": "Dataset", "What happened": "My face is in a dataset."}
        )
        assert "Logged." in await driver.visible_text(ana)
        await driver.wait_for_text(sam, "Dataset: My face is in a dataset.")
        await driver.press(sam, "Claim")
        assert "Claimed by Sam" in await driver.visible_text(sam)

        await driver.open_place(ana, demo.address + "ana/direct-messages", "Ana")
        assert "Your reference is T-1." in await driver.visible_text(ana)
        await driver.open_place(ana, demo.address + "ana/photo-talk", "Ana")
        await driver.use_message_command(ana, "Tell staff about this", "my face")
        await driver.submit_modal(ana, {"Kind": "Photo", "What happened": "This one."})
        assert "Logged." in await driver.visible_text(ana)
        ticking.cancel()
        assert not demo.env.errors
