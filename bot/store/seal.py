"""The desk's seal: proof, at start, that this key belongs to this database."""

from sqlalchemy import LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import DESK, Row
from bot.store.engine import Store
from bot.vault import Vault

_TEXT = b"commonplace"


class SealRow(Row):
    """One row: a known text, sealed under the desk's key."""

    __tablename__ = "desk_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=DESK)


async def check_seal(store: Store, vault: Vault) -> None:
    """Refuse to go on with the wrong key; on a new database, leave the seal.

    Raises:
        KeyTrouble: the key does not open this database.
        StoreUnavailable: the database cannot be reached.
    """

    async def work(session: AsyncSession) -> None:
        sealed = await session.scalar(select(SealRow.sealed))
        if sealed is None:
            session.add(SealRow(id=1, sealed=vault.seal(_TEXT)))
        else:
            vault.unseal(sealed)

    await store.write(work)
