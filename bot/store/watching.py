"""Looking now and then whether something is due, for as long as the desk runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from bot.store.engine import StoreUnavailable

log = structlog.stdlib.get_logger(__name__)

_STOP_SECONDS = 5


@contextlib.asynccontextmanager
async def looking(
    name: str, look: Callable[[], Awaitable[object]], every: float
) -> AsyncIterator[None]:
    """Call `look` every `every` seconds while this is held open; a look that fails is made up for
    by the next. At the end what is in hand is finished if it can be, and cut off after 5 seconds.
    """
    stopping = asyncio.Event()

    async def watch() -> None:
        while not stopping.is_set():
            try:
                await look()
            except StoreUnavailable:
                log.warning("watching.store_unavailable", kind=name)
            except Exception as error:
                # A fault of our own: what is due stays due.
                log.error("watching.look_failed", kind=name, error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await stopping.wait()

    watching = asyncio.create_task(watch(), name=name)
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait([watching], timeout=_STOP_SECONDS)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
