"""Keeping Discord's AutoMod in step: what is wanted, what is there, what was changed by hand."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.native.model import Kept, State
from bot.moderation.native.records import NativeRuleRow, NativeSetupRow, kept_of
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

SYNC = "automod.sync"
"""Make AutoMod what it ought to be. The payload is empty: how things ought to be is asked then."""


@dataclass(frozen=True)
class Native:
    """How things stand in a server.

    Attributes:
        trouble: the name of the permission that the desk lacks; "" if it lacks none.
    """

    wanted: bool
    trouble: str
    kept: tuple[Kept, ...]


class AutoMods:
    """Which of a server's AutoMod rules are the desk's, and whether it wants any."""

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._audit = audit
        self._clock = clock

    async def of(self, guild_id: int) -> Native:
        """Return how things stand."""

        async def work(session: AsyncSession) -> Native:
            setup = await session.get(NativeSetupRow, guild_id)
            rows = await session.scalars(
                select(NativeRuleRow)
                .where(NativeRuleRow.guild_id == guild_id)
                .order_by(NativeRuleRow.id)
            )
            kept = tuple(map(kept_of, rows))
            if setup is None:
                return Native(wanted=False, trouble="", kept=kept)
            return Native(setup.wanted, setup.trouble, kept)

        return await self._store.read(work)

    async def want(self, guild_id: int, by: int, *, wanted: bool) -> None:
        """Keep whether a server wants AutoMod kept in step, and have it made so."""

        async def work(session: AsyncSession) -> None:
            row = await self._setup(session, guild_id)
            if row.wanted == wanted:
                return
            row.wanted = wanted
            await self._sync(session, row)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            what = f"automod.{'on' if wanted else 'off'}"
            await self._audit.record(session, guild_id, person.id, what, "automod")

        await self._store.write(work)

    async def put_back(self, guild_id: int, by: int) -> None:
        """Have made again what somebody changed or deleted by hand."""

        async def work(session: AsyncSession) -> None:
            rows = await session.scalars(
                select(NativeRuleRow).where(NativeRuleRow.guild_id == guild_id)
            )
            for row in rows:
                if row.state == State.DELETED:
                    await session.delete(row)
                elif row.state == State.CHANGED:
                    row.digest, row.state = "", State.KEPT
            await self._sync(session, await self._setup(session, guild_id))
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._audit.record(session, guild_id, person.id, "automod.put_back", "automod")

        await self._store.write(work)

    async def sync(self, guild_id: int) -> None:
        """Have AutoMod looked at where it is wanted, or could not be taken away."""

        async def work(session: AsyncSession) -> None:
            row = await session.get(NativeSetupRow, guild_id, with_for_update=True)
            if row is not None and (row.wanted or row.trouble):
                await self._sync(session, row)

        await self._store.write(work)

    async def sync_all(self) -> None:
        """As `sync`, for every server."""
        query = select(NativeSetupRow.guild_id).where(
            NativeSetupRow.wanted | (NativeSetupRow.trouble != "")
        )

        async def work(session: AsyncSession) -> list[int]:
            return list(await session.scalars(query))

        for guild_id in await self._store.read(work):
            await self.sync(guild_id)

    async def note(
        self, session: AsyncSession, guild_id: int, kept: Kept, *, tell: bool = False
    ) -> None:
        """Keep, in the transaction of an effect, where one of the desk's rules stands.

        `tell` tells staff that somebody changed it by hand.
        """
        row = await session.scalar(
            select(NativeRuleRow).where(
                NativeRuleRow.guild_id == guild_id, NativeRuleRow.check_id == kept.check_id
            )
        )
        if row is None:
            row = NativeRuleRow(guild_id=guild_id, check_id=kept.check_id)
            session.add(row)
        row.rule_id, row.digest, row.state = kept.rule_id, kept.digest, kept.state
        if tell:
            notice = staff_notice(
                guild_id,
                f"automod.notice.{kept.state}",
                once=f"automod:{kept.check_id}:{kept.rule_id}:{int(self._clock().timestamp())}",
                check=kept.check_id,
            )
            await self._outbox.post(session, notice)

    async def drop(self, session: AsyncSession, guild_id: int, check_id: str) -> None:
        """Forget, in the transaction of an effect, a rule that is not wanted any more."""
        await session.execute(
            delete(NativeRuleRow).where(
                NativeRuleRow.guild_id == guild_id, NativeRuleRow.check_id == check_id
            )
        )

    async def stuck(self, session: AsyncSession, guild_id: int, trouble: str) -> None:
        """Keep, in the transaction of an effect, what the desk lacks; "" if nothing."""
        (await self._setup(session, guild_id)).trouble = trouble[:40]

    async def by_hand(self, guild_id: int, rule_id: int, digest: str | None) -> None:
        """Keep that one of the desk's rules was changed by hand, or deleted (`digest` is None)."""

        async def work(session: AsyncSession) -> None:
            row = await session.scalar(
                select(NativeRuleRow)
                .where(NativeRuleRow.guild_id == guild_id, NativeRuleRow.rule_id == rule_id)
                .with_for_update()
            )
            if row is None or digest == row.digest or row.state == State.DELETED:
                return
            state = State.DELETED if digest is None else State.CHANGED
            if row.state == state:
                return
            kept = Kept(row.check_id, None if digest is None else rule_id, row.digest, state)
            await self.note(session, guild_id, kept, tell=True)

        await self._store.write(work)

    async def check_of(self, guild_id: int, rule_id: int) -> str | None:
        """Return the check that one of the server's AutoMod rules is made of; None if not ours."""
        query = select(NativeRuleRow.check_id).where(
            NativeRuleRow.guild_id == guild_id, NativeRuleRow.rule_id == rule_id
        )
        return await self._store.read(lambda session: session.scalar(query))

    async def _setup(self, session: AsyncSession, guild_id: int) -> NativeSetupRow:
        row = await session.get(NativeSetupRow, guild_id, with_for_update=True)
        if row is None:
            row = NativeSetupRow(
                guild_id=guild_id, wanted=False, version=0, trouble="", changed_at=self._clock()
            )
            session.add(row)
        return row

    async def _sync(self, session: AsyncSession, row: NativeSetupRow) -> None:
        row.version += 1
        row.changed_at = self._clock()
        await session.flush()
        effect = Effect(
            kind=SYNC,
            guild_id=row.guild_id,
            lane=f"{SYNC}:{row.guild_id}",
            key=f"{SYNC}:{row.guild_id}:{row.version}",
            payload={},
        )
        await self._outbox.post(session, effect)
