"""The guests of every server: invited, introduced, expected, and let go at the end."""

from collections.abc import Awaitable, Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.guests.model import (
    COMING,
    EXPECTED,
    INTRODUCTION_LIMIT,
    MOST_GUESTS,
    ROLE_BEFORE,
    Guest,
    Invitation,
    NoSuchGuest,
    TooManyGuests,
)
from bot.discussions.guests.records import GuestRoleRow, GuestRow
from bot.discussions.model import NoSuchSession, NotAllowedMove, State
from bot.discussions.records import SessionRow, find, host_ids
from bot.discussions.times import a_text
from bot.store.keeper import Keeper
from bot.store.outbox import Effect

TELL = "guest.tell"
"""The effect that writes to a guest or a host: `what` says what about."""
ROLE = "guest.role"
"""The effect that gives a guest their role, or takes it away."""
CARD = "guest.card"
"""The effect that posts a guest's introduction, or brings it up to date."""

_INVITING = frozenset({State.PLANNED, State.ANNOUNCED, State.OPEN})


class Guests(Keeper):
    """Keeps guests, each server's apart from the others."""

    async def invite(self, guild_id: int, session: str, by: int, user_id: int) -> Guest:
        """Invite somebody, by direct message; who declined or was removed is asked anew.

        Raises:
            NoSuchSession: this guild has no such reference.
            NotAllowedMove: the session is over.
            TooManyGuests: it has as many as it can.
        """

        async def work(store: AsyncSession) -> Guest:
            held = await self._session(store, guild_id, session)
            if State(held.state) not in _INVITING:
                raise NotAllowedMove(State(held.state), State.OPEN)
            now = self._clock()
            person = await self._people.ensure(store, guild_id, user_id, now)
            host = await self._people.ensure(store, guild_id, by, now)
            row = await self._of(store, held.id, person.id)
            if row is None:
                many = select(func.count()).where(GuestRow.session_id == held.id)
                if (await store.scalar(many) or 0) >= MOST_GUESTS:
                    raise TooManyGuests(session)
                row = GuestRow(
                    guild_id=guild_id,
                    session_id=held.id,
                    person_id=person.id,
                    state=Invitation.INVITED,
                    shown=False,
                    has_role=False,
                    missed=False,
                    at=now,
                    version=0,
                )
                store.add(row)
            elif Invitation(row.state) in COMING:
                return await self._one(store, held, row)
            row.state, row.version = Invitation.INVITED, row.version + 1
            await store.flush()
            await self._audit.record(store, guild_id, host.id, "guest.invited", session)
            await self._outbox.post(store, tell(row, row.person_id, "invited"))
            return await self._one(store, held, row)

        return await self._store.write(work)

    async def answer(self, guest: int, user_id: int, *, accepts: bool) -> Guest:
        """Take a guest's answer; hosts are told.

        Raises:
            NoSuchGuest: it is not theirs to answer, or not any more.
        """

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            if row.state == Invitation.REMOVED or State(held.state) not in _INVITING:
                raise NoSuchGuest
            to = Invitation.ACCEPTED if accepts else Invitation.DECLINED
            if row.state == to or (accepts and Invitation(row.state) in COMING):
                return
            row.state, row.version = to, row.version + 1
            for host in await host_ids(store, held.id):
                await self._outbox.post(store, tell(row, host, str(to)))
            if row.message_id is not None:
                await self._outbox.post(store, _card(row, held))

        return await self._theirs(guest, user_id, change)

    async def introduce(self, guest: int, user_id: int, words: str) -> Guest:
        """Keep what a guest says of themselves; hosts are asked to let it be posted.

        Raises:
            BadPlan: it is too long.
            NoSuchGuest: they are no guest.
        """
        words = a_text(words, INTRODUCTION_LIMIT, "guest.bad")

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            if Invitation(row.state) not in COMING:
                raise NoSuchGuest
            person = await self._people.find(store, row.guild_id, user_id)
            if person is None:
                raise NoSuchGuest
            key = await self._people.ensure_text_key(store, person)
            row.content = self._people.seal(words, key) if words else None
            row.shown, row.version = False, row.version + 1
            for host in await host_ids(store, held.id):
                await self._outbox.post(store, tell(row, host, "introduced"))
            if row.message_id is not None:
                await self._outbox.post(store, _card(row, held))

        return await self._theirs(guest, user_id, change)

    async def here(self, guest: int, user_id: int) -> Guest:
        """Note that a guest is there.

        Raises:
            NoSuchGuest: they are no guest, or the session is not open.
        """

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            if Invitation(row.state) not in COMING or held.state != State.OPEN:
                raise NoSuchGuest
            row.state = Invitation.HERE

        return await self._theirs(guest, user_id, change)

    async def let_show(self, guild_id: int, guest: int, by: int) -> Guest:
        """Let a guest's introduction be posted.

        Raises:
            NoSuchGuest: this guild has none, or they said nothing.
        """

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            if row.content is None or Invitation(row.state) not in COMING:
                raise NoSuchGuest
            row.shown, row.version = True, row.version + 1
            await self._outbox.post(store, _card(row, held))

        return await self._by_host(guild_id, guest, by, change, "guest.shown")

    async def remove(self, guild_id: int, guest: int, by: int) -> Guest:
        """Let a guest go: their role goes, and they are told.

        Raises:
            NoSuchGuest: this guild has none.
        """

        async def change(store: AsyncSession, held: SessionRow, row: GuestRow) -> None:
            if row.state == Invitation.REMOVED:
                return
            told = Invitation(row.state) is not Invitation.DECLINED
            row.state, row.version = Invitation.REMOVED, row.version + 1
            if told:
                await self._outbox.post(store, tell(row, row.person_id, "removed"))
            if row.message_id is not None:
                await self._outbox.post(store, _card(row, held))

        return await self._by_host(guild_id, guest, by, change, "guest.removed")

    async def guests(self, guild_id: int, session: str) -> list[Guest]:
        """Return a session's guests, in the order in which they were invited.

        Raises:
            NoSuchSession: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> list[Guest]:
            held = await self._session(store, guild_id, session)
            rows = await store.scalars(
                select(GuestRow).where(GuestRow.session_id == held.id).order_by(GuestRow.id)
            )
            return [await self._one(store, held, row) for row in rows.all()]

        return await self._store.read(work)

    async def guest(self, guest: int) -> tuple[Guest, int] | None:
        """Return a guest and their guild; None if there is none, or they erased themselves."""

        async def work(store: AsyncSession) -> tuple[Guest, int] | None:
            row = await store.get(GuestRow, guest)
            if row is None or await self._people.user_id(store, row.person_id) is None:
                return None
            held = await store.get_one(SessionRow, row.session_id)
            return await self._one(store, held, row), row.guild_id

        return await self._store.read(work)

    async def is_guest(self, guild_id: int, session_id: int, user_id: int) -> bool:
        """Say whether somebody is a guest of a session (`Session.id`) who comes."""

        async def work(store: AsyncSession) -> bool:
            person = await self._people.find(store, guild_id, user_id)
            row = None if person is None else await self._of(store, session_id, person.id)
            return row is not None and Invitation(row.state) in COMING

        return await self._store.read(work)

    async def look(self) -> None:
        """Ask for roles that are due, and for the end of those that are over; miss who is late."""
        now = self._clock()

        async def work(store: AsyncSession) -> None:
            found = await store.execute(
                select(SessionRow, GuestRow)
                .join(GuestRow, GuestRow.session_id == SessionRow.id)
                .where(GuestRow.has_role | GuestRow.state.in_(COMING))
                .with_for_update(of=GuestRow)
            )
            for held, row in found.all():
                soon = held.state == State.ANNOUNCED and held.starts_at - now <= ROLE_BEFORE
                wants = Invitation(row.state) in COMING and (soon or held.state == State.OPEN)
                if wants != row.has_role:
                    row.has_role, row.version = wants, row.version + 1
                    await self._outbox.post(store, _role(row))
                opened = held.opened_at if held.state == State.OPEN else None
                if opened is None or row.state != Invitation.ACCEPTED:
                    continue
                await self._outbox.post(store, tell(row, row.person_id, "opened", once="opened"))
                if now - opened >= EXPECTED and not row.missed:
                    row.missed = True
                    for host in await host_ids(store, held.id):
                        await self._outbox.post(store, tell(row, host, "missed", once="missed"))

        due = select(GuestRow.id).where(GuestRow.has_role | GuestRow.state.in_(COMING)).limit(1)
        if await self._store.read(lambda store: store.scalar(due)) is not None:
            await self._store.write(work)

    async def reader(self, person_id: int) -> tuple[int, str] | None:
        """Return somebody's account and language, to write to them."""

        async def work(store: AsyncSession) -> tuple[int, str] | None:
            who = await self._people.user_id(store, person_id)
            locale = await self._people.locale_of(store, person_id)
            return None if who is None else (who, locale or "")

        return await self._store.read(work)

    async def role_of(self, guild_id: int) -> int | None:
        """Return the role that this guild's guests have, once there is one."""

        async def work(store: AsyncSession) -> int | None:
            row = await store.get(GuestRoleRow, guild_id)
            return None if row is None else row.role_id

        return await self._store.read(work)

    async def keep_role(self, guild_id: int, role_id: int) -> None:
        """Note which role this guild's guests have."""

        async def work(store: AsyncSession) -> None:
            await store.merge(GuestRoleRow(guild_id=guild_id, role_id=role_id))

        await self._store.write(work)

    async def placed(self, store: AsyncSession, guest: int, message_id: int) -> None:
        """Note where an introduction is, in the transaction of the effect that put it there."""
        row = await store.get(GuestRow, guest, with_for_update=True)
        if row is not None:
            row.message_id = message_id

    async def _session(self, store: AsyncSession, guild_id: int, reference: str) -> SessionRow:
        held = await find(store, guild_id, reference)
        if held is None:
            raise NoSuchSession(reference)
        return held

    async def _of(self, store: AsyncSession, session_id: int, person_id: int) -> GuestRow | None:
        return await store.scalar(
            select(GuestRow)
            .where(GuestRow.session_id == session_id, GuestRow.person_id == person_id)
            .with_for_update()
        )

    async def _theirs(
        self,
        guest: int,
        user_id: int,
        change: Callable[[AsyncSession, SessionRow, GuestRow], Awaitable[None]],
    ) -> Guest:
        async def work(store: AsyncSession) -> Guest:
            row = await store.get(GuestRow, guest, with_for_update=True)
            person = None
            if row is not None:
                person = await self._people.find(store, row.guild_id, user_id)
            if row is None or person is None or person.id != row.person_id:
                raise NoSuchGuest
            held = await store.get_one(SessionRow, row.session_id)
            await change(store, held, row)
            return await self._one(store, held, row)

        return await self._store.write(work)

    async def _by_host(
        self,
        guild_id: int,
        guest: int,
        by: int,
        change: Callable[[AsyncSession, SessionRow, GuestRow], Awaitable[None]],
        what: str,
    ) -> Guest:
        async def work(store: AsyncSession) -> Guest:
            row = await store.get(GuestRow, guest, with_for_update=True)
            if row is None or row.guild_id != guild_id:
                raise NoSuchGuest
            held = await store.get_one(SessionRow, row.session_id)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            await change(store, held, row)
            await self._audit.record(store, guild_id, person.id, what, held.reference)
            return await self._one(store, held, row)

        return await self._store.write(work)

    async def _one(self, store: AsyncSession, held: SessionRow, row: GuestRow) -> Guest:
        await store.flush()
        words = None
        if row.content is not None:
            key = await self._people.text_key_of(store, row.person_id)
            words = self._people.open(row.content, key)
        return Guest(
            id=row.id,
            session=held.reference,
            user_id=await self._people.user_id(store, row.person_id) or 0,
            state=Invitation(row.state),
            introduction=words or "",
            shown=row.shown,
            message_id=row.message_id,
            has_role=row.has_role,
        )


def tell(row: GuestRow, person_id: int, what: str, *, once: str = "") -> Effect:
    """Write to somebody (a row in person) about a guest; once a version, or under `once`."""
    return Effect(
        kind=TELL,
        guild_id=row.guild_id,
        lane=f"person:{person_id}",
        key=f"{TELL}:{row.id}:{once or row.version}:{what}:{person_id}",
        payload={"guest": row.id, "person": person_id, "what": what},
    )


def _role(row: GuestRow) -> Effect:
    return Effect(
        kind=ROLE,
        guild_id=row.guild_id,
        lane=f"guest:{row.id}",
        key=f"{ROLE}:{row.id}:{row.version}",
        payload={"guest": row.id},
    )


def _card(row: GuestRow, held: SessionRow) -> Effect:
    return Effect(
        kind=CARD,
        guild_id=row.guild_id,
        lane=f"session:{row.guild_id}:{held.reference}",
        key=f"{CARD}:{row.id}:{row.version}",
        payload={"guest": row.id},
    )
