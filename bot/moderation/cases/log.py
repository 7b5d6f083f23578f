"""One log of cases: searched, by member, and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases.appeals import Appeals
from bot.moderation.cases.model import Act, Line, State
from bot.moderation.cases.records import AppealRow, CaseRow, line_of, opened, subject_print

PAGE = 8
_MOST_READ = 1000


@dataclass(frozen=True)
class Search:
    """What is looked for. `words` must all stand in the reason."""

    subject: int | None = None
    by: int | None = None
    act: Act | None = None
    state: State | None = None
    rule: str = ""
    words: str = ""


@dataclass(frozen=True)
class Found:
    """A page of cases, the newest first, of how many."""

    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Counts:
    """How many cases there were in a time: by rule, by act, and appeals by outcome."""

    since: datetime
    rules: Mapping[str, int]
    acts: Mapping[str, int]
    appeals: Mapping[str, int]


class Log(Appeals):
    """The log of a server's cases."""

    async def search(self, guild_id: int, wanted: Search, page: int = 0) -> Found:
        """Return a page of the cases that match; a page beyond the last is the last.

        Reasons are sealed, so words are looked for in the newest thousand that match otherwise.
        """
        now = self._clock()
        words = wanted.words.casefold().split()

        async def work(session: AsyncSession) -> Found:
            query = select(CaseRow).where(*await self._conditions(session, guild_id, wanted))
            query = query.order_by(CaseRow.id.desc())
            if words:
                rows = list(await session.scalars(query.limit(_MOST_READ)))
                kept = [row for row in rows if self._has(row, words)]
                total, at = len(kept), _page(page, len(kept))
                shown = kept[at * PAGE : (at + 1) * PAGE]
            else:
                total = (
                    await session.scalar(select(func.count()).select_from(query.subquery())) or 0
                )
                at = _page(page, total)
                shown = list(await session.scalars(query.offset(at * PAGE).limit(PAGE)))
            return Found(tuple(line_of(self._vault, row, now) for row in shown), total, at)

        return await self._store.read(work)

    async def counts(self, guild_id: int, days: int) -> Counts:
        """Count what was done in these days. What is for moderators only is not counted."""
        since = self._clock() - timedelta(days=days)
        acted = (
            CaseRow.guild_id == guild_id,
            CaseRow.opened_at >= since,
            CaseRow.act.not_in([Act.REPORT, Act.NOTE]),
        )

        async def by(session: AsyncSession, column: ColumnElement[str]) -> dict[str, int]:
            query = select(column, func.count()).where(*acted).group_by(column).order_by(column)
            return {str(name): count for name, count in await session.execute(query)}

        async def work(session: AsyncSession) -> Counts:
            outcome = func.coalesce(AppealRow.outcome, "waiting")
            query = select(outcome, func.count()).where(
                AppealRow.guild_id == guild_id, AppealRow.at >= since
            )
            appeals = await session.execute(query.group_by(outcome).order_by(outcome))
            return Counts(
                since,
                await by(session, CaseRow.rule.expression),
                await by(session, CaseRow.act.expression),
                {str(name): count for name, count in appeals},
            )

        return await self._store.read(work)

    async def _conditions(
        self, session: AsyncSession, guild_id: int, wanted: Search
    ) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [CaseRow.guild_id == guild_id]
        if wanted.subject is not None:
            print_ = subject_print(self._vault, guild_id, wanted.subject)
            conditions.append(CaseRow.subject_print == print_)
        if wanted.by is not None:
            ids = await self._people.ids_of(session, [guild_id], wanted.by)
            conditions.append(CaseRow.by_id.in_(ids))
        if wanted.act is not None:
            conditions.append(CaseRow.act == wanted.act)
        if wanted.state is not None:
            conditions.append(CaseRow.state == wanted.state)
        if wanted.rule:
            conditions.append(CaseRow.rule == wanted.rule)
        return conditions

    def _has(self, row: CaseRow, words: list[str]) -> bool:
        reason = (opened(self._vault, row, row.reason) or "").casefold()
        return all(word in reason for word in words)


def _page(page: int, total: int) -> int:
    return min(max(page, 0), max(0, -(-total // PAGE) - 1))
