"""Staff at work: the queue, claims, states, replies."""

import asyncio

import pytest

from bot.concerns import effects
from bot.concerns.finding.filters import Filter
from bot.concerns.model import MOVES, Case, CloseReason, Delivery, Direction, Draft, Kind, State
from bot.concerns.relay import Relay
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.concerns.troubles import (
    AlreadyClaimed,
    BadDraft,
    ChangedMeanwhile,
    NoSuchConcern,
    NotAllowedMove,
    TooMany,
)
from bot.store import Store
from bot.store.outbox import Outbox
from tests.conftest import StandingClock

GUILD, ANA, SAM, SUE = 10_000_000_001, 20_000_000_002, 30_000_000_003, 30_000_000_004


async def _raised(concerns: Concerns, what: str = "x", kind: Kind = Kind.PRIVACY) -> str:
    receipt = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(kind, what), intake=f"test:{kind}:{what}"
    )
    return receipt.reference


async def _sent(outbox: Outbox) -> list[str]:
    """Deliver everything, in order; return the kinds of effect."""
    kinds = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            await outbox.done(parcel)
            kinds.append(parcel.kind)
    return kinds


async def test_of_two_who_press_claim_at_the_same_instant_one_has_it_and_the_other_hears_who(
    concerns: Concerns, triage: Triage
):
    reference = await _raised(concerns)
    results = await asyncio.gather(
        triage.claim(GUILD, reference, SAM),
        triage.claim(GUILD, reference, SUE),
        return_exceptions=True,
    )
    (won,) = [result for result in results if isinstance(result, Case)]
    (lost,) = [result for result in results if isinstance(result, AlreadyClaimed)]
    assert won.claimed_by == lost.by
    assert won.state is State.WORKING


async def test_claiming_twice_changes_nothing(concerns: Concerns, triage: Triage):
    reference = await _raised(concerns)
    first = await triage.claim(GUILD, reference, SAM)
    assert await triage.claim(GUILD, reference, SAM) == first


async def test_a_released_case_can_be_claimed_by_somebody_else(concerns: Concerns, triage: Triage):
    reference = await _raised(concerns)
    await triage.claim(GUILD, reference, SAM)
    with pytest.raises(AlreadyClaimed):
        await triage.release(GUILD, reference, SUE)
    await triage.release(GUILD, reference, SAM)
    assert (await triage.claim(GUILD, reference, SUE)).claimed_by == SUE


async def test_opening_a_received_case_marks_it_read_once(concerns: Concerns, triage: Triage):
    reference = await _raised(concerns)
    assert (await triage.open(GUILD, reference, SAM)).state is State.READ
    again = await triage.open(GUILD, reference, SUE)
    assert [event.what for event in again.events] == ["raised", "moved"]


async def test_a_reply_reaches_the_outbox_and_answers_the_case(
    concerns: Concerns, triage: Triage, outbox: Outbox
):
    reference = await _raised(concerns)
    case = await triage.reply(GUILD, reference, SAM, "We asked them.", intake="i:1")
    assert case.state is State.ANSWERED
    assert case.claimed_by == SAM
    assert [letter.text for letter in case.letters] == ["We asked them."]
    assert effects.LETTER in await _sent(outbox)


async def test_the_same_reply_delivered_again_is_one_letter(concerns: Concerns, triage: Triage):
    reference = await _raised(concerns)
    for _ in range(3):
        case = await triage.reply(GUILD, reference, SAM, "Hello.", intake="i:1")
    assert len(case.letters) == 1


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "x" * 3001])
async def test_a_reply_that_cannot_be_sent_is_refused_before_anything_is_kept(
    concerns: Concerns, triage: Triage, text: str
):
    reference = await _raised(concerns)
    with pytest.raises(BadDraft):
        await triage.reply(GUILD, reference, SAM, text, intake="i:1")
    assert (await triage.case(GUILD, reference)).state is State.RECEIVED


async def _brought(
    relay: Relay, store: Store, reference: str, letter_id: int, how: Delivery
) -> None:
    """Do as the courier does once it has tried."""
    carried = await relay.carried(GUILD, reference, letter_id)
    assert carried is not None
    await store.write(lambda session: relay.brought(session, carried, how, None))


async def test_letters_to_one_person_keep_their_order(
    concerns: Concerns, triage: Relay, outbox: Outbox
):
    reference = await _raised(concerns)
    for number in range(3):
        await triage.reply(
            GUILD, reference, SAM, f"{number}", intake=f"i:{number}", then=State.WORKING
        )
    delivered = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            await outbox.done(parcel)
            if parcel.kind == effects.LETTER:
                carried = await triage.carried(GUILD, reference, parcel.payload["letter"])
                assert carried is not None
                delivered.append(carried.letter.text)
                assert carried.recipient == ANA
    assert delivered == ["0", "1", "2"]


