"""A member who repeats what others raised may join them; nothing that was typed gets lost."""

from collections.abc import Callable

from bot.concerns.model import CloseReason, State
from tests.cogs.concern.conftest import letters, own, raised
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, delivered
from tests.conftest import StandingClock

FIRST = "My portrait is in a face dataset and nobody asked me. My name is Ana."
SAME = "I found my portrait in a face dataset, nobody ever asked me about it"


async def offered(world: World, what: str = SAME):
    await raised(world, what=FIRST, wish="")
    return await raised(world, world.ben, what=what, wish="")


async def test_a_voice_is_added_followed_and_taken_back(world: World) -> None:
    offer = await offered(world)
    text = read(offer)
    assert offer.ephemeral
    assert "### Others raised this too" in text
    assert "raised under **" in text
    for secret in ("portrait", "Ana", (await own(world)).reference):
        assert secret not in text
    assert labels(offer) == ["Add my voice", "Log mine as well"]
    assert await world.desk.concerns.own([world.guild.id], world.ben.id) == ()

    joined = await world.ben.click(offer.response, label="Add my voice")
    await delivered(world)
    (voice,) = await world.desk.joining.voices.own([world.guild.id], world.ben.id)
    assert f"Your voice is added: {voice.reference}" in read(offer)
    assert joined.followups == []
    assert "1 person has joined" in read(card(world))
    assert SAME not in read(card(world))

    status = await world.ben.slash(world.general, "concern status")
    assert "What you joined (1)" in labels(status)
    listed = await world.ben.click(status.response, label="What you joined (1)")
    assert "Staff have not opened it yet." in read(listed)
    shown = await world.ben.select(listed.response, [options(listed)[0]["value"]])
    assert SAME in read(shown)
    assert "Ana" not in read(shown)

    asked = await world.ben.slash(world.general, "concern withdraw", ref=voice.reference)
    assert "no longer counts" in read(asked)
    gone = await world.ben.click(asked.response, label="Take my voice back")
    assert "You took this voice back" in read(gone)
    await delivered(world)
    assert "joined it" not in read(card(world))
    assert_nobody_is_pinged(world)


async def test_who_joined_hears_what_becomes_of_it_and_can_go_on_alone(world: World) -> None:
    offer = await offered(world)
    await world.ben.click(offer.response, label="Add my voice")
    reference = (await own(world)).reference
    await world.desk.triage.move(
        world.guild.id, reference, world.sam.id, State.CLOSED, reason=CloseReason.OUTSIDE
    )
    await delivered(world)

    (news,) = letters(world.ben)
    assert "outside of what this desk can reach" in news
    assert "Ana" not in news
    message = world.ben.user.dm_channel.history()[-1]
    assert labels(message) == ["See where it stands", "Raise mine on its own"]
    receipt = await world.ben.user.click(message, label="Raise mine on its own")
    await delivered(world)
    assert f"Logged as {(await own(world, world.ben)).reference}" in read(receipt)
    assert (await own(world, world.ben)).what == SAME


async def test_log_mine_as_well_is_one_press(world: World) -> None:
    offer = await offered(world)

    await world.ben.click(offer.response, label="Log mine as well")
    await delivered(world)

    mine = await own(world, world.ben)
    assert mine.what == SAME
    assert f"Logged as {mine.reference}" in read(offer)


async def test_saying_nothing_logs_it_after_ten_minutes_and_a_restart(
    world: World, clock: StandingClock
) -> None:
    offer = await offered(world)
    await world.restart()
    clock.move(minutes=10)

    assert await world.desk.joining.offers.look() == 1
    await delivered(world)

    mine = await own(world, world.ben)
    assert mine.what == SAME
    assert f"Logged as {mine.reference}" in read(offer)
    assert letters(world.ben) == []


async def test_somebody_who_presses_too_late_is_told_where_it_is(
    world: World, clock: StandingClock
) -> None:
    offer = await offered(world)
    clock.move(minutes=10)
    await world.desk.joining.offers.look()
    stale = await world.ben.click(offer.response, label="Add my voice")

    assert "settled before" in read(stale)
    assert len(world.env.errors) == 0


async def test_what_is_only_somewhat_alike_is_logged_at_once(world: World) -> None:
    done = await offered(world, "A dataset of songs has my music in it")

    assert "Logged as C-" in read(done)


async def test_the_offer_is_in_french_for_whom_discord_is(
    world: World, speak: Callable[[str], None]
) -> None:
    await raised(world, what=FIRST, wish="")
    speak("fr")
    offer = await raised(world, world.ben, what=SAME, wish="")

    assert "D’autres personnes ont signalé la même chose" in read(offer)
    assert labels(offer) == ["Ajouter ma voix", "Enregistrer aussi la mienne"]
