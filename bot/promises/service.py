"""Promises: what people can do with them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.promises.keeping import Keeping
from bot.promises.model import (
    ENDED,
    EVIDENCE_LIMIT,
    LINK_LIMIT,
    MOVES,
    NOTE_LIMIT,
    ChangedMeanwhile,
    Ledger,
    Line,
    Mover,
    NoSuchPromise,
    NotAllowedMove,
    NotYet,
    Promise,
    State,
    Words,
)
from bot.promises.records import (
    EvidenceRow,
    PromiseRow,
    evidence_of,
    find,
    kept_others,
    line_of,
    whole,
)
from bot.promises.typed import a_day_ahead, a_line, a_link, checked, office_of, some_text


class Promises(Keeping):
    """The promises of every server.

    Those of config/promises.yaml are taken up when a server's are first looked at; from then on
    each server keeps its own account of them.
    """

    async def list_(
        self, guild_id: int, *, state: State | None = None
    ) -> tuple[tuple[Line, ...], dict[State, int]]:
        """Return a guild's promises, those due first first, and how many stand where."""
        await self.take_up(guild_id)
        today = self._today()

        async def work(session: AsyncSession) -> list[Line]:
            rows = await session.scalars(
                select(PromiseRow).where(PromiseRow.guild_id == guild_id).order_by(PromiseRow.id)
            )
            return [line_of(row, today) for row in rows]

        lines = await self._store.read(work)
        # What has a day comes first, the nearest before the others; what is settled comes last.
        lines.sort(key=lambda one: (one.due is None, one.due or date.max))
        totals = {one: sum(line.state is one for line in lines) for one in State}
        shown = tuple(one for one in lines if state is None or one.state is state)
        return shown, {one: count for one, count in totals.items() if count}

    async def promise(self, guild_id: int, reference: str) -> Promise:
        """Return a promise as it stands.

        Raises:
            NoSuchPromise: this guild has no such reference.
        """
        await self.take_up(guild_id)

        async def work(session: AsyncSession) -> Promise:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchPromise(reference)
            return await whole(session, self._people, row, self._today())

        return await self._store.read(work)

    async def add(
        self,
        guild_id: int,
        by: int,
        words: Words,
        *,
        due: date,
        drawn: Sequence[Ledger] = (),
        intake: str,
    ) -> Promise:
        """Add a promise. The same act (`interaction:123`) delivered again finds the one it made.

        Raises:
            BadPromise: a part is empty, too long, no address, or no day that makes sense.
        """
        today = self._today()
        words, due = checked(words, today), a_day_ahead(due, today)
        key = self._vault.fingerprint("promise", "added", guild_id, intake)

        async def work(session: AsyncSession) -> Promise:
            row = await session.scalar(select(PromiseRow).where(PromiseRow.intake == key))
            if row is None:
                person = await self._people.ensure(session, guild_id, by, self._clock())
                row = await self._new(session, guild_id, key, words, drawn, due, person.id)
            return await whole(session, self._people, row, today)

        return await self._store.write(work)

    async def move(
        self,
        guild_id: int,
        reference: str,
        by: int,
        to: State,
        *,
        note: str = "",
        seen: int | None = None,
        shown: bool = False,
        due: date | None = None,
    ) -> Promise:
        """Move a promise; everybody can read `note`. `shown` says that the ledger shows it is kept.

        `seen` is the version this person looked at. `due` is its next day, which what is opened
        again must have.

        Raises:
            NotAllowedMove: the machine has no such move for people; names those it has.
            NotYet: "kept" needs evidence, "broken" an explanation, "on track" a day ahead.
            ChangedMeanwhile: it is not at that version any more.
            BadPromise: the note is too long.
            NoSuchPromise: this guild has no such reference.
        """
        note = some_text(note, NOTE_LIMIT, "promise.bad.note")
        if due is not None:
            due = a_day_ahead(due, self._today())

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            if seen is not None and row.version != seen:
                raise ChangedMeanwhile(reference)
            now = State(row.state)
            if to is now or MOVES[now].get(to) is not Mover.STAFF:
                raise NotAllowedMove(now, to)
            if to is State.BROKEN and not note:
                raise NotYet("promise.not_yet.why")
            if to is State.KEPT and not shown and not await evidence_of(session, row.id):
                raise NotYet("promise.not_yet.evidence")
            if to is State.ON_TRACK and (due or row.due or date.min) < self._today():
                raise NotYet("promise.not_yet.due")
            if now in ENDED and due is None:
                raise NotYet("promise.not_yet.day")
            if to in ENDED:
                row.due = None
            elif due is not None:
                await self._set_due(session, row, person_id, due)
            await self._move(session, row, to, person_id, note)

        return await self._changed(guild_id, reference, by, change)

    async def reword(
        self, guild_id: int, reference: str, by: int, words: Words, *, seen: int
    ) -> Promise:
        """Say a promise of staff's own in other words; its history keeps how it was worded.

        The office stays as it is. `seen` is the version this person looked at.

        Raises:
            NotYet: it came from the desk's file, which says its words.
            ChangedMeanwhile: it is not at that version any more.
            BadPromise: a part is empty, too long, no address, or no day that makes sense.
            NoSuchPromise: this guild has no such reference.
        """
        words = checked(words, self._today())

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            if row.shipped is not None:
                raise NotYet("promise.not_yet.shipped")
            if row.version != seen:
                raise ChangedMeanwhile(reference)
            others = kept_others(words)
            if row.others != others:
                row.others = others
                await self._record(session, row, "translated", person_id)
            await self._say(session, row, words, person_id)

        return await self._changed(guild_id, reference, by, change)

    async def set_due(self, guild_id: int, reference: str, by: int, due: date) -> Promise:
        """Say when a promise is due next. A late one is on track again, and its history says so.

        Raises:
            BadPromise: that day has passed, or is further away than ten years.
            NotYet: it is kept or broken, so nothing is due; open it again first.
            NoSuchPromise: this guild has no such reference.
        """
        due = a_day_ahead(due, self._today())

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            if State(row.state) in ENDED:
                raise NotYet("promise.not_yet.ended")
            await self._set_due(session, row, person_id, due)
            if row.state == State.LATE:
                await self._move(session, row, State.ON_TRACK, person_id)

        return await self._changed(guild_id, reference, by, change)

    async def set_owner(
        self,
        guild_id: int,
        reference: str,
        by: int,
        *,
        office: str | None = None,
        person: int | None = None,
    ) -> Promise:
        """Say who sees to a promise: an office, which everybody reads, and a person, for staff.

        Raises:
            BadPromise: the office is empty or too long.
            NoSuchPromise: this guild has no such reference.
        """
        named = None if office is None else office_of(office)

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            owner_id = row.owner_id
            if person is not None:
                who = await self._people.ensure(session, guild_id, person, self._clock())
                owner_id = who.id
            if (row.office, row.owner_id) == (named or row.office, owner_id):
                return
            if named not in (None, row.office):
                row.others = {code: {**said, "owner": ""} for code, said in row.others.items()}
            row.office, row.owner_id = named or row.office, owner_id
            await self._record(session, row, "owner", person_id)

        return await self._changed(guild_id, reference, by, change)

    async def show(
        self, guild_id: int, reference: str, by: int, text: str, link: str, *, intake: str
    ) -> Promise:
        """Add something that shows a promise is kept, with a link where anybody can look.

        Raises:
            BadPromise: it says nothing, is too long, or the link is no web address.
            NoSuchPromise: this guild has no such reference.
        """
        text = a_line(text, EVIDENCE_LIMIT, "promise.bad.evidence")
        link = a_link(link, LINK_LIMIT)
        key = self._vault.fingerprint("promise evidence", guild_id, intake)

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            if await session.scalar(select(EvidenceRow.id).where(EvidenceRow.intake == key)):
                return
            session.add(
                EvidenceRow(
                    promise_id=row.id,
                    guild_id=guild_id,
                    intake=key,
                    text=text,
                    link=link,
                    by_id=person_id,
                    at=self._clock(),
                )
            )
            await self._record(session, row, "evidence", person_id)

        return await self._changed(guild_id, reference, by, change)

    async def strike(self, guild_id: int, reference: str, by: int, evidence_id: int) -> Promise:
        """Take back evidence that was added by hand; the history says that it was.

        Raises:
            NoSuchPromise: this guild has no such reference, or the evidence is not there.
        """

        async def change(session: AsyncSession, row: PromiseRow, person_id: int) -> None:
            found = [one for one in await evidence_of(session, row.id) if one.id == evidence_id]
            if not found:
                raise NoSuchPromise(reference)
            found[0].struck_at = self._clock()
            await self._record(session, row, "struck", person_id, note=found[0].text)

        return await self._changed(guild_id, reference, by, change)

    async def _set_due(
        self, session: AsyncSession, row: PromiseRow, person_id: int, due: date
    ) -> None:
        if row.due == due:
            return
        detail = {"from": "" if row.due is None else row.due.isoformat(), "to": due.isoformat()}
        row.due = due
        await self._record(session, row, "due", person_id, detail)
