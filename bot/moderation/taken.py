"""Messages that were taken down: kept for their authors, and for moderators to decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.keeping import TakenRow
from bot.moderation.model import Action, Check
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

TAKE = "guard.take"
"""Delete a message. The payload is `{"channel": id, "message": id}`."""

SWEEP = "guard.sweep"
"""Delete messages of one channel at once. The payload is `{"channel": id, "messages": ids}`."""

TELL = "guard.tell"
"""Tell a message's author, in private, what became of it. The payload is `{"message": id}`."""

HELD = "guard.held"
"""Show moderators a message that waits for them, or what they decided. As `TELL`."""

CASE = "guard.case"
"""Open the case of a verdict that warns or times out. As `TELL`, with `minutes`."""


MOST_SWEPT = 100
"""Discord's own limit (https://docs.discord.com/developers/resources/message#bulk-delete-messages).
"""


class State(StrEnum):
    """Where a message stands that was taken down."""

    ASKED = "asked"
    TAKEN = "taken"
    HELD = "held"
    ALLOWED = "allowed"
    REFUSED = "refused"
    FREE = "free"
    """It waited in a storm, which is over: its author may post it."""


class NoSuchMessage(Exception):
    """The desk keeps no such message, or not any more."""


class Decided(Exception):
    """Somebody else has decided this message meanwhile."""


@dataclass(frozen=True)
class Taken:
    """A message that was taken down, as its author and moderators see it."""

    guild_id: int
    message_id: int
    channel_id: int
    author: int | None = field(repr=False)
    text: str | None = field(repr=False)
    """None once it is erased, or if the message still stands."""
    at: datetime
    rule: str
    check: Check
    action: Action
    state: State
    evidence: str
    decided_by: int | None = None


class TakenDown:
    """What was taken down, and what becomes of it."""

    def __init__(self, store: Store, outbox: Outbox, people: People, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._clock = clock

    async def taken(self, guild_id: int, message_id: int) -> Taken:
        """Return a message that was taken down.

        Raises:
            NoSuchMessage: there is none, or not any more.
        """

        async def work(session: AsyncSession) -> Taken:
            return await self._whole(session, await find(session, guild_id, message_id))

        return await self._store.read(work)

    async def taken_from(self, guild_id: int, user_id: int) -> list[Taken]:
        """Return what was taken down of a person's and is kept for them, the latest first."""

        async def work(session: AsyncSession) -> list[Taken]:
            person = await self._people.find(session, guild_id, user_id)
            if person is None:
                return []
            rows = await session.scalars(
                select(TakenRow)
                .where(TakenRow.author_id == person.id, TakenRow.content.is_not(None))
                .order_by(TakenRow.id.desc())
                .limit(10)
            )
            return [await self._whole(session, row) for row in rows]

        return await self._store.read(work)

    async def ask_again(self, guild_id: int, message_id: int, user_id: int) -> Taken:
        """Put a message that was taken down before moderators, as its author wishes.

        Raises:
            NoSuchMessage: it is not kept any more, or not this person's.
            Decided: moderators have looked at it already.
        """

        async def work(session: AsyncSession) -> Taken:
            row = await find(session, guild_id, message_id, lock=True)
            person = await self._people.find(session, guild_id, user_id)
            if person is None or person.id != row.author_id:
                raise NoSuchMessage(message_id)
            if row.state in (State.ALLOWED, State.REFUSED):
                raise Decided(message_id)
            if row.state != State.HELD:
                row.state = State.HELD
                await self._outbox.post(session, effect_of(HELD, row, "asked"))
            return await self._whole(session, row)

        return await self._store.write(work)

    async def decide(self, guild_id: int, message_id: int, by: int, *, allow: bool) -> Taken:
        """Say whether a held message may be posted again; its author is told.

        Raises:
            NoSuchMessage: it is not kept any more.
            Decided: somebody else decided it otherwise.
        """
        wanted = State.ALLOWED if allow else State.REFUSED

        async def work(session: AsyncSession) -> Taken:
            row = await find(session, guild_id, message_id, lock=True)
            if row.state in (State.ALLOWED, State.REFUSED):
                if row.state != wanted:
                    raise Decided(message_id)
                return await self._whole(session, row)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            row.state, row.decided_by_id = wanted, person.id
            await self._outbox.post(
                session, effect_of(TELL, row, "decided"), effect_of(HELD, row, "decided")
            )
            return await self._whole(session, row)

        return await self._store.write(work)

    async def _whole(self, session: AsyncSession, row: TakenRow) -> Taken:
        text = None
        if row.content is not None:
            text = self._people.open(
                row.content, await self._people.text_key(session, row.author_id)
            )
        by = None
        if row.decided_by_id is not None:
            by = await self._people.user_id(session, row.decided_by_id)
        return Taken(
            guild_id=row.guild_id,
            message_id=row.message_id,
            channel_id=row.channel_id,
            author=await self._people.user_id(session, row.author_id),
            text=text,
            at=row.at,
            rule=row.rule,
            check=Check(row.check_id),
            action=Action(row.action),
            state=State(row.state),
            evidence=row.evidence,
            decided_by=by,
        )


async def find(
    session: AsyncSession, guild_id: int, message_id: int, *, lock: bool = False
) -> TakenRow:
    """Return a message that was taken down.

    Raises:
        NoSuchMessage: there is none, or not any more.
    """
    query = select(TakenRow).where(TakenRow.guild_id == guild_id, TakenRow.message_id == message_id)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NoSuchMessage(message_id)
    return row


def takings(rows: Sequence[TakenRow]) -> list[Effect]:
    """Return what deletes these messages: many of one channel go at once.

    One by one, Discord lets a bot delete about five a second in a channel, and a raid is faster.
    """
    there: dict[int, list[TakenRow]] = {}
    for row in rows:
        there.setdefault(row.channel_id, []).append(row)
    effects = []
    for channel_id, here in there.items():
        for start in range(0, len(here), MOST_SWEPT):
            part = here[start : start + MOST_SWEPT]
            if len(part) == 1:
                effects.append(effect_of(TAKE, part[0], ""))
                continue
            key = f"{SWEEP}:{part[0].message_id}:{len(part)}"
            payload = {"channel": channel_id, "messages": [one.message_id for one in part]}
            effects.append(Effect(SWEEP, part[0].guild_id, key, key, payload))
    return effects


def effect_of(kind: str, row: TakenRow, occasion: str) -> Effect:
    """Return an effect about a message, done once an occasion."""
    payload = {"message": row.message_id, "channel": row.channel_id}
    # What is taken down goes first and waits for nobody's direct messages.
    lane = f"{kind}:{row.message_id}"
    return Effect(kind, row.guild_id, lane, f"{kind}:{row.message_id}:{occasion}", payload)
