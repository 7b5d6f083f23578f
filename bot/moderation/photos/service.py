"""Pictures in guarded channels: covered, shown once their author said who is in them, or gone."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.metrics import VERDICTS
from bot.moderation.keeping import VerdictRow
from bot.moderation.model import Action, Mode
from bot.moderation.photos import effects
from bot.moderation.photos.model import (
    IN_SIGHT,
    LONGEST,
    MOST_CHANNELS,
    NoSuchPhoto,
    NotYours,
    Photo,
    PhotoGone,
    PhotoSetup,
    Said,
    State,
)
from bot.moderation.photos.records import PhotoRow, PhotoSetupRow, setup_of
from bot.moderation.settings import CheckSettings
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People

EVERY = 60.0
"""Seconds between two looks at whether an author was waited for long enough."""
_AT_ONCE = 50


class Photos:
    """The photo guard. It holds no picture: they go from one message of Discord to another."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        audit: Audit,
        clock: Clock,
        *,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._audit = audit
        self._clock = clock
        self._dry_run = dry_run
        self.watched: dict[int, frozenset[int]] = {}
        """Where pictures are guarded, server by server: in memory, for whoever may not wait."""

    async def setup(self, guild_id: int) -> PhotoSetup:
        """Return a server's choice."""
        row = await self._store.read(lambda session: session.get(PhotoSetupRow, guild_id))
        return PhotoSetup() if row is None else setup_of(row)

    async def choose(self, guild_id: int, chosen: PhotoSetup, by: int) -> PhotoSetup:
        """Keep a server's choice; hours out of bounds become the nearest within them."""
        chosen = PhotoSetup(chosen.channels[:MOST_CHANNELS], min(max(chosen.hours, 1), LONGEST))

        async def work(session: AsyncSession) -> None:
            channels, now = [str(one) for one in chosen.channels], self._clock()
            row = await session.get(PhotoSetupRow, guild_id)
            if row is None:
                row = PhotoSetupRow(guild_id=guild_id)
                session.add(row)
            row.channels, row.hours, row.changed_at = channels, chosen.hours, now
            person = await self._people.ensure(session, guild_id, by, now)
            await self._audit.record(session, guild_id, person.id, "photo.setup", "setup")

        await self._store.write(work)
        await self.refresh()
        return chosen

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self.watched.pop(guild_id, None)

    def guards(self, guild_id: int, places: Iterable[int]) -> bool:
        """Say whether pictures are guarded in one of these: a channel, or its thread."""
        watched = self.watched.get(guild_id)
        return watched is not None and not watched.isdisjoint(places)

    async def see(
        self,
        check: CheckSettings,
        guild_id: int,
        channel_id: int,
        message_id: int,
        author: int,
        text: str,
    ) -> bool:
        """Record a message with pictures, and have it covered; False if it was or in dry run."""
        dry = self._dry_run or check.mode is Mode.DRY
        setup = await self.setup(guild_id)

        async def work(session: AsyncSession) -> bool:
            now = self._clock()
            known = select(VerdictRow.id).where(
                VerdictRow.guild_id == guild_id,
                VerdictRow.message_id == message_id,
                VerdictRow.check_id == check.id,
            )
            if await session.scalar(known) is not None:
                return False
            session.add(
                VerdictRow(
                    guild_id=guild_id,
                    at=now,
                    rule=check.rule,
                    check_id=check.id,
                    action=Action.HOLD,
                    dry=dry,
                    again=False,
                    channel_id=channel_id,
                    message_id=message_id,
                    author=self._people.fingerprint(guild_id, author),
                    evidence="",
                )
            )
            if dry:
                return False
            person = await self._people.ensure(session, guild_id, author, now)
            key = await self._people.ensure_text_key(session, person)
            row = PhotoRow(
                guild_id=guild_id,
                channel_id=channel_id,
                message_id=message_id,
                author_id=person.id,
                content=self._people.seal(text, key),
                rule=check.rule,
                at=now,
                ends_at=now + timedelta(hours=setup.hours),
                state=State.SEEN,
                said=None,
                said_at=None,
                post_id=None,
                located=False,
            )
            session.add(row)
            await session.flush()
            await self._outbox.post(session, effects.cover(row))
            return True

        held = await self._store.write(work)
        VERDICTS.labels(check.check, Action.HOLD, "dry" if dry else "on").inc()
        return held

    async def photo(self, guild_id: int, message_id: int) -> Photo:
        """Return a message with pictures.

        Raises:
            NoSuchPhoto: there is none, or not any more.
        """

        async def work(session: AsyncSession) -> Photo:
            return await self._whole(session, await _row(session, guild_id, message_id))

        return await self._store.read(work)

    async def author_of(self, guild_id: int, post_id: int) -> int | None:
        """Return who posted the pictures of one of the desk's messages; None if it has none."""
        query = select(PhotoRow.author_id).where(
            PhotoRow.guild_id == guild_id, PhotoRow.post_id == post_id
        )

        async def work(session: AsyncSession) -> int | None:
            author = await session.scalar(query)
            return None if author is None else await self._people.user_id(session, author)

        return await self._store.read(work)

    async def covered(
        self,
        session: AsyncSession,
        photo: Photo,
        post_id: int,
        *,
        located: bool,
    ) -> None:
        """Note, in the transaction of the effect, which message covers the pictures."""
        guild_id, message_id = photo.guild_id, photo.message_id
        try:
            row = await _row(session, guild_id, message_id, lock=True)
        except NoSuchPhoto:  # its author erased themselves just now
            gone = effects.gone_of(guild_id, message_id, photo.channel_id, post_id)
            await self._outbox.post(session, gone)
            return
        row.post_id, row.located = post_id, located
        if row.state == State.SEEN:
            row.state = State.COVERED
        elif row.state not in IN_SIGHT:
            await self._outbox.post(session, effects.gone(row))
        if located:
            await self._outbox.post(session, effects.tell(row, "located"))

    async def unfit(self, session: AsyncSession, guild_id: int, message_id: int) -> None:
        """Note, in the transaction of the effect, that the pictures cannot be covered."""
        row = await _row(session, guild_id, message_id, lock=True)
        if row.state != State.SEEN:
            return
        row.state = State.UNFIT
        await self._outbox.post(session, effects.tell(row, "unfit"))

    async def say(self, guild_id: int, message_id: int, by: int, said: Said) -> Photo:
        """Keep what an author says of who is in their pictures, and have them shown.

        Raises:
            NoSuchPhoto: the desk does not know them any more.
            NotYours: somebody else posted them.
            PhotoGone: they were taken down.
        """

        async def work(session: AsyncSession) -> Photo:
            row = await self._own(session, guild_id, message_id, by)
            if row.state == State.SHOWN:
                return await self._whole(session, row)
            row.state, row.said, row.said_at = State.SHOWN, said, self._clock()
            await session.flush()
            await self._outbox.post(session, effects.show(row))
            detail = {"said": str(said)}
            await self._audit.record(
                session, guild_id, row.author_id, "photo.confirmed", "photo", detail
            )
            return await self._whole(session, row)

        return await self._store.write(work)

    async def take_back(self, guild_id: int, message_id: int, by: int) -> Photo:
        """Take an author's pictures down, as they wish; their text is handed back.

        Raises:
            NoSuchPhoto, NotYours, PhotoGone: as `say`.
        """

        async def work(session: AsyncSession) -> Photo:
            row = await self._own(session, guild_id, message_id, by)
            row.state = State.TAKEN_BACK
            await self._outbox.post(session, effects.gone(row))
            return await self._whole(session, row)

        return await self._store.write(work)

    async def look(self) -> None:
        """Take down what nobody said anything about in time."""
        due = select(PhotoRow.id).where(
            PhotoRow.state == State.COVERED, PhotoRow.ends_at <= self._clock()
        )

        async def late(session: AsyncSession) -> list[int]:
            return list(await session.scalars(due.limit(_AT_ONCE)))

        async def end(session: AsyncSession, row_id: int) -> None:
            row = await session.get(PhotoRow, row_id, with_for_update=True, populate_existing=True)
            if row is None or row.state != State.COVERED:
                return
            row.state = State.EXPIRED
            await self._outbox.post(session, effects.gone(row), effects.tell(row, "expired"))

        for row_id in await self._store.read(late):
            await self._store.write(partial(end, row_id=row_id))
        await self.refresh()  # another process may have changed a choice

    async def refresh(self) -> None:
        """Have in memory where pictures are guarded."""

        async def work(session: AsyncSession) -> dict[int, frozenset[int]]:
            rows = await session.scalars(select(PhotoSetupRow))
            return {row.guild_id: frozenset(setup_of(row).channels) for row in rows}

        found = await self._store.read(work)
        self.watched = {guild_id: channels for guild_id, channels in found.items() if channels}

    async def _own(
        self, session: AsyncSession, guild_id: int, message_id: int, by: int
    ) -> PhotoRow:
        row = await _row(session, guild_id, message_id, lock=True)
        person = await self._people.find(session, guild_id, by)
        if person is None or person.id != row.author_id:
            raise NotYours
        if row.state not in IN_SIGHT:
            raise PhotoGone
        return row

    async def _whole(self, session: AsyncSession, row: PhotoRow) -> Photo:
        text = None
        if row.content is not None:
            text = self._people.open(
                row.content, await self._people.text_key(session, row.author_id)
            )
        return Photo(
            guild_id=row.guild_id,
            channel_id=row.channel_id,
            message_id=row.message_id,
            author=await self._people.user_id(session, row.author_id),
            text=text,
            rule=row.rule,
            state=State(row.state),
            said=None if row.said is None else Said(row.said),
            post=row.post_id,
            located=row.located,
            ends_at=row.ends_at,
        )


async def _row(
    session: AsyncSession, guild_id: int, message_id: int, *, lock: bool = False
) -> PhotoRow:
    query = select(PhotoRow).where(PhotoRow.guild_id == guild_id, PhotoRow.message_id == message_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = await session.scalar(query)
    if row is None:
        raise NoSuchPhoto
    return row
