"""A reporter answers staff, or adds something to a concern."""

import sqlite3
from pathlib import Path

import pytest

from bot.concerns.model import CloseReason, Direction, State
from bot.platform.client import DeskClient
from tests.cogs.concern.conftest import (
    answered,
    deliver_again,
    edits_of_replies,
    field,
    letters,
    own,
    raised,
)
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.triage import card, delivered, may_triage


async def test_an_answer_from_the_direct_message_reaches_staff(world: World) -> None:
    await raised(world)
    reference = await answered(world, "Which photo is it?", then="waiting")
    (message,) = world.ana.user.dm_channel.history()
    assert labels(message) == ["Write to staff", "See where it stands"]
    await world.restart()

    form = await world.ana.user.click(message, label="Write to staff")
    done = await world.ana.user.submit_modal(form, {"text": "The one with the hat."})

    assert done.ephemeral
    assert f"Staff will find it with {reference}" in read(done)
    case = await world.desk.triage.case(world.guild.id, reference)
    assert case.letters[-1].direction is Direction.FROM_REPORTER
    assert case.letters[-1].text == "The one with the hat."
    assert case.state is State.WORKING
    shown = await world.ana.slash(world.general, "concern status")
    assert "**You, March 13, 2026**\nThe one with the hat." in read(shown)
    assert_nobody_is_pinged(world)


async def test_the_same_answer_delivered_again_is_one_letter(world: World) -> None:
    await raised(world)
    await answered(world)
    shown = await world.ana.slash(world.general, "concern status")
    form = await world.ana.click(shown.response, label="Add to it")
    await world.ana.submit_modal(form, {"text": "Thank you."})

    await deliver_again(world, 4)

    assert [letter.text for letter in (await own(world)).letters][1:] == ["Thank you."]


async def test_a_restart_between_keeping_and_confirming_still_confirms(world: World) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern status")
    form = await world.ana.click(shown.response, label="Add to it")
    client = world.env.bot
    assert isinstance(client, DeskClient)
    await client.courier.stop()

    done = await world.ana.submit_modal(form, {"text": "One thing more."})

    assert (await own(world)).letters[0].text == "One thing more."
    await world.restart()
    await delivered(world)
    assert "Staff will find it with" in str(edits_of_replies(world)[-1])
    assert done.ephemeral


async def test_what_cannot_be_added_comes_back_and_can_be_sent_again(
    world: World, tmp_path: Path
) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern status")
    form = await world.ana.click(shown.response, label="Add to it")
    blocker = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")

    refused = await world.ana.submit_modal(form, {"text": "One thing more"})

    assert "cannot reach its records" in read(refused)
    assert "```\nOne thing more\n```" in read(refused)
    blocker.execute("ROLLBACK")
    blocker.close()
    again = await world.ana.click(refused.response, label="Try again")
    assert field(again, "text")["value"] == "One thing more"
    await world.ana.submit_modal(again, {"text": "One thing more"})
    assert (await own(world)).letters[0].text == "One thing more"


@pytest.mark.parametrize("text", ["\u200b", "\u3164 "])
async def test_nothing_is_not_added(world: World, text: str) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern status")
    form = await world.ana.click(shown.response, label="Add to it")

    refused = await world.ana.submit_modal(form, {"text": text})

    assert "no words in it yet" in read(refused)
    assert (await own(world)).letters == ()


async def test_what_is_closed_meanwhile_says_how_to_go_on(world: World) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern status")
    form = await world.ana.click(shown.response, label="Add to it")
    reference = (await own(world)).reference
    await world.desk.triage.move(
        world.guild.id, reference, world.sam.id, State.CLOSED, reason=CloseReason.RESOLVED
    )

    refused = await world.ana.submit_modal(form, {"text": "But wait"})

    assert f"{reference} is closed" in read(refused)
    assert "`/concern raise`" in read(refused)
    assert "But wait" in read(refused)
    closed = await world.ana.slash(world.general, "concern status")
    assert labels(closed) == ["Open it again", "Change what is allowed"]
    assert letters(world.ana) == [] or "Closed" in letters(world.ana)[-1]


async def test_from_a_worry_to_an_answer_and_back_as_all_of_them_do_it(world: World) -> None:
    may_triage(world, world.staff_role)
    await raised(world)
    await world.sam.click(card(world), label="Claim")
    form = await world.sam.click(card(world), label="Reply")
    await world.sam.submit_modal(form, {"text": "Which photo is it?", "then": ["waiting"]})
    read_by_staff, message = world.ana.user.dm_channel.history()
    assert "Staff have read it" in read(read_by_staff)
    assert "Which photo is it?" in read(message)
    status = await world.ana.slash(world.general, "concern status")
    assert "wait to hear from you" in read(status)

    form = await world.ana.user.click(message, label="Write to staff")
    await world.ana.user.submit_modal(form, {"text": "The one with the @everyone hat."})

    queue = await world.sam.slash(world.staff_channel, "triage queue")
    assert "**the reporter wrote**" in read(queue)
    assert "From the reporter" in read(card(world))
    opened = await world.sam.slash(
        world.staff_channel, "triage show", ref=(await own(world)).reference
    )
    assert "hat" in read(opened)
    queue = await world.sam.slash(world.staff_channel, "triage queue")
    assert "the reporter wrote" not in read(queue)
    assert str(world.ana.id) not in "".join(map(str, (read(card(world)), read(opened))))
    assert_nobody_is_pinged(world)
