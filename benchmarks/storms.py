"""Bar 7: Discord in trouble for ten simulated minutes, in seven ways: nothing lost or doubled."""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from benchmarks._rig.discord import GUILD, REFERENCE, FakeDiscord, Weather, refusal, too_many
from benchmarks._rig.fast import LoopClock, run_fast
from benchmarks._rig.worker import opened, quiet_logs, rig_settings, serving
from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.store import StoreUnavailable

BY_NAME_ONLY = True
SEED = 8
FACTOR = 12.0
STORM_SECONDS = 600.0
REPORTERS, EACH = 20, 4
MOST_INVALID = 100
"""Of the 10,000 that Discord allows in ten minutes."""

_SPARED = ("/users/@me", "/gateway", "/oauth2", "/commands")


@dataclass
class Result:
    """What became of one storm."""

    name: str
    raised: int
    lost: int
    twice: int
    out_of_order: int
    cards_wrong: int
    dead: int
    invalid: int
    back_after: float

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        wrong = self.lost, self.twice, self.out_of_order, self.cards_wrong, self.dead
        return not any(wrong) and self.invalid < MOST_INVALID


def run() -> None:
    """Print what became of each storm."""
    quiet_logs()
    print(f"seed {SEED}; {STORM_SECONDS:.0f} simulated seconds each, {FACTOR:.0f} times as fast")
    results = []
    for name in STORMS:
        results.append(storm(name))
        print(results[-1], flush=True)
    assert all(result.holds for result in results)


def storm(name: str, *, seconds: float = STORM_SECONDS, factor: float = FACTOR) -> Result:
    """Let one storm pass over a desk at work."""
    with tempfile.TemporaryDirectory() as folder:
        return run_fast(_storm(name, Path(folder), seconds), factor)


async def _storm(name: str, folder: Path, seconds: float) -> Result:
    rng = random.Random(SEED)
    loop = asyncio.get_running_loop()
    discord = FakeDiscord()
    desk = await opened(rig_settings(folder), LoopClock())
    raised: dict[int, list[str]] = {user: [] for user in range(1, REPORTERS + 1)}
    try:
        async with discord.serving(), serving(desk, discord.address) as client:
            discord.weather = STORMS[name](rng)
            began, before = loop.time(), len(discord.statuses)
            for number in range(EACH):
                for user, theirs in raised.items():
                    receipt = await desk.concerns.raise_(
                        guild_id=GUILD,
                        reporter_id=user,
                        draft=Draft(Kind.OTHER, f"{user}, {number}"),
                        intake=f"{user}:{number}",
                        receipt=b"no reply is waiting",
                    )
                    theirs.append(receipt.reference)
                await asyncio.sleep(seconds / EACH)
            invalid = Counter(status for _, status in discord.statuses[before:])
            discord.weather = None
            ended = loop.time()
            assert ended - began >= seconds
            while await _pending(desk):
                assert loop.time() < ended + 1800, "Discord is back, and effects wait"
                await asyncio.sleep(1)
            back = loop.time() - ended
            await client.courier.rest()
            depth = await desk.outbox.depth()
    finally:
        await desk.close()
    told = _letters(discord)
    every = [reference for theirs in raised.values() for reference in theirs]
    read = Counter(reference for theirs in told.values() for reference in theirs)
    cards = discord.cards()
    return Result(
        name=name,
        raised=len(every),
        lost=sum(not read[reference] for reference in every),
        twice=sum(read[reference] > 1 for reference in every),
        out_of_order=sum(told.get(user) != theirs for user, theirs in raised.items()),
        cards_wrong=sum(cards.get(reference) != 1 for reference in every),
        dead=depth.dead,
        invalid=invalid[401] + invalid[403] + invalid[429],
        back_after=round(back, 1),
    )


async def _pending(desk: Desk) -> bool:
    try:
        return (await desk.outbox.depth()).pending > 0
    except StoreUnavailable:
        # In a fast loop the store's patience is short, too.
        return True


def _letters(discord: FakeDiscord) -> dict[int, list[str]]:
    """Return the references each person was told, in order."""
    found: dict[int, list[str]] = {}
    for message in sorted(discord.messages.values(), key=lambda message: message.id):
        user = discord.channels.get(message.channel)
        match = REFERENCE.search(message.body)
        if user is not None and match:
            found.setdefault(user, []).append(match[0])
    return found


def _spared(path: str) -> bool:
    return path.endswith(_SPARED) and not path.endswith("/channels")


def _always(make: Callable[[], web.StreamResponse]) -> Callable[[random.Random], Weather]:
    def begin(_rng: random.Random) -> Weather:
        async def weather(when: str, _method: str, path: str) -> web.StreamResponse | None:
            return make() if when == "before" and not _spared(path) else None

        return weather

    return begin


def _hanging(_rng: random.Random) -> Weather:
    async def weather(when: str, _method: str, path: str) -> web.StreamResponse | None:
        if when == "before" and not _spared(path):
            await asyncio.sleep(90)
            return refusal(504, 0)
        return None

    return weather


def _away(_rng: random.Random) -> Weather:
    async def weather(when: str, _method: str, path: str) -> web.StreamResponse | None:
        if when == "before" and not _spared(path):
            raise ConnectionResetError
        return None

    return weather


def _unheard(rng: random.Random) -> Weather:
    """Half of what is asked is done, and not answered."""

    async def weather(when: str, _method: str, path: str) -> web.StreamResponse | None:
        lost = not _spared(path) and rng.random() < 0.5
        return refusal(502, 0) if when == "after" and lost else None

    return weather


STORMS: dict[str, Callable[[random.Random], Weather]] = {
    "500": _always(lambda: refusal(500, 0)),
    "429 of the route": _always(lambda: too_many(2.0, "user")),
    "429 for everything": _always(lambda: too_many(2.0, "global")),
    "429 shared": _always(lambda: too_many(5.0, "shared")),
    "no answer": _hanging,
    "away": _away,
    "done, not answered": _unheard,
}
"""By name, what makes the weather."""
