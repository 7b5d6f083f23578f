"""What polls keep of people: their ballots, until they are counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.polls.records import BallotRow, PollRow
from bot.store.outbox import Outbox
from bot.store.people import People, Person
from bot.store.personal import Share


class PollsOfPeople:
    """The polls' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"poll_ballot.person_id"})

    def __init__(self, outbox: Outbox, people: People) -> None:
        self._outbox = outbox
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return a person's ballots in polls that are not counted yet."""
        rows = await session.execute(
            select(PollRow, BallotRow.ballot)
            .join(BallotRow, BallotRow.poll_id == PollRow.id)
            .where(BallotRow.person_id == person.id)
            .order_by(PollRow.id)
        )
        return {
            "ballots": [
                {"poll": row.reference, "chosen": _chosen(self._people, row, sealed, person)}
                for row, sealed in rows
            ]
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        query = select(func.count()).where(BallotRow.person_id == person.id)
        many = await session.scalar(query) or 0
        return Share(goes={"ballots": many} if many else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take back a person's ballots; results stay, and name nobody."""
        rows = await session.scalars(
            select(PollRow)
            .join(BallotRow, BallotRow.poll_id == PollRow.id)
            .where(BallotRow.person_id == person.id)
        )
        found = rows.all()
        await session.execute(delete(BallotRow).where(BallotRow.person_id == person.id))
        for row in found:
            board = boards.at_once(boards.POLL, row, again=f":erased{person.id}")
            await self._outbox.post(session, board)

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom polls need to know: who voted in one that is not counted."""
        return [select(BallotRow.person_id)]


def _chosen(people: People, row: PollRow, sealed: bytes, person: Person) -> list[str]:
    ballot = people.open_bytes(sealed, person.text_key) or b""
    return [str(row.options[one]) for one in ballot if one < len(row.options)]
