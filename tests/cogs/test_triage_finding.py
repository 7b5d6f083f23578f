"""Staff find concerns again."""

import pytest

from tests.cogs.conftest import World, labels, options, read
from tests.cogs.test_triage_queue import NOT_FOR_YOU
from tests.cogs.triage import may_triage, raised
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
    assert "used by nobody" in read(nothing)


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
