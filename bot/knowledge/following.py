"""Following an entry or a section, and hearing of it when it changes."""

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.knowledge.records import FollowRow
from bot.knowledge.revisionmodel import Revision
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

CHANGED = "entry.changed"
"""The effect that tells one person that what they follow has changed."""

ENTRY, SECTION = "entry", "section"


class Following:
    """Who follows what, in every server."""

    def __init__(self, store: Store, outbox: Outbox, people: People, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._clock = clock

    async def follow(self, guild_id: int, user_id: int, subject: str) -> None:
        """Tell this person of changes from now on. `subject` is `entry:ID` or `section:ID`."""

        async def work(session: AsyncSession) -> None:
            now = self._clock()
            person = await self._people.ensure(session, guild_id, user_id, now)
            row = FollowRow(guild_id=guild_id, subject=subject, person_id=person.id, at=now)
            try:
                async with session.begin_nested():
                    session.add(row)
            except IntegrityError:
                return  # they follow it already

        await self._store.write(work)

    async def unfollow(self, guild_id: int, user_id: int, subject: str) -> None:
        """Tell them no more."""

        async def work(session: AsyncSession) -> None:
            person = await self._people.find(session, guild_id, user_id)
            if person is not None:
                await session.execute(
                    delete(FollowRow).where(
                        FollowRow.guild_id == guild_id,
                        FollowRow.person_id == person.id,
                        FollowRow.subject == subject,
                    )
                )

        await self._store.write(work)

    async def followed(self, guild_id: int, user_id: int) -> list[str]:
        """Return what a person follows, the first first."""

        async def work(session: AsyncSession) -> list[str]:
            person = await self._people.find(session, guild_id, user_id)
            if person is None:
                return []
            return list(
                await session.scalars(
                    select(FollowRow.subject)
                    .where(FollowRow.guild_id == guild_id, FollowRow.person_id == person.id)
                    .order_by(FollowRow.id)
                )
            )

        return await self._store.read(work)

    async def changed(self, session: AsyncSession, revision: Revision) -> None:
        """Tell everybody who follows an entry or its section, in the caller's transaction."""
        subjects = (f"{ENTRY}:{revision.entry_id}", f"{SECTION}:{revision.section}")
        people = await session.scalars(
            select(FollowRow.person_id)
            .where(FollowRow.guild_id == revision.guild_id, FollowRow.subject.in_(subjects))
            .distinct()
            .order_by(FollowRow.person_id)
        )
        await self._outbox.post(
            session,
            *(
                Effect(
                    kind=CHANGED,
                    guild_id=revision.guild_id,
                    lane=f"person:{person_id}",
                    key=f"changed:{revision.guild_id}:{revision.reference}:{person_id}",
                    payload={"person": person_id, "revision": revision.reference},
                )
                for person_id in people
            ),
        )
