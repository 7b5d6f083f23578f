"""Waiting for a connection: as long as others get theirs, and not when none does.

A pool that gives up after some seconds cannot tell a thousand people at once from a database that
is away. Here whoever waits keeps their place while work ends, and is refused once nothing has
ended for so long.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Stuck(Exception):
    """Nobody's turn came to an end for as long as one waits."""


class Turns:
    """So many at once; the others wait in order."""

    def __init__(self, places: int, patience: float) -> None:
        """Take how many may work at once, and after how many seconds of standstill to give up."""
        self._places = asyncio.Semaphore(places)
        self._patience = patience
        self._ended = 0
        self._alarm: asyncio.Event = asyncio.Event()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a place while this is entered.

        Raises:
            Stuck: no work ended well while this waited.
        """
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()
        try:
            yield
            self._ended += 1
        finally:
            self._places.release()

    def refuse_waiting(self) -> None:
        """Refuse all who wait now: who held a place learned that there is no getting through."""
        self._alarm.set()
        self._alarm = asyncio.Event()

    async def _wait(self) -> None:
        turn = asyncio.ensure_future(self._places.acquire())
        alarm = asyncio.ensure_future(self._alarm.wait())
        try:
            while not turn.done():
                ended = self._ended
                await asyncio.wait(
                    {turn, alarm}, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED
                )
                if not turn.done() and (alarm.done() or self._ended == ended):
                    raise Stuck
        except BaseException:
            if not turn.cancel() and not turn.cancelled():
                self._places.release()
            raise
        finally:
            alarm.cancel()
