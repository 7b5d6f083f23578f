"""A reporter withdraws, allows and opens again."""

from bot.concerns.model import CloseReason, Consent, State
from tests.cogs.concern.conftest import own, raised
from tests.cogs.conftest import World, assert_nobody_is_pinged, options, read


async def test_withdrawn_is_closed_allows_nothing_and_can_be_opened_again(world: World) -> None:
    await raised(world)
    reference = (await own(world)).reference

    asked = await world.ana.slash(world.general, "concern withdraw", ref=reference)
    assert "nothing of it will be counted" in read(asked)
    done = await world.ana.click(asked.response, label="Withdraw it")
    assert f"{reference} is withdrawn" in read(done)
    mine = await own(world)
    assert (mine.state, mine.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    assert mine.consent is Consent.NOTHING

    again = await world.ana.slash(world.general, "concern reopen", ref=reference.lower())
    assert f"{reference} is open again" in read(again)
    assert (await own(world)).state is State.REOPENED
    assert_nobody_is_pinged(world)


async def test_without_a_reference_the_desk_asks_which_one(world: World) -> None:
    nothing = await world.ana.slash(world.general, "concern withdraw")
    assert "no open concern here that could be withdrawn" in read(nothing)
    await raised(world)
    reference = (await own(world)).reference

    which = await world.ana.slash(world.general, "concern withdraw")
    assert [one["value"] for one in options(which)] == [reference]
    asked = await world.ana.select(which.response, [reference])
    await world.ana.click(asked.response, label="Withdraw it")
    assert (await own(world)).state is State.CLOSED

    which = await world.ana.slash(world.general, "concern reopen")
    await world.ana.select(which.response, [reference])
    assert (await own(world)).state is State.REOPENED
    which = await world.ana.slash(world.general, "concern add")
    form = await world.ana.select(which.response, [reference])
    await world.ana.submit_modal(form, {"text": "One more thing"})
    assert [one.text for one in (await own(world)).letters] == ["One more thing"]
    assert len(world.env.errors) == 1


async def test_nobody_elses_concern_can_be_withdrawn(world: World) -> None:
    await raised(world)
    reference = (await own(world)).reference

    refused = await world.ben.slash(world.general, "concern withdraw", ref=reference)

    assert "You have no concern with that reference" in read(refused)
    assert (await own(world)).state is State.RECEIVED
    assert len(world.env.errors) == 1
