"""The question queue on Discord: asked, approved, upvoted over a restart, taken on stage."""

import json

import discord
from simcord.actors import MemberActor

from bot.discussions.model import Session
from bot.discussions.queue.model import Stage
from bot.store.daily import Turn
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


async def test_a_follow_up_is_reminded_of_given_away_and_answered_to_whoever_asked(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    queue, guild_id, hana = world.desk.queue, world.guild.id, world.hana.id
    one = await queue.ask(guild_id, session.reference, world.ana.id, "Whose face?", intake="i:1")
    await queue.ask(guild_id, session.reference, world.ben.id, "whose FACE", intake="i:2")
    for stage in (Stage.APPROVED, Stage.ON_STAGE, Stage.FOLLOW_UP):
        one = await queue.hold(guild_id, one.reference, hana)
        one = await queue.move(guild_id, one.reference, hana, stage, version=one.version)

    listed = await world.hana.slash(world.general, "question queue", session=session.reference)
    opened = await world.hana.select(latest(listed), [one.reference])
    form = await world.hana.click(latest(opened), label="Another day")
    past = await world.hana.submit_modal(form, {"day": "2020-01-01"})
    assert "still to come" in read(past)
    form = await world.hana.click(latest(opened), label="Another day")
    later = await world.hana.submit_modal(form, {"day": "2026-04-01"})
    assert "<t:1775087940:D>" in read(later)

    async def a_day(*, days: int) -> None:
        clock.move(days=days)
        await queue.day(Turn(clock().date(), clock()))
        await queue.day(Turn(clock().date(), clock()))
        await delivered(world)

    await a_day(days=10)
    assert not mail(world.hana, "A follow-up is late")
    await a_day(days=10)
    assert len(mail(world.hana, "A follow-up is late")) == 1
    await a_day(days=3)
    (notice,) = [body for body in world.sent if f"({one.reference}) is late" in json.dumps(body)]
    assert notice
    given = await queue.give(guild_id, one.reference, hana, world.sam.id)
    await delivered(world)
    assert len(mail(world.sam, "To follow up")) == 1

    listed = await world.sam.slash(world.general, "question queue", session=session.reference)
    opened = await world.sam.select(latest(listed), [given.reference])
    form = await world.sam.click(latest(opened), label="Give the answer")
    done = await world.sam.submit_modal(form, {"words": "Of whoever *has* it."})
    await delivered(world)
    assert "Whoever asked is being told" in read(done)
    for who in (world.ana, world.ben):
        (letter,) = mail(who, "Your question was answered")
        assert "Of whoever \\*has\\* it." in read(letter)
    (kept,) = [one for one in await queue.questions(session.id) if one.stage != Stage.MERGED]
    assert kept.stage is Stage.ANSWERED


async def test_only_whoever_asked_makes_a_concern_of_a_question(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    queue, guild_id = world.desk.queue, world.guild.id
    one = await queue.ask(guild_id, session.reference, world.ana.id, "Is my face safe?", intake="i")
    listed = await world.hana.slash(world.general, "question queue", session=session.reference)
    opened = await world.hana.select(latest(listed), [one.reference])
    for _ in range(2):
        await world.hana.click(latest(opened), label="A concern?")
        await delivered(world)
    (letter,) = mail(world.ana, "A question of yours")
    assert await world.desk.concerns.count([guild_id], world.ana.id) == 0
    form = await world.ana.user.click(letter, label="Raise it with staff")
    assert "Is my face safe?" in json.dumps(form.modal)
    filled = {"kind": ["privacy"], "what": "Is my face safe?", "consent": ["nothing"]}
    await world.ana.user.submit_modal(form, filled)
    await delivered(world)
    (own,) = await world.desk.concerns.own([guild_id], world.ana.id)
    assert own.what == "Is my face safe?"
    assert await queue.asked_by(guild_id, one.reference, world.ben.id) is None


def mail(who: MemberActor, kind: str) -> list[discord.Message]:
    return [one for one in who.user.dm_channel.history() if f"-# {kind}" in read(one)]
