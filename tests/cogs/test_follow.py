"""What people say about answers, what they follow, and what editors make of it."""

import pytest
from simcord.actors import MemberActor

from bot.knowledge.drafting import Typed
from bot.knowledge.export import entry_data
from bot.store.daily import HOUR
from tests.cogs.concern.conftest import close_direct_messages
from tests.cogs.conftest import World, assert_nobody_is_pinged, read
from tests.cogs.test_ask import NEWSLETTER
from tests.cogs.triage import delivered, may_triage
from tests.conftest import StandingClock


@pytest.fixture
def sue(world: World) -> MemberActor:
    """Another editor."""
    may_triage(world, world.staff_role)
    return world.guild.add_member(world.env.create_user("sue"), roles=[world.staff_role])


async def changed(world: World, sue: MemberActor, entry_id: str = "photo-print") -> None:
    desk, guild_id = world.desk, world.guild.id
    entry = desk.knowledge.of(guild_id).get(entry_id)
    assert entry is not None
    typed = Typed(**{**vars(Typed.of(entry_data(entry))), "answer": "Newly put. " + entry.answer})
    draft = await desk.editing.draft(guild_id, sue.id, typed, entry_id=entry_id)
    await desk.editing.propose(guild_id, draft.revision.reference, sue.id, "Clearer words")
    await desk.editing.publish(guild_id, draft.revision.reference, world.sam.id)
    await delivered(world)


async def test_what_is_said_reaches_editors_without_who(world: World, sue: MemberActor) -> None:
    asked = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    helped = await world.ana.click(asked.response, label="Helped")
    assert "thank you" in read(helped)
    for _ in range(2):  # the same card counts once
        form = await world.ana.click(asked.response, label="Wrong")
        said = await world.ana.submit_modal(form, {"note": "Page <@1> moved"})
        assert "nobody sees who" in read(said)

    queue = await sue.slash(world.general, "knowledge feedback")
    text = read(queue)
    assert f"**{NEWSLETTER}**" in text
    assert "wrong 1 · outdated 0 · sources gone 0 · helped 1" in text
    assert "Page \\<\\@1\\> moved" in text
    assert str(world.ana.id) not in text
    settled = await sue.select(queue.response, ["photo-print"])
    assert "Nothing was called wrong" in read(settled)
    assert_nobody_is_pinged(world)


async def test_a_follower_is_told_once_of_a_change_and_can_stop(
    world: World, sue: MemberActor
) -> None:
    asked = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    done = await world.ana.click(asked.response, label="Follow")
    await world.desk.following.follow(world.guild.id, world.ana.id, "section:photos")
    assert "/following" in read(done)

    await changed(world, sue)

    (letter,) = world.ana.user.dm_channel.history()
    assert "Newly put." in read(letter)
    assert "it changed: Clearer words" in read(letter)
    listed = await world.ana.slash(world.general, "following")
    assert "Section: Photos of people" in read(listed)
    await world.ana.select(listed.response, ["entry:photo-print"])
    await world.desk.following.unfollow(world.guild.id, world.ana.id, "section:photos")
    await changed(world, sue)
    assert len(world.ana.user.dm_channel.history()) == 1


async def test_a_closed_mailbox_is_no_dead_letter(world: World, sue: MemberActor) -> None:
    await world.desk.following.follow(world.guild.id, world.ana.id, "entry:photo-print")
    close_direct_messages(world, world.ana)
    await changed(world, sue)
    assert (await world.desk.outbox.depth()).dead == 0
    changes = await world.ana.slash(world.general, "changes")
    assert "Clearer words" in read(changes)


async def test_erasing_stops_following_and_export_shows_it(world: World) -> None:
    await world.desk.following.follow(world.guild.id, world.ana.id, "section:photos")
    export = (await world.desk.privacy.export(world.ana.id, world.guild.id)).as_json()
    assert "section:photos" in str(export)
    await world.desk.privacy.erase(world.ana.id, world.guild.id)
    assert await world.desk.following.followed(world.guild.id, world.ana.id) == []


async def test_the_digest_comes_once_a_week_also_after_downtime(
    world: World, sue: MemberActor, clock: StandingClock
) -> None:
    desk = world.desk

    def digests() -> list[str]:
        texts = [read(one) for one in world.staff_channel.history()]
        return [text for text in texts if "This week in the FAQ" in text]

    stale = await sue.slash(world.general, "knowledge stale")
    assert "No entry is due" in read(stale)
    await desk.daily.look()
    await delivered(world)
    assert digests() == [], "there is nothing to tell"

    clock.now = clock.now.replace(month=9, day=7, hour=9)  # a Monday, after half a year away
    for _ in range(3):
        clock.move(days=1)
        await desk.daily.look()
        await delivered(world)
    (text,) = digests()
    assert "33 entries are due for review" in text
    stale = await sue.slash(world.general, "knowledge stale")
    assert "Due for review: 33" in read(stale)

    clock.move(days=7)
    assert clock.now.hour > HOUR.seconds // 3600
    await desk.daily.look()
    await delivered(world)
    assert len(digests()) == 2
