"""Notices to staff."""

from bot.store import Store
from bot.store.notices import STAFF_NOTICE, staff_notice
from bot.store.outbox import Outbox


async def test_an_occasion_is_told_once_and_each_guild_has_a_lane_of_its_own(
    store: Store, outbox: Outbox
):
    async def work(session) -> None:
        for guild in (1, 2, 1):
            notice = staff_notice(guild, "knowledge.mended", once="a" * 80, entries="12")
            await outbox.post(session, notice)
        await outbox.post(session, staff_notice(1, "knowledge.mended", once="b", entries="13"))

    await store.write(work)
    first = await outbox.claim()

    assert [(parcel.kind, parcel.lane) for parcel in first] == [
        (STAFF_NOTICE, "notice:1"),
        (STAFF_NOTICE, "notice:2"),
    ]
    assert first[0].payload == {"key": "knowledge.mended", "values": {"entries": "12"}}
    await outbox.done(first[0])
    assert [parcel.payload["values"]["entries"] for parcel in await outbox.claim()] == ["13"]
