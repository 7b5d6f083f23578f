"""The audit: who opened, changed or exported what, appended in the transaction that did it.

Entries of a guild form a chain: each carries a keyed hash (HMAC-SHA-256 under the index key, as
all the desk's fingerprints) of itself and of the entry before it. So whoever can write to the
database but does not hold the key cannot change, insert or remove an entry unnoticed; triggers
refuse to try (migration 0002). The audit holds no texts, and people only as `person` row ids:
erasing somebody turns their name in it into "somebody who erased themselves" and breaks nothing.

Retention removes the oldest entries only: the chain's row says which hash the first kept entry
follows, and which entry is the last, under a keyed proof of its own. So neither end can be cut off
without the key. A row whose proof is wrong never gets a right one again. Whoever puts back an older
state of the whole database, its proof with it, is found by comparing the last hash with one that
was noted elsewhere (`commonplace privacy audit verify` prints it).
"""

import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.store.base import Row, RowId, Snowflake, UtcDateTime
from bot.vault import Vault

_PAGE = 500
_START = ""
"""What the very first entry of a chain follows."""


class AuditRow(Row):
    """One entry. Never changed, and deleted only by retention."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("guild_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, str]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(43))


class AuditChainRow(Row):
    """Where a guild's chain stands: its last entry, and what the first kept one follows.

    `kept_proof` is a keyed hash of all of it.
    """

    __tablename__ = "audit_chain"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(43))
    kept_after: Mapped[int]
    kept_hash: Mapped[str] = mapped_column(String(43))
    kept_proof: Mapped[str] = mapped_column(String(43))


@dataclass(frozen=True)
class Entry:
    """Something that was opened, changed or exported. `actor_id` is a person's row id.

    Without an actor it was the desk itself, or whoever runs it, at the terminal (`detail` says).
    """

    guild_id: int
    number: int
    at: datetime
    actor_id: int | None
    what: str
    subject: str
    detail: dict[str, str] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True)
class Verdict:
    """What verifying one guild's chain found. `broken` is the number of the first wrong entry."""

    guild_id: int
    entries: int
    last: int
    hash: str
    broken: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """Say whether nothing was changed, inserted or removed."""
        return self.broken is None