async def test_a_letter_that_could_not_be_delivered_waits_for_the_person_and_staff_see_it(
    concerns: Concerns, triage: Relay, store: Store
):
    reference = await _raised(concerns)
    case = await triage.reply(GUILD, reference, SAM, "Hello.", intake="i:1")
    letter = case.letters[0]
    await _brought(triage, store, reference, letter.id, Delivery.MAILBOX)
    assert await concerns.waiting_letters([GUILD], ANA) == ((GUILD, reference),)
    assert await concerns.waiting_letters([GUILD], SAM) == ()
    assert (await triage.case(GUILD, reference)).letters[0].delivery is Delivery.MAILBOX
    (own,) = await concerns.own([GUILD], ANA)
    assert own.letters[0].text == "Hello."
    assert own.letters[0].by is None
    assert own.waiting == own.letters
    with pytest.raises(NoSuchConcern):
        await concerns.mark_seen(GUILD, SAM, reference, [letter.id])
    await concerns.mark_seen(GUILD, ANA, reference, [letter.id + 1])
    assert (await concerns.own_one(GUILD, ANA, reference)).waiting
    await concerns.mark_seen(GUILD, ANA, reference, [letter.id])
    assert await concerns.waiting_letters([GUILD], ANA) == ()
    assert (await triage.case(GUILD, reference)).letters[0].delivery is Delivery.SEEN


async def test_what_a_reporter_adds_reaches_staff_once_and_is_unread_until_they_open_it(
    concerns: Concerns, triage: Triage, outbox: Outbox
):
    reference = await _raised(concerns)
    await triage.reply(GUILD, reference, SAM, "Which photo?", intake="i:1", then=State.WAITING)
    for _ in range(2):
        await concerns.add(
            guild_id=GUILD, user_id=ANA, reference=reference, text="This one.", intake="i:2"
        )
    (summary,) = (await triage.queue(GUILD)).summaries
    assert summary.unread_letters == 1
    assert summary.state is State.WORKING
    case = await triage.open(GUILD, reference, SAM)
    assert [(one.direction, one.text) for one in case.letters] == [
        (Direction.TO_REPORTER, "Which photo?"),
        (Direction.FROM_REPORTER, "This one."),
    ]
    assert case.letters[1].by is None
    assert case.events[-1].what == "wrote"
    (summary,) = (await triage.queue(GUILD)).summaries
    assert summary.unread_letters == 0
    kinds = [parcel.kind for parcel in await outbox.claim()]
    assert effects.CARD in kinds


async def test_nobody_adds_to_what_is_not_theirs_or_is_closed_or_too_often(
    concerns: Concerns, triage: Triage
):
    reference = await _raised(concerns)

    async def add(user_id: int = ANA, text: str = "More.", act: str = "1") -> None:
        await concerns.add(
            guild_id=GUILD, user_id=user_id, reference=reference, text=text, intake=act
        )

    with pytest.raises(NoSuchConcern):
        await add(SAM)
    with pytest.raises(BadDraft, match="empty"):
        await add(text="\u200b ")
    with pytest.raises(BadDraft, match="long"):
        await add(text="x" * 4001)
    for number in range(20):
        await add(act=f"flood:{number}")
    with pytest.raises(TooMany):
        await add(act="one too many")
    await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    with pytest.raises(NotAllowedMove):
        await add(act="late")


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_reach_its_end(state: State):
    reachable, edge = {state}, {state}
    while edge:
        edge = {to for now in edge for to in MOVES[now]} - reachable
        reachable |= edge
    assert State.CLOSED in reachable


async def test_an_illegal_move_names_the_allowed_ones(concerns: Concerns, triage: Triage):
    reference = await _raised(concerns)
    with pytest.raises(NotAllowedMove) as refused:
        await triage.move(GUILD, reference, SAM, State.REOPENED)
    assert refused.value.allowed == (
        State.READ, State.WORKING, State.WAITING, State.ANSWERED, State.CLOSED,
    )  # fmt: skip


async def test_closing_takes_a_reason_and_tells_the_reporter(
    concerns: Concerns, triage: Triage, outbox: Outbox
):
    reference = await _raised(concerns)
    with pytest.raises(ValueError, match="reason"):
        await triage.move(GUILD, reference, SAM, State.CLOSED)
    case = await triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    assert case.close_reason is CloseReason.RESOLVED
    assert effects.NEWS in await _sent(outbox)
    with pytest.raises(NotAllowedMove):
        await triage.reply(GUILD, reference, SAM, "One more thing.", intake="i:2")
    with pytest.raises(NotAllowedMove):
        await triage.claim(GUILD, reference, SAM)


