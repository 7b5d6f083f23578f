"""Staff find concerns again."""

import pytest

from bot.concerns.model import Consent, Draft, Kind
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_triage_queue import NOT_FOR_YOU
from tests.cogs.triage import may_triage, press, raised
from tests.conftest import StandingClock


@pytest.fixture(autouse=True)
def _who_triages(world: World) -> None:
    may_triage(world, world.staff_role, world.helper_role)


async def test_staff_search_by_words_and_open_what_they_find(world: World) -> None:
    mine = await raised(world, "My portraits were taken from Flickr")
    await raised(world, "A question about music")

    found = await world.sam.slash(world.staff_channel, "triage search", text="portrait flickr")

    assert found.ephemeral
    assert "Found for: portrait flickr" in read(found)
    assert [one["value"] for one in options(found)] == [mine]
    opened = await world.sam.select(found.response, [mine])
    assert "My portraits were taken from Flickr" in read(opened)
    by_reference = await world.sam.slash(world.staff_channel, "triage search", text=mine.lower())
    assert f"### {mine}" in read(by_reference)
    nothing = await world.sam.slash(
        world.staff_channel, "triage search", text="the @everyone \u202e"
    )
    assert "Nothing was found" in read(nothing)
    photos = await raised(world, "Somebody sells my photos")
    alike = await world.sam.slash(world.staff_channel, "triage search", text="pictures xyzzy")
    assert "left out" in read(alike)
    assert [one["value"] for one in options(alike)] == [photos]


async def test_a_search_is_leafed_through(world: World, clock: StandingClock) -> None:
    every = []
    for number in range(12):
        clock.move(hours=1)
        every.append(await raised(world, f"portrait {number}"))

    page = await world.sam.slash(world.staff_channel, "triage search", text="portraits")
    seen = [one["value"] for one in options(page)]
    assert labels(page) == ["Older"]
    older = await world.sam.click(page.response, label="Older")
    seen += [one["value"] for one in options(older)]

    assert seen == every[::-1]
    await world.restart()
    late = await world.sam.click(older.response, label="Newest")
    assert "Please run `/triage search` again" in read(late)


async def test_who_is_not_staff_finds_nothing(world: World) -> None:
    await raised(world, "portrait")

    refused = await world.hana.slash(world.staff_channel, "triage search", text="portrait")

    assert read(refused) == NOT_FOR_YOU
    assert len(world.env.errors) == 1


async def test_a_view_is_kept_found_again_after_a_restart_and_dropped(
    world: World, clock: StandingClock
) -> None:
    for number in range(12):
        clock.move(hours=1)
        await raised(world, f"number {number}", kind=Kind.ETHICS)
    other = await raised(world, "other", kind=Kind.LICENSE)

    page = await world.sam.slash(world.staff_channel, "triage queue", kind="ethics", unclaimed=True)
    assert "Ethics, nobody has it" in read(page)
    assert labels(page) == ["Next page", "Keep this view"]
    await world.restart()
    second = await world.sam.click(page.response, label="Next page")
    assert labels(second) == ["First page", "Previous page", "Keep this view"]
    assert other not in read(second)

    form = await world.sam.click(second.response, label="Keep this view")
    kept = await world.sam.submit_modal(form, {"name": "Ethics @everyone"})
    assert "Kept as" in read(kept)
    (offered,) = await world.sam.autocomplete(world.staff_channel, "triage queue", "view", "ethics")
    again = await world.sam.slash(world.staff_channel, "triage queue", view=offered["value"])
    assert "Ethics" in read(again)
    await world.sam.click(again.response, label="Drop this view")
    assert not await world.sam.autocomplete(world.staff_channel, "triage queue", "view", "")
    gone = await world.sam.slash(world.staff_channel, "triage queue", view=offered["value"])
    assert "or is not yours" in read(gone)
    assert len(world.env.errors) == 1


async def test_mine_and_what_is_quiet(world: World, clock: StandingClock) -> None:
    mine, other = await raised(world, "mine"), await raised(world, "other")
    await world.desk.triage.claim(world.guild.id, mine, world.sam.id)
    clock.move(days=8)
    fresh = await raised(world, "fresh")

    page = await world.sam.slash(world.staff_channel, "triage mine")
    assert [one["value"] for one in options(page)] == [mine]
    page = await world.sam.slash(world.staff_channel, "triage stale")
    assert {one["value"] for one in options(page)} == {mine, other}
    assert fresh not in read(page)
    assert "quiet for at least 7 days" in read(page)


async def test_staff_see_what_is_like_a_case_and_what_was_said_by_who_joined(world: World) -> None:
    text = "My portrait is in a face dataset and nobody asked me"
    mine = await raised(world, text, kind=Kind.DATASET, consent=Consent.COUNT)
    await raised(world, "A question about music")
    offer = await world.desk.joining.offers.offer(
        guild_id=world.guild.id,
        reporter_id=world.ben.id,
        draft=Draft(Kind.DATASET, f"{text}, @everyone", consent=Consent.COUNT),
        intake="offer",
        receipt=b"",
    )
    assert offer is not None
    await world.desk.joining.offers.join(
        guild_id=world.guild.id, user_id=world.ben.id, offer_id=offer.id, receipt=b""
    )
    alike = await raised(world, f"{text} at all", kind=Kind.PRIVACY)

    more = await press(world, world.sam, "more", mine)
    assert labels(more) == ["Similar concerns", "1 who joined"]
    found = await world.sam.click(more.response, label="Similar concerns")
    assert [one["value"] for one in options(found)] == [alike]
    assert "% alike" in read(found)
    said = await world.sam.click(more.response, label="1 who joined")
    assert "and nobody asked me" in read(said)
    assert "ben" not in read(said)
    assert_nobody_is_pinged(world)
