"""Polls on Discord: its own and the desk's, over restarts, to the result."""

import discord
from simcord.actors import MemberActor

from bot.discussions.outcomes import markdown, outcomes_of
from bot.discussions.polls.model import Poll, State
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_discussion import announced, forum, latest, thread
from tests.cogs.triage import delivered, posted
from tests.conftest import StandingClock

__all__ = ["forum"]

CROWD = [730_000_000_000_000_000 + one for one in range(12)]
FORM = {"question": "When *shall* we meet?", "options": "Monday\nTuesday\n\nFriday"}


async def asked(world: World, form: dict[str, str] = FORM, **how: object) -> Poll:
    await world.desk.guilds.save(
        world.guild.id, roles={Capability.HOST: frozenset({world.helper_role.id})}
    )
    opened = await world.hana.slash(world.general, "poll start", **how)
    shown = await world.hana.submit_modal(opened, form)
    assert "The poll is opened in" in read(shown)
    await delivered(world)
    return (await world.desk.polls.polls(world.guild.id))[0]


async def board(world: World) -> discord.Message:
    (found,) = [one for one in world.general.history() if "-# Poll" in read(one)]
    return found


async def ranks(world: World, who: MemberActor, *choices: str) -> None:
    shown = await who.click(await board(world), label="Vote")
    for choice in choices:
        shown = await who.select(latest(shown), [choice])


async def test_a_ranked_poll_over_a_restart_to_its_result(world: World, clock: StandingClock):
    poll = await asked(world, kind="ranked", hidden=True)
    assert not poll.native
    first = await board(world)
    assert labels(first) == ["Vote"]
    assert "When \\*shall\\* we meet?" in read(first)
    old = await world.ana.click(first, label="Vote")
    ballot = await world.ana.click(first, label="Vote")
    assert ballot.ephemeral
    one = await world.ana.select(latest(ballot), ["1"])
    assert "1. Tuesday" in read(one)
    assert [two["label"] for two in options(one)] == ["Monday", "Friday"]
    # A restart in the middle of a vote: what was chosen counts, and the card goes on.
    await world.restart()
    two = await world.ana.select(latest(one), ["0"])
    assert "1. Tuesday\n2. Monday" in read(two)
    # A card from before those choices is not taken as the next one.
    stale = await world.ana.select(latest(old), ["2"])
    assert "not up to date" in read(stale)
    assert await world.desk.polls.ballot(world.guild.id, poll.reference, world.ana.id) == (1, 0)
    await ranks(world, world.ben, "0")
    for person, choice in zip(CROWD, [(2, 1), (2, 1), (2, 0), (1,), (1,)], strict=False):
        await world.desk.polls.cast(world.guild.id, poll.reference, person, choice)
    await world.desk.polls.look()
    await delivered(world)
    now = read(await board(world))
    assert "7 people voted" in now
    assert "shown when it closes" in now
    assert "vote (" not in now
    clock.move(hours=24)
    await world.desk.polls.look()
    await delivered(world)
    result = read(await board(world))
    assert "Round 1: Tuesday 3, Friday 3, Monday 1. Out: Monday." in result
    assert "It is a tie between Tuesday, Friday" in result
    old_vote = f"cp1:poll:vote:{poll.reference}"
    late = await world.ben.click(posted(world, old_vote), custom_id=old_vote)
    assert "is closed" in read(late)
    assert_nobody_is_pinged(world)


async def test_a_poll_that_discord_can_ask_is_its_own(world: World):
    poll = await asked(world, kind="one", hours=2)
    assert poll.native
    (message,) = [one for one in world.general.history() if one.poll is not None]
    assert [one.text for one in message.poll.answers] == ["Monday", "Tuesday", "Friday"]
    await world.ana.set_poll_votes(message, answers=[2])
    await world.ben.set_poll_votes(message, answers=[2])
    shown = await world.hana.slash(world.general, "poll show", ref=poll.reference)
    assert "Discord’s own" in read(shown)
    sure = await world.hana.click(latest(shown), label="Close it now")
    await world.hana.click(latest(sure), label="Yes, close it")
    await delivered(world)
    done = await world.desk.polls.poll(world.guild.id, poll.reference)
    assert done.state is State.CLOSED
    assert done.result is not None
    assert done.result.counts == (0, 2, 0)
    told = await world.ben.slash(world.general, "poll show", ref=poll.reference)
    assert "**Tuesday** has it." in read(told)


async def test_a_poll_deleted_on_discord_is_said_to_be_lost(world: World):
    poll = await asked(world, kind="several")
    (message,) = [one for one in world.general.history() if one.poll is not None]
    await message.delete()
    await world.desk.polls.close(world.guild.id, poll.reference, world.hana.id)
    await delivered(world)
    told = await world.ben.slash(world.general, "poll show", ref=poll.reference)
    assert "was deleted on Discord" in read(told)


async def test_several_answers_live_counts_and_taking_back(world: World):
    form = {"question": "Which?", "options": f"{'A' * 60}\nB\nC"}
    poll = await asked(world, form, kind="several")
    ballot = await world.ana.click(await board(world), label="Vote")
    kept = await world.ana.select(latest(ballot), ["1", "2"])
    assert "Kept: your vote counts." in read(kept)
    assert "**Your vote**\nB\nC" in read(kept)
    await world.ana.click(latest(kept), label="Take my vote back")
    for person in CROWD[:5]:
        await world.desk.polls.cast(world.guild.id, poll.reference, person, (1,))
    await world.desk.polls.look()
    await delivered(world)
    assert "- B: 5 votes (100%)" in read(await board(world))
    shown = await world.hana.slash(world.general, "poll show", ref=poll.reference)
    sure = await world.hana.click(latest(shown), label="Close it now")
    closed = await world.hana.click(latest(sure), label="Yes, close it")
    assert "**B** has it." in read(closed)


async def test_bad_options_come_back_and_a_session_has_its_outcomes(world: World, forum: object):
    session = await announced(world)
    opened = await world.hana.slash(world.general, "poll start", kind="one")
    refused = await world.hana.submit_modal(opened, {"question": "Q", "options": "Same\nsame"})
    assert "there twice" in read(refused)
    assert "Same\nsame" in read(refused)
    poll = await asked(world, kind="ranked", session=session.reference)
    posted = [read(one) async for one in thread(world, session).history()]
    assert any("Put the answers in your order" in one for one in posted)
    for person in CROWD[:5]:
        await world.desk.polls.cast(world.guild.id, poll.reference, person, (2, 0))
    await world.desk.polls.close(world.guild.id, poll.reference, world.hana.id)
    desk = world.desk
    outcomes = await outcomes_of(desk.polls, desk.opinions, world.guild.id, session.id)
    assert markdown(desk.words.english, outcomes, str) == (
        "### Poll: When *shall* we meet?\n\n**Friday** has it.\n5 people voted\n\n"
        "- Round 1: Friday 5, Monday 0, Tuesday 0."
    )
