"""The courier: delivers the outbox to Discord, in order within a lane, until it is done.

It is woken by a commit that posted something, by the moment at which something is due again, and
by a regular tick. It works on several lanes at once, and a slow one holds up no other: a place
that comes free is taken by the next lane at once. When nothing is due it ends, so there is little
to cancel when the desk stops, and what was under way is claimed again (after its lease; at once
where one process has the database to itself).
"""

import asyncio
import contextlib
import contextvars
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.platform.brake import Brake
from bot.store import Store, StoreUnavailable
from bot.store.outbox import Effect, Outbox, Parcel

Finish = Callable[[AsyncSession], Awaitable[None]]
Handler = Callable[[Parcel], Coroutine[Any, Any, Finish | None]]
"""Performs one effect. What it returns, if anything, is run in the transaction that records the
effect as done: so that what Discord answered and that it happened are kept together."""

_AT_ONCE = 10
_STORE_PAUSE = 1.0
_STORE_WAIT = timedelta(seconds=_STORE_PAUSE)
_SOONEST = 0.02

log = structlog.stdlib.get_logger(__name__)

doubtful_since: contextvars.ContextVar[datetime | None] = contextvars.ContextVar(
    "doubtful_since", default=None
)
"""Since when the message of the effect that is under way may be there, beyond its nonce's reach."""


@dataclass
class TryLater(Exception):
    """This effect cannot happen now and may later. `trouble` is for staff: no people, no texts."""

    trouble: str
    after: timedelta | None = None


@dataclass
class Undeliverable(Exception):
    """This effect cannot happen until somebody changes something; it becomes a dead letter."""

    trouble: str


