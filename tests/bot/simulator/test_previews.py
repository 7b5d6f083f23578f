"""Several places of one simulated Discord in the browser at once."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import simcord
from simcord.backend.errors import SetupError
from simcord.preview import _server
from simcord.preview._server import PreviewServer

from bot.simulator.demo import Demo
from bot.simulator.world import GENERAL, PHOTOS
from tests.bot.simulator.conftest import OpenTab, arrive
from tests.bot.simulator.toy import Toy
from tests.conftest import StandingClock

# What the simulator itself is relied on for.


async def test_simcord_still_allows_only_the_one_preview_we_work_around(demo: Demo) -> None:
    assert simcord.__version__ == "3.2.1"
    async with simcord_preview(demo):
        with pytest.raises(SetupError, match="Only one active Preview"):
            demo.env.preview(
                demo.world.channels[GENERAL], viewers=[demo.world.people["ana"].member]
            )


def simcord_preview(demo: Demo) -> Any:
    """Return a preview made in SimCord's own way."""
    members = [demo.world.people["ana"].member]
    return demo.env.preview(demo.world.channels[GENERAL], viewers=members)


async def test_simcord_still_refuses_operations_that_overlap(
    demo: Demo, clock: StandingClock
) -> None:
    advancing = asyncio.create_task(demo.env.advance_time(1))
    await asyncio.sleep(0)
    with pytest.raises(SetupError, match="overlaps"):
        await demo.env.settle()
    await advancing


def test_simcords_page_still_has_the_places_for_our_title_and_links() -> None:
    page = Path(_server.__file__).with_name("static") / PreviewServer._STATIC_FILES["/"]
    text = page.read_text("utf-8")
    assert text.count("<title>SimCord Preview</title>") == 1
    assert text.count('<label class="viewer-control">') == 1


# What people at the browser meet.


async def test_everybody_sees_a_place_with_their_own_eyes(open_tab: OpenTab, demo: Demo) -> None:
    tabs = {who: await open_tab(f"{who}/general") for who in demo.world.people}
    for who, tab in tabs.items():
        assert tab.shown["viewerId"] == str(demo.world.people[who].id)
        assert "Thursday" in tab.text()


async def test_an_answer_for_one_person_is_seen_by_nobody_else(open_tab: OpenTab) -> None:
    ana, ben = await open_tab("ana/general"), await open_tab("ben/general")
    await ana.slash("fruit", name="banana")
    assert "One banana." in ana.text()
    await ben.look()
    assert "One banana." not in ben.text()


async def test_suggestions_come_while_typing(open_tab: OpenTab) -> None:
    ana = await open_tab("ana/ask-the-desk")
    assert await ana.suggested("fruit", "name", "ap") == ["apple", "apricot"]


async def test_staff_commands_are_offered_where_staff_manage_messages(open_tab: OpenTab) -> None:
    assert "queue" in await (await open_tab("sam/desk-staff")).commands()
    assert "queue" not in await (await open_tab("sam/general")).commands()
    assert "queue" not in await (await open_tab("ana/general")).commands()


async def test_a_card_appears_for_staff_without_a_refresh_when_a_member_submits_a_form(
    open_tab: OpenTab,
) -> None:
    ana, sam = await open_tab("ana/ask-the-desk"), await open_tab("sam/desk-staff")
    direct = await open_tab("ana/direct-messages")
    await ana.slash("tell")
    receipt = await ana.submit(["Photo"], "My neighbour's face is in it.")
    assert receipt["settlement"] == "settled"
    assert "Logged." in ana.text()
    await sam.look()
    assert "Photo: My neighbour's face is in it." in sam.text()
    await direct.look()
    assert "Your reference is T-1." in direct.text()


async def test_two_at_the_same_card_see_what_the_other_did(open_tab: OpenTab) -> None:
    ana = await open_tab("ana/ask-the-desk")
    sam, mo = await open_tab("sam/desk-staff"), await open_tab("mo/desk-staff")
    await ana.slash("tell")
    await ana.submit(["Photo"], "Please look.")
    await sam.look()
    await sam.press("Claim")
    await mo.look()
    assert "Claimed by Sam" in mo.text()


async def test_a_message_counts_as_sent_by_the_one_who_sent_it(open_tab: OpenTab) -> None:
    ana, ben = await open_tab("ana/general"), await open_tab("ben/general")
    receipt = await ana.act("send_message", content="Hello all.", target_id=None)
    assert receipt["dispatched"]
    assert "Hello all." in (await ben.look())["messages"][receipt["target"]["messageId"]]["content"]
    assert ben.shown["lastAction"] is None


