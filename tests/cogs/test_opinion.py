"""Opinion maps on Discord, as members and hosts meet them, over restarts and in sessions."""

import discord
import simcord
from simcord.actors import MemberActor

from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.model import OpinionMap, State
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read, wire
from tests.cogs.test_discussion import announced, card_of, forum, latest, thread
from tests.cogs.triage import delivered, posted
from tests.conftest import StandingClock

__all__ = ["forum"]

CROWD = [730_000_000_000_000_000 + one for one in range(12)]


async def started(world: World, **more: object) -> OpinionMap:
    await world.desk.guilds.save(
        world.guild.id,
        roles={
            Capability.HOST: frozenset({world.helper_role.id}),
            Capability.STAFF: frozenset({world.staff_role.id}),
        },
    )
    shown = await world.hana.slash(
        world.general, "opinion start", question="May **faces** be collected?", **more
    )
    assert "The map is opened in" in read(shown)
    await delivered(world)
    return (await world.desk.opinions.maps(world.guild.id))[0]


async def board(world: World) -> discord.Message:
    (found,) = [one for one in world.general.history() if "Opinion map" in read(one)]
    return found


async def said(world: World, who: MemberActor, text: str) -> simcord.InteractionResult:
    form = await who.click(await board(world), label="Add a statement")
    return await who.submit_modal(form, {"text": text})


async def votes(world: World, found: OpinionMap) -> None:
    """Let two camps vote: all agree on the first statement, and on nothing else."""
    for place, person in enumerate(CROWD):
        for number in range(1, found.shown + 1):
            agrees = number == 1 or place % 2 == 0
            vote = Vote.AGREE if agrees else Vote.DISAGREE
            await world.desk.opinions.vote(world.guild.id, found.reference, person, number, vote)


async def test_a_map_from_the_question_to_the_picture(world: World, clock: StandingClock):
    made = await started(world)
    first = await board(world)
    assert labels(first) == ["Vote on statements", "Add a statement", "See the map"]
    assert "### May \\*\\*faces\\*\\* be collected?" in read(first)
    empty = await world.ben.click(first, label="Vote on statements")
    assert "nothing to vote on yet" in read(empty)

    # Ana says something; nobody sees it before Hana has.
    thanks = await said(world, world.ana, "Ask _first_")
    assert "A host looks at it" in read(thanks)
    assert thanks.ephemeral
    assert "Ask" not in read(await world.ben.click(first, label="Vote on statements"))
    members = await world.ben.slash(world.general, "opinion show", ref=made.reference)
    assert "Close it now" not in labels(members)
    hosts = await world.hana.slash(world.general, "opinion show", ref=made.reference)
    other = await world.sam.slash(world.general, "opinion show", ref=made.reference)
    theirs = await world.sam.click(latest(other), label="Look at new statements (1)")
    waiting = await world.hana.click(latest(hosts), label="Look at new statements (1)")
    assert "Ask \\_first\\_" in read(waiting)
    assert str(world.ana.id) not in str(wire(waiting))
    shown = await world.hana.click(latest(waiting), label="Show it")
    assert "No statement waits" in read(shown)
    again = await world.sam.click(latest(theirs), label="Decline it")
    assert "Another host was there first" in read(again)
    for number in range(6):
        assert "people vote on it" in read(await said(world, world.hana, f"Thought {number}"))

    await over_a_restart(world, first)
    await votes(world, await world.desk.opinions.map(world.guild.id, made.reference))
    # Loading what draws takes its time on a busy machine, once; a click here waits 5 seconds.
    await world.desk.opinions.drawn(world.guild.id, made.reference)
    seen = await world.ben.click(first, label="See the map")
    words = read(seen)
    assert "**What unites**\n- “Ask \\_first\\_” (no. 1): 100% agree (A 100%, B 100%)" in words
    assert "**A**, 6 people: " in words
    (picture,) = [one for one in wire(seen)[0]["components"] if one["type"] == 12]
    assert "group A, 6 people; group B, 6 people" in picture["items"][0]["description"]

    sure = await world.hana.click(latest(hosts), label="Close it now")
    assert "Nobody can vote after that" in read(sure)
    closed = await world.hana.click(latest(sure), label="Yes, close it")
    assert "all votes are deleted" in read(closed)
    await delivered(world)
    last = await board(world)
    assert "Opinion map · closed" in read(last)
    assert last.attachments
    late = await world.ben.slash(world.general, "opinion show", ref=made.reference)
    assert not labels(late)
    assert_nobody_is_pinged(world)


