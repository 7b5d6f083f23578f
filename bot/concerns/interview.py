"""A concern that is written down in direct messages, one question at a time.

What was answered so far is kept, sealed under the person's key, until it is sent, cancelled or a
week old, so that a restart loses nothing. Each question is an effect in the transaction that
keeps the answer before it: whoever answered is asked on, whatever happens in between.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.concerns.drafts import checked, legible
from bot.concerns.model import LINK_LIMIT, RAISABLE, WHAT_LIMIT, WISH_LIMIT, Consent, Draft, Kind
from bot.concerns.troubles import BadDraft, ConcernTrouble
from bot.ids import ALPHABET, Randomness
from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People
from bot.store.personal import Rule

ASK = "interview.ask"
LIFE = timedelta(days=7)
MOST_UNDER_WAY = 200

_TOKEN = 12
_ASIDE_LIMIT = 4000
_QUESTION = 200


class InterviewRow(Row):
    """What one person has answered so far."""

    __tablename__ = "concern_interview"
    __table_args__ = (UniqueConstraint("person_id"), UniqueConstraint("token"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    token: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)


class Step(StrEnum):
    """What is asked, in this order."""

    KIND = "kind"
    WHAT = "what"
    LINK = "link"
    WISH = "wish"
    CONSENT = "consent"
    SEND = "send"


ORDER = tuple(Step)


class NoInterview(ConcernTrouble):
    """There is none, or it went on since: the button belongs to an earlier question."""


@dataclass
class Sheet:
    """The answers so far. `aside` is what came that seems to be no answer: the person is asked."""

    locale: str = ""
    step: str = Step.KIND
    kind: str = ""
    what: str = ""
    link: str = ""
    wish: str = ""
    consent: str = Consent.NOTHING
    aside: str = ""
    anew: bool = False
    """What comes next replaces what was written at this step before."""
    last: int = 0
    """The latest message that was taken, by its id: it is not taken again."""

    def answer(self, text: str) -> None:
        """Take what the person wrote.

        Raises:
            BadDraft: it is too long.
        """
        written = text.strip()
        if len(written) > _ASIDE_LIMIT:
            raise BadDraft("concern.bad.long")
        step = Step(self.step)
        link = written.lower().startswith(("http://", "https://"))
        asks = written.endswith("?") and len(written) <= _QUESTION and "\n" not in written
        if step is Step.LINK and link and len(written) <= LINK_LIMIT:
            self.link = written
            self.on()
        elif step in (Step.WHAT, Step.WISH) and not asks:
            self.write(written)
        else:
            self.aside = written

    def write(self, written: str) -> None:
        """Add to what happened, or say what is wished for.

        Raises:
            BadDraft: it is more than can be kept in one piece.
        """
        if self.step == Step.WISH:
            if len(written) > WISH_LIMIT:
                raise BadDraft("concern.bad.long")
            self.wish = written
            self.on()
            return
        before = "" if self.anew and self.step == Step.WHAT else self.what
        whole = f"{before}\n{written}".strip()
        if len(whole) > WHAT_LIMIT:
            raise BadDraft("concern.bad.long")
        self.what, self.anew = whole, False

    def own(self) -> None:
        """Take what seemed to be no answer as part of the concern.

        Raises:
            BadDraft: it is more than can be kept in one piece.
        """
        aside, self.aside = self.aside, ""
        self.write(aside)

    def pick(self, value: str) -> None:
        """Choose what it is about, or what is allowed.

        Raises:
            NoInterview: that is no choice at this step.
        """
        if self.step == Step.KIND and value in RAISABLE:
            self.kind = value
        elif self.step == Step.CONSENT and value in set(Consent):
            self.consent = value
        else:
            raise NoInterview
        self.on()

    def skip(self) -> None:
        """Go on with what there is.

        Raises:
            BadDraft: nothing was said yet about what happened.
        """
        if self.step == Step.WHAT and not legible(self.what):
            raise BadDraft("interview.bad.what")
        self.on()

    def on(self) -> None:
        """Go to the next question."""
        place = ORDER.index(Step(self.step))
        self.step, self.aside, self.anew = ORDER[min(place + 1, len(ORDER) - 1)], "", False

    def back(self) -> None:
        """Go to the question before; what was said there stands until something else is."""
        place = ORDER.index(Step(self.step))
        self.step, self.aside, self.anew = ORDER[max(place - 1, 0)], "", True

    def draft(self) -> Draft:
        """Return it as a draft for the ledger.

        Raises:
            BadDraft: there is nothing to log.
        """
        kind = Kind(self.kind) if self.kind in RAISABLE else Kind.OTHER
        return checked(Draft(kind, self.what, self.link, self.wish, Consent(self.consent)))


@dataclass(frozen=True)
class Interview:
    """A person's interview, as it stands."""

    guild_id: int
    token: str
    revision: int
    sheet: Sheet


