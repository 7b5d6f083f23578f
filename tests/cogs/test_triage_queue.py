"""Staff find their way: /triage queue, show and next, and who may."""

import discord
import pytest
import simcord

from bot.concerns.model import CloseReason, Kind, State
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, delivered, may_triage, posted, raised
from tests.conftest import StandingClock

_MANAGER = discord.Permissions(manage_messages=True, manage_guild=True)
NOT_FOR_YOU = (
    "This is for staff. If you think that should include you, ask an admin of this server."
)


@pytest.fixture(autouse=True)
def _shown(world: World) -> None:
    """Let Discord show /triage to staff, and to helpers, who are none."""
    may_triage(world, world.staff_role, world.helper_role)


async def test_the_queue_is_oldest_first_and_opens_what_is_chosen(
    world: World, clock: StandingClock
) -> None:
    first = await raised(world, "The first story", kind=Kind.ETHICS)
    clock.move(hours=1)
    second = await raised(world, "The second story")
    await world.desk.triage.claim(world.guild.id, second, world.sam.id)

    queue = await world.sam.slash(world.staff_channel, "triage queue")

    text = read(queue)
    assert queue.ephemeral
    assert "### Concerns" in text
    assert f"**{first}** · Ethics · New · <t:1773392400:R> · nobody has it" in text
    assert f"**{second}** · Privacy · In progress · <t:1773396000:R> · <@{world.sam.id}>" in text
    assert text.index(first) < text.index(second)
    assert "2 concerns in all" in text
    assert "story" not in text

    opened = await world.sam.select(queue.response, [first])
    assert "The first story" in read(opened)
    assert "**Read** · raised" in read(opened)
    assert_nobody_is_pinged(world)


async def test_the_queue_is_filtered_by_state_and_kind(world: World) -> None:
    child = await raised(world, kind=Kind.CHILD)
    other = await raised(world, "other")
    await world.desk.triage.move(
        world.guild.id, other, world.sam.id, State.CLOSED, reason=CloseReason.RESOLVED
    )

    children = await world.sam.slash(world.staff_channel, "triage queue", kind="child")
    closed = await world.sam.slash(world.staff_channel, "triage queue", state="closed")
    nothing = await world.sam.slash(
        world.staff_channel, "triage queue", state="waiting", kind="license"
    )

    assert child in read(children)
    assert other not in read(children)
    assert "A child is shown" in read(children)
    assert other in read(closed)
    assert child not in read(closed)
    assert "Waiting for the reporter, License" in read(nothing)
    assert "No open concern fits" in read(nothing)


async def test_forty_concerns_are_leafed_through_without_gaps(
    world: World, clock: StandingClock
) -> None:
    expected = []
    per_hour = world.desk.settings.concerns.per_person_per_hour
    for number in range(23):
        if number % per_hour == 0:
            clock.move(hours=2)
        expected.append(await raised(world, f"number {number}"))

    page = await world.sam.slash(world.staff_channel, "triage queue")
    found = [option["value"] for option in options(page)]
    assert labels(page) == ["Next page"]
    second = await world.sam.click(page.response, label="Next page")
    found += [option["value"] for option in options(second)]
    assert second.response.id == page.response.id, "the next page takes this one's place"
    assert labels(second) == ["First page", "Previous page", "Next page"]
    third = await world.sam.click(second.response, label="Next page")
    found += [option["value"] for option in options(third)]

    assert found == expected
    assert labels(third) == ["First page", "Previous page"]
    back = await world.sam.click(third.response, label="Previous page")
    assert [option["value"] for option in options(back)] == expected[10:20]
    third = await world.sam.click(back.response, label="Next page")
    assert "23 concerns in all" in read(third)
    again = await world.sam.click(third.response, label="First page")
    assert [option["value"] for option in options(again)] == expected[:10]


async def test_a_case_is_opened_by_its_reference_however_it_is_typed(world: World) -> None:
    reference = await raised(world)

    for typed in (reference, reference.lower(), reference.replace("-", " "), reference[2:]):
        opened = await world.sam.slash(world.staff_channel, "triage show", ref=typed)

        assert f"### {reference}" in read(opened)
        assert opened.ephemeral
        assert labels(opened) == ["Claim", "Reply", "Status", "Close", "More"]
    await delivered(world)
    assert "**Read**" in read(card(world))


async def test_references_are_completed_by_a_part_and_by_kind(world: World) -> None:
    mine = await raised(world, kind=Kind.SURVEILLANCE)
    other = await raised(world, "other")

    async def offered(typed: str) -> list[str]:
        choices = await world.sam.autocomplete(world.staff_channel, "triage show", "ref", typed)
        return [choice["value"] for choice in choices]

    assert await offered("") == [mine, other]
    assert mine in await offered(mine[3:6].lower())
    assert await offered("surveil") == [mine]
    assert await offered("nothing like it") == []
    assert await offered("%\u202e\x00'; drop") == []
    choices = await world.sam.autocomplete(world.staff_channel, "triage show", "ref", "surveil")
    assert choices[0]["name"] == f"{mine} · Surveillance, New"