async def test_a_message_that_is_taken_down_at_once_was_sent_and_the_page_goes_on(
    open_tab: OpenTab,
) -> None:
    ana = await open_tab("ana/general")
    receipt = await ana.act("send_message", content="buy things", target_id=None)
    assert (receipt["settlement"], receipt["diagnostics"]) == ("settled", [])
    assert "buy things" not in ana.text()
    receipt = await ana.act("send_message", content="Hello all.", target_id=None)
    assert receipt["settlement"] == "settled"
    assert "Hello all." in ana.text()


async def test_a_page_where_nothing_changed_is_left_alone(
    open_tab: OpenTab, demo: Demo, clock: StandingClock
) -> None:
    ana, ben = await open_tab("ana/general"), await open_tab("ben/photo-talk")
    before = ben.shown["publishedRevision"]
    await ana.act("send_message", content="Hello all.", target_id=None)
    clock.move(seconds=60)
    await demo.places.tick(clock)
    assert (await ben.look())["publishedRevision"] == before


async def test_people_who_act_at_the_same_moment_take_turns(open_tab: OpenTab) -> None:
    tabs = [await open_tab(f"{who}/general") for who in ("ana", "ben", "mo", "sam")]
    receipts = await asyncio.gather(*(tab.slash("fruit", name="apple") for tab in tabs))
    assert [receipt["settlement"] for receipt in receipts] == ["settled"] * 4
    assert all("One apple." in tab.text() for tab in tabs)


async def test_a_message_that_arrived_a_moment_ago_does_not_refuse_a_click(
    open_tab: OpenTab,
) -> None:
    ana, sam, mo = [
        await open_tab(place) for place in ("ana/ask-the-desk", "sam/desk-staff", "mo/desk-staff")
    ]
    await ana.slash("tell")
    await ana.submit(["Photo"], "First.")
    await sam.look()
    await mo.look()
    await mo.act("send_message", content="I can take it.", target_id=None)
    receipt = await sam.press("Claim")
    assert receipt["settlement"] == "settled"
    assert "Claimed by Sam" in sam.text()


async def test_a_click_on_a_card_that_has_just_changed_is_refused(open_tab: OpenTab) -> None:
    ana, sam, mo = [
        await open_tab(place) for place in ("ana/ask-the-desk", "sam/desk-staff", "mo/desk-staff")
    ]
    await ana.slash("tell")
    await ana.submit(["Photo"], "Only one can have it.")
    await sam.look()
    await mo.look()
    await mo.press("Claim")
    receipt = await sam.press("Claim")
    assert receipt["rejected"]
    assert [item["code"] for item in receipt["diagnostics"]] == ["stale-revision"]
    assert "Claimed by Mo" in sam.text()


async def test_a_page_left_open_on_an_older_publication_of_its_own_is_still_refused(
    open_tab: OpenTab,
) -> None:
    ana = await open_tab("ana/general")
    old = ana.shown
    await ana.slash("fruit", name="apple")
    ana.shown = {**ana.shown, "publishedRevision": old["publishedRevision"]}
    receipt = await ana.slash("fruit", name="banana")
    assert receipt["rejected"]


async def test_time_passes_for_the_bot_as_it_does_on_the_wall(
    demo: Demo, toy: Toy, clock: StandingClock
) -> None:
    beats = toy.beats
    clock.move(seconds=14)
    await demo.places.tick(clock)
    assert toy.beats == beats
    clock.move(seconds=1)
    await demo.places.tick(clock)
    assert toy.beats == beats + 1
    assert demo.env.now() == clock()


async def test_time_waits_while_somebody_acts(demo: Demo, clock: StandingClock) -> None:
    before = demo.env.now()
    clock.move(seconds=5)
    async with demo.places.turn:
        await demo.places.tick(clock)
    assert demo.env.now() == before


async def test_a_bot_that_does_not_come_to_rest_holds_nobody_up_for_long(
    demo: Demo, toy: Toy, open_tab: OpenTab, clock: StandingClock
) -> None:
    never = asyncio.Event()
    with demo.env._bot_scope():
        stuck = asyncio.create_task(never.wait())
    clock.move(seconds=1)
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await demo.places.tick(clock)
    assert asyncio.get_running_loop().time() - began < 3
    never.set()
    await stuck
    ana = await open_tab("ana/general")
    assert (await ana.slash("fruit", name="apple"))["settlement"] == "settled"


