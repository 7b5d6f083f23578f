"""The courier: lanes that do not wait for each other, and nothing done twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.platform.courier import Courier, TryLater
from bot.store import Store, StoreUnavailable
from bot.store.outbox import Effect, Outbox, Parcel
from tests.conftest import StandingClock


@pytest.fixture
async def courier(store: Store, outbox: Outbox) -> AsyncIterator[Courier]:
    """A courier at work."""
    courier = Courier(store, outbox)
    yield courier
    await courier.stop()


async def _post(store: Store, outbox: Outbox, *keys: str) -> None:
    effects = [Effect("test.kind", 1, key[0], key, {}) for key in keys]
    await store.write(lambda session: outbox.post(session, *effects))


async def test_a_slow_lane_holds_up_no_other(store: Store, outbox: Outbox, courier: Courier):
    slow, others = asyncio.Event(), asyncio.Event()
    delivered = []

    async def handler(parcel: Parcel) -> None:
        if parcel.key == "a1":
            await slow.wait()
        delivered.append(parcel.key)
        if len(delivered) == 6:
            others.set()

    courier.handle("test.kind", handler)
    await _post(store, outbox, "a1", "a2", *(f"{lane}{n}" for n in (1, 2, 3) for lane in "bc"))
    courier.start()
    await asyncio.wait_for(others.wait(), 20)
    assert sorted(delivered) == ["b1", "b2", "b3", "c1", "c2", "c3"]
    slow.set()
    await courier.rest()
    assert delivered[-2:] == ["a1", "a2"]


async def test_what_is_due_later_wakes_it_without_a_tick(
    store: Store, outbox: Outbox, courier: Courier, clock: StandingClock
):
    again = asyncio.Event()

    async def handler(parcel: Parcel) -> None:
        if parcel.attempts == 1:
            clock.move(seconds=1)
            raise TryLater("not now", timedelta(seconds=-0.5))
        again.set()

    courier.handle("test.kind", handler)
    await _post(store, outbox, "a1")
    courier.start()
    await asyncio.wait_for(again.wait(), 20)


async def test_what_happened_is_recorded_when_the_database_is_back_and_not_done_again(
    store: Store, outbox: Outbox, courier: Courier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.platform.courier._STORE_PAUSE", 0.0)
    done, failures = [], iter([True, True, False])

    async def handler(parcel: Parcel):
        done.append(parcel.key)

        async def finish(_session: object) -> None:
            if next(failures):
                raise StoreUnavailable("gone")

        return finish

    courier.handle("test.kind", handler)
    await _post(store, outbox, "a1")
    courier.start()
    await courier.rest()
    assert done == ["a1"]
    assert (await outbox.depth()).pending == 0
