"""A month of a community: a weekly session with a guest, over a restart and a change of clocks."""

from datetime import UTC, datetime, timedelta

import discord

from bot.discussions.model import State
from bot.discussions.queue.model import Stage
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_discussion import announced, forum, goes_on, latest, thread
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["forum"]

FIRST = datetime(2026, 3, 23, 17, tzinfo=UTC)
"""Six in the evening in Berlin, in winter time."""
SECOND = datetime(2026, 3, 30, 16, tzinfo=UTC)
"""Six in the evening in Berlin, a day after the change to summer time."""


async def test_a_weekly_session_from_announcement_to_archive(
    world: World, clock: StandingClock, forum: object
) -> None:
    desk, guild_id = world.desk, world.guild.id
    session = await announced(world)
    assert session.plan.starts == FIRST
    await world.hana.slash(world.general, "discussion series", ref=session.reference, every="week")
    await goes_on(world)
    lines = await desk.sessions.upcoming(guild_id)
    assert [one.starts for one in lines[:2]] == [FIRST, SECOND]
    ref = lines[1].reference

    # The desk is down as the first one begins and ends, and is back before the second.
    clock.now = SECOND - timedelta(minutes=1)
    await world.restart()
    await desk.sessions.look()
    await delivered(world)
    missed = await desk.sessions.session(guild_id, session.reference)
    assert missed.state is State.CLOSED
    assert (await desk.sessions.session(guild_id, ref)).state is State.ANNOUNCED, "six is six"

    await held_with_a_guest(world, clock, ref, session.plan.minutes)
    draft = await world.hana.slash(world.general, "discussion roundup", session=ref)
    assert "Its owner's." in read(draft)
    await world.hana.click(latest(draft), label="Publish")
    await delivered(world)
    done = await desk.sessions.session(guild_id, ref)
    assert done.state is State.SUMMED_UP
    post = [one async for one in thread(world, done).history()]
    assert len([one for one in post if "-# Round-up" in read(one)]) == 1
    clock.move(days=7)
    await world.restart()
    await desk.sessions.look()
    await delivered(world)
    kept = await desk.sessions.session(guild_id, ref)
    assert kept.state is State.ARCHIVED
    post_id = kept.place.channel_id
    assert post_id is not None
    found = await world.env.bot.fetch_channel(post_id)
    assert isinstance(found, discord.Thread)
    assert found.archived
    seen = await world.sam.slash(world.general, "discussion list", which="past")
    opened = await world.sam.select(latest(seen), [ref])
    assert "Round-up" in labels(opened)
    assert_nobody_is_pinged(world)


async def held_with_a_guest(world: World, clock: StandingClock, ref: str, minutes: int) -> None:
    """Hold the second session, with a question of Ana's and Ben as its guest."""
    desk, guild_id = world.desk, world.guild.id
    one = await desk.queue.ask(guild_id, ref, world.ana.id, "Whose face?", intake="i:ana")
    guest = await desk.guests.invite(guild_id, ref, world.hana.id, world.ben.id)
    await desk.guests.answer(guest.id, world.ben.id, accepts=True)
    clock.now = SECOND
    await desk.sessions.look()
    await delivered(world)
    assert (await desk.sessions.session(guild_id, ref)).state is State.OPEN
    held = await desk.queue.hold(guild_id, one.reference, world.hana.id)
    await desk.queue.move(
        guild_id, one.reference, world.hana.id, Stage.APPROVED, version=held.version
    )

    # In the middle of the session the process is a new one; all that was pressed before works.
    await world.restart()
    queue = await world.ben.slash(world.general, "question queue", session=ref)
    opened = await world.ben.select(latest(queue), [options(queue)[0]["value"]])
    form = await world.ben.click(latest(opened), label="Give the answer")
    await world.ben.submit_modal(form, {"words": "Its owner's."})
    clock.now = SECOND + timedelta(minutes=minutes)
    await desk.sessions.look()
    await delivered(world)
    card = [one for one in world.hana.user.dm_channel.history() if "is closed" in read(one)]
    assert len(card) == 1, "told once, to the host"