class Courier:
    """Delivers what the outbox holds."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._handlers: dict[str, Handler] = {}
        self._draining: asyncio.Task[None] | None = None
        self._called_again = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._due: timedelta | None = None
        self._brake = Brake(lambda: asyncio.get_running_loop().time())
        self._open = False
        self.on_dead: Callable[[Parcel, str], Sequence[Effect]] = _unheard
        """What to post, in the transaction that gives an effect up, so that staff hear of it."""

        self.instead: Callable[[Parcel], Awaitable[Handler | None]] = _as_usual
        """Who performs an effect in the place of its kind's handler, if somebody does."""

    def handle(self, kind: str, handler: Handler) -> None:
        """Say who performs effects of `kind`."""
        self._handlers[kind] = handler

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of effect that somebody performs."""
        return frozenset(self._handlers)

    def start(self) -> None:
        """Begin delivering: Discord can be reached from now on."""
        self._open = True
        self._outbox.on_posted = self.wake
        self.wake()

    async def stop(self) -> None:
        """Finish what is in hand and begin nothing more."""
        self._open = False
        self._outbox.on_posted = _asleep
        self._called_again.set()
        self._silence()
        if self._draining is not None and not self._draining.done():
            await asyncio.wait([self._draining], timeout=8)

    async def rest(self) -> None:
        """Wait until everything that is due has been tried."""
        while self._draining is not None and not self._draining.done():
            await asyncio.wait([self._draining])

    def wake(self) -> None:
        """Look at the outbox soon. Cheap, and safe to call at any time."""
        if not self._open:
            return
        self._called_again.set()
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain(), name="courier")

    async def _drain(self) -> None:
        """Deliver until nothing is due and nothing is in hand."""
        in_hand: set[asyncio.Task[None]] = set()
        try:
            while self._is_called():
                while in_hand or self._is_called():
                    if self._is_called():
                        self._called_again.clear()
                        in_hand |= await self._take(self._brake.places(_AT_ONCE) - len(in_hand))
                    in_hand = await self._one_ended(in_hand)
                self._set_alarm()
        finally:
            for task in in_hand:
                task.cancel()

    def _is_called(self) -> bool:
        return self._open and self._called_again.is_set()

    async def _one_ended(self, in_hand: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait until a delivery has ended or somebody calls; return those still in hand."""
        if not in_hand:
            return in_hand
        called = asyncio.create_task(self._called_again.wait())
        try:
            ended, _ = await asyncio.wait({*in_hand, called}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
        if ended & in_hand:
            # A place is free, and the lane's next may go.
            self._called_again.set()
        return in_hand - ended

    async def _take(self, places: int) -> set[asyncio.Task[None]]:
        """Claim what is due, for as many places as are free; begin to deliver it."""
        if places <= 0:
            self._due = timedelta(0)
            return set()
        try:
            taken = await self._outbox.take(places)
        except StoreUnavailable:
            # The alarm comes back to it; nothing is lost, for nothing was claimed.
            log.warning("courier.store_unavailable")
            self._due = _STORE_WAIT
            return set()
        self._due = taken.due
        if len(taken.parcels) == places:
            self._called_again.set()
        return {
            asyncio.create_task(self._deliver(parcel), name=f"courier-{parcel.id}")
            for parcel in taken.parcels
        }

    def _set_alarm(self) -> None:
        """Have this courier woken when something is due next."""
        self._silence()
        if self._due is not None and self._open:
            seconds = max(self._due.total_seconds(), self._brake.pause(), _SOONEST)
            self._alarm = asyncio.get_running_loop().call_later(seconds, self.wake)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None

    async def _deliver(self, parcel: Parcel) -> None:
        """Perform one effect and record what came of it, however long the database is away."""
        record = await self._perform(parcel)
        while True:
            try:
                await record()
            except StoreUnavailable:
                # It happened, and only this process knows: done again, it might be seen twice.
                log.warning("courier.store_unavailable")
                if not self._open:
                    return
                await asyncio.sleep(_STORE_PAUSE)
            else:
                return

    async def _perform(self, parcel: Parcel) -> Callable[[], Awaitable[None]]:
        """Perform one effect; return how to record what came of it."""
        try:
            handler = await self.instead(parcel) or self._handlers.get(parcel.kind)
            if handler is None:
                raise Undeliverable(f"nobody performs {parcel.kind}")
            finish = await self._holding(parcel, handler(parcel))
        except Exception as error:
            return self._failed(parcel, error)
        return partial(self._done, parcel, finish)

    async def _holding(
        self, parcel: Parcel, performing: Coroutine[Any, Any, Finish | None]
    ) -> Finish | None:
        """Wait for what a handler does, and keep the lease meanwhile, however long it takes.

        It is never cut short: discord.py, cancelled while it waits out a limit for everything,
        would keep every later request waiting for ever.
        """
        context = contextvars.copy_context()
        context.run(doubtful_since.set, self._outbox.doubtful_since(parcel))
        name = f"courier-performs-{parcel.id}"
        task = asyncio.create_task(performing, name=name, context=context)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=self._outbox.lease.total_seconds() / 3)
                if not task.done():
                    with contextlib.suppress(StoreUnavailable):
                        await self._outbox.keep(parcel)
        except asyncio.CancelledError:
            task.cancel()
            raise
        return task.result()

    def _failed(self, parcel: Parcel, error: Exception) -> Callable[[], Awaitable[None]]:
        """Say what follows from a failure: another try, or a dead letter."""
        record: Callable[[], Awaitable[None]]
        match error:
            case TryLater():
                record = partial(self._again, parcel, error.trouble, error.after)
            case Undeliverable():
                record = partial(self._dead, parcel, error.trouble)
            case discord.HTTPException() if error.status < 500 and error.status != 429:
                trouble = f"Discord refused: {error.status}, code {error.code}"
                record = partial(self._dead, parcel, trouble)
            case discord.HTTPException():
                record = self._away(parcel, f"it answered {error.status}")
            case StoreUnavailable():
                record = partial(self._again, parcel, "the database was away", _STORE_WAIT)
            case OSError() | TimeoutError() | aiohttp.ClientError() | discord.DiscordException():
                record = self._away(parcel, type(error).__name__)
            case _:
                # A fault of our own: kept and tried again, for a fixed release will deliver it.
                kind = type(error).__name__
                log.error("courier.fault", kind=parcel.kind, id=parcel.id, error=kind)
                record = partial(self._again, parcel, f"fault: {kind}")
        return record

    async def _done(self, parcel: Parcel, finish: Finish | None) -> None:
        await self._store.write(lambda session: self._finish(session, parcel, finish), ahead=True)
        metrics.DELIVERIES.labels(parcel.kind, "done").inc()
        if self._brake.on:
            # Before letting go: should the database be away, this is done again, and so is that.
            log.info("courier.discord_is_back", count=await self._outbox.hurry())
        self._brake.release()

    def _away(self, parcel: Parcel, trouble: str) -> Callable[[], Awaitable[None]]:
        self._brake.fail(parcel.lane)
        return partial(self._again, parcel, trouble, away=True)

    async def _finish(self, session: AsyncSession, parcel: Parcel, finish: Finish | None) -> None:
        if finish is not None:
            await finish(session)
        await self._outbox.finish(session, parcel)

    async def _again(
        self,
        parcel: Parcel,
        trouble: str,
        after: timedelta | None = None,
        *,
        away: bool = False,
    ) -> None:
        telling = self.on_dead(parcel, trouble)
        if not await self._outbox.retry(parcel, trouble, after=after, away=away, telling=telling):
            self._note_dead(parcel)
            return
        log.warning("courier.again", kind=parcel.kind, id=parcel.id, attempts=parcel.attempts)
        metrics.DELIVERIES.labels(parcel.kind, "again").inc()

    async def _dead(self, parcel: Parcel, trouble: str) -> None:
        await self._outbox.give_up(parcel, trouble, telling=self.on_dead(parcel, trouble))
        self._note_dead(parcel)

    def _note_dead(self, parcel: Parcel) -> None:
        log.error("courier.dead_letter", kind=parcel.kind, id=parcel.id, guild=parcel.guild_id)
        metrics.DELIVERIES.labels(parcel.kind, "dead").inc()


def _asleep() -> None:
    """The courier has stopped; what is posted waits for its next start."""


async def _as_usual(_parcel: Parcel) -> Handler | None:
    """Every effect is performed by the handler of its kind."""
    return None


def _unheard(_parcel: Parcel, _trouble: str) -> Sequence[Effect]:
    """Nobody asked to hear of dead letters."""
    return ()


def nonce_of(parcel: Parcel) -> str:
    """Return the nonce of the one message that delivers a parcel, for Discord to enforce.

    Discord answers a second creation under the same nonce, within some minutes, with the message
    that the first one made (https://docs.discord.com/developers/resources/message#create-message).
    """
    return hashlib.blake2b(parcel.key.encode(), digest_size=12).hexdigest()
