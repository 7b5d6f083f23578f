"""What staff do with a case beyond answering it: assign, prioritize, name, note, keep out."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects, timing
from bot.concerns.casefile import ExclusionRow, LabelRow, NoteRow, labels_of, parts_of
from bot.concerns.conflicts import is_excluded, may_see
from bot.concerns.drafts import legible
from bot.concerns.model import (
    LABEL_LIMIT,
    MOST_LABELS,
    NOTE_LIMIT,
    TOPIC_LIMIT,
    Case,
    Priority,
    State,
    Urgent,
)
from bot.concerns.queue import FRESH
from bot.concerns.reading import WHOM
from bot.concerns.records import ConcernRow
from bot.concerns.triage import Triage
from bot.concerns.troubles import BadDraft, NotAllowedMove

MOST_OFFERED = 25


class Handling(Triage):
    """Triage, with what staff arrange among themselves.

    `seen` is how many events the case had when the staff member looked at it. All methods raise
    NoSuchConcern, Excluded, IsMerged and ChangedMeanwhile as `Triage.move` does.
    """

    async def assign(
        self,
        guild_id: int,
        reference: str,
        by: int,
        to: int,
        *,
        note: str = "",
        intake: str = "",
        seen: int | None = None,
    ) -> Case:
        """Give a case to a staff member, with a note for them if there is one; they are told.

        Who had it is told as well. `intake` names the act if there is a note.

        Raises:
            BadDraft: they keep out of this case, or the note is too long.
            NotAllowedMove: it is closed.
        """
        written = checked_note(note) if note.strip() else ""

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if row.state == State.CLOSED:
                raise NotAllowedMove(State.CLOSED, State.WORKING)
            target = await self._people.ensure(session, guild_id, to, self._clock())
            if await is_excluded(session, row, [target.id]):
                raise BadDraft("casework.bad.they_keep_out")
            if written:
                await self._note(session, row, person_id, written, intake)
            before = row.claimed_by_id
            if before == target.id:
                return
            row.claimed_by_id = target.id
            if State(row.state) in FRESH:
                await self._move(session, row, State.WORKING, person_id)
            await self._record(session, row, "assigned", person_id, {WHOM: str(target.id)})
            told = {"note": bool(written)}
            posted = []
            if target.id != person_id:
                posted.append(effects.assigned(row, target.id, person_id, away=False, **told))
            if before is not None and before != person_id:
                posted.append(effects.assigned(row, before, person_id, away=True, note=False))
            await self._outbox.post(session, *posted)

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def prioritize(
        self, guild_id: int, reference: str, by: int, to: Priority, *, seen: int | None = None
    ) -> Case:
        """Say how soon a case is looked at. Into the urgent lane, staff are alerted at once."""

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            if row.priority == to:
                return
            detail = {"from": Priority(row.priority).name.lower(), "to": to.name.lower()}
            row.priority = to
            row.urgent = Urgent.STAFF if to is Priority.URGENT else None
            await timing.on_prioritized(session, row, self._clock())
            await self._record(session, row, "prioritized", person_id, detail)
            await self._outbox.post(session, *effects.alerts(row))

        return await self._changed(guild_id, reference, by, change, seen=seen)

    async def describe(
        self,
        guild_id: int,
        reference: str,
        by: int,
        *,
        topic: str,
        labels: Sequence[str],
        seen: int | None = None,
    ) -> Case:
        """Set a case's topic (a short title; "" for none) and its labels.

        A topic that only differs in capitals from one that is there becomes that one.

        Raises:
            BadDraft: one is too long, or there are too many labels.
        """
        title = " ".join(topic.split())
        marked = sorted({" ".join(one.casefold().split()) for one in labels} - {""})
        if len(title) > TOPIC_LIMIT or (title and not legible(title)):
            raise BadDraft("casework.bad.topic")
        if len(marked) > MOST_LABELS or any(len(one) > LABEL_LIMIT for one in marked):
            raise BadDraft("casework.bad.labels")

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            kept = await self._known_topic(session, guild_id, title) if title else None
            if (row.topic, list(await labels_of(session, row.id))) == (kept, marked):
                return
            row.topic = kept
            await session.execute(delete(LabelRow).where(LabelRow.concern_id == row.id))
            session.add_all(
                LabelRow(concern_id=row.id, guild_id=guild_id, label=one) for one in marked
            )
            await self._record(session, row, "described", person_id)

        return await self._changed(guild_id, reference, by, change, seen=seen, part=True)

    async def note(self, guild_id: int, reference: str, by: int, text: str, *, intake: str) -> Case:
        """Keep a note that only staff read. The same act (`intake`) again adds nothing.

        Raises:
            BadDraft: it is empty or too long, or the reporter has erased themselves.
        """
        written = checked_note(text)

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            await self._note(session, row, person_id, written, intake)

        return await self._changed(guild_id, reference, by, change, part=True)

    async def exclude(self, guild_id: int, reference: str, by: int, who: int) -> None:
        """Let a staff member keep out of a case: they see nothing of it, and it is not theirs.

        Whether `by` may do it to somebody else is for the caller to know: only an admin may.
        """

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            target = await self._people.ensure(session, guild_id, who, self._clock())
            known = await session.get(ExclusionRow, (row.id, target.id, row.id))
            if known is not None:
                return
            whole = await self._parts.whole(session, row)
            family = [whole, *await self._parts.rows(session, whole)]
            for one in family:
                session.add(
                    ExclusionRow(
                        concern_id=one.id,
                        person_id=target.id,
                        via_id=row.id,
                        guild_id=guild_id,
                        at=self._clock(),
                    )
                )
                if one.claimed_by_id == target.id:
                    one.claimed_by_id = None
                if one is not row:
                    one.version += 1
                    await self._outbox.post(session, effects.card(one))
            await self._record(session, row, "excluded", person_id, {WHOM: str(target.id)})

        await self._changed(guild_id, reference, by, change, part=True)

    async def include(self, guild_id: int, reference: str, by: int, who: int) -> Case:
        """Let a staff member take part in a case again. Only an admin may; the caller knows."""

        async def change(session: AsyncSession, row: ConcernRow, person_id: int) -> None:
            ids = await self._people.ids_of(session, [guild_id], who)
            whole = await self._parts.whole(session, row)
            family = [whole.id, *await parts_of(session, [whole.id])]
            gone = await session.scalars(
                delete(ExclusionRow)
                .where(ExclusionRow.person_id.in_(ids), ExclusionRow.concern_id.in_(family))
                .returning(ExclusionRow.person_id)
            )
            found = set(gone)
            if not found:
                return
            await self._record(session, row, "included", person_id, {WHOM: str(found.pop())})
            for one in [whole, *await self._parts.rows(session, whole)]:
                if one is not row:
                    one.version += 1
                    await self._outbox.post(session, effects.card(one))

        return await self._changed(guild_id, reference, by, change, part=True)

    async def topics(self, guild_id: int, part: str = "") -> list[str]:
        """Return a guild's topics, those with `part` in them, in order."""

        async def work(session: AsyncSession) -> list[str]:
            query = select(ConcernRow.topic).where(
                ConcernRow.guild_id == guild_id, ConcernRow.topic.is_not(None)
            )
            found = await session.scalars(query.distinct().order_by(ConcernRow.topic))
            wanted = part.casefold().strip()
            return [one for one in found if one and wanted in one.casefold()][:MOST_OFFERED]

        return await self._store.read(work)

    async def labels(self, guild_id: int, part: str = "") -> list[str]:
        """Return a guild's labels, those with `part` in them, in order."""

        async def work(session: AsyncSession) -> list[str]:
            query = select(LabelRow.label).where(LabelRow.guild_id == guild_id)
            wanted = part.casefold().strip()
            found = await session.scalars(query.distinct().order_by(LabelRow.label))
            return [one for one in found if wanted in one][:MOST_OFFERED]

        return await self._store.read(work)

    def seen_by(self, guild_id: int, by: int) -> ColumnElement[bool]:
        """Return the condition that a concern may be shown to this staff member, for a search."""
        return may_see(self._people, guild_id, by)

    async def sees(self, guild_id: int, reference: str, by: int) -> bool:
        """Say whether there is such a case that this staff member does not keep out of."""

        async def work(session: AsyncSession) -> bool:
            query = select(ConcernRow.id).where(
                ConcernRow.guild_id == guild_id,
                ConcernRow.reference == reference,
                may_see(self._people, guild_id, by),
            )
            return await session.scalar(query) is not None

        return await self._store.read(work)

    async def person(self, guild_id: int, person_id: int) -> int | None:
        """Return the Discord id behind a row of person, to tell them; None once erased."""
        return await self._store.read(lambda session: self._people.user_id(session, person_id))

    async def _note(
        self, session: AsyncSession, row: ConcernRow, person_id: int, text: str, intake: str
    ) -> None:
        key = self._vault.fingerprint("note", intake)
        if await session.scalar(select(NoteRow.id).where(NoteRow.intake == key)):
            return
        text_key = await self._reader.text_key(session, row)
        if text_key is None or not row.content:
            raise BadDraft("casework.bad.erased")
        session.add(
            NoteRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                intake=key,
                by_id=person_id,
                content=self._people.seal(text, text_key),
                at=self._clock(),
            )
        )
        await self._record(session, row, "noted", person_id)

    async def _known_topic(self, session: AsyncSession, guild_id: int, title: str) -> str:
        query = select(ConcernRow.topic).where(
            ConcernRow.guild_id == guild_id, func.lower(ConcernRow.topic) == title.lower()
        )
        return await session.scalar(query.limit(1)) or title


def checked_note(text: str) -> str:
    """Return a note as it is kept.

    Raises:
        BadDraft: it is empty or too long.
    """
    written = text.strip()
    if not legible(written):
        raise BadDraft("casework.bad.empty_note")
    if len(written) > NOTE_LIMIT:
        raise BadDraft("casework.bad.long_note")
    return written
