"""The opinion maps of every server: drawing them, closing them, and what happens by itself."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import boards
from bot.discussions.attaching import live_of
from bot.discussions.opinions.figures import FLOOR, Figures
from bot.discussions.opinions.mapping import figures_of
from bot.discussions.opinions.model import REDRAWN, Drawn, Stage, State
from bot.discussions.opinions.records import (
    OpinionMapRow,
    StatementRow,
    VoterRow,
    cast_in,
    statements,
    whole,
)
from bot.discussions.opinions.voting import Voting
from bot.store.people import PersonRow

_LIVE = (State.OPEN, State.CLOSING)


class Opinions(Voting):
    """Opinion maps, and what becomes of them as time goes on.

    A map that is being closed says so in its row before it is drawn for the last time: a desk that
    stops in between goes on with that when it is back.
    """

    def __init__(self, *arguments: Any) -> None:
        """Take what `OpinionKeeping` takes."""
        super().__init__(*arguments)
        self._drawing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._shown: dict[int, tuple[int, int]] = {}

    async def drawn(self, guild_id: int, reference: str) -> Drawn:
        """Return a map with its figures, drawn anew if five people voted since it was drawn last.

        Raises:
            NoSuchMap: this guild has no such reference.
        """
        row = await self._store.read(lambda store: self._row(store, guild_id, reference))
        if row.state == State.CLOSING:
            await self._finish(row.id)
        elif row.state == State.OPEN:
            await self._redraw(row.id)
        return await self.standing(guild_id, reference)

    async def standing(self, guild_id: int, reference: str) -> Drawn:
        """Return a map with the figures it was drawn with last.

        Raises:
            NoSuchMap: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Drawn:
            row = await self._row(store, guild_id, reference)
            found = await statements(store, self._people, row.id, StatementRow.stage == Stage.SHOWN)
            return Drawn(
                await whole(store, row),
                None if row.figures is None else Figures.from_json(row.figures),
                {one.number: one.text for one in found if one.text},
                row.late,
            )

        return await self._store.read(work)

    async def close(self, guild_id: int, reference: str, by: int) -> None:
        """Close a map now, and draw it for the last time; its votes are deleted then.

        Raises:
            MapIsClosed, NoSuchMap
        """

        async def work(store: AsyncSession) -> int:
            row = await self._open_row(store, guild_id, reference, lock=True)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            await self._begin_closing(store, row, person.id)
            return row.id

        await self._finish(await self._store.write(work))

    async def look(self) -> None:
        """Close what is due, or whose session is over, and finish what was being closed; then
        bring boards up to date."""

        async def due(store: AsyncSession) -> Sequence[int]:
            return (await store.scalars(live_of(OpinionMapRow, _LIVE, self._clock()))).all()

        async def begin(store: AsyncSession, map_id: int) -> None:
            row = await store.get(OpinionMapRow, map_id, with_for_update=True)
            if row is not None and row.state == State.OPEN:
                await self._begin_closing(store, row, None)

        for map_id in await self._store.read(due):
            await self._store.write(partial(begin, map_id=map_id))
            await self._finish(map_id)
        await self._bring()

    async def _bring(self) -> None:
        voted = select(func.count(VoterRow.person_id)).where(
            VoterRow.map_id == OpinionMapRow.id, VoterRow.round.is_not(None)
        )
        said = select(func.count(StatementRow.id)).where(
            StatementRow.map_id == OpinionMapRow.id, StatementRow.stage == Stage.SHOWN
        )
        query = select(OpinionMapRow, voted.scalar_subquery(), said.scalar_subquery()).where(
            OpinionMapRow.state == State.OPEN
        )

        async def read(store: AsyncSession) -> list[tuple[OpinionMapRow, tuple[int, int]]]:
            rows = await store.execute(query)
            return [(row, (people, shown)) for row, people, shown in rows]

        found = await self._store.read(read)
        late = [row for row, now in found if self._shown.get(row.id) != now]
        if late:
            effects = [boards.once_more(boards.OPINION, row, self._clock()) for row in late]
            await self._store.write(lambda store: self._outbox.post(store, *effects))
        self._shown = {row.id: now for row, now in found}

    async def _begin_closing(
        self, store: AsyncSession, row: OpinionMapRow, person_id: int | None
    ) -> None:
        row.state, row.closed_at = State.CLOSING, self._clock()
        row.version += 1
        await self._audit.record(store, row.guild_id, person_id, "opinion.closed", row.reference)

    async def _finish(self, map_id: int) -> None:
        """Draw a map that is being closed for the last time, and delete its votes."""
        async with self._drawing[map_id]:
            row, changed, figures = await self._figures(map_id, State.CLOSING, floor=0)
            if row is None:
                return

            async def keep(store: AsyncSession) -> None:
                row = await store.get(OpinionMapRow, map_id, with_for_update=True)
                if row is None or row.state != State.CLOSING:
                    return
                # The difference from the last picture would tell how those few voted.
                row.late = row.figures is not None and 0 < changed < FLOOR
                if not row.late and figures is not None:
                    row.figures, row.drawn_at = figures.as_json(), self._clock()
                row.state = State.CLOSED
                row.version += 1
                await store.execute(delete(VoterRow).where(VoterRow.map_id == map_id))
                await self._outbox.post(store, boards.at_once(boards.OPINION, row))

            await self._store.write(keep)
        self._drawing.pop(map_id, None)

    async def _redraw(self, map_id: int) -> None:
        async with self._drawing[map_id]:
            row, _changed, figures = await self._figures(map_id, State.OPEN, floor=FLOOR)
            if row is None or figures is None:
                return
            drawn = update(OpinionMapRow).where(
                OpinionMapRow.id == map_id,
                OpinionMapRow.state == State.OPEN,
                OpinionMapRow.round == row.round,
            )
            drawn = drawn.values(
                figures=figures.as_json(), drawn_at=self._clock(), round=row.round + 1
            )
            await self._store.write(lambda store: store.execute(drawn))

    async def _figures(
        self, map_id: int, state: State, *, floor: int
    ) -> tuple[OpinionMapRow | None, int, Figures | None]:
        """Return a map's row, how many voted since it was drawn, and new figures if due."""

        async def read(
            store: AsyncSession,
        ) -> tuple[OpinionMapRow, int, list[int], list[tuple[bytes, bytes | None]]] | None:
            row = await store.get(OpinionMapRow, map_id)
            if row is None or row.state != state:
                return None
            changed = await _changed(store, row)
            too_soon = row.drawn_at is not None and self._clock() - row.drawn_at < REDRAWN
            if floor and (changed < floor or too_soon):
                return None
            numbers = await store.scalars(
                select(StatementRow.number)
                .where(StatementRow.map_id == map_id, StatementRow.stage == Stage.SHOWN)
                .order_by(StatementRow.number)
            )
            sealed = await store.execute(
                select(VoterRow.votes, PersonRow.text_key)
                .join(PersonRow, PersonRow.id == VoterRow.person_id)
                .where(*cast_in(map_id))
                .order_by(VoterRow.person_id)
            )
            return row, changed, list(numbers), [(votes, key) for votes, key in sealed]

        found = await self._store.read(read)
        if found is None:
            return None, 0, None
        row, changed, numbers, sealed = found
        return row, changed, await asyncio.to_thread(self._computed, numbers, sealed)

    def _computed(
        self, numbers: Sequence[int], sealed: Sequence[tuple[bytes, bytes | None]]
    ) -> Figures:
        votes = np.zeros((len(sealed), max(numbers, default=0)), dtype=np.int8)
        for place, (content, key) in enumerate(sealed):
            opened = self._people.open_bytes(content, key) or b""
            line = np.frombuffer(opened, dtype=np.int8)[: votes.shape[1]]
            votes[place, : len(line)] = line
        return figures_of(votes[:, [number - 1 for number in numbers]], numbers)


async def _changed(store: AsyncSession, row: OpinionMapRow) -> int:
    """Return how many people voted since a map was drawn last."""
    since = select(func.count(VoterRow.person_id)).where(
        VoterRow.map_id == row.id, VoterRow.round == row.round
    )
    return await store.scalar(since) or 0
