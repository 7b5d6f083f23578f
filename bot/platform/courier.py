"""The courier: delivers the outbox to Discord, in order within a lane, until it is done.

It never sleeps in a loop of its own: it is woken by a commit that posted something and by a
regular tick, drains what is due, and ends. So there is nothing to cancel when the desk stops, and
what was under way is claimed again after its lease (at once, on SQLite).
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.store import Store, StoreUnavailable
from bot.store.outbox import Effect, Outbox, Parcel

Finish = Callable[[AsyncSession], Awaitable[None]]
Handler = Callable[[Parcel], Awaitable[Finish | None]]
"""Performs one effect. What it returns, if anything, is run in the transaction that records the
effect as done: so that what Discord answered and that it happened are kept together."""

_AT_ONCE = 10

log = structlog.stdlib.get_logger(__name__)


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
        self._called_again = False
        self._open = False
        self.on_dead: Callable[[Parcel, str], Sequence[Effect]] = _unheard
        """What to post, in the transaction that gives an effect up, so that staff hear of it."""

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
        self._called_again = True
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain(), name="courier")

    async def _drain(self) -> None:
        while self._called_again and self._open:
            self._called_again = False
            try:
                parcels = await self._outbox.claim(_AT_ONCE)
                if parcels:
                    await asyncio.gather(*(self._deliver(parcel) for parcel in parcels))
                    self._called_again = True
            except StoreUnavailable:
                # The tick comes back to it; nothing is lost, for nothing was claimed or finished.
                log.warning("courier.store_unavailable")

    async def _deliver(self, parcel: Parcel) -> None:
        handler = self._handlers.get(parcel.kind)
        try:
            if handler is None:
                raise Undeliverable(f"nobody performs {parcel.kind}")
            finish = await handler(parcel)
        except TryLater as later:
            await self._again(parcel, later.trouble, later.after)
        except Undeliverable as error:
            await self._dead(parcel, error.trouble)
        except (discord.Forbidden, discord.NotFound) as error:
            await self._dead(parcel, f"Discord refused: {error.status}, code {error.code}")
        except discord.HTTPException as error:
            if error.status < 500 and error.status != 429:
                await self._dead(parcel, f"Discord refused: {error.status}, code {error.code}")
            else:
                await self._again(parcel, f"Discord answered {error.status}")
        except (OSError, TimeoutError, discord.DiscordException) as error:
            await self._again(parcel, type(error).__name__)
        except StoreUnavailable:
            raise
        except Exception as error:
            # A fault of our own: kept and tried again, for a fixed release will deliver it.
            log.error("courier.fault", kind=parcel.kind, id=parcel.id, error=type(error).__name__)
            await self._again(parcel, f"fault: {type(error).__name__}")
        else:
            await self._store.write(lambda session: self._finish(session, parcel, finish))
            metrics.DELIVERIES.labels(parcel.kind, "done").inc()

    async def _finish(self, session: AsyncSession, parcel: Parcel, finish: Finish | None) -> None:
        if finish is not None:
            await finish(session)
        await self._outbox.finish(session, parcel)

    async def _again(self, parcel: Parcel, trouble: str, after: timedelta | None = None) -> None:
        log.warning("courier.again", kind=parcel.kind, id=parcel.id, attempts=parcel.attempts)
        metrics.DELIVERIES.labels(parcel.kind, "again").inc()
        telling = self.on_dead(parcel, trouble)
        if not await self._outbox.retry(parcel, trouble, after=after, telling=telling):
            self._note_dead(parcel)

    async def _dead(self, parcel: Parcel, trouble: str) -> None:
        await self._outbox.give_up(parcel, trouble, telling=self.on_dead(parcel, trouble))
        self._note_dead(parcel)

    def _note_dead(self, parcel: Parcel) -> None:
        log.error("courier.dead_letter", kind=parcel.kind, id=parcel.id, guild=parcel.guild_id)
        metrics.DELIVERIES.labels(parcel.kind, "dead").inc()


def _asleep() -> None:
    """The courier has stopped; what is posted waits for its next start."""


def _unheard(_parcel: Parcel, _trouble: str) -> Sequence[Effect]:
    """Nobody asked to hear of dead letters."""
    return ()


def nonce_of(parcel: Parcel) -> str:
    """Return the nonce of the one message that delivers a parcel, for Discord to enforce.

    Discord answers a second creation under the same nonce, within some minutes, with the message
    that the first one made (https://docs.discord.com/developers/resources/message#create-message).
    """
    return hashlib.blake2b(parcel.key.encode(), digest_size=12).hexdigest()
