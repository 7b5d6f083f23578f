"""Staff look at groups of like concerns, name one, and put it in a brief."""

import pytest
import simcord

from bot.concerns.model import Consent
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read, wire
from tests.cogs.test_triage_queue import NOT_FOR_YOU
from tests.cogs.triage import may_triage, raised

FACES = (
    "My portraits from Flickr are in a face dataset @everyone",
    "Found my portraits in that face dataset made of Flickr albums",
    "A face dataset has portraits of my family, taken from Flickr",
)


@pytest.fixture(autouse=True)
async def _who_triages(world: World) -> None:
    may_triage(world, world.staff_role, world.helper_role)


async def test_a_theme_is_opened_named_and_put_in_a_brief(world: World) -> None:
    faces = [await raised(world, what, consent=Consent.COUNT) for what in FACES]
    await raised(world, "Something about birds and their songs")

    page = await world.sam.slash(world.staff_channel, "triage themes")
    assert page.ephemeral
    assert "1 group of concerns about the same" in read(page)
    assert "3 concerns, from 1 person" in read(page)
    assert "1 open concern is like no other." in read(page)
    await world.restart()
    opened = await world.sam.select(page.response, [faces[0]])
    assert all(one in read(opened) for one in faces)
    assert "Put all of them in a brief" not in read(opened)

    form = await world.sam.click(opened.response, label="Another topic…")
    named = await world.sam.submit_modal(form, {"topic": "Faces @everyone"})
    assert "3 concerns have the topic" in read(named)
    for one in faces:
        assert (await world.desk.triage.case(world.guild.id, one)).topic == "Faces @everyone"
    late = await world.sam.click(opened.response, label="Another topic…")
    again = await world.sam.submit_modal(late, {"topic": "Other"})
    assert "3 keep the topics they had." in read(again)
    assert_nobody_is_pinged(world)


async def test_a_liaison_begins_a_brief_with_a_theme(world: World) -> None:
    faces = [await raised(world, what, consent=Consent.COUNT) for what in FACES]
    both = {one: frozenset({world.staff_role.id}) for one in (Capability.STAFF, Capability.LIAISON)}
    await world.desk.guilds.save(world.guild.id, roles=both)

    page = await world.sam.slash(world.staff_channel, "triage themes")
    opened = await world.sam.select(page.response, [faces[0]])
    assert "A new brief" in [one["label"] for one in options(opened)]
    brief = next(one for one in custom_ids(opened) if one.startswith("cp1:brief:theme"))
    form = await world.sam.select(opened.response, ["new"], custom_id=brief)
    made = await world.sam.submit_modal(
        form, {"title": "Faces", "to": "A company", "ask": "Stop", "background": "", "days": "30"}
    )
    assert made.response is not None
    assert "3 concerns put in." in read(made.response)
    again = await world.sam.select(page.response, [faces[0]])
    assert labels(again)


async def test_themes_are_for_staff(world: World) -> None:
    refused = await world.hana.slash(world.staff_channel, "triage themes")
    assert read(refused) == NOT_FOR_YOU
    assert len(world.env.errors) == 1


def custom_ids(shown: simcord.InteractionResult) -> list[str]:
    """Return the custom ids of all that can be pressed or chosen."""
    (container,) = wire(shown)
    rows = [one for one in container["components"] if one["type"] == 1]
    return [item["custom_id"] for row in rows for item in row["components"]]