async def test_no_more_than_25_are_offered(world: World, clock: StandingClock) -> None:
    per_hour = world.desk.settings.concerns.per_person_per_hour
    for number in range(27):
        if number % per_hour == 0:
            clock.move(hours=2)
        await raised(world, f"number {number}")

    assert len(await world.sam.autocomplete(world.staff_channel, "triage show", "ref", "")) == 25


async def test_what_is_no_reference_and_what_is_nobody_s_get_one_sentence(world: World) -> None:
    for typed in (" ", "hello", "C-7K4Q-2X", "@everyone", "ß" * 100, "\u202e"):
        refused = await world.sam.slash(world.staff_channel, "triage show", ref=typed)
        assert read(refused).startswith("That is not a reference."), typed
    unknown = await world.sam.slash(world.staff_channel, "triage show", ref="C-00000-0")

    assert read(unknown) == "This server has no concern with that reference."
    assert world.env.errors
    assert_nobody_is_pinged(world)


async def test_another_server_s_reference_is_not_found(
    simcord_env: simcord.Env, world: World
) -> None:
    elsewhere = simcord_env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    boss = elsewhere.add_member(
        simcord_env.create_user("boss"),
        roles=[elsewhere.create_role("Boss", permissions=_MANAGER)],
    )
    reference = await raised(world)

    refused = await boss.slash(channel, "triage show", ref=reference)
    queue = await boss.slash(channel, "triage queue")
    offered = await boss.autocomplete(channel, "triage show", "ref", "")

    assert read(refused) == "This server has no concern with that reference."
    assert "Nothing is open" in read(queue)
    assert offered == []
    assert len(world.env.errors) == 1


async def test_next_is_a_child_first_and_then_what_waited_longest(
    world: World, clock: StandingClock
) -> None:
    old = await raised(world, "old")
    clock.move(minutes=1)
    child = await raised(world, "child", kind=Kind.CHILD)

    opened = await world.sam.slash(world.staff_channel, "triage next")
    assert f"### {child} · A child is shown" in read(opened)
    assert "Urgent: it is about a child" in read(opened)
    await world.sam.click(opened.response, label="Claim")

    opened = await world.sam.slash(world.staff_channel, "triage next")
    assert f"### {old}" in read(opened)
    await world.sam.click(opened.response, label="Claim")

    nobody = await world.sam.slash(world.staff_channel, "triage next")
    assert read(nobody) == "Nobody is waiting: every open concern has somebody."


async def test_who_is_not_staff_learns_nothing(world: World) -> None:
    reference = await raised(world)
    made_up = "C-00000-0"
    for action in ("claim", "release", "show", "reply", "status", "reopen", "close"):
        told = set()
        for ref in (reference, made_up, "nonsense"):
            custom_id = f"cp1:case:{action}:{ref}"
            pressed = await world.hana.click(posted(world, custom_id), custom_id=custom_id)
            told.add(read(pressed))
            assert pressed.ephemeral
        assert told == {NOT_FOR_YOU}, action
    leafed = "cp1:case:queue:-:-:-"
    pressed = await world.hana.click(posted(world, leafed), custom_id=leafed)
    assert read(pressed) == NOT_FOR_YOU
    case = await world.desk.triage.case(world.guild.id, reference)
    assert (case.state, case.claimed_by) == (State.RECEIVED, None)


async def test_who_is_not_staff_gets_one_sentence_from_every_command(world: World) -> None:
    reference = await raised(world)

    for command, given in (
        ("triage queue", {}),
        ("triage next", {}),
        ("triage show", {"ref": reference}),
        ("triage show", {"ref": "C-00000-0"}),
    ):
        refused = await world.hana.slash(world.staff_channel, command, **given)
        assert read(refused) == NOT_FOR_YOU
    assert await world.hana.autocomplete(world.staff_channel, "triage show", "ref", "") == []
    assert len(world.env.errors) == 4
    # Discord does not even show it to those who do not manage messages.
    assert not [one for one in world.ana.available_commands(world.general) if "triage" in one]


async def test_the_database_being_away_is_said_in_one_sentence(world: World) -> None:
    reference = await raised(world)
    shown = card(world)
    await world.desk.store.close()

    for label in ("Claim", "Show"):
        refused = await world.sam.click(shown, label=label)
        assert "cannot reach its records" in read(refused)
    refused = await world.sam.slash(world.staff_channel, "triage show", ref=reference)
    assert "cannot reach its records" in read(refused)
    assert len(world.env.errors) == 1


async def test_everything_that_can_be_pressed_on_cases_and_setup_asks_who_presses(
    world: World,
) -> None:
    # Read from the router, so that a button added tomorrow is in the matrix as well.
    router = world.env.bot.router
    asked = {
        (area, action): capability
        for (_sort, area, action), (_handler, capability) in router._handlers.items()
        if area in ("case", "setup")
    }

    assert len(asked) >= 12
    for (area, action), capability in asked.items():
        wanted = Capability.STAFF if area == "case" else Capability.ADMIN
        assert capability is wanted, f"{area}:{action}"
