"""News: each thing told once, muted by choice, and kept where it cannot be brought."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.model import CloseReason, Delivery, Draft, Kind, State, Told
from bot.concerns.news import NewsDesk, tell
from bot.concerns.records import find
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.store import Store
from bot.store.outbox import Outbox, Parcel
from bot.store.people import People
from tests.conftest import StandingClock

GUILD, ANA, SAM, SUE = 10_000_001, 20_000_002, 30_000_003, 30_000_004


@pytest.fixture
def news(store: Store, outbox: Outbox, people: People, clock: StandingClock) -> NewsDesk:
    return NewsDesk(store, outbox, people, clock)


async def raised(concerns: Concerns) -> str:
    receipt = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.PRIVACY, "x"), intake="test:1"
    )
    return receipt.reference


async def posted(outbox: Outbox) -> list[Parcel]:
    found = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            await outbox.done(parcel)
            found.append(parcel)
    return [one for one in found if one.kind == effects.NEWS]


async def told(triage: Triage, reference: str) -> Sequence[tuple[Told, Delivery]]:
    return [(one.what, one.delivery) for one in (await triage.case(GUILD, reference)).news]


async def test_that_it_was_read_is_told_once_however_many_open_it(
    concerns: Concerns, triage: Triage, outbox: Outbox
) -> None:
    reference = await raised(concerns)
    await asyncio.gather(
        triage.open(GUILD, reference, SAM),
        triage.open(GUILD, reference, SUE),
        triage.claim(GUILD, reference, SAM),
    )
    await triage.open(GUILD, reference, SUE)
    assert await told(triage, reference) == [(Told.READ, Delivery.PENDING)]
    assert len(await posted(outbox)) == 1


async def test_a_reply_says_that_it_was_read(
    concerns: Concerns, triage: Triage, outbox: Outbox
) -> None:
    reference = await raised(concerns)
    await triage.reply(GUILD, reference, SAM, "Hello.", intake="i:1")
    assert await posted(outbox) == []


async def test_closing_twice_is_told_twice_and_each_once(
    concerns: Concerns, triage: Triage, outbox: Outbox
) -> None:
    reference = await raised(concerns)
    for _ in range(2):
        await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
        await triage.move(GUILD, reference, SAM, State.REOPENED)
    assert [what for what, _ in await told(triage, reference)] == [
        Told.CLOSED, Told.REOPENED, Told.CLOSED, Told.REOPENED,
    ]  # fmt: skip
    assert len({one.key for one in await posted(outbox)}) == 4


async def test_the_same_occasion_posted_again_is_told_once(
    concerns: Concerns, triage: Triage, store: Store, outbox: Outbox, clock: StandingClock
) -> None:
    reference = await raised(concerns)

    async def merge(session: AsyncSession) -> None:
        row = await find(session, GUILD, reference, lock=True)
        assert row is not None
        await tell(session, outbox, row, Told.MERGED, at=clock(), once="merged:C-1")

    for _ in range(3):
        await store.write(merge)
    assert len(await told(triage, reference)) == 1


async def test_what_a_person_does_not_want_to_hear_is_not_sent_and_staff_see_why(
    concerns: Concerns, triage: Triage, outbox: Outbox, news: NewsDesk
) -> None:
    reference = await raised(concerns)
    await news.choose([GUILD], ANA, [Told.CLOSED])
    assert await news.muted([GUILD], ANA) == {
        Told.READ, Told.MERGED, Told.SPLIT, Told.BRIEFED,
    }  # fmt: skip
    await triage.open(GUILD, reference, SAM)
    await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    assert await told(triage, reference) == [
        (Told.READ, Delivery.MUTED), (Told.CLOSED, Delivery.PENDING),
    ]  # fmt: skip
    assert len(await posted(outbox)) == 1
    await news.choose([GUILD], ANA, list(Told))
    assert await news.muted([GUILD], ANA) == frozenset()


async def test_what_could_not_be_brought_waits_and_is_shown_once(
    concerns: Concerns, triage: Triage, outbox: Outbox, store: Store, news: NewsDesk
) -> None:
    reference = await raised(concerns)
    await triage.open(GUILD, reference, SAM)
    (parcel,) = await posted(outbox)
    news_id = parcel.payload["news"]
    message = await news.message(GUILD, news_id)
    assert message is not None
    assert message.recipient == ANA
    assert await news.message(GUILD + 1, news_id) is None
    await store.write(
        lambda session: news.delivered(session, GUILD, reference, news_id, Delivery.MAILBOX)
    )
    assert await concerns.waiting_letters([GUILD], ANA) == ((GUILD, reference),)
    own = await concerns.own_one(GUILD, ANA, reference)
    assert [one.what for one in own.unseen] == [Told.READ]
    await concerns.mark_seen(GUILD, ANA, reference, [], [news_id])
    assert (await concerns.own_one(GUILD, ANA, reference)).unseen == ()
    assert await told(triage, reference) == [(Told.READ, Delivery.SEEN)]
    # Brought late, after it was seen: nobody is told again.
    assert await news.message(GUILD, news_id) is None


async def test_the_language_is_kept_where_the_person_is_known_and_goes_with_them(
    concerns: Concerns, news: NewsDesk, people: People, store: Store, clock: StandingClock
) -> None:
    await news.speaks([GUILD], ANA, "fr")
    assert await news.locale_of(GUILD, ANA) is None, "nobody is known by what they speak"
    reference = await raised(concerns)
    await news.speaks([GUILD, GUILD + 1], ANA, "fr")
    assert await news.locale_of(GUILD, ANA) == "fr"
    await news.reporter_speaks(GUILD, reference, "pt-BR")
    assert await news.locale_of(GUILD, ANA) == "pt-BR"


async def test_news_is_told_also_where_earlier_news_was_let_go_of(
    concerns: Concerns, triage: Triage, outbox: Outbox, news: NewsDesk, store: Store
) -> None:
    reference = await raised(concerns)

    async def close() -> list[Parcel]:
        reason = CloseReason.RESOLVED
        await triage.move(GUILD, reference, SAM, State.CLOSED, reason=reason)
        return await posted(outbox)

    (parcel,) = await close()
    # Opened again before it was told, it is told no more. SQLite gives its number to the next.
    await triage.move(GUILD, reference, SAM, State.REOPENED)
    for one in (parcel, *await posted(outbox)):
        number = int(one.payload["news"])

        async def let_go(session: AsyncSession, number: int = number) -> None:
            await news.delivered(session, GUILD, reference, number, None)

        await store.write(let_go)
    assert await told(triage, reference) == []

    (again,) = await close()
    message = await news.message(GUILD, int(again.payload["news"]))
    assert message is not None
    assert message.news.what is Told.CLOSED
