"""What opinion maps keep of people: what they said, and how they voted while a map is open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.opinions.figures import Vote
from bot.discussions.opinions.model import Stage, State
from bot.discussions.opinions.records import OpinionMapRow, StatementRow, VoterRow
from bot.store.outbox import Outbox
from bot.store.people import People, Person
from bot.store.personal import Share


class OpinionsOfPeople:
    """The opinion maps' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"opinion_statement.author_id", "opinion_voter.person_id"})

    def __init__(self, outbox: Outbox, people: People) -> None:
        self._outbox = outbox
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return what a person said in maps, and their votes in those that are open."""
        said = await session.execute(
            select(OpinionMapRow.reference, StatementRow)
            .join(StatementRow, StatementRow.map_id == OpinionMapRow.id)
            .where(StatementRow.author_id == person.id, StatementRow.content.is_not(None))
            .order_by(StatementRow.id)
        )
        voted = await session.execute(
            select(OpinionMapRow.reference, VoterRow.votes)
            .join(VoterRow, VoterRow.map_id == OpinionMapRow.id)
            .where(VoterRow.person_id == person.id)
            .order_by(OpinionMapRow.id)
        )
        return {
            "opinion_statements": [
                {
                    "map": reference,
                    "number": one.number,
                    "text": self._people.open(one.content or b"", person.text_key),
                    "stage": one.stage,
                    "at": one.at.isoformat(),
                }
                for reference, one in said
            ],
            "opinion_votes": [
                {"map": reference, "votes": _votes(self._people, sealed, person)}
                for reference, sealed in voted
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        goes = {}
        for name, query in (
            ("opinions", select(func.count()).where(*_said_by(person))),
            ("votes", select(func.count()).where(VoterRow.person_id == person.id)),
        ):
            many = await session.scalar(query)
            if many:
                goes[name] = many
        return Share(goes=goes)

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take back what a person said and voted; figures of closed maps stay, and name nobody."""
        maps = set(
            await session.scalars(select(VoterRow.map_id).where(VoterRow.person_id == person.id))
        )
        await session.execute(delete(VoterRow).where(VoterRow.person_id == person.id))
        for row in (await session.scalars(select(StatementRow).where(*_said_by(person)))).all():
            row.content, row.stage = None, Stage.WITHDRAWN
            row.print = f"erased:{row.id}"
            maps.add(row.map_id)
        await session.flush()
        for map_id in sorted(maps):
            row_of_map = await session.get(OpinionMapRow, map_id)
            if row_of_map is not None:
                again = f":erased{person.id}"
                board = boards.at_once(boards.OPINION, row_of_map, again=again)
                await self._outbox.post(session, board)

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom maps need to know: who voted in an open one, and whose words are shown."""
        return [
            select(VoterRow.person_id),
            select(StatementRow.author_id).where(
                StatementRow.content.is_not(None), StatementRow.at >= cutoff
            ),
            select(StatementRow.author_id)
            .join(OpinionMapRow, OpinionMapRow.id == StatementRow.map_id)
            .where(OpinionMapRow.state != State.CLOSED),
        ]


def _said_by(person: Person) -> tuple[Any, ...]:
    return (StatementRow.author_id == person.id, StatementRow.content.is_not(None))


def _votes(people: People, sealed: bytes, person: Person) -> dict[str, str]:
    opened = people.open_bytes(sealed, person.text_key) or b""
    return {str(place + 1): Vote(vote).name.lower() for place, vote in enumerate(opened) if vote}
