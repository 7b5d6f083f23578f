"""Making a brief: what staff write, and which concerns it speaks for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.bench import Bench
from bot.concerns.briefs.model import (
    ASK_LIMIT,
    BACKGROUND_LIMIT,
    MOST,
    QUOTED,
    TITLE_LIMIT,
    TO_LIMIT,
    UNSENT,
    BadBrief,
    Brief,
    How,
    Line,
    NoSuchBrief,
    NotAllowedMove,
    Pick,
    Picked,
    State,
    Text,
    standing,
)
from bot.concerns.briefs.reading import usable
from bot.concerns.briefs.records import (
    BriefRow,
    ItemRow,
    find,
    items_of,
    packed_text,
    unpacked_text,
)
from bot.concerns.briefs.voices import put_in, take_out
from bot.concerns.casefile import LabelRow, parts_of
from bot.concerns.model import Consent
from bot.concerns.model import State as ConcernState
from bot.concerns.records import ConcernRow
from bot.store.keeper import free_reference

PREFIX = "B"


class Building(Bench):
    """New briefs, and what goes into them."""

    async def new(self, guild_id: int, by: int, text: Text, *, intake: str) -> Brief:
        """Begin a brief. The same act (`interaction:123`) delivered again finds the one it made.

        Raises:
            BadBrief: a part is empty or too long.
        """
        text = checked(text)
        key = self._vault.fingerprint("brief", intake)

        async def work(session: AsyncSession) -> Brief:
            known = await session.scalar(select(BriefRow).where(BriefRow.intake == key))
            if known is not None:
                return await self._whole(session, known)
            now = self._clock()
            person = await self._people.ensure(session, guild_id, by, now)
            row = BriefRow(
                guild_id=guild_id,
                reference=await free_reference(session, guild_id, PREFIX, self._randomness, find),
                intake=key,
                state=State.DRAFT,
                author_id=person.id,
                content=self._vault.seal(packed_text(text)),
                created_at=now,
                changed_at=now,
                version=0,
            )
            session.add(row)
            await session.flush()
            await self._record(session, row, "begun", person.id)
            return await self._whole(session, row)

        return await self._store.write(work)

    async def edit(self, guild_id: int, reference: str, by: int, text: Text) -> Brief:
        """Change what staff wrote. Signatures under the old text are void.

        Raises:
            BadBrief: a part is empty or too long.
            NotAllowedMove: it was sent.
            NoSuchBrief: this guild has no such reference.
        """
        text = checked(text)

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            _unsent(row, State.DRAFT)
            if unpacked_text(self._vault.unseal(row.content)) != text:
                row.content = self._vault.seal(packed_text(text))
                await self._record(session, row, "edited", person_id)
                await self._step_back(session, row, person_id)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def add(self, guild_id: int, reference: str, by: int, pick: Pick) -> Picked:
        """Put concerns into a brief, as far as each person's consent goes.

        Nobody who said nothing, who wants to be asked first, or who withdrew is put in. Who may be
        quoted is quoted, until a person makes it count only. Whoever joined one of the concerns is
        counted by their own consent, and what is merged into one picked by reference comes along.

        Raises:
            BadBrief: it would speak for more concerns than one brief can.
            NotAllowedMove: it was sent.
            NoSuchBrief: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Picked:
            _unsent(row, State.DRAFT)
            there = {item.concern_id for item in await items_of(session, row.id)}
            query = select(ConcernRow).where(ConcernRow.guild_id == guild_id, *_wanted(pick))
            concerns = list(await session.scalars(query.order_by(ConcernRow.id).limit(MOST + 1)))
            if pick.references:
                concerns += await self._parts(session, concerns)
            fresh = [one for one in concerns if one.id not in there]
            allowed = [one for one in fresh if usable(one)]
            if len(there) + len(allowed) > MOST:
                raise BadBrief("brief.bad.many")
            for concern in allowed:
                quoted = Consent(concern.consent) in QUOTED and bool(concern.content)
                session.add(
                    ItemRow(
                        brief_id=row.id,
                        guild_id=guild_id,
                        concern_id=concern.id,
                        how=How.QUOTE if quoted else How.COUNT,
                        consent=concern.consent,
                        source="",
                        version=1,
                    )
                )
            voices = await put_in(session, row, [one.id for one in concerns])
            if allowed or voices:
                detail = {"concerns": str(len(allowed)), "voices": str(voices)}
                await self._record(session, row, "added", person_id, detail)
                await self._step_back(session, row, person_id)
                await self._move(session, row, State.DRAFT, person_id)
            ask = [one.reference for one in fresh if one.consent == Consent.CONTACT]
            return Picked(
                added=len(allowed),
                voices=voices,
                already=len(concerns) - len(fresh),
                refused=len(fresh) - len(allowed) - len(ask),
                ask_first=tuple(ask),
            )

        return await self._changed(guild_id, reference, by, change)

    async def drop(self, guild_id: int, reference: str, by: int, concern: str) -> Brief:
        """Take a concern out of a brief.

        Raises:
            NoSuchBrief: this guild has no such reference, or the concern is not in it.
            NotAllowedMove: it was sent.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            _unsent(row, State.DRAFT)
            wanted = list(
                await session.scalars(
                    select(ConcernRow.id).where(
                        ConcernRow.guild_id == guild_id, ConcernRow.reference == concern
                    )
                )
            )
            gone = await session.scalars(
                delete(ItemRow)
                .where(ItemRow.brief_id == row.id, ItemRow.concern_id.in_(wanted))
                .returning(ItemRow.id)
            )
            voices = await take_out(session, row.id, wanted)
            if not list(gone) and not voices:
                raise NoSuchBrief(concern)
            await self._record(session, row, "dropped", person_id, {"concern": concern})
            await self._step_back(session, row, person_id)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def _parts(
        self, session: AsyncSession, concerns: Sequence[ConcernRow]
    ) -> list[ConcernRow]:
        """Return what is merged into concerns that were picked one by one."""
        there = {one.id for one in concerns}
        ids = set(await parts_of(session, sorted(there))) - there
        query = select(ConcernRow).where(
            ConcernRow.id.in_(ids), ConcernRow.state == ConcernState.MERGED
        )
        return list(await session.scalars(query.order_by(ConcernRow.id)))

    async def check(self, guild_id: int, reference: str, by: int) -> Brief:
        """Record that consents were looked at (settling does) and the numbers point at nobody.

        Raises:
            NotYet: there are too few concerns, or so many quotes that they tell small groups.
            NotAllowedMove: it was checked before.
            NoSuchBrief: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            unfit = await self._unfit(session, row)
            if unfit is not None:
                raise unfit
            await self._move(session, row, State.CHECKED, person_id)
            await self._pass_whole(session, row, person_id)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def list_(
        self,
        guild_id: int,
        *,
        state: State | None = None,
        after: str | None = None,
        limit: int = 10,
    ) -> tuple[tuple[Line, ...], str | None]:
        """Return a page of briefs, newest first, and the cursor of the next page."""
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[tuple[Line, ...], str | None]:
            query = select(BriefRow).where(BriefRow.guild_id == guild_id)
            if state is State.NO_REPLY:
                query = query.where(BriefRow.state == State.SENT, BriefRow.due_at <= now)
            elif state is State.SENT:
                query = query.where(BriefRow.state == State.SENT, BriefRow.due_at > now)
            elif state is not None:
                query = query.where(BriefRow.state == state)
            last = None if after is None else await find(session, guild_id, after)
            if last is not None:
                query = query.where(BriefRow.id < last.id)
            rows = list(await session.scalars(query.order_by(BriefRow.id.desc()).limit(limit + 1)))
            lines = tuple(self._line(row, now) for row in rows[:limit])
            return lines, lines[-1].reference if len(rows) > limit else None

        return await self._store.read(work)

    async def _pass_whole(self, session: AsyncSession, row: BriefRow, person_id: int) -> None:
        """Move on a checked brief once no quote of it waits for anybody."""
        await session.flush()
        waits = await session.scalar(
            select(ItemRow.id)
            .where(
                ItemRow.brief_id == row.id,
                ItemRow.how == How.QUOTE,
                ItemRow.passed_at.is_(None),
            )
            .limit(1)
        )
        if waits is None and row.state == State.CHECKED:
            await self._move(session, row, State.REVIEWED, person_id)

    def _line(self, row: BriefRow, now: datetime) -> Line:
        text = unpacked_text(self._vault.unseal(row.content))
        state = standing(State(row.state), row.due_at, now)
        return Line(
            row.reference,
            state,
            text.title,
            text.to,
            row.sent_at,
            row.due_at,
            row.published_at,
        )


