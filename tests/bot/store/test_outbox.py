"""The outbox: every effect happens, in order within its lane, and none is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import Store
from bot.store.outbox import LEASE, MAX_ATTEMPTS, Effect, Outbox
from tests.conftest import StandingClock

_PARTIAL = ("live", "held", "ahead")


def _effect(key: str, lane: str = "a") -> Effect:
    return Effect("test.kind", 1, lane, key, {"number": key})


async def _post(store: Store, outbox: Outbox, *effects: Effect) -> None:
    await store.write(lambda session: outbox.post(session, *effects))


async def _keys(outbox: Outbox) -> list[str]:
    return [parcel.key for parcel in await outbox.claim()]


async def test_an_effect_posted_twice_happens_once(store: Store, outbox: Outbox):
    await _post(store, outbox, _effect("one"), _effect("one"))
    await _post(store, outbox, _effect("one"))
    assert (await outbox.depth()).pending == 1


async def test_a_failed_transaction_posts_nothing(store: Store, outbox: Outbox):
    woken: list[bool] = []
    outbox.on_posted = lambda: woken.append(True)

    async def fails(session: AsyncSession) -> None:
        await outbox.post(session, _effect("one"))
        raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        await store.write(fails)
    assert (await outbox.depth()).pending == 0
    assert not woken


async def test_a_lane_keeps_its_order_and_does_not_hold_up_another(store: Store, outbox: Outbox):
    await _post(store, outbox, _effect("a1"), _effect("a2"), _effect("b1", "b"))
    first = await outbox.claim()
    assert [parcel.key for parcel in first] == ["a1", "b1"]
    assert await _keys(outbox) == []
    await outbox.done(first[0])
    assert await _keys(outbox) == ["a2"]


async def test_what_failed_is_tried_again_later_and_later(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("one"), _effect("two"))
    (parcel,) = await outbox.claim()
    await outbox.retry(parcel, "Discord answered 500")
    assert await _keys(outbox) == []
    clock.move(seconds=2)
    assert await _keys(outbox) == ["one"]


async def test_after_too_many_tries_it_is_a_dead_letter_and_the_lane_goes_on(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("one"), _effect("two"))
    for _ in range(MAX_ATTEMPTS):
        clock.move(hours=1)
        (parcel,) = await outbox.claim()
        await outbox.retry(parcel, "Discord answered 500")
    assert [letter.key for letter in await outbox.dead_letters(1)] == ["one"]
    assert await _keys(outbox) == ["two"]


async def test_dead_letters_get_another_chance_when_staff_put_things_right(
    store: Store, outbox: Outbox
):
    await _post(store, outbox, _effect("one"))
    (parcel,) = await outbox.claim()
    await outbox.give_up(parcel, "no staff channel")
    assert await outbox.revive(2) == 0
    assert await outbox.revive(1) == 1
    assert await _keys(outbox) == ["one"]


async def test_what_a_dead_courier_held_is_claimed_again(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("one"))
    await outbox.claim()
    assert await _keys(outbox) == []
    clock.move(seconds=LEASE.total_seconds())
    assert await _keys(outbox) == ["one"]


async def test_what_a_dead_courier_held_is_tried_before_all_that_waits(
    store: Store, outbox: Outbox, clock: StandingClock
):
    # At the end of a long queue, it would come after Discord has forgotten its nonce.
    await _post(store, outbox, *(_effect(f"{n}", f"lane {n}") for n in range(9)))
    assert [parcel.key for parcel in await outbox.claim(2)] == ["0", "1"]
    clock.move(seconds=LEASE.total_seconds())
    assert [parcel.key for parcel in await outbox.claim(3)] == ["0", "1", "2"]


async def test_what_waits_in_a_lane_is_hastened_and_need_not_be_asked_for_again(
    store: Store, outbox: Outbox
):
    await _post(store, outbox, _effect("one"), _effect("two", "b"), _effect("three", "c"))
    (one, two) = await outbox.claim(2)
    await outbox.retry(one, "not now", after=timedelta(hours=1))
    lanes = ["a", "b", "c", "d"]
    assert await store.write(lambda session: outbox.hasten(session, lanes)) == {"a", "c"}
    assert set(await _keys(outbox)) == {"one", "three"}
    await outbox.done(two)


async def test_a_desk_that_starts_again_claims_at_once_what_it_held(store: Store, outbox: Outbox):
    await _post(store, outbox, _effect("one"))
    await outbox.claim()
    assert await outbox.release_claims() == 1
    assert await _keys(outbox) == ["one"]


async def test_a_finished_effect_keeps_no_secret(store: Store, outbox: Outbox):
    await _post(store, outbox, Effect("test.kind", 1, "a", "one", {}, sealed=b"token"))
    (parcel,) = await outbox.claim()
    assert parcel.sealed == b"token"
    await outbox.give_up(parcel, "expired")
    assert (await outbox.dead_letters())[0].sealed is None


async def test_who_lost_the_lease_cannot_undo_what_another_did(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("one"))
    (slow,) = await outbox.claim()
    clock.move(seconds=LEASE.total_seconds())
    (quick,) = await outbox.claim()
    await outbox.done(quick)
    await outbox.retry(slow, "too late")
    await outbox.give_up(slow, "too late")
    assert (await outbox.depth()).dead == 0
    assert await _keys(outbox) == []


async def test_while_discord_is_away_an_effect_is_given_a_day_and_hurried_when_it_is_back(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("one"))
    for _ in range(MAX_ATTEMPTS + 5):
        clock.move(hours=1)
        (parcel,) = await outbox.claim()
        assert await outbox.retry(parcel, "it answered 500", away=True)
    assert await _keys(outbox) == []
    assert await outbox.hurry() == 1
    (parcel,) = await outbox.claim()
    clock.move(hours=24)
    assert not await outbox.retry(parcel, "it answered 500", away=True)


async def test_a_courier_is_told_when_to_come_back(
    store: Store, outbox: Outbox, clock: StandingClock
):
    await _post(store, outbox, _effect("a1"), _effect("a2"))
    taken = await outbox.take(1)
    assert taken.due == LEASE
    await outbox.retry(taken.parcels[0], "not now", after=timedelta(seconds=7))
    assert (await outbox.take(1)).due == timedelta(seconds=7)


@pytest.mark.sqlite
async def test_claiming_looks_only_at_what_is_not_finished(store: Store, outbox: Outbox):
    asked: list[tuple[str, object]] = []
    listen = event.listens_for(store.writer.sync_engine, "before_cursor_execute")
    listen(lambda _c, _cursor, statement, values, *_more: asked.append((statement, values)))
    await _post(store, outbox, _effect("one"))
    asked.clear()
    await outbox.take(10)
    queries = [one for one in asked if one[0].startswith("SELECT")]

    async def explain(session: AsyncSession) -> list[str]:
        connection = await session.connection()
        plans = []
        for statement, values in queries:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans += [str(row[3]) for row in rows]
        return plans

    plans = await store.read(explain)
    assert len(queries) == 3
    for plan in plans:
        assert "outbox" not in plan or any(f"ix_outbox_{one}" in plan for one in _PARTIAL)
    assert sum("ix_outbox_held" in plan for plan in plans) == 1
    assert sum("ix_outbox_ahead" in plan for plan in plans) == 3


async def test_what_took_the_number_of_something_withdrawn_is_not_done_with_it(
    store: Store, outbox: Outbox
):
    await _post(store, outbox, _effect("letter", "person:1"))
    (flying,) = await outbox.claim()

    async def erase(session: AsyncSession) -> None:
        await outbox.withdraw(session, "person:1")
        await outbox.post(session, _effect("card", "card:1"))

    await store.write(erase)
    await outbox.done(flying)
    await outbox.give_up(flying, "gone")
    assert await _keys(outbox) == ["card"]
