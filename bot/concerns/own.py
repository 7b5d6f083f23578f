"""What a person sees of their own concerns, and that they have seen it."""

from collections.abc import Sequence

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.attachments import FileKeeper
from bot.concerns.finding.index import TokenIndex
from bot.concerns.inserting import Inserting
from bot.concerns.model import Delivery, OwnConcern
from bot.concerns.news import saw_news
from bot.concerns.newsrows import NewsRow
from bot.concerns.parts import ConcernChanged, Parts, unheard
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, LetterRow, find
from bot.concerns.troubles import NoSuchConcern
from bot.ids import Randomness
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People, Who
from bot.vault import Vault

_WITH_MAIL = select(LetterRow.concern_id).where(LetterRow.delivery == Delivery.MAILBOX)
_WITH_NEWS = select(NewsRow.concern_id).where(
    NewsRow.person_id == ConcernRow.reporter_id, NewsRow.delivery == Delivery.MAILBOX
)


class Own:
    """The ledger as a reporter looks at it."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        clock: Clock,
        randomness: Randomness,
        *,
        per_hour: int,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._clock = clock
        self._randomness = randomness
        self._per_hour = per_hour
        self._reader = Reader(people)
        self._files = FileKeeper(people, vault, clock)
        self._parts = Parts(outbox, people, clock)
        self.on_changed: ConcernChanged = unheard
        self._index = TokenIndex(vault)
        self._inserting = Inserting(people, self._index, randomness)

    async def own(
        self, guild_ids: Sequence[int], user_id: Who, *, skip: int = 0, limit: int = 25
    ) -> tuple[OwnConcern, ...]:
        """Return a person's own concerns in these guilds: waiting replies first, then newest."""

        async def work(session: AsyncSession) -> tuple[OwnConcern, ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            rows = await session.scalars(
                select(ConcernRow)
                .where(ConcernRow.reporter_id.in_(mine))
                .order_by(
                    case((ConcernRow.id.in_(_WITH_MAIL), 0), else_=1),
                    ConcernRow.raised_at.desc(),
                    ConcernRow.id.desc(),
                )
                .offset(skip)
                .limit(limit)
            )
            return await self._reader.own(session, list(rows))

        return await self._store.read(work)

    async def own_one(self, guild_id: int, user_id: Who, reference: str) -> OwnConcern:
        """Return one of a person's own concerns.

        Raises:
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def work(session: AsyncSession) -> OwnConcern:
            row = await self._mine(session, guild_id, user_id, reference)
            (own,) = await self._reader.own(session, [row])
            return own

        return await self._store.read(work)

    async def count(self, guild_ids: Sequence[int], user_id: Who) -> int:
        """Return how many concerns a person has raised in these guilds."""

        async def work(session: AsyncSession) -> int:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            query = select(func.count()).where(ConcernRow.reporter_id.in_(mine))
            return await session.scalar(query) or 0

        return await self._store.read(work)

    async def waiting_letters(
        self, guild_ids: Sequence[int], user_id: Who
    ) -> tuple[tuple[int, str], ...]:
        """Return guild and reference of a person's concerns with replies that wait for them."""

        async def work(session: AsyncSession) -> tuple[tuple[int, str], ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            if not mine:
                return ()
            found = await session.execute(
                select(ConcernRow.guild_id, ConcernRow.reference)
                .where(
                    ConcernRow.reporter_id.in_(mine),
                    or_(ConcernRow.id.in_(_WITH_MAIL), ConcernRow.id.in_(_WITH_NEWS)),
                )
                .order_by(ConcernRow.id)
            )
            return tuple((guild_id, reference) for guild_id, reference in found)

        return await self._store.read(work)

    async def mark_seen(
        self,
        guild_id: int,
        user_id: Who,
        reference: str,
        letter_ids: Sequence[int],
        news_ids: Sequence[int] = (),
    ) -> None:
        """Record that the person has been shown these replies and this news, which waited.

        Raises:
            NoSuchConcern: this guild has no such reference, or it is not this person's.
        """

        async def work(session: AsyncSession) -> None:
            row = await self._mine(session, guild_id, user_id, reference, lock=True)
            changed = await session.scalars(
                update(LetterRow)
                .where(
                    LetterRow.concern_id == row.id,
                    LetterRow.id.in_(letter_ids),
                    LetterRow.delivery == Delivery.MAILBOX,
                )
                .values(delivery=Delivery.SEEN)
                .returning(LetterRow.id)
            )
            news = await saw_news(session, row, row.reporter_id, news_ids)
            if list(changed) or news:
                row.version += 1
                await self._outbox.post(session, effects.card(row))

        await self._store.write(work)

    async def _mine(
        self,
        session: AsyncSession,
        guild_id: int,
        user_id: Who,
        reference: str,
        *,
        lock: bool = False,
    ) -> ConcernRow:
        look = self._parts.find if lock else find
        row = await look(session, guild_id, reference)
        mine = await self._people.ids_of(session, [guild_id], user_id)
        if row is None or row.reporter_id not in mine:
            raise NoSuchConcern(reference)
        return row
