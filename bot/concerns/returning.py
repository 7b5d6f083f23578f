"""Opening a closed anonymous concern again, with its code."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import to_the_hour
from bot.concerns import timing
from bot.concerns.anonymous import Anonymous
from bot.concerns.changing import check_reopening
from bot.concerns.joining.news import tell_voices
from bot.concerns.model import State
from bot.concerns.troubles import BadDraft


class Returning(Anonymous):
    """The ledger from the side of whoever holds a return code, with the way back to staff."""

    async def reopen(self, *, guild_id: int, code: str) -> None:
        """Open the closed concern of this code again. Opening an open one changes nothing.

        Raises:
            TooLate: it was closed too long ago.
            BadDraft: its words were taken back.
            WrongCode: there is no such concern.
        """

        async def work(session: AsyncSession) -> None:
            row, person = await self._find(session, [guild_id], code, lock=True)
            if row.state != State.CLOSED:
                return
            if person.text_key is None or not row.content:
                raise BadDraft("concern.bad.erased")
            await check_reopening(session, row, self._clock())
            row.state, row.close_reason = State.REOPENED, None
            await timing.on_moved(session, row, to_the_hour(self._clock()))
            await self._parts.out(session, row)
            await self._parts.reopened(session, row, None)
            await self._did(session, row, "reopened")
            await tell_voices(session, self._outbox, row, State.CLOSED, coarse=True)

        await self._store.write(work)
