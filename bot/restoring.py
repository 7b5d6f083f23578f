"""Putting a backup in the place of the desk's database, without bringing back who was erased."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import Desk
from bot.privacy.erasures import listed
from bot.settings import Settings
from bot.store import Store, StoreUnavailable
from bot.store.backup import (
    BackupTrouble,
    discard,
    erased_in,
    put_back_dump,
    seal_in_dump,
    sound_copy,
    swap,
)
from bot.store.hold import hold
from bot.store.scrub import empty_log
from bot.vault import KeyTrouble, open_vault


@dataclass(frozen=True)
class Restored:
    """What restoring did. `kept` is where the replaced database is."""

    erased_again: int
    kept: Path | None


async def restore(settings: Settings, backup: Path) -> Restored:
    """Put a backup in the database's place, migrated, and erase again who is on the erase list.

    Raises:
        BackupTrouble: the backup cannot be used; nothing was changed.
        KeyTrouble: the desk's key does not open it; nothing was changed.
        NewerDatabase: a newer release made it; nothing was changed.
        DatabaseHeld: a desk is running on the database.
    """
    _check(settings, backup)
    with hold(settings.database_url.get_secret_value()):
        file = settings.database_file
        return await (
            _postgres(settings, backup) if file is None else _sqlite(settings, backup, file)
        )


def _check(settings: Settings, backup: Path) -> None:
    if not backup.is_file():
        raise BackupTrouble(f"There is no file {backup}.")
    if settings.keys is None and not settings.key_file.exists():
        # A desk without a key would make one, which could not open anything.
        raise KeyTrouble(
            f"There is no key file {settings.key_file}. Put the key back first: without it, what "
            "the backup holds stays sealed."
        )


async def _sqlite(settings: Settings, backup: Path, database: Path) -> Restored:
    copy = sound_copy(backup, database)
    try:
        url = SecretStr(f"sqlite+aiosqlite:///{copy}")
        again = await _made_current(
            settings.model_copy(update={"database_url": url}), erased_in(database)
        )
        return Restored(again, swap(copy, database))
    finally:
        discard(copy)


async def _postgres(settings: Settings, backup: Path) -> Restored:
    vault = open_vault(
        settings.key_file,
        settings.keys.get_secret_value() if settings.keys else None,
        settings.index_key.get_secret_value() if settings.index_key else None,
    )
    vault.unseal(seal_in_dump(backup))
    url = settings.database_url.get_secret_value()
    erased = await _erased_in(url)
    put_back_dump(url, backup)
    return Restored(await _made_current(settings, erased), None)


async def _made_current(settings: Settings, erased: list[str]) -> int:
    """Open the restored database as a desk does, catch up with erasures, and note it."""
    desk = await Desk.open(settings, serving=False)
    try:
        again = await desk.privacy.catch_up(erased)

        async def work(session: AsyncSession) -> None:
            for guild_id in await desk.audit.guild_ids(session):
                await desk.audit.record(session, guild_id, None, "desk.restored", "database")

        await desk.store.write(work)
        await empty_log(desk.store)
        return again
    finally:
        await desk.close()


async def _erased_in(url: str) -> list[str]:
    store = Store(url)
    try:
        return list(await store.read(listed))
    except Exception as error:
        # An empty database has no list, and one that is away cannot be restored to either.
        if isinstance(error, StoreUnavailable):
            raise
        return []
    finally:
        await store.close()
