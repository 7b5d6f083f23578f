"""The outbox: every effect happens, in order within its lane, and none is lost."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import Store
from bot.store.outbox import LEASE, MAX_ATTEMPTS, Effect, Outbox
from tests.conftest import StandingClock


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
