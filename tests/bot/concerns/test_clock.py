"""The service clock: what is due when, told once, and the digest; on both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.concerns.clockwork import DIGEST, OVERDUE, Clockwork
from bot.concerns.hours import BadHours, Hours
from bot.concerns.model import CloseReason, Draft, Kind, Priority, State
from bot.concerns.records import ConcernRow
from bot.concerns.service import Concerns
from bot.concerns.timing import URGENT
from bot.concerns.triage import Triage
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox, Parcel
from bot.store.people import People
from tests.conftest import StandingClock

GUILD, OTHER, ANA, SAM, SUE = 10_000_001, 10_000_009, 20_000_002, 30_000_003, 30_000_004
DUE = datetime(2026, 3, 17, 17, 0, tzinfo=UTC)
"""Three working days after a Friday morning."""


@pytest.fixture
def clockwork(
    store: Store, outbox: Outbox, people: People, audit: Audit, clock: StandingClock
) -> Clockwork:
    return Clockwork(store, outbox, people, audit, clock)


async def raised(concerns: Concerns, act: str = "1", guild: int = GUILD) -> str:
    receipt = await concerns.raise_(
        guild_id=guild, reporter_id=ANA, draft=Draft(Kind.PRIVACY, "x"), intake=f"test:{act}"
    )
    return receipt.reference


async def wrote(concerns: Concerns, reference: str, act: str = "w") -> None:
    await concerns.add(
        guild_id=GUILD, user_id=ANA, reference=reference, text="y", intake=f"letter:{act}"
    )


async def posted(outbox: Outbox, kind: str) -> list[Parcel]:
    found = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            await outbox.done(parcel)
            found.append(parcel)
    return [one for one in found if one.kind == kind]


async def test_a_reply_is_due_in_working_time_and_done_once_staff_reply(
    concerns: Concerns, triage: Triage, clockwork: Clockwork, clock: StandingClock
) -> None:
    reference = await raised(concerns)
    assert (await triage.case(GUILD, reference)).due_at == DUE
    clock.move(hours=2)
    case = await triage.reply(GUILD, reference, SAM, "Hello.", intake="i:1")
    assert case.due_at is None
    figures = await clockwork.figures(GUILD)
    assert figures.first_reply == figures.worked == timedelta(hours=2)
    assert (figures.replied, figures.in_time) == (1, 1)


async def test_the_clock_pauses_for_the_reporter_and_goes_on_when_they_write(
    concerns: Concerns, triage: Triage, clock: StandingClock
) -> None:
    reference = await raised(concerns)
    clock.move(hours=4)
    case = await triage.move(GUILD, reference, SAM, State.WAITING)
    assert case.due_at is None
    assert case.clock_left == 20 * 3600
    clock.move(days=10)  # a Monday at 13:00
    await wrote(concerns, reference)
    case = await triage.case(GUILD, reference)
    assert case.state is State.WORKING
    assert case.due_at == datetime(2026, 3, 25, 17, 0, tzinfo=UTC)


async def test_after_a_reply_what_the_person_writes_begins_it_anew_and_more_changes_nothing(
    concerns: Concerns, triage: Triage, clock: StandingClock
) -> None:
    reference = await raised(concerns)
    await triage.reply(GUILD, reference, SAM, "Which?", intake="i:1", then=State.WAITING)
    clock.move(hours=1)
    await wrote(concerns, reference, "1")
    due = (await triage.case(GUILD, reference)).due_at
    assert due == datetime(2026, 3, 18, 10, 0, tzinfo=UTC)
    clock.move(hours=1)
    await wrote(concerns, reference, "2")
    assert (await triage.case(GUILD, reference)).due_at == due
    closed = await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    assert closed.due_at is None
    reopened = await triage.move(GUILD, reference, SAM, State.REOPENED)
    assert reopened.due_at is not None


async def test_overdue_is_told_once_a_step_even_by_two_processes_and_after_downtime(
    concerns: Concerns,
    triage: Triage,
    clockwork: Clockwork,
    outbox: Outbox,
    clock: StandingClock,
) -> None:
    late, answered = await raised(concerns, "1"), await raised(concerns, "2")
    await raised(concerns, "3", OTHER)
    await triage.reply(GUILD, answered, SAM, "Hello.", intake="i:1")
    assert await clockwork.escalate(GUILD) == 0
    clock.now = DUE + timedelta(minutes=1)
    assert sum(await asyncio.gather(*(clockwork.escalate(GUILD) for _ in range(3)))) == 1
    (told,) = await posted(outbox, OVERDUE)
    assert told.payload == {"references": [late], "step": 0}
    assert await clockwork.escalate(GUILD) == 0
    clock.move(days=30)
    assert await clockwork.escalate(GUILD) == 1
    (again,) = await posted(outbox, OVERDUE)
    assert again.payload["step"] == 1
    clock.move(days=30)
    assert await clockwork.escalate(GUILD) == 0
    assert [one.reference for one in await clockwork.late(GUILD, [late, answered])] == [late]


async def test_what_is_urgent_is_due_in_four_hours_by_night_and_at_weekends_too(
    concerns: Concerns,
    triage: Triage,
    clockwork: Clockwork,
    outbox: Outbox,
    clock: StandingClock,
) -> None:
    clock.now = friday_night = datetime(2026, 3, 13, 22, 0, tzinfo=UTC)
    child = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.CHILD, "x"), intake="test:child"
    )
    later = await raised(concerns, "later")
    assert (await triage.case(GUILD, child.reference)).due_at == friday_night + URGENT
    usual = (await triage.case(GUILD, later)).due_at

    clock.move(hours=10)
    case = await triage.prioritize(GUILD, later, SAM, Priority.URGENT)
    assert case.due_at == clock() + URGENT, "four hours from when staff saw that it is urgent"
    assert (await clockwork.set_hours(GUILD, SAM, Hours(target=30 * 60))).target == 30 * 60
    assert (await triage.case(GUILD, later)).due_at == clock() + URGENT
    assert (await triage.prioritize(GUILD, later, SAM, Priority.NORMAL)).due_at != usual
    await clockwork.set_hours(GUILD, SAM, Hours())
    assert (await triage.case(GUILD, later)).due_at == usual

    assert await clockwork.escalate(GUILD) == 1
    (told,) = await posted(outbox, OVERDUE)
    assert told.payload == {"references": [child.reference], "step": 1}, "twice as late by now"


async def test_an_urgent_one_is_told_again_however_many_others_are_due(
    concerns: Concerns, clockwork: Clockwork, outbox: Outbox, clock: StandingClock
) -> None:
    for number in range(20):
        await raised(concerns, str(number))
    clock.now = DUE + timedelta(hours=1)
    child = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.CHILD, "x"), intake="test:child"
    )
    assert await clockwork.escalate(GUILD) == 20
    clock.move(days=1, hours=5)  # for the others, a whole target of working time is not over
    assert await clockwork.escalate(GUILD) == 1
    *_, told = await posted(outbox, OVERDUE)
    assert told.payload == {"references": [child.reference], "step": 1}


async def test_what_is_open_from_before_there_were_clocks_gets_one(
    concerns: Concerns, triage: Triage, clockwork: Clockwork, store: Store, clock: StandingClock
) -> None:
    assert await clockwork.reply_days(GUILD, clock()) == 5
    silent, answered, asked_again = [await raised(concerns, act) for act in "123"]
    for number, reference in enumerate((answered, asked_again)):
        await triage.reply(GUILD, reference, SAM, "Hello.", intake=f"i:{number}")
    due = (await triage.case(GUILD, silent)).due_at
    clock.move(hours=1)
    await wrote(concerns, asked_again)
    due_again = (await triage.case(GUILD, asked_again)).due_at
    nothing = {"due_at": None, "clock_left": None, "clock_from": None, "first_reply_at": None}
    await store.write(lambda session: session.execute(update(ConcernRow).values(nothing)))

    assert [await clockwork.wind_up(GUILD) for _ in "12"] == [3, 0]
    cases = [await triage.case(GUILD, one) for one in (silent, answered, asked_again)]
    assert [one.due_at for one in cases] == [due, None, due_again]
    assert (await clockwork.figures(GUILD)).replied == 2


async def test_many_that_are_overdue_at_once_come_in_few_cards(
    concerns: Concerns, clockwork: Clockwork, outbox: Outbox, clock: StandingClock
) -> None:
    for number in range(20):
        await raised(concerns, str(number))
    clock.move(hours=2)
    await raised(concerns, "more")
    clock.move(days=5)
    assert await clockwork.escalate(GUILD) == 21
    assert len(await posted(outbox, OVERDUE)) == 2


async def test_the_digest_comes_once_a_working_day_even_after_downtime(
    concerns: Concerns, clockwork: Clockwork, outbox: Outbox, clock: StandingClock
) -> None:
    reference = await raised(concerns)
    assert sum(await asyncio.gather(*(clockwork.digest(GUILD) for _ in range(3)))) == 1
    clock.move(days=1)
    assert not await clockwork.digest(GUILD), "it is a Saturday"
    clock.now = datetime(2026, 3, 16, 8, 59, tzinfo=UTC)
    assert not await clockwork.digest(GUILD), "nobody is there yet"
    # The desk was away on Monday and Tuesday morning.
    clock.now = DUE + timedelta(hours=3)
    assert await clockwork.digest(GUILD)
    assert not await clockwork.digest(GUILD)
    first, second = await posted(outbox, DIGEST)
    assert (first.payload["new"], first.payload["overdue"]) == (1, 0)
    assert (second.payload["new"], second.payload["overdue"]) == (0, 1)
    assert second.payload["references"] == [reference]


async def test_no_digest_comes_where_nothing_is_open_or_nobody_wants_one(
    concerns: Concerns, clockwork: Clockwork
) -> None:
    assert not await clockwork.digest(GUILD)
    await raised(concerns)
    await clockwork.set_hours(GUILD, SAM, replace(Hours(), digest=False))
    assert not await clockwork.digest(GUILD)


async def test_other_hours_move_what_is_due_and_the_cards_follow(
    concerns: Concerns, triage: Triage, clockwork: Clockwork, outbox: Outbox
) -> None:
    reference = await raised(concerns)
    elsewhere = await raised(concerns, "2", OTHER)
    await posted(outbox, "")
    await clockwork.set_hours(GUILD, SAM, replace(Hours(), target=8 * 60))
    assert (await triage.case(GUILD, reference)).due_at == datetime(2026, 3, 13, 17, tzinfo=UTC)
    assert (await triage.case(OTHER, elsewhere)).due_at == DUE
    (card,) = await posted(outbox, "concern.card")
    assert card.payload["reference"] == reference
    with pytest.raises(BadHours):
        await clockwork.set_hours(GUILD, SAM, replace(Hours(), zone="nowhere"))


async def test_figures_count_what_is_open_by_state_kind_age_and_who_has_it(
    concerns: Concerns, triage: Triage, clockwork: Clockwork, clock: StandingClock
) -> None:
    await raised(concerns, "old")
    clock.move(days=40)
    mine = await raised(concerns, "new")
    await raised(concerns, "3", OTHER)
    await triage.claim(GUILD, mine, SAM)
    figures = await clockwork.figures(GUILD)
    assert (figures.open, figures.unclaimed, figures.overdue) == (2, 1, 1)
    assert dict(figures.states) == {State.RECEIVED: 1, State.WORKING: 1}
    assert figures.kinds == ((Kind.PRIVACY, 2),)
    assert figures.ages == (1, 0, 0, 1)
    assert [(one.user_id, one.claimed) for one in figures.staff] == [(SAM, 1)]
    assert figures.first_reply is None
