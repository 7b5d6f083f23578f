"""Briefs: signed by two people, frozen, sent, answered or not, and published."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.briefs.document import Document
from bot.concerns.briefs.model import (
    HOW_LIMIT,
    REPLY_LIMIT,
    SIGNATURES,
    TO_LIMIT,
    UNSENT,
    BadBrief,
    Brief,
    ChangedMeanwhile,
    Line,
    NotAllowedMove,
    NotYet,
    SignedAlready,
    State,
    standing,
)
from bot.concerns.briefs.records import BriefRow, SignatureRow, unpacked_text
from bot.concerns.briefs.review import Review
from bot.concerns.briefs.voices import to_tell
from bot.concerns.model import Told
from bot.concerns.news import tell


class Briefs(Review):
    """The desk's briefs. Every method is scoped to one guild."""

    async def document(self, guild_id: int, reference: str, by: int) -> Document:
        """Return the text as a recipient reads it; the audit says who took it.

        Raises:
            NotYet: quotes wait for a person, so there is no text yet that anybody could sign.
            NoSuchBrief: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Document:
            if State(row.state) in (State.DRAFT, State.CHECKED):
                raise NotYet("brief.not_yet.reviewed")
            document = await self._document(session, row)
            detail = {"hash": document.hash()}
            await self._audit.record(
                session, guild_id, person_id, "brief.exported", row.reference, detail
            )
            return document

        return await self._changed(guild_id, reference, by, change)

    async def sign(self, guild_id: int, reference: str, by: int, hash_: str) -> Brief:
        """Sign the exact text whose hash this person was shown. With the second signature, by
        somebody else, the text is frozen.

        Raises:
            ChangedMeanwhile: the text is another by now.
            SignedAlready: this person has signed it; somebody else must.
            NotAllowedMove: it is not reviewed yet, or was sent.
            NoSuchBrief: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            if State(row.state) is not State.REVIEWED:
                raise NotAllowedMove(State(row.state), State.SIGNED)
            document = await self._document(session, row)
            if document.hash() != hash_:
                raise ChangedMeanwhile(row.reference)
            signed = list(
                await session.scalars(select(SignatureRow).where(SignatureRow.brief_id == row.id))
            )
            if person_id in {one.by_id for one in signed}:
                raise SignedAlready(row.reference)
            session.add(
                SignatureRow(
                    brief_id=row.id,
                    guild_id=guild_id,
                    by_id=person_id,
                    at=self._clock(),
                    hash=hash_,
                )
            )
            await self._record(session, row, "signed", person_id, {"hash": hash_})
            if len(signed) + 1 >= SIGNATURES:
                row.frozen = self._vault.seal(document.without_people().canonical())
                row.frozen_hash = hash_
                await self._move(session, row, State.SIGNED, person_id)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def send(self, guild_id: int, reference: str, by: int, *, to: str, how: str) -> Brief:
        """Record that the frozen text went to its recipient: to whom exactly, and by what way.

        From now on its reply is awaited, and everybody who is in it is told.

        Raises:
            BadBrief: it is not said to whom, or how.
            NotAllowedMove: it is not signed (any more: a withdrawal voids signatures).
            NoSuchBrief: this guild has no such reference.
        """
        to, how = " ".join(to.split()), how.strip()
        if not to or not how or len(to) > TO_LIMIT or len(how) > HOW_LIMIT:
            raise BadBrief("brief.bad.sending")

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            await self._move(session, row, State.SENT, person_id)
            now = self._clock()
            text = unpacked_text(self._vault.unseal(row.content))
            row.sent_at, row.due_at = now, now + timedelta(days=text.reply_days)
            detail = {"hash": row.frozen_hash or ""}
            await self._record(session, row, "sent", person_id, detail, f"{to}\n{how}")
            concerns = [concern for _, concern in await self._pairs(session, row)]
            for concern in concerns:
                once = f"briefed:{row.reference}"
                detail = {"brief": row.reference}
                await tell(
                    session, self._outbox, concern, Told.BRIEFED, at=now, once=once, detail=detail
                )
            reporters = {concern.reporter_id for concern in concerns}
            joined = await to_tell(session, row.id)
            told = [
                effects.voice_briefed(guild_id, voice, person, row.reference)
                for person, voice in joined
                if person not in reporters
            ]
            await self._outbox.post(session, *told)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def reply(self, guild_id: int, reference: str, by: int, text: str) -> Brief:
        """Record what the recipient replied, whenever it comes: even after publication.

        Raises:
            BadBrief: it is empty or too long.
            NotAllowedMove: it was not sent.
            NoSuchBrief: this guild has no such reference.
        """
        text = text.strip()
        if not text or len(text) > REPLY_LIMIT:
            raise BadBrief("brief.bad.reply")

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            state = standing(State(row.state), row.due_at, self._clock())
            if state in UNSENT:
                raise NotAllowedMove(state, State.REPLIED)
            if row.replied_at is None:
                row.replied_at = self._clock()
            await self._record(session, row, "replied", person_id, note=text)
            if state in (State.SENT, State.NO_REPLY):
                await self._move(session, row, State.REPLIED, person_id)
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def publish(self, guild_id: int, reference: str, by: int) -> Brief:
        """Record that a brief is public: after a reply, or once the recipient had their time.

        Raises:
            NotAllowedMove: it was not sent, or its recipient may still reply.
            NoSuchBrief: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Brief:
            await self._move(session, row, State.PUBLISHED, person_id)
            row.published_at = self._clock()
            return await self._whole(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def passed_on(self, guild_id: int) -> tuple[Line, ...]:
        """Return every brief that was sent, the latest first: what shows that a promise is kept."""
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Line, ...]:
            rows = await session.scalars(
                select(BriefRow)
                .where(BriefRow.guild_id == guild_id, BriefRow.sent_at.is_not(None))
                .order_by(BriefRow.sent_at.desc(), BriefRow.id.desc())
            )
            return tuple(self._line(row, now) for row in rows)

        return await self._store.read(work)
