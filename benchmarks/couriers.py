"""Bar 12: four couriers on PostgreSQL, a kill every 0.4 s, 5,000 effects: 0 lost, 0 double."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from benchmarks._rig.discord import STAFF, FakeDiscord
from benchmarks._rig.postgres import postgres
from benchmarks._rig.worker import quiet_logs
from bot.clock import utc_now
from bot.platform.courier import Courier, Finish, nonce_of
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.outbox import Effect, Outbox, Parcel

BY_NAME_ONLY = True
SEED = 13_03_2019
EFFECTS, COURIERS, EVERY = 5_000, 4, 0.4
LANES = 200
LEASE = timedelta(seconds=3)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["benchmarks.couriers"])


@dataclass
class Result:
    """What a channel had in the end."""

    effects: int
    kills: int
    lost: int
    doubled: int
    out_of_order: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        return not (self.lost or self.doubled or self.out_of_order) and self.kills > 0


def run() -> None:
    """Print what became of the effects."""
    print(f"seed {SEED}, {COURIERS} couriers, {EFFECTS} effects")
    with postgres() as (url, _server), tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder), url, EFFECTS))
    print(result)
    assert result.holds


async def measure(_folder: Path, url: str, effects: int) -> Result:
    """Post effects, have couriers deliver them and be killed, and look at what arrived."""
    rng, began, kills = random.Random(SEED), time.monotonic(), 0
    await migrate(url)
    store, discord = Store(url), FakeDiscord()
    outbox = Outbox(store, utc_now)
    for first in range(0, effects, 500):
        some = [
            Effect("rig", 1, f"lane {n % LANES}", f"e{n}", {"n": n})
            for n in range(first, min(first + 500, effects))
        ]
        await store.write(lambda session, some=some: outbox.post(session, *some))  # type: ignore[misc] # bound now
    async with discord.serving():
        working = [_start(url, discord.address) for _ in range(COURIERS)]
        try:
            while (await outbox.depth()).pending:
                await asyncio.sleep(EVERY)
                place = rng.randrange(COURIERS)
                working[place].kill()
                await asyncio.to_thread(working[place].join)
                working[place], kills = _start(url, discord.address), kills + 1
        finally:
            for process in working:
                process.kill()
    await store.close()
    arrived = [int(one.body.split('"')[3]) for one in discord.messages.values()]
    counts, last, wrong = Counter(arrived), dict[int, int](), 0
    for n in arrived:
        wrong += n < last.get(n % LANES, -1)
        last[n % LANES] = n
    doubled = sum(count > 1 for count in counts.values())
    seconds = round(time.monotonic() - began, 1)
    return Result(effects, kills, effects - len(counts), doubled, wrong, seconds)


def _start(url: str, address: str) -> "multiprocessing.context.ForkServerProcess":
    process = _CONTEXT.Process(target=_serve, args=(url, address), daemon=True)
    process.start()
    return process


def _serve(url: str, address: str) -> None:
    quiet_logs()

    async def serve() -> None:
        store = Store(url)
        outbox = Outbox(store, utc_now, lease=LEASE)
        courier = Courier(store, outbox)
        async with aiohttp.ClientSession() as http:

            async def deliver(parcel: Parcel) -> Finish | None:
                body = {"content": f"{parcel.payload['n']}", "nonce": nonce_of(parcel)}
                sent = {**body, "enforce_nonce": True}
                where = f"{address}/channels/{STAFF}/messages"
                async with http.post(where, json=sent) as answer:
                    answer.raise_for_status()
                return None

            courier.handle("rig", deliver)
            courier.start()
            while True:
                courier.wake()
                await asyncio.sleep(0.5)

    asyncio.run(serve())
