"""The question queue on Discord: asked, approved, upvoted over a restart, taken on stage."""

import discord

from bot.discussions.model import Session
from bot.discussions.queue.model import Stage
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_discussion import announced, card_of, forum, latest, thread
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["forum"]


async def board(world: World, clock: StandingClock, session: Session) -> discord.Message:
    clock.move(seconds=5)
    await world.desk.queue.look()
    await delivered(world)
    history = [one async for one in thread(world, session).history()]
    (found,) = [one for one in history if "-# Questions" in read(one)]
    return found


async def test_a_question_from_asking_to_its_answer(
    world: World, clock: StandingClock, forum: object
):
    session = await announced(world)
    assert "Ask a question" in labels(await card_of(world, session))
    opened = await world.ana.click(await card_of(world, session), label="Ask a question")
    asked = await world.ana.submit_modal(opened, {"question": "Who *owns* a face?"})
    assert "Hosts read it first" in read(asked)
    assert "Who \\*owns\\* a face?" in read(asked)
    again = await world.ben.slash(world.general, "question ask", session=session.reference)
    joined = await world.ben.submit_modal(again, {"question": "who OWNS a face"})
    assert "waits already" in read(joined)
    refused = await world.ana.slash(world.general, "question queue", session=session.reference)
    assert "Who" not in read(refused)

    queue = await world.hana.slash(world.general, "question queue", session=session.reference)
    (choice,) = options(queue)
    held = await world.hana.select(latest(queue), [choice["value"]])
    assert "2 upvotes" in read(held)
    done = await world.hana.click(latest(held), label="Approve")
    assert "Approved" in read(done)

    first = await board(world, clock, session)
    assert "(upvotes: 2)" in read(first)
    mine = await world.ben.click(first, label="Upvote")
    await world.restart()
    back = await world.ben.click(latest(mine), label="Take my upvotes back")
    assert "Kept." in read(back)
    assert "(upvotes: 1)" in read(await board(world, clock, session))

    staged = await world.hana.click(latest(done), label="Take on stage")
    assert "On stage" in read(staged)
    # Somebody deletes the board: the next change brings it back.
    await (await board(world, clock, session)).delete()
    await world.desk.queue.upvote(
        world.guild.id, session.reference, world.ben.id, [choice["value"]]
    )
    assert "On stage now" in read(await board(world, clock, session))
    late = await world.hana.click(latest(staged), label="Follow up")
    assert "You follow it up by" in read(late)
    (kept,) = [
        one for one in await world.desk.queue.questions(session.id) if one.stage != Stage.MERGED
    ]
    assert kept.stage is Stage.FOLLOW_UP
    assert_nobody_is_pinged(world)
    world.env.errors.clear()  # the simulator counts what a command refuses, too