@dataclass(frozen=True)
class UnderWay:
    """Somebody who has an interview: the last message of theirs that was taken, and when."""

    user_id: int
    last: int
    at: datetime


class Interviews:
    """Keeps what was answered, and asks on."""

    def __init__(
        self, store: Store, outbox: Outbox, people: People, clock: Clock, randomness: Randomness
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._clock = clock
        self._randomness = randomness

    async def begin(self, guild_id: int, user_id: int, locale: str) -> Interview:
        """Begin one; whoever has one in this guild already is asked on where they were."""

        async def work(session: AsyncSession) -> Interview:
            row = await self._find(session, [guild_id], user_id)
            now = self._clock()
            if row is None:
                person = await self._people.ensure(session, guild_id, user_id, now)
                key = await self._people.ensure_text_key(session, person)
                await session.execute(
                    delete(InterviewRow).where(InterviewRow.person_id == person.id)
                )
                row = InterviewRow(
                    guild_id=guild_id,
                    person_id=person.id,
                    token=self._new_token(),
                    revision=0,
                    at=now,
                    content=self._people.seal(_packed(Sheet(locale=locale)), key),
                )
                session.add(row)
            return await self._asked(session, row)

        return await self._store.write(work)

    async def current(self, guild_ids: Sequence[int], user_id: int) -> Interview | None:
        """Return the interview a person has in these guilds."""

        async def work(session: AsyncSession) -> Interview | None:
            row = await self._find(session, guild_ids, user_id)
            return None if row is None else await self._read(session, row)

        return await self._store.read(work)

    async def change(
        self,
        guild_ids: Sequence[int],
        user_id: int,
        change: Callable[[Sheet], None],
        *,
        token: str | None = None,
        revision: int | None = None,
    ) -> Interview:
        """Change what was answered, and ask on. `token` and `revision` are those of a button.

        Raises:
            NoInterview: there is none, or the button belongs to an earlier question.
            BadDraft: what was written cannot be taken.
        """

        async def work(session: AsyncSession) -> Interview:
            row = await self._find(session, guild_ids, user_id, lock=True)
            if row is None or token not in (None, row.token):
                raise NoInterview
            if revision not in (None, row.revision):
                raise NoInterview
            interview = await self._read(session, row)
            person = await self._people.find(session, row.guild_id, user_id, lock=True)
            if interview is None or person is None or person.text_key is None:
                raise NoInterview
            change(interview.sheet)
            row.content = self._people.seal(_packed(interview.sheet), person.text_key)
            return await self._asked(session, row)

        return await self._store.write(work)

    async def under_way(self) -> list[UnderWay]:
        """Return whom questions are open with, the latest first; at most `MOST_UNDER_WAY`."""

        async def work(session: AsyncSession) -> list[UnderWay]:
            rows = await session.scalars(
                select(InterviewRow)
                .where(InterviewRow.at > self._clock() - LIFE)
                .order_by(InterviewRow.at.desc(), InterviewRow.id.desc())
                .limit(MOST_UNDER_WAY)
            )
            found = []
            for row in rows:
                who = await self._people.user_id(session, row.person_id)
                sheet = await sheet_of(session, self._people, row)
                if who is not None and sheet is not None:
                    found.append(UnderWay(who, sheet.last, row.at))
            return found

        return await self._store.read(work)

    async def end(self, guild_ids: Sequence[int], user_id: int) -> bool:
        """Forget a person's interview; say whether there was one."""

        async def work(session: AsyncSession) -> bool:
            row = await self._find(session, guild_ids, user_id, lock=True)
            if row is None:
                return False
            await session.delete(row)
            return True

        return await self._store.write(work)

    async def sent(self, session: AsyncSession, token: str) -> None:
        """Forget an interview in the transaction that keeps what was written elsewhere."""
        await session.execute(delete(InterviewRow).where(InterviewRow.token == token))

    async def to_ask(self, token: str, revision: int) -> tuple[Interview, int] | None:
        """Return an interview and whom it is with, if this is still what is to be asked."""

        async def work(session: AsyncSession) -> tuple[Interview, int] | None:
            row = await session.scalar(select(InterviewRow).where(InterviewRow.token == token))
            if row is None or row.revision != revision:
                return None
            who = await self._people.user_id(session, row.person_id)
            interview = await self._read(session, row)
            return None if who is None or interview is None else (interview, who)

        return await self._store.read(work)

    async def _find(
        self, session: AsyncSession, guild_ids: Sequence[int], user_id: int, *, lock: bool = False
    ) -> InterviewRow | None:
        mine = await self._people.ids_of(session, guild_ids, user_id)
        query = (
            select(InterviewRow)
            .where(InterviewRow.person_id.in_(mine), InterviewRow.at > self._clock() - LIFE)
            .order_by(InterviewRow.at.desc(), InterviewRow.id.desc())
            .limit(1)
        )
        return await session.scalar(query.with_for_update() if lock else query)

    async def _asked(self, session: AsyncSession, row: InterviewRow) -> Interview:
        row.revision += 1
        row.at = self._clock()
        await session.flush()
        await self._outbox.post(
            session,
            Effect(
                kind=ASK,
                guild_id=row.guild_id,
                lane=f"interview:{row.token}",
                key=f"interview:{row.token}:{row.revision}",
                payload={"token": row.token, "revision": row.revision},
            ),
        )
        interview = await self._read(session, row)
        if interview is None:
            raise NoInterview
        return interview

    async def _read(self, session: AsyncSession, row: InterviewRow) -> Interview | None:
        sheet = await sheet_of(session, self._people, row)
        return None if sheet is None else Interview(row.guild_id, row.token, row.revision, sheet)

    def _new_token(self) -> str:
        return "".join(ALPHABET[self._randomness.randrange(len(ALPHABET))] for _ in range(_TOKEN))


async def sheet_of(session: AsyncSession, people: People, row: InterviewRow) -> Sheet | None:
    """Open what somebody has answered; None once they have erased themselves."""
    packed = people.open(row.content, await people.text_key_of(session, row.person_id))
    if packed is None:
        return None
    known = {one.name for one in fields(Sheet)}
    return Sheet(**{name: value for name, value in json.loads(packed).items() if name in known})


def old_interviews(days: int) -> Rule:
    """Return the rule for interviews that nobody went on with."""

    async def count(session: AsyncSession, cutoff: datetime) -> int:
        query = select(func.count()).select_from(InterviewRow).where(InterviewRow.at < cutoff)
        return await session.scalar(query) or 0

    async def forget(session: AsyncSession, cutoff: datetime) -> int:
        gone = await session.scalars(
            delete(InterviewRow).where(InterviewRow.at < cutoff).returning(InterviewRow.id)
        )
        return len(list(gone))

    return Rule("interviews", days, count, forget)


def _packed(sheet: Sheet) -> str:
    return json.dumps(asdict(sheet))
