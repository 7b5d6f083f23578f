"""Feedback and following, on both databases: counted once, apart by server, gone in time."""

from datetime import date

from bot.desk import Desk
from bot.knowledge.feedback import Opinion, Said
from bot.knowledge.following import CHANGED
from bot.store.daily import Turn
from tests.bot.workflows.test_editing import EVA, FINN, GUILD, OTHER, ready
from tests.conftest import StandingClock

ANA, BEN = 720_000_000_000_000_003, 720_000_000_000_000_004


async def test_what_is_said_counts_once_a_card_and_in_one_server(whole_desk: Desk):
    feedback = whole_desk.feedback
    for card in ("1", "1", "2"):
        await feedback.say(GUILD, "photo-print", Said.WRONG, once=card, note=f" note {card} ")
        await feedback.say(GUILD, "photo-print", Said.HELPED, once=card)
    await feedback.say(GUILD, "photo-faces", Said.HELPED, once="3")

    expected = Opinion("photo-print", helped=2, wrong=2, notes=("note 2", "note 1"))
    assert await feedback.queue(GUILD) == [expected]
    assert await feedback.queue(OTHER) == []
    await feedback.settle(OTHER, "photo-print", EVA)
    assert len(await feedback.queue(GUILD)) == 1
    await feedback.settle(GUILD, "photo-print", EVA)
    assert await feedback.queue(GUILD) == []


async def test_feedback_goes_after_its_days(whole_desk: Desk, clock: StandingClock):
    await whole_desk.feedback.say(GUILD, "photo-print", Said.OUTDATED, once="1", note="x")
    clock.move(days=366)
    removed = {one.rule: one.count for one in await whole_desk.retention.enforce()}
    assert removed["feedback"] == 1
    assert await whole_desk.feedback.queue(GUILD) == []


async def test_a_follower_of_entry_and_section_hears_once_of_one_change(whole_desk: Desk):
    following = whole_desk.following
    for subject in ("section:photos", "section:photos", "entry:photo-print"):
        await following.follow(GUILD, ANA, subject)
    await following.follow(GUILD, BEN, "entry:photo-delete")
    await following.follow(OTHER, BEN, "section:photos")
    assert await following.followed(GUILD, ANA) == ["section:photos", "entry:photo-print"]

    await whole_desk.editing.publish(GUILD, await ready(whole_desk), FINN)

    parcels = await whole_desk.outbox.claim()
    told = [one for one in parcels if one.kind == CHANGED]
    readers = [await whole_desk.gaps.reader(one.payload["person"]) for one in told]
    assert readers == [ANA]


async def test_the_digest_of_a_week_is_posted_once_whoever_posts_it(whole_desk: Desk):
    await whole_desk.guilds.save(GUILD, staff_channel_id=1)
    await whole_desk.feedback.say(GUILD, "photo-print", Said.WRONG, once="1")
    days = (date(2026, 3, 11), date(2026, 3, 11), date(2026, 3, 15), date(2026, 3, 16))
    for day in days:
        await whole_desk.digest.day(Turn(day, None))
    assert (await whole_desk.outbox.depth()).pending == 2