async def over_a_restart(world: World, first: discord.Message) -> None:
    """Let Ben vote, and the desk be started anew in the middle of it.

    The same statement is there, and the buttons he has work.
    """
    turn = await world.ben.click(first, label="Vote on statements")
    assert labels(turn) == ["Agree", "Disagree", "Pass"]
    await world.restart()
    once_more = await world.ben.click(await board(world), label="Vote on statements")
    assert read(once_more) == read(turn)
    second = await world.ben.click(latest(turn), label="Agree")
    assert "You agreed: “" in read(second)
    assert "You voted on 1 of 7" in read(second)
    back = await world.ben.click(latest(second), label="Change that vote")
    changed = await world.ben.click(latest(back), label="Pass")
    assert "You passed: “" in read(changed)
    assert "You voted on 1 of 7" in read(changed)
    none = await world.ben.click(first, label="See the map")
    assert "once five people voted" in read(none)


async def test_what_cannot_be_said_is_one_sentence_and_members_cannot_moderate(world: World):
    made = await started(world)
    await said(world, world.ana, "Ask first")
    twice = await said(world, world.ben, "ask FIRST!")
    assert "Somebody said that already" in read(twice)
    assert "ask FIRST!" in str(wire(twice))
    old = f"cp1:opinion:decide:{made.reference}:1:show"
    refused = await world.ben.click(posted(world, old), custom_id=old)
    assert (await world.desk.opinions.map(world.guild.id, made.reference)).waiting == 1
    assert "host" in read(refused).lower()
    denied = await world.ben.slash(world.general, "opinion start", question="Mine?")
    assert len(await world.desk.opinions.maps(world.guild.id)) == 1
    assert "host" in read(denied).lower()
    stale = await world.ben.slash(world.general, "opinion show", ref="OM-0000-00")
    assert "no such opinion map" in read(stale)
    world.env.errors.clear()  # the simulator counts what a command refuses, too


async def test_a_map_is_held_in_a_sessions_post_and_closes_with_it(
    world: World, forum: object, clock: StandingClock
):
    session = await announced(world)
    made = await started(world, session=session.reference)
    assert made.channel_id == session.place.channel_id
    first = await card_of(world, session)
    assert "Polls and opinion maps" in labels(first)
    held = await world.ben.click(first, label="Polls and opinion maps")
    assert "May \\*\\*faces\\*\\* be collected?" in read(held)
    posted = [read(one) async for one in thread(world, session).history()]
    assert any("Say whether you agree" in one for one in posted)
    await world.desk.opinions.say(
        world.guild.id, made.reference, world.hana.id, "Ask first", host=True
    )
    clock.now = session.plan.ends
    for look in (world.desk.sessions.look, world.desk.sessions.look, world.desk.opinions.look):
        await look()
    await delivered(world)
    assert (await world.desk.opinions.maps(world.guild.id))[0].state is State.CLOSED


async def test_a_board_that_was_deleted_comes_back_and_a_deleted_channel_is_let_go(
    world: World, clock: StandingClock
):
    await started(world)
    await (await board(world)).delete()
    await world.desk.opinions.say(
        world.guild.id,
        (await world.desk.opinions.maps(world.guild.id))[0].reference,
        world.hana.id,
        "Ask first",
        host=True,
    )
    await world.desk.opinions.look()
    await delivered(world)
    assert "1 statement" in read(await board(world))
    world.env.backend.delete_channel(world.general.id)
    clock.move(days=15)
    await world.desk.opinions.look()
    await delivered(world)
    assert not await world.desk.outbox.dead_letters(world.guild.id)
