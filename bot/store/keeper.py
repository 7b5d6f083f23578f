"""What whoever keeps something stands on: the desk's instruments, and a reference of its own."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness, new_reference
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

Find = Callable[[AsyncSession, int, str], Awaitable[object | None]]
"""Finds the row of a reference in a guild."""

_TRIES = 8


class Keeper:
    """Holds the desk's instruments, for a domain's part that writes what it keeps."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._randomness = randomness


async def free_reference(
    session: AsyncSession, guild_id: int, prefix: str, randomness: Randomness, find: Find
) -> str:
    """Return a reference that nothing in this guild has, such as `P-7K4Q-2M`.

    Raises:
        RuntimeError: every one that was drawn is taken, which chance does not do.
    """
    for _ in range(_TRIES):
        reference = new_reference(prefix, randomness)
        if await find(session, guild_id, reference) is None:
            return reference
    raise RuntimeError("no free reference was found; the random source is not random")