class Audit:
    """Appends to the audit, reads it, verifies it."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def record(
        self,
        session: AsyncSession,
        guild_id: int,
        actor_id: int | None,
        what: str,
        subject: str,
        detail: Mapping[str, str] | None = None,
    ) -> Entry:
        """Append an entry in the caller's own transaction.

        `what` is a past participle with its area (`concern.opened`, at most 40 characters),
        `subject` a reference (`C-7K4Q-2M`, at most 80), `detail` references and states: never
        people's words, names or Discord ids. Call it last in a unit of work: on PostgreSQL it
        holds the guild's chain until the commit.
        """
        if len(what) > 40 or len(subject) > 80:
            raise ValueError(f"the audit's {what[:40]} is too long, or its subject is")
        chain = await self._chain(session, guild_id)
        entry = Entry(
            guild_id=guild_id,
            number=chain.number + 1,
            at=self._clock(),
            actor_id=actor_id,
            what=what,
            subject=subject,
            detail=dict(detail or {}),
        )
        made = self._hash(entry, chain.hash)
        session.add(
            AuditRow(
                guild_id=guild_id,
                number=entry.number,
                at=entry.at,
                actor_id=actor_id,
                what=what,
                subject=subject,
                detail=entry.detail,
                hash=made,
            )
        )
        with self._proving(chain):
            chain.number, chain.hash = entry.number, made
        await session.flush()
        return entry

    async def guild_ids(self, session: AsyncSession) -> list[int]:
        """Return the guilds that have a chain."""
        return list(
            await session.scalars(select(AuditChainRow.guild_id).order_by(AuditChainRow.guild_id))
        )

    async def entries(
        self, session: AsyncSession, guild_id: int, *, after: int = 0
    ) -> AsyncIterator[Entry]:
        """Yield a guild's entries with a number above `after`, oldest first."""
        while True:
            rows = list(
                await session.scalars(
                    select(AuditRow)
                    .where(AuditRow.guild_id == guild_id, AuditRow.number > after)
                    .order_by(AuditRow.number)
                    .limit(_PAGE)
                )
            )
            for row in rows:
                yield _entry(row)
                session.expunge(row)
            if len(rows) < _PAGE:
                return
            after = rows[-1].number

    async def verify(self, session: AsyncSession, guild_id: int) -> Verdict:
        """Walk a guild's chain from its first kept entry to its last; say where it breaks."""
        chain = await session.get(AuditChainRow, guild_id, populate_existing=True)
        found, number, before, why = 0, 0, _START, ""
        if chain is not None:
            number, before = chain.kept_after, chain.kept_hash
            if not self._proven(chain):
                why = "the start or the end of the chain was moved"
        async for entry in self.entries(session, guild_id):
            if chain is None:
                why = "the chain's own row is missing"
            elif not why and entry.number != number + 1:
                why = "an entry is missing"
            elif not why and entry.hash != self._hash(entry, before):
                why = "an entry was changed"
            if why:
                break
            number, before, found = entry.number, entry.hash, found + 1
        if chain is not None and not why and (chain.number, chain.hash) != (number, before):
            why = "the last entries are missing"
        return Verdict(guild_id, found, number, before, number + 1 if why else None, why)

    async def hash_at(self, session: AsyncSession, guild_id: int, number: int) -> str | None:
        """Return the hash of one entry; None if it is not (or no longer) there."""
        return await session.scalar(
            select(AuditRow.hash).where(AuditRow.guild_id == guild_id, AuditRow.number == number)
        )

    async def count_before(self, session: AsyncSession, cutoff: datetime) -> int:
        """Return how many entries are older than `cutoff`."""
        count = await session.scalar(select(func.count()).where(AuditRow.at < cutoff))
        return count or 0

    async def forget_before(self, session: AsyncSession, guild_id: int, cutoff: datetime) -> int:
        """Remove a guild's entries older than `cutoff`; the chain stays verifiable after them.

        The removal is itself an entry. Returns how many were removed.
        """
        chain = await self._chain(session, guild_id)
        # Up to the first entry that must stay: what is removed is always the head of the chain.
        first_kept = await session.scalar(
            select(func.min(AuditRow.number)).where(
                AuditRow.guild_id == guild_id, AuditRow.at >= cutoff
            )
        )
        upto = chain.number if first_kept is None else first_kept - 1
        if upto <= chain.kept_after:
            return 0
        hash_ = await self.hash_at(session, guild_id, upto)
        if hash_ is None:
            raise LookupError("the audit is broken; run `commonplace privacy audit verify`")
        removed = upto - chain.kept_after
        with self._proving(chain):
            chain.kept_after, chain.kept_hash = upto, hash_
        await session.flush()
        # The trigger lets go of nothing above `kept_after`.
        await session.execute(
            delete(AuditRow).where(AuditRow.guild_id == guild_id, AuditRow.number <= upto)
        )
        await self.record(session, guild_id, None, "audit.shortened", "audit", {"upto": str(upto)})
        return removed

    async def _chain(self, session: AsyncSession, guild_id: int) -> AuditChainRow:
        """Return a guild's chain, locked until the commit; made on its first entry."""
        query = (
            select(AuditChainRow)
            .where(AuditChainRow.guild_id == guild_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        chain = await session.scalar(query)
        if chain is not None:
            return chain
        chain = AuditChainRow(
            guild_id=guild_id,
            number=0,
            hash=_START,
            kept_after=0,
            kept_hash=_START,
            kept_proof="",
        )
        chain.kept_proof = self._proof(chain)
        try:
            async with session.begin_nested():
                session.add(chain)
        except IntegrityError:
            # Another process began the same chain at the same instant; theirs is the one.
            made = await session.scalar(query)
            if made is None:
                raise
            return made
        return chain

    def _hash(self, entry: Entry, before: str) -> str:
        detail = json.dumps(entry.detail, sort_keys=True, separators=(",", ":"))
        return self._vault.fingerprint(
            "audit",
            before,
            entry.guild_id,
            entry.number,
            entry.at.isoformat(),
            "" if entry.actor_id is None else entry.actor_id,
            entry.what,
            entry.subject,
            detail,
        )

    @contextlib.contextmanager
    def _proving(self, chain: AuditChainRow) -> Iterator[None]:
        """Prove a chain's row anew after a change, if it was right before it."""
        right = self._proven(chain)
        yield
        if right:
            chain.kept_proof = self._proof(chain)

    def _proven(self, chain: AuditChainRow) -> bool:
        return hmac.compare_digest(chain.kept_proof, self._proof(chain))

    def _proof(self, chain: AuditChainRow) -> str:
        ends = (chain.kept_after, chain.kept_hash, chain.number, chain.hash)
        return self._vault.fingerprint("audit-ends", chain.guild_id, *ends)


def _entry(row: AuditRow) -> Entry:
    return Entry(
        row.guild_id,
        row.number,
        row.at,
        row.actor_id,
        row.what,
        row.subject,
        dict(row.detail),
        row.hash,
    )