async def test_what_the_bot_does_by_itself_is_seen_after_the_next_tick(
    demo: Demo, toy: Toy, open_tab: OpenTab, clock: StandingClock
) -> None:
    ben = await open_tab("ben/photo-talk")
    channel = toy.get_channel(demo.world.channels[PHOTOS].id)
    assert channel is not None
    demo.env.backend.create_message(channel.id, demo.env.backend.bot_user.id, "By the way.")
    await demo.places.tick(clock)
    await ben.look()
    assert "By the way." in ben.text()


async def test_hours_of_use_do_not_fill_the_memory(demo: Demo, clock: StandingClock) -> None:
    records = demo.env.backend.transcript
    records.extend([("HTTP", "GET /nothing", None)] * 10_000)
    await demo.places.tick(clock)
    assert len(records) <= 2000


async def test_a_place_whose_session_was_ended_opens_again(open_tab: OpenTab) -> None:
    ana = await open_tab("ana/general")
    receipt = await ana.act("close", look=False)
    assert receipt["settlement"] == "settled"
    await asyncio.sleep(0.1)
    again = await open_tab("ana/general")
    assert again.base != ana.base
    assert "Thursday" in again.text()


async def test_a_new_channel_and_its_threads_are_places_at_once(
    demo: Demo, open_tab: OpenTab, browser: aiohttp.ClientSession
) -> None:
    channel = demo.world.guild.create_text_channel("news")
    mo = demo.world.people["mo"].id
    thread = demo.env.backend.create_thread(channel.id, '</title><b>é/"?', mo)
    double = demo.world.guild.create_text_channel("general")
    for slug, name in (
        ("news", "news"),
        (f"channel-{thread.id}", thread.name),
        (f"channel-{double.id}", "general"),
    ):
        assert (await open_tab(f"ana/{slug}")).shown["channel"]["name"] == name
    async with browser.get(f"{demo.address}ana/channel-{thread.id}") as answer:
        assert "<title>Ana in #&lt;/title&gt;" in await answer.text()


async def test_a_place_that_is_taken_away_shows_nothing_more(
    demo: Demo, open_tab: OpenTab, clock: StandingClock
) -> None:
    ana = await open_tab("ana/general")
    demo.env.backend.delete_channel(demo.world.channels[GENERAL].id)
    await demo.places.tick(clock)
    assert (await ana.look())["status"] == "access_denied"
    assert ana.text() == ""


async def test_what_came_while_somebody_typed_is_shown_although_the_page_asked_for_suggestions(
    demo: Demo, open_tab: OpenTab
) -> None:
    ana, backend = await open_tab("ana/general"), demo.env.backend
    backend.create_message(demo.world.channels[GENERAL].id, backend.bot_user.id, "By the way.")
    await ana.suggested("fruit", "name", "ap")
    assert "By the way." in ana.text()


async def test_a_request_that_is_not_an_action_is_refused(open_tab: OpenTab) -> None:
    ana = await open_tab("ana/general")
    async with ana.session.post(f"{ana.base}/api/action", json=[], headers=ana.headers) as answer:
        assert (await answer.json())["rejected"]


async def test_a_page_opened_late_begins_at_the_latest_message(
    demo: Demo, open_tab: OpenTab
) -> None:
    await open_tab("ana/general")
    said = await demo.world.people["ben"].member.send(demo.world.channels[GENERAL], "Me again.")
    late = await open_tab("ana/general")
    assert late.shown["targetId"] == str(said.id)


async def test_a_message_command_opens_its_form_in_the_place(
    demo: Demo, open_tab: OpenTab, browser: aiohttp.ClientSession
) -> None:
    place = demo.places.find("ana", "photo-talk")
    assert demo.places.message_commands(place) == ["Tell staff about this"]
    message, author, text = demo.places.latest_messages(place)[0]
    assert (author, "my face" in text) == ("Ben", True)
    where = await demo.places.use_message_command(place, "Tell staff about this", message)
    ana = await arrive(browser, where)
    await ana.submit(["Photo"], "From a message.")
    assert "Logged." in ana.text()
    again = await open_tab("ana/photo-talk")
    assert again.shown["modal"] is None
