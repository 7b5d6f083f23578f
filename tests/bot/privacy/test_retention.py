"""What is not kept for ever goes, in time, once a day, and the dry run says what would."""

from datetime import date

import pytest

from bot.concerns.model import CloseReason, State
from bot.desk import Desk
from bot.privacy.retention import JOB
from bot.store.daily import Daily, Turn
from bot.store.engine import Store
from tests.bot.privacy.conftest import ANA, BEN, GUILD, OTHER, SAM, Said, raise_one
from tests.conftest import StandingClock


async def _plan(desk: Desk) -> dict[str, int]:
    return {outcome.rule: outcome.count for outcome in await desk.retention.plan()}


async def _enforce(desk: Desk) -> dict[str, int]:
    return {outcome.rule: outcome.count for outcome in await desk.retention.enforce()}


async def _deliver(desk: Desk) -> None:
    while parcels := await desk.outbox.claim():
        for parcel in parcels:
            await desk.outbox.done(parcel)


async def test_nothing_goes_before_its_time(desk: Desk, said: Said):
    assert set((await _plan(desk)).values()) == {0}
    assert set((await _enforce(desk)).values()) == {0}


async def test_a_closed_concerns_words_go_after_its_days_and_an_open_ones_never(
    desk: Desk, said: Said, clock: StandingClock
):
    await desk.triage.move(GUILD, said.anas, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    clock.move(days=729)
    assert (await _enforce(desk))["closed_concerns"] == 0
    clock.move(days=2)
    assert (await _plan(desk))["closed_concerns"] == 1
    assert (await _enforce(desk))["closed_concerns"] == 1
    assert (await _plan(desk))["closed_concerns"] == 0

    case = await desk.triage.case(GUILD, said.anas)
    assert case.erased
    assert case.events[-1].what == "expired"
    assert case.close_reason is CloseReason.RESOLVED
    assert (await desk.triage.case(GUILD, said.bens)).what == "what ben says"


async def test_what_is_delivered_is_forgotten_and_what_waits_is_not(
    desk: Desk, said: Said, clock: StandingClock
):
    await _deliver(desk)
    delivered = (await _plan(desk), clock.move(days=31), await _plan(desk))[2]["outbox"]
    await raise_one(desk, BEN, "later")
    assert delivered > 3
    assert (await _enforce(desk))["outbox"] == delivered
    assert (await desk.outbox.depth()).pending == 2


async def test_people_are_forgotten_once_nothing_is_left_to_know_them_for(
    desk: Desk, said: Said, clock: StandingClock
):
    await desk.triage.move(GUILD, said.anas, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    clock.move(days=731)
    assert (await _enforce(desk))["people"] == 1  # Ana, here; Sam holds Ben's, which is open
    assert not (await desk.privacy.preview(ANA, GUILD)).known
    assert (await desk.privacy.preview(ANA, OTHER)).known
    assert (await desk.privacy.preview(SAM, GUILD)).known
    reference = await raise_one(desk, ANA, "back")
    assert await desk.triage.reporter(GUILD, reference) == ANA


async def test_the_audit_is_shortened_and_stays_whole(desk: Desk, said: Said, clock: StandingClock):
    clock.move(days=1096)
    assert (await _enforce(desk))["audit"] > 3
    verdict = await desk.store.read(lambda session: desk.audit.verify(session, GUILD))
    assert verdict.whole
    assert verdict.entries == 1


async def test_the_day_scrubs_only_when_something_went(
    desk: Desk, said: Said, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
):
    scrubbed: list[Store] = []

    async def scrub(store: Store) -> bool:
        scrubbed.append(store)
        return True

    monkeypatch.setattr("bot.privacy.retention.scrub", scrub)
    assert JOB in await desk.daily.look()
    assert scrubbed == []
    await desk.privacy.erase(ANA)
    clock.move(days=1)
    await desk.daily.look()
    assert len(scrubbed) == 1
    clock.move(days=1)
    await desk.daily.look()
    assert len(scrubbed) == 1


class _Counted:
    def __init__(self, daily: Daily, fails: int = 0) -> None:
        self.turns: list[Turn] = []
        self.fails = fails
        daily.add("counted", self)

    async def __call__(self, turn: Turn) -> None:
        if self.fails:
            self.fails -= 1
            raise LookupError
        self.turns.append(turn)

    @property
    def days(self) -> list[date]:
        return [turn.day for turn in self.turns]


async def test_a_daily_job_is_done_once_a_day_also_after_downtime_and_by_one_process(
    store: Store, clock: StandingClock
):
    one, two = Daily(store, clock), Daily(store, clock)
    here, there = _Counted(one), _Counted(two)
    for hours in (0, 1, 5, 12, 24, 96, 1):
        clock.move(hours=hours)
        await one.look()
        await two.look()
    assert here.days == [date(2026, 3, day) for day in (13, 14, 15, 19)]
    assert there.days == []
    assert [turn.before is None for turn in here.turns] == [True, False, False, False]


async def test_a_job_that_failed_or_died_is_begun_again_after_its_lease(
    store: Store, clock: StandingClock
):
    daily = Daily(store, clock)
    counted = _Counted(daily, fails=1)
    assert await daily.look() == []
    assert await daily.look() == []
    clock.move(minutes=61)
    assert await daily.look() == ["counted"]
    assert await daily.look() == []
    assert counted.days == [date(2026, 3, 13)]


async def test_a_day_begins_at_three(store: Store, clock: StandingClock):
    daily = Daily(store, clock)
    counted = _Counted(daily)
    await daily.look()
    clock.move(hours=17, minutes=59)
    await daily.look()
    assert len(counted.turns) == 1
    clock.move(minutes=2)
    await daily.look()
    assert len(counted.turns) == 2
