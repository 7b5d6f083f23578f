"""Threads that wait for staff: found once a day by who wrote last, and told once."""

from datetime import timedelta

from simcord.builders import ChannelHandle

from bot.discussions.model import State
from bot.discussions.waiting import Window
from bot.store.daily import Turn
from bot.workflows.threads_waiting import ThreadsWaiting
from tests.cogs.conftest import World, read
from tests.cogs.test_discussion import announced, forum, thread
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["forum"]


def opened(world: World, place: ChannelHandle, title: str, person: int) -> ChannelHandle:
    """Open a thread as somebody."""
    made = world.env.backend.create_thread(place.id, title, person)
    return ChannelHandle(world.env, world.guild, made)


async def told(world: World, clock: StandingClock, before: timedelta | None = None) -> list[str]:
    """Have a day's look, and return what staff were told of threads so far.

    `before` is how long ago the look before was.
    """
    desk = world.desk
    job = ThreadsWaiting(desk.store, desk.outbox, desk.discussion_setups, clock)
    began = None if before is None else clock() - before
    await job.day(Turn(clock().date(), began))
    await delivered(world)
    found = [read(one) for one in world.staff_channel.history()]
    return [one for one in found if "nobody of staff" in one]


def since(world: World, clock: StandingClock) -> timedelta:
    """Return how long ago all that is written in the simulated Discord was written, or longer."""
    return clock() - world.env.now() + timedelta(days=1)


def test_the_window_of_a_look_begins_where_the_one_before_ended(clock: StandingClock):
    first = Window.of(clock(), None, 2)
    second = Window.of(clock() + timedelta(days=3), clock(), 2)
    assert first.until == second.after == clock() - timedelta(days=2)
    assert not second.has(first.until)
    assert first.has(first.until)


async def test_staff_hear_once_of_what_nobody_of_theirs_answered(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    asked = opened(world, forum, "Who has the list?", world.ben.id)
    answered = opened(world, forum, "How do I credit?", world.ben.id)
    elsewhere = opened(world, world.general, "Lunch", world.ben.id)
    await world.ben.send(asked, "Does anybody know?")
    await world.ana.send(asked, "I wonder too")
    await world.ben.send(elsewhere, "At noon")
    await world.ben.send(answered, "Like this?")
    await world.sam.send(answered, "Yes.")
    clock.move(days=2)
    (notice,) = await told(world, clock, since(world, clock))
    assert f"<#{asked.id}>" in notice
    assert f"<#{answered.id}>" not in notice
    assert f"<#{elsewhere.id}>" not in notice
    assert "Does anybody" not in notice
    clock.move(days=1)
    assert len(await told(world, clock, timedelta(days=1))) == 1
    await world.desk.discussion_setups.set_pace(
        world.guild.id, slow_seconds=10, quiet_weeks=4, waits_days=0
    )
    clock.move(days=2)
    assert len(await told(world, clock, since(world, clock))) == 1


async def test_in_a_sessions_post_hosts_answer_and_what_the_desk_says_is_no_answer(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session = await announced(world)
    await world.desk.sessions.move(world.guild.id, session.reference, world.hana.id, State.OPEN)
    await delivered(world)
    post = ChannelHandle(
        world.env, world.guild, world.env.backend.get_channel(thread(world, session).id)
    )
    await world.ben.send(post, "What about my photo?")
    await world.desk.sessions.move(world.guild.id, session.reference, world.hana.id, State.CLOSED)
    await delivered(world)
    assert thread(world, session).locked
    clock.move(days=3)
    (notice,) = await told(world, clock, since(world, clock))
    assert f"<#{post.id}>" in notice
    await thread(world, session).edit(locked=False)
    await world.hana.send(post, "It stays yours.")
    clock.move(days=1)
    assert len(await told(world, clock, since(world, clock))) == 1
