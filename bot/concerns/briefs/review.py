"""The human pass: a person looks at every quote with its marks, and passes it or changes it.

Marks are found by the machine when a quote is first looked at, and are a person's from then on.
Whoever changes a text or its marks reopens the pass of that quote, and voids every signature.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.building import Building
from bot.concerns.briefs.model import (
    NAME_LIMIT,
    UNSENT,
    BadBrief,
    ChangedMeanwhile,
    How,
    NoSuchBrief,
    NotAllowedMove,
    Quote,
    State,
)
from bot.concerns.briefs.reading import item_of
from bot.concerns.briefs.records import BriefRow, ItemRow, NamingRow, Words
from bot.concerns.briefs.redaction import Hidden, Mark, find, merged, occurrences, prepared
from bot.concerns.conflicts import is_excluded, refuse_excluded
from bot.concerns.effects import lane_of
from bot.concerns.model import Consent
from bot.concerns.records import ConcernRow
from bot.concerns.records import find as find_concern
from bot.concerns.troubles import NoSuchConcern
from bot.store.outbox import Effect

CUT = "[…]"
"""Stands where staff left something out of a quote."""

ASK_NAME = "concern.ask_name"

Rewrite = Callable[[Words], Words]


class Review(Building):
    """Quotes, one by one."""

    async def quote(
        self,
        guild_id: int,
        reference: str,
        by: int,
        *,
        item_id: int | None = None,
        place: int | None = None,
    ) -> Quote | None:
        """Return one quote to look at: `item_id`, the one at `place`, or the first that nobody has
        passed. A place beyond the last is the first.

        None if there is none. The audit says who looked at whose words.

        Raises:
            NoSuchBrief: this guild has no such brief, or it does not quote that.
            NotAllowedMove: it was sent.
            Excluded: this person keeps out of that concern.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Quote | None:
            wanted = item_id
            if wanted is None:
                quotes = []
                for one, concern in self._in_order(await self._pairs(session, row)):
                    if place is None and one.passed_at is not None:
                        continue
                    # Whoever keeps out of a concern leaves its quote to others.
                    if not await is_excluded(session, concern, [person_id]):
                        quotes.append(one)
                if not quotes:
                    return None
                first = 1 if place is None else place
                wanted = quotes[(first - 1) % len(quotes)].id
            item, concern, words = await self._opened(session, row, wanted, person_id)
            await self._audit.record(
                session,
                guild_id,
                person_id,
                "brief.quote_opened",
                row.reference,
                {"concern": concern.reference},
            )
            return await self._shown(session, row, item, concern, words)

        return await self._changed(guild_id, reference, by, change)

    async def pass_(
        self, guild_id: int, reference: str, by: int, item_id: int, *, seen: int
    ) -> None:
        """Pass a quote as this person saw it: at version `seen`.

        Raises:
            ChangedMeanwhile: it is not what they saw any more.
            NoSuchBrief, NotAllowedMove: see `quote`.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> None:
            item, concern, _ = await self._opened(session, row, item_id, person_id, seen=seen)
            if item.passed_at is not None:
                return
            item.passed_by_id, item.passed_at = person_id, self._clock()
            detail = {"concern": concern.reference}
            await self._record(session, row, "passed", person_id, detail)
            await self._pass_whole(session, row, person_id)

        await self._changed(guild_id, reference, by, change)

    async def mark(
        self, guild_id: int, reference: str, by: int, item_id: int, words: str, *, seen: int
    ) -> Quote:
        """Hide words wherever they stand in a quote.

        Raises:
            BadBrief: the quote does not have these words.
            ChangedMeanwhile, NoSuchBrief, NotAllowedMove: see `pass_`.
        """

        def more(kept: Words) -> Words:
            places = list(occurrences(kept.text, words))
            if not places:
                raise BadBrief("brief.bad.not_there")
            added = (Mark(start, end, Hidden.OTHER) for start, end in places)
            return Words(kept.text, merged((*kept.marks, *added)), kept.name)

        return await self._rewritten(guild_id, reference, by, item_id, seen, "marked", more)

    async def unmark(
        self, guild_id: int, reference: str, by: int, item_id: int, start: int, *, seen: int
    ) -> Quote:
        """Show again what the mark that begins at `start` hides.

        Raises:
            ChangedMeanwhile, NoSuchBrief, NotAllowedMove: see `pass_`.
        """

        def fewer(kept: Words) -> Words:
            marks = tuple(mark for mark in kept.marks if mark.start != start)
            return Words(kept.text, marks, kept.name)

        return await self._rewritten(guild_id, reference, by, item_id, seen, "unmarked", fewer)

    async def shorten(
        self, guild_id: int, reference: str, by: int, item_id: int, text: str, *, seen: int
    ) -> Quote:
        """Quote a part only. Nothing may be changed: what is left out is written `[…]`.

        Raises:
            BadBrief: it is not the person's own words in their order.
            ChangedMeanwhile, NoSuchBrief, NotAllowedMove: see `pass_`.
        """
        wanted = prepared(text)

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Quote:
            item, concern, kept = await self._opened(session, row, item_id, person_id, seen=seen)
            if not is_cut_of(wanted, await self._what(session, concern)):
                raise BadBrief("brief.bad.not_a_cut")
            cut = Words(wanted, find(wanted), kept.name)
            return await self._reopened(session, row, item, concern, cut, "shortened", person_id)

        return await self._changed(guild_id, reference, by, change)

    async def count_only(self, guild_id: int, reference: str, by: int, item_id: int) -> None:
        """Do not quote a concern; count it.

        Raises:
            NoSuchBrief, NotAllowedMove: see `quote`.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> None:
            item, concern, _ = await self._opened(session, row, item_id, person_id)
            item.how, item.quote = How.COUNT, None
            item.passed_by_id = item.passed_at = None
            item.version += 1
            detail = {"concern": concern.reference}
            await self._record(session, row, "count_only", person_id, detail)
            await self._step_back(session, row, person_id)

        await self._changed(guild_id, reference, by, change)

    async def ask_name(self, guild_id: int, reference: str, by: int, item_id: int) -> None:
        """Ask a person who may be quoted by name, through the desk, how they want to be named.

        Raises:
            BadBrief: they did not allow being named, or were asked before.
            NoSuchBrief, NotAllowedMove: see `quote`.
        """

        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> None:
            _, concern, _ = await self._opened(session, row, item_id, person_id)
            if concern.consent != Consent.QUOTE_NAMED:
                raise BadBrief("brief.bad.no_name")
            naming = await session.get(NamingRow, concern.id)
            if naming is not None and naming.asked_at is not None:
                raise BadBrief("brief.bad.asked")
            now = self._clock()
            if naming is None:
                session.add(NamingRow(concern_id=concern.id, guild_id=guild_id, asked_at=now))
            else:
                naming.asked_at = now
            detail = {"concern": concern.reference}
            await self._record(session, row, "asked_name", person_id, detail)
            await self._outbox.post(session, ask_name(concern))

        await self._changed(guild_id, reference, by, change)

    async def name(self, guild_id: int, user_id: int, concern: str, name: str) -> None:
        """Keep how a reporter wants to be named; quotes passed without it are looked at again.

        Raises:
            BadBrief: it is empty or too long, or they do not allow being named.
            NoSuchConcern: this guild has no such concern, or it is not this person's.
        """
        named = " ".join(prepared(name).split())
        if not named or len(named) > NAME_LIMIT:
            raise BadBrief("brief.bad.name")

        async def work(session: AsyncSession) -> None:
            row = await find_concern(session, guild_id, concern, lock=True)
            mine = await self._people.ids_of(session, [guild_id], user_id)
            if row is None or row.reporter_id not in mine:
                raise NoSuchConcern(concern)
            key = await self._text_key(session, row)
            if row.consent != Consent.QUOTE_NAMED or key is None:
                raise BadBrief("brief.bad.no_name")
            naming = await session.get(NamingRow, row.id)
            if naming is None:
                naming = NamingRow(concern_id=row.id, guild_id=guild_id)
                session.add(naming)
            naming.name, naming.named_at = self._people.seal(named, key), self._clock()
            await session.flush()
            await self.concern_changed(session, row.id)

        await self._store.write(work)

    async def _rewritten(
        self,
        guild_id: int,
        reference: str,
        by: int,
        item_id: int,
        seen: int,
        what: str,
        rewrite: Rewrite,
    ) -> Quote:
        async def change(session: AsyncSession, row: BriefRow, person_id: int) -> Quote:
            item, concern, kept = await self._opened(session, row, item_id, person_id, seen=seen)
            new = rewrite(kept)
            if new == kept:
                return await self._shown(session, row, item, concern, kept)
            return await self._reopened(session, row, item, concern, new, what, person_id)

        return await self._changed(guild_id, reference, by, change)

    async def _reopened(
        self,
        session: AsyncSession,
        row: BriefRow,
        item: ItemRow,
        concern: ConcernRow,
        words: Words,
        what: str,
        person_id: int,
    ) -> Quote:
        await self._keep(session, item, concern, words)
        item.passed_by_id = item.passed_at = None
        item.version += 1
        await self._record(session, row, what, person_id, {"concern": concern.reference})
        await self._step_back(session, row, person_id)
        return await self._shown(session, row, item, concern, words)

    async def _opened(
        self,
        session: AsyncSession,
        row: BriefRow,
        item_id: int,
        person_id: int,
        *,
        seen: int | None = None,
    ) -> tuple[ItemRow, ConcernRow, Words]:
        """Return a quote that may still be changed; find its marks if nobody has seen it yet."""
        if State(row.state) not in UNSENT:
            raise NotAllowedMove(State(row.state), State.REVIEWED)
        found = (
            await session.execute(
                select(ItemRow, ConcernRow)
                .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
                .where(ItemRow.id == item_id, ItemRow.brief_id == row.id, ItemRow.how == How.QUOTE)
            )
        ).first()
        if found is None:
            raise NoSuchBrief(row.reference)
        item, concern = found
        await refuse_excluded(session, concern, [person_id])
        if seen is not None and item.version != seen:
            raise ChangedMeanwhile(row.reference)
        words = await self._words(session, item, concern)
        if words is None:
            what = await self._what(session, concern)
            words = Words(what, find(what), await self._name(session, concern))
            item.source = self._source(what)
            await self._keep(session, item, concern, words)
        return item, concern, words

    async def _shown(
        self,
        session: AsyncSession,
        row: BriefRow,
        item: ItemRow,
        concern: ConcernRow,
        words: Words,
    ) -> Quote:
        await session.flush()
        ids = [one.id for one, _ in self._in_order(await self._pairs(session, row))]
        passed_by = item.passed_by_id
        who = None if passed_by is None else await self._people.user_id(session, passed_by)
        return Quote(
            item=item_of(item, concern, who, named=words.name is not None),
            text=words.text,
            marks=words.marks,
            shown=words.shown,
            name=words.name,
            version=item.version,
            place=ids.index(item.id) + 1,
            quotes=len(ids),
        )


def is_cut_of(cut: str, text: str) -> bool:
    """Say whether `cut` is made of parts of `text` in their order, with `[…]` between them."""
    parts = [part.strip() for part in cut.split(CUT)]
    place = 0
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if not any(parts):
        return False
    # What is left out at either end is said too.
    begins = text.startswith(parts[0]) if parts[0] else cut.startswith(CUT)
    ends = text.endswith(parts[-1]) if parts[-1] else cut.endswith(CUT)
    return begins and ends


def ask_name(row: ConcernRow) -> Effect:
    """Ask a reporter how they want to be named."""
    return Effect(
        kind=ASK_NAME,
        guild_id=row.guild_id,
        lane=lane_of(row.reporter_id),
        key=f"ask_name:{row.guild_id}:{row.reference}",
        payload={"reference": row.reference},
    )
