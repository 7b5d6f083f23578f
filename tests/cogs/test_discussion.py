"""Sessions on Discord, from the plan to the close, as everybody involved meets them."""

from datetime import timedelta

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.discussions.model import Session, State
from bot.guilds.model import Capability
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

FORM = {
    "topic": "Faces in **datasets**",
    "when": "2026-03-23 18:00",
    "zone": "europe/berlin",
    "guests": "Dr. Ada Example",
    "prompts": "What should be asked first?",
}


@pytest.fixture
async def forum(world: World) -> ChannelHandle:
    """A forum for sessions, where the desk may do what it needs; Hana hosts."""
    forum = world.guild.create_forum_channel("sessions")
    me = world.env.backend.bot_user.id
    role = world.guild.create_role(
        "Desk", permissions=discord.Permissions(manage_events=True, manage_threads=True)
    )
    world.env.backend.get_guild(world.guild.id).members[me].role_ids.append(role.id)
    await world.desk.guilds.save(
        world.guild.id, roles={Capability.HOST: frozenset({world.helper_role.id})}
    )
    await world.desk.discussion_setups.choose(world.guild.id, forum.id)
    await world.restart()
    await delivered(world)
    return forum


def latest(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return what somebody was shown last."""
    found = result.followups[-1] if result.followups else result.response
    assert found is not None
    return found


async def planned(
    world: World, form: dict[str, str] = FORM
) -> tuple[Session, simcord.InteractionResult]:
    """Plan a session as Hana; return it, and what she was shown."""
    opened = await world.hana.slash(world.general, "discussion plan", kind="ama", minutes=90)
    shown = await world.hana.submit_modal(opened, form)
    lines = await world.desk.sessions.every(world.guild.id)
    return await world.desk.sessions.session(world.guild.id, lines[0].reference), shown


async def announced(world: World) -> Session:
    _session, shown = await planned(world)
    await world.hana.click(latest(shown), label="Announce it")
    await delivered(world)
    return await now(world)


async def now(world: World) -> Session:
    """Return the session there is."""
    line = (await world.desk.sessions.every(world.guild.id))[0]
    return await world.desk.sessions.session(world.guild.id, line.reference)


def thread(world: World, session: Session) -> discord.Thread:
    guild = world.env.bot.get_guild(world.guild.id)
    assert guild is not None
    assert session.place.channel_id is not None
    found = guild.get_thread(session.place.channel_id)
    assert found is not None
    return found


async def said(world: World, session: Session) -> list[str]:
    """Return what the session's post says, oldest first."""
    return [read(one) async for one in thread(world, session).history(oldest_first=True)]


async def card_of(world: World, session: Session) -> discord.Message:
    return await anext(thread(world, session).history(oldest_first=True))


def letters(person: MemberActor) -> list[str]:
    return [read(one) for one in person.user.dm_channel.history()]


async def goes_on(world: World) -> None:
    await world.desk.sessions.look()
    await delivered(world)


async def test_a_session_from_plan_to_close(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session, shown = await planned(world)
    assert "Nobody but hosts sees it until you announce it." in read(shown)
    assert "### Faces in \\*\\*datasets\\*\\*" in read(shown)
    assert "2026-03-23 18:00 (Europe/Berlin)" in read(shown)
    assert session.plan.starts.hour == 17
    assert not world.env.backend.get_guild(world.guild.id).scheduled_events
    assert "No session is announced" in read(
        await world.ben.slash(world.general, "discussion list")
    )
    hidden = await world.ben.slash(world.general, "discussion next")
    assert "No session is announced" in read(hidden)

    following = await world.ben.slash(world.general, "discussion follow")
    assert "writes to you when a session is announced" in read(following)
    done = await world.hana.click(latest(shown), label="Announce it")
    assert "Announced" in read(done)
    await delivered(world)
    session = await now(world)
    (event,) = world.env.backend.get_guild(world.guild.id).scheduled_events.values()
    assert event.id == session.place.event_id
    assert event.name == "Faces in **datasets**"
    assert event.entity_metadata == {"location": session.link}
    post = thread(world, session)
    assert post.parent_id == forum.id
    assert post.locked
    (card,) = await said(world, session)
    assert f"<@{world.hana.id}>" in card
    assert "Dr. Ada Example" in card
    first = await card_of(world, session)
    assert labels(first) == ["I’ll come", "I can’t come", "Discord’s event", "Ask a question"]
    assert "A new session is announced" in letters(world.ben)[0]
    assert "You host this session" in letters(world.hana)[0]


async def test_it_reminds_opens_and_closes_by_itself_and_puts_back_what_it_set(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session = await announced(world)
    first = await card_of(world, session)
    (event,) = world.env.backend.get_guild(world.guild.id).scheduled_events.values()
    coming = await world.ana.click(first, label="I’ll come")
    assert "You’re on the list" in read(coming)
    assert coming.ephemeral
    await delivered(world)
    assert "1 person said that they come" in (await said(world, session))[0]

    for ahead in (timedelta(days=7), timedelta(days=1), timedelta(hours=1)):
        clock.now = session.plan.starts - ahead
        await goes_on(world)
    assert "begins soon" in (await said(world, session))[-1]
    assert "it begins <t:" in letters(world.ana)[-1]
    assert len(letters(world.hana)) == 4

    clock.now = session.plan.starts
    await goes_on(world)
    post = thread(world, session)
    assert (post.locked, post.slowmode_delay) == (False, 10)
    assert event.status == 2
    assert "is open until" in (await said(world, session))[-1]
    assert "away" not in (await said(world, session))[-1]

    clock.now = session.plan.ends
    await goes_on(world)
    post = thread(world, session)
    assert (post.locked, post.slowmode_delay) == (True, 0)
    assert event.status == 3
    assert "Write the round-up" in letters(world.hana)[-1]
    held = await world.ben.slash(world.general, "discussion list", which="past")
    assert "Faces in" in read(held)
    assert_nobody_is_pinged(world)


async def test_a_new_time_and_calling_off_are_told_to_all_who_come_once(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session = await announced(world)
    event_id = session.place.event_id
    assert event_id is not None
    first = await card_of(world, session)
    await world.ana.click(first, label="I’ll come")
    await world.ben.subscribe_event(event_id)
    managed = await world.hana.slash(world.general, "discussion manage", ref=session.reference)
    form = await world.hana.click(latest(managed), label="Change the time")
    moved = await world.hana.submit_modal(
        form,
        {"when": "2026-03-30 18:00", "zone": "Europe/Berlin", "minutes": "60", "why": "A strike"},
    )
    assert "everybody who said that they come is told" in read(moved)
    await delivered(world)
    event = world.env.backend.get_scheduled_event(world.guild.id, event_id)
    # Summer time has begun in between.
    assert event.scheduled_start_time.startswith("2026-03-30T16:00")
    for person in (world.ana, world.ben):
        (letter,) = letters(person)
        assert "it was moved" in letter
        assert "Why: A strike" in letter
    stale = await world.hana.click(latest(managed), label="Call it off")
    refused = await world.hana.submit_modal(stale, {"why": "Ill"})
    assert "Called off" in read(refused)
    await delivered(world)
    await world.restart()
    await delivered(world)
    assert [len(letters(one)) for one in (world.ana, world.ben)] == [2, 2]
    assert "called off" in letters(world.ben)[-1]
    assert event.status == 4
    assert "Called off" in (await said(world, session))[0]
    clock.move(days=30)
    await goes_on(world)
    assert thread(world, session).locked


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("when", "2026-03-01 18:00", "passed already"),
        ("when", "soon", "could not read that time"),
        ("when", "2026-03-29 02:30", "clocks go forward"),
        ("zone", "Mars/Olympus", "no time zone the desk knows"),
    ],
)
async def test_what_cannot_be_is_one_sentence_and_comes_back(
    world: World, forum: ChannelHandle, field: str, typed: str, sentence: str
):
    opened = await world.hana.slash(world.general, "discussion plan", kind="ama")
    refused = await world.hana.submit_modal(opened, {**FORM, field: typed})
    assert sentence in read(refused)
    assert "What should be asked first?" in read(refused)
    assert not await world.desk.sessions.every(world.guild.id)


async def test_what_was_deleted_by_hand_comes_back_or_is_let_go(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session = await announced(world)
    backend = world.env.backend
    assert session.place.event_id is not None
    backend.delete_scheduled_event(world.guild.id, session.place.event_id)
    await thread(world, session).delete()
    await world.desk.sessions.bring_all(world.guild.id, "test")
    await delivered(world)
    again = await now(world)
    assert again.place.channel_id != session.place.channel_id
    assert again.place.event_id != session.place.event_id
    assert len(backend.get_guild(world.guild.id).scheduled_events) == 1
    (event,) = backend.get_guild(world.guild.id).scheduled_events.values()
    assert event.entity_metadata == {"location": again.link}
    assert thread(world, again).locked
    # Deleted once more, while nobody looks: it opens all the same.
    await thread(world, again).delete()
    backend.delete_scheduled_event(world.guild.id, event.id)
    clock.now = session.plan.starts
    await goes_on(world)
    opened = await now(world)
    assert opened.state is State.OPEN
    assert not thread(world, opened).locked


async def test_without_a_place_it_stays_a_plan_and_a_deleted_forum_is_told(
    world: World, forum: ChannelHandle
):
    await announced(world)
    world.env.backend.delete_channel(forum.id)
    await world.env.settle()
    await world.desk.sessions.bring_all(world.guild.id, "test")
    await delivered(world)
    told = "\n".join(read(one) for one in world.staff_channel.history())
    assert "the place for sessions is gone" in told


async def test_a_desk_that_was_down_opens_late_and_says_so(
    world: World, forum: ChannelHandle, clock: StandingClock
):
    session = await announced(world)
    await world.stop()
    clock.now = session.plan.starts + timedelta(minutes=20)
    await world.restart()
    await goes_on(world)
    await world.restart()
    await goes_on(world)
    words = await said(world, session)
    assert len(words) == 2
    assert "this is 20 minutes late" in words[-1]


async def test_a_series_is_made_and_ended(world: World, forum: ChannelHandle):
    session = await announced(world)
    made = await world.hana.slash(
        world.general,
        "discussion series",
        ref=session.reference,
        every="week",
        zones="Asia/Tokyo",
    )
    assert "is held again and again" in read(made)
    await goes_on(world)
    assert len(world.env.backend.get_guild(world.guild.id).scheduled_events) == 4
    listed = await world.ben.slash(world.general, "discussion list")
    assert len(options(listed)) == 4
    series = (await now(world)).series
    ended = await world.hana.slash(world.general, "discussion end", series=series)
    assert "has ended" in read(ended)


async def test_an_admin_chooses_where_and_how(world: World, forum: ChannelHandle):
    role = world.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    ola = world.guild.add_member(world.env.create_user("ola"), roles=[role])
    shown = await ola.slash(world.general, "setup")
    opened = await ola.click(latest(shown), label="Sessions")
    assert f"Held in: <#{forum.id}>" in read(opened)
    form = await ola.click(latest(opened), label="Slow mode and reminders")
    kept = await ola.submit_modal(form, {"slow": "30", "weeks": "2", "waits": "0"})
    assert "30 seconds" in read(kept)
    assert "2 weeks" in read(kept)
    assert "not told of threads" in read(kept)
    chosen = await ola.select(latest(kept), [world.general])
    setup = await world.desk.discussion_setups.of(world.guild.id)
    assert setup.channel_id in (world.general.id, forum.id)
    assert read(chosen)