def checked(text: Text) -> Text:
    """Return what staff wrote, trimmed.

    Raises:
        BadBrief: a part is empty or too long.
    """
    text = replace(
        text,
        title=" ".join(text.title.split()),
        to=" ".join(text.to.split()),
        ask=text.ask.strip(),
        background=text.background.strip(),
    )
    if not (text.title and text.to and text.ask):
        raise BadBrief("brief.bad.empty")
    limits = (
        (text.title, TITLE_LIMIT),
        (text.to, TO_LIMIT),
        (text.ask, ASK_LIMIT),
        (text.background, BACKGROUND_LIMIT),
    )
    if any(len(part) > limit for part, limit in limits):
        raise BadBrief("brief.bad.long")
    if not 1 <= text.reply_days <= 365:
        raise BadBrief("brief.bad.days")
    return text


def _unsent(row: BriefRow, wanted: State) -> None:
    if State(row.state) not in UNSENT:
        raise NotAllowedMove(State(row.state), wanted)


def _wanted(pick: Pick) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if pick.kind is not None:
        wanted.append(ConcernRow.kind == pick.kind)
    if pick.state is not None:
        wanted.append(ConcernRow.state == pick.state)
    if pick.since is not None:
        wanted.append(ConcernRow.raised_at >= datetime.combine(pick.since, time(), UTC))
    if pick.until is not None:
        end = datetime.combine(pick.until, time(), UTC) + timedelta(days=1)
        wanted.append(ConcernRow.raised_at < end)
    if pick.topic:
        wanted.append(func.lower(ConcernRow.topic) == " ".join(pick.topic.split()).lower())
    if pick.label:
        marked = " ".join(pick.label.casefold().split())
        wanted.append(
            ConcernRow.id.in_(select(LabelRow.concern_id).where(LabelRow.label == marked))
        )
    if pick.references:
        wanted.append(or_(*(ConcernRow.reference == one for one in pick.references)))
    return wanted
