"""A concern written down in direct messages, one question at a time."""

import discord
import pytest

from bot.concerns.model import RAISABLE, Consent, Door, Kind
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, delivered, raised
from tests.conftest import StandingClock


def last(world: World) -> discord.Message:
    """Return the last direct message Ana has from the desk."""
    return [one for one in world.ana.user.dm_channel.history() if one.author.bot][-1]


async def say(world: World, *texts: str) -> discord.Message:
    """Write direct messages as Ana, each after the answer to the one before."""
    for text in texts:
        await world.ana.send_dm(text)
        await delivered(world)
    return last(world)


async def test_question_by_question_to_a_logged_concern(world: World) -> None:
    first = await say(world, "Concern")
    assert "What is it about?" in read(first)
    await world.ana.user.select(first, [options(first)[1]["value"]])
    await delivered(world)
    assert "What happened?" in read(last(world))
    noted = await say(world, "They took my photo.", "From my old school page.")
    assert "They took my photo." in read(noted)

    await world.restart()
    await say(world, "done", "https://example.org/photo", "skip", "2")
    review = last(world)
    assert "From my old school page." in read(review)
    assert "count it" in read(review)
    assert await world.desk.concerns.count([world.guild.id], world.ana.id) == 0
    await world.ana.user.click(review, label="Send it to staff")
    await delivered(world)

    (own,) = await world.desk.concerns.own([world.guild.id], world.ana.id)
    assert own.what == "They took my photo.\nFrom my old school page."
    assert (own.kind, own.link, own.wish) == (Kind.PRIVACY, "https://example.org/photo", "")
    assert own.consent is Consent.COUNT
    assert f"Logged as {own.reference}" in read(last(world))
    case = await world.desk.triage.case(world.guild.id, own.reference)
    assert case.door is Door.MESSAGE
    assert own.reference in read(card(world))
    assert_nobody_is_pinged(world)


async def test_what_others_raised_is_offered_and_what_was_written_is_kept_either_way(
    world: World, clock: StandingClock
) -> None:
    said = "My portrait is in a face dataset and nobody asked me"
    await raised(world, said, who=5, kind=Kind.DATASET, consent=Consent.COUNT)
    dataset = str(1 + RAISABLE.index(Kind.DATASET))
    again = "I found my portrait in a face dataset, nobody ever asked me about it"
    guild, ana, desk = world.guild.id, world.ana.id, world.desk

    async def sent() -> discord.Message:
        await say(world, "concern", dataset, again, "done", "skip", "skip", "2", "send")
        assert await desk.interviews.current([guild], ana) is None
        return last(world)

    offer = await sent()
    assert said not in read(offer)
    await world.ana.user.click(offer, label="Log mine as well")
    await delivered(world)
    assert [one.what for one in await desk.concerns.own([guild], ana)] == [again]

    await sent()
    clock.move(minutes=20)
    assert await desk.joining.offers.look() == 1
    await delivered(world)
    assert await desk.concerns.count([guild], ana) == 2
    assert "Logged as C-" in read(last(world))

    await world.ana.user.click(await sent(), label="Add my voice")
    await delivered(world)
    (voice,) = await desk.joining.voices.own([guild], ana)
    assert voice.what == again
    assert voice.reference in read(last(world))
    assert voice.reference in read(last(world))
    assert_nobody_is_pinged(world)


async def test_what_was_written_while_the_desk_was_away_is_taken_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(world, "concern", "1", "They took my photo.")
    with monkeypatch.context() as away:
        away.setattr(world.env.backend, "emit", lambda *_a, **_k: None)
        await world.ana.send_dm("It was in the school paper.")
        await world.ana.send_dm("In May.")

    for _ in range(2):
        await world.restart()
        await delivered(world)
        interview = await world.desk.interviews.current([world.guild.id], world.ana.id)
        assert interview is not None
        assert interview.sheet.what == "They took my photo.\nIt was in the school paper.\nIn May."
    assert "In May." in read(last(world))


async def test_a_question_in_between_is_not_swallowed(world: World) -> None:
    await say(world, "concern", "1", "They took my photo.")

    asked = await say(world, "What does NC mean for a company?")
    assert "does not look like an answer" in read(asked)
    assert "What does NC mean" in read(asked)
    await world.ana.user.click(asked, label="A question: answer it")
    await delivered(world)

    shown = [read(one) for one in world.ana.user.dm_channel.history() if one.author.bot]
    assert "That is noted" in read(last(world)) or "That is noted" in shown[-2]
    interview = await world.desk.interviews.current([world.guild.id], world.ana.id)
    assert interview is not None
    assert interview.sheet.what == "They took my photo."

    asked = await say(world, "Is that even allowed?")
    await world.ana.user.click(asked, label="Part of my concern")
    await delivered(world)
    interview = await world.desk.interviews.current([world.guild.id], world.ana.id)
    assert interview is not None
    assert interview.sheet.what == "They took my photo.\nIs that even allowed?"


async def test_back_cancel_and_a_button_of_an_earlier_question(world: World) -> None:
    first = await say(world, "raise a concern")
    await say(world, "1", "They took my photo.", "done", "back")
    assert "Write it anew" in read(last(world))
    await world.ana.user.click(first, label="Cancel")
    await delivered(world)
    assert await world.desk.interviews.current([world.guild.id], world.ana.id) is None

    again = await say(world, "concern")
    await world.ana.user.select(again, [options(again)[0]["value"]])
    await delivered(world)
    stale = await world.ana.user.select(again, [options(again)[0]["value"]])
    assert "has been answered" in read(stale)
    gone = await say(world, "Cancel")
    assert "nothing was sent" in read(gone)
    await say(world, "What does NC mean for a company?")
    assert "What is it about?" not in read(last(world))


async def test_it_speaks_french_when_begun_in_french_and_ends_after_a_week(world: World) -> None:
    await world.desk.interviews.begin(world.guild.id, world.ana.id, "fr")
    await delivered(world)
    assert "De quoi s’agit-il ?" in read(last(world))
    asked = await say(world, "3")
    assert "Que s’est-il passé ?" in read(asked)
    rule = next(one for one in world.desk.retention.rules if one.name == "interviews")
    assert rule.days == 7


async def test_who_shares_several_servers_says_which(world: World) -> None:
    other = world.env.create_guild("The Other Room")
    other.add_member(world.ana.user)
    where = await say(world, "concern")
    names = [one["label"] for one in options(where)]
    assert sorted(names) == ["The Other Room", "The Reading Room"]
    await world.ana.user.select(where, [str(other.id)])
    await delivered(world)
    assert "The Other Room" in read(last(world))
    assert "Cancel" in labels(last(world))
