"""The right of reply: what a guest says about a matter goes on its topic page as they wrote it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.guests.model import COMING, Invitation, NoSuchGuest
from bot.discussions.guests.records import GuestReplyRow, GuestRow
from bot.discussions.guests.service import Guests, tell
from bot.discussions.model import BadPlan
from bot.discussions.records import SessionRow, host_ids
from bot.discussions.times import a_line, a_text

REPLY_LIMIT = 320
WHO_LIMIT = 60
LINK_LIMIT = 300


@dataclass(frozen=True)
class Reply:
    """A guest's reply. `placed` is the topic page it was put on; "" while it waits for that."""

    guest: int
    who: str
    words: str
    link: str
    placed: str


class GuestReplies(Guests):
    """Keeps replies beside the guests who wrote them."""

    async def reply(self, guest: int, user_id: int, who: str, words: str, link: str) -> None:
        """Keep what a guest replies; hosts are told. One that was placed stays as it is there.

        Raises:
            BadPlan: a part is missing, too long, or no address.
            NoSuchGuest: they are no guest, or their reply was placed already.
        """
        who = a_line(who, WHO_LIMIT, "guest.reply.bad")
        words = a_line(words, REPLY_LIMIT, "guest.reply.bad")
        link = a_text(link, LINK_LIMIT, "guest.reply.bad")
        if link and not link.startswith("https://"):
            raise BadPlan("guest.reply.bad")

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            person = await self._people.find(store, row.guild_id, user_id)
            there = await store.get(GuestReplyRow, row.id)
            placed = there is not None and there.placed
            if Invitation(row.state) not in COMING or person is None or placed:
                raise NoSuchGuest
            key = await self._people.ensure_text_key(store, person)
            kept = json.dumps({"who": who, "words": words, "link": link})
            await store.merge(
                GuestReplyRow(
                    guest_id=row.id,
                    guild_id=row.guild_id,
                    content=self._people.seal(kept, key),
                    placed="",
                    at=self._clock(),
                )
            )
            row.version += 1
            for host in await host_ids(store, held.id):
                await self._outbox.post(store, tell(row, host, "replied"))

        await self._theirs(guest, user_id, change)

    async def replies(self, guild_id: int, session: str) -> Sequence[Reply]:
        """Return the replies of a session's guests.

        Raises:
            NoSuchSession: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> list[Reply]:
            held = await self._session(store, guild_id, session)
            rows = await store.execute(
                select(GuestReplyRow, GuestRow.person_id)
                .join(GuestRow, GuestRow.id == GuestReplyRow.guest_id)
                .where(GuestRow.session_id == held.id)
                .order_by(GuestReplyRow.guest_id)
            )
            found = []
            for row, person_id in rows.all():
                key = await self._people.text_key_of(store, person_id)
                packed = row.content and self._people.open(row.content, key)
                if packed:
                    kept = json.loads(packed)
                    found.append(
                        Reply(row.guest_id, kept["who"], kept["words"], kept["link"], row.placed)
                    )
            return found

        return await self._store.read(work)

    async def placed_on(self, guild_id: int, guest: int, by: int, topic: str) -> None:
        """Note on which topic page a reply was put; its guest is told.

        Raises:
            NoSuchGuest: there is none that waits.
        """

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            there = await store.get(GuestReplyRow, row.id, with_for_update=True)
            if there is None or there.placed:
                raise NoSuchGuest
            there.placed = topic
            row.version += 1
            await self._outbox.post(store, tell(row, row.person_id, "placed"))

        await self._by_host(guild_id, guest, by, change, "guest.reply_placed")
