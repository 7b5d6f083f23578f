"""What people say about entries: helped, wrong, outdated. Counted, and a queue for editors."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.knowledge.records import FeedbackRow
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.people import People
from bot.vault import KeyTrouble, Vault

NOTE_LIMIT = 1000
_NOTES = 5


class Said(StrEnum):
    """What can be said about an entry."""

    HELPED = "helped"
    WRONG = "wrong"
    OUTDATED = "outdated"
    UPSTREAM = "upstream"
    """Said by the desk itself: a source is not there any more."""


@dataclass(frozen=True)
class Opinion:
    """What was said about one entry. `helped` counts all; the rest what editors have not settled.

    `notes` are people's own words, newest first.
    """

    entry_id: str
    helped: int = 0
    wrong: int = 0
    outdated: int = 0
    upstream: int = 0
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """How much of it waits for an editor."""
        return self.wrong + self.outdated + self.upstream


class Feedback:
    """What was said in every server, each apart from the others."""

    def __init__(
        self, store: Store, people: People, vault: Vault, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._people = people
        self._vault = vault
        self._audit = audit
        self._clock = clock

    async def say(
        self, guild_id: int, entry_id: str, said: Said, *, once: str, note: str = ""
    ) -> None:
        """Keep what somebody said, and not who. `once` names the card they said it on.

        Raises:
            StoreUnavailable: the database is away.
        """
        key = self._vault.fingerprint("feedback", guild_id, once, said)
        note = note.strip()[:NOTE_LIMIT]
        sealed = self._vault.seal(note.encode("utf-8", "replace")) if note else None

        async def work(session: AsyncSession) -> None:
            known = select(FeedbackRow.id).where(FeedbackRow.intake == key)
            if await session.scalar(known) is not None:
                return
            row = FeedbackRow(
                guild_id=guild_id,
                entry_id=entry_id,
                what=said,
                intake=key,
                content=sealed,
                done=said is Said.HELPED,
                at=self._clock(),
            )
            try:
                async with session.begin_nested():
                    session.add(row)
            except IntegrityError:
                return  # the same press, in another process, at the same instant

        await self._store.write(work)

    async def queue(self, guild_id: int, *, limit: int = 25) -> list[Opinion]:
        """Return what was called wrong or outdated, or lacks a source, most often first."""
        counts = (
            select(FeedbackRow.entry_id, FeedbackRow.what, func.count())
            .where(FeedbackRow.guild_id == guild_id)
            .group_by(FeedbackRow.entry_id, FeedbackRow.what)
        )
        still = (FeedbackRow.what == Said.HELPED) | ~FeedbackRow.done
        notes = (
            select(FeedbackRow.entry_id, FeedbackRow.content)
            .where(
                FeedbackRow.guild_id == guild_id,
                ~FeedbackRow.done,
                FeedbackRow.content.is_not(None),
            )
            .order_by(FeedbackRow.id.desc())
        )

        async def work(session: AsyncSession) -> list[Opinion]:
            counted: dict[str, dict[str, int]] = {}
            for entry_id, what, count in await session.execute(counts.where(still)):
                counted.setdefault(entry_id, {})[what] = count
            written: dict[str, list[str]] = {}
            for entry_id, content in await session.execute(notes):
                written.setdefault(entry_id, []).append(self._open(content or b""))
            return [
                Opinion(
                    entry_id,
                    helped=said.get(Said.HELPED, 0),
                    wrong=said.get(Said.WRONG, 0),
                    outdated=said.get(Said.OUTDATED, 0),
                    upstream=said.get(Said.UPSTREAM, 0),
                    notes=tuple(written.get(entry_id, [])[:_NOTES]),
                )
                for entry_id, said in counted.items()
            ]

        opinions = [one for one in await self._store.read(work) if one.open]
        return sorted(opinions, key=lambda one: -one.open)[:limit]

    async def settle(self, guild_id: int, entry_id: str, by: int) -> None:
        """Take an entry off the queue: an editor has looked at what was said."""

        async def work(session: AsyncSession) -> None:
            await session.execute(
                update(FeedbackRow)
                .where(FeedbackRow.guild_id == guild_id, FeedbackRow.entry_id == entry_id)
                .values(done=True)
            )
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._audit.record(
                session, guild_id, person.id, "knowledge.feedback_settled", entry_id
            )

        await self._store.write(work)

    def _open(self, sealed: bytes) -> str:
        try:
            return self._vault.unseal(sealed).decode("utf-8", "replace")
        except KeyTrouble:
            return ""


def total(opinions: Sequence[Opinion]) -> int:
    """Return how much waits for an editor in all."""
    return sum(one.open for one in opinions)