async def test_who_acts_on_an_old_view_is_told_what_changed_and_by_whom(
    concerns: Concerns, triage: Triage
):
    reference = await _raised(concerns)
    seen = len((await triage.case(GUILD, reference)).events)
    await triage.claim(GUILD, reference, SAM)
    with pytest.raises(ChangedMeanwhile) as told:
        await triage.move(
            GUILD, reference, SUE, State.CLOSED, reason=CloseReason.OUTSIDE, seen=seen
        )
    assert (told.value.state, told.value.by) == (State.WORKING, SAM)


async def test_what_the_reporter_wrote_meanwhile_is_not_said_to_be_a_staff_member_s_doing(
    concerns: Concerns, triage: Triage
):
    reference = await _raised(concerns)
    seen = len((await triage.claim(GUILD, reference, SAM)).events)
    await concerns.add(
        guild_id=GUILD, user_id=ANA, reference=reference, text="One more thing.", intake="w:1"
    )
    with pytest.raises(ChangedMeanwhile) as told:
        await triage.move(GUILD, reference, SAM, State.ANSWERED, seen=seen)
    assert told.value.by is None


async def test_a_letter_that_was_delivered_meanwhile_stops_nobody(
    concerns: Concerns, triage: Relay, store: Store
):
    reference = await _raised(concerns)
    case = await triage.reply(GUILD, reference, SAM, "Hello.", intake="i:1", then=State.WORKING)
    await _brought(triage, store, reference, case.letters[0].id, Delivery.DELIVERED)

    moved = await triage.move(GUILD, reference, SUE, State.ANSWERED, seen=len(case.events))

    assert moved.state is State.ANSWERED


async def test_open_concerns_are_found_by_a_part_of_the_reference_or_by_kind(
    concerns: Concerns, triage: Triage
):
    mine, other = await _raised(concerns, "a"), await _raised(concerns, "b", Kind.CHILD)
    closed = await _raised(concerns, "c")
    await triage.move(GUILD, closed, SAM, State.CLOSED, reason=CloseReason.RESOLVED)

    async def found(part: str, *kinds: Kind, guild: int = GUILD) -> list[str]:
        ones = await triage.open_ones(guild, part=part, kinds=kinds)
        return [one.reference for one in ones]

    assert await found("") == [other, mine]
    assert mine in await found(mine[:4].lower())
    assert await found(mine.replace("-", " ")) == [mine]
    assert await found("%_!!", Kind.CHILD) == [other]
    assert await found("ÿÿÿ\x00\ud800") == []
    assert await found("", guild=GUILD + 1) == []
    assert len(await triage.open_ones(GUILD, limit=1)) == 1


async def test_the_queue_is_oldest_first_and_paged_without_gaps(
    concerns: Concerns, triage: Triage, clock: StandingClock
):
    raised = []
    for number in range(7):
        raised.append(await _raised(concerns, f"number {number}"))
        clock.move(minutes=1 if number % 2 else 0)
    seen: list[str] = []
    after = None
    while True:
        page = await triage.queue(GUILD, after=after, limit=3)
        assert page.total_open == 7
        seen += [summary.reference for summary in page.summaries]
        after = page.next_after
        if after is None:
            break
    assert seen == raised


async def test_the_queue_can_be_narrowed_by_state_and_kind(concerns: Concerns, triage: Triage):
    await _raised(concerns, "a")
    child = await _raised(concerns, "b", Kind.CHILD)
    await triage.claim(GUILD, child, SAM)
    working = await triage.queue(GUILD, Filter(state=State.WORKING))
    assert [summary.reference for summary in working.summaries] == [child]
    assert (await triage.queue(GUILD, Filter(kind=Kind.ETHICS))).total_open == 0


async def test_next_puts_a_child_first_and_then_the_oldest_nobody_has(
    concerns: Concerns, triage: Triage, clock: StandingClock
):
    first = await _raised(concerns, "older")
    clock.move(days=1)
    child = await _raised(concerns, "a child", Kind.CHILD)
    assert await triage.next(GUILD) == child
    await triage.claim(GUILD, child, SAM)
    assert await triage.next(GUILD) == first
    await triage.claim(GUILD, first, SAM)
    assert await triage.next(GUILD) is None


async def test_an_unknown_reference_is_said_to_be_unknown(triage: Triage):
    for act in (
        triage.case(GUILD, "C-0000-00"),
        triage.claim(GUILD, "C-0000-00", SAM),
        triage.reporter(GUILD, "C-0000-00"),
    ):
        with pytest.raises(NoSuchConcern):
            await act


async def test_cards_can_be_asked_for_again_once_an_occasion(
    concerns: Concerns, triage: Triage, outbox: Outbox
):
    reference = await _raised(concerns)
    await _sent(outbox)
    assert await triage.refresh_cards(GUILD, [reference], again="deleted:1") == 1
    await triage.refresh_cards(GUILD, [reference], again="deleted:1")
    assert await _sent(outbox) == [effects.CARD]
