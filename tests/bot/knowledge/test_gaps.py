"""What nobody answers is kept without whose it was, grouped, and told of once it is answered."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import Desk
from bot.knowledge.gapmodel import GapState, NoSuchGap, TooLate, Why
from bot.knowledge.gaps import ANSWERED
from bot.knowledge.records import QuestionRow, WaiterRow
from bot.store.people import PersonRow
from tests.conftest import StandingClock

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
ANA, BEN, EVA = 720_000_000_000_000_003, 720_000_000_000_000_004, 720_000_000_000_000_005


async def heard(desk: Desk, *questions: str, guild_id: int = GUILD) -> list[str]:
    return [
        await desk.gaps.record(guild_id, text, Why.UNKNOWN, once=f"{guild_id}:{text}")
        for text in questions
    ]


async def answer(desk: Desk, reference: str) -> int:
    async def work(session: AsyncSession) -> int:
        return await desk.gaps.answered(session, GUILD, reference, "photo-print")

    return await desk.store.write(work)


async def count(desk: Desk, table: type) -> int:
    async def work(session: AsyncSession) -> int:
        return await session.scalar(select(func.count()).select_from(table)) or 0

    return await desk.store.read(work)


async def test_questions_alike_are_one_gap_and_others_are_not(whole_desk: Desk):
    first, second, third = await heard(
        whole_desk,
        "Can I use a CC photo as my podcast cover?",
        "can i use a cc picture for my podcast cover art",
        "Who pays for the server?",
    )

    assert first == second != third
    gaps = await whole_desk.gaps.open_ones(GUILD)
    assert [(one.reference, one.asked) for one in gaps] == [(first, 2), (third, 1)]
    assert gaps[0].title == "Can I use a CC photo as my podcast cover?"


async def test_the_same_act_of_asking_counts_once(whole_desk: Desk):
    for _ in range(2):
        await heard(whole_desk, "Who pays for the server?")

    (gap,) = await whole_desk.gaps.open_ones(GUILD)
    assert gap.asked == 1


async def test_grouping_survives_a_restart(whole_desk: Desk, clock: StandingClock, randomness):
    (first,) = await heard(whole_desk, "Can I use a CC photo as my podcast cover?")
    again = await Desk.open(whole_desk.settings, clock=clock, randomness=randomness, serving=False)
    try:
        (second,) = await heard(again, "can i use a cc photo for my podcast cover")
    finally:
        await again.close()

    assert first == second


async def test_servers_never_share_a_gap(whole_desk: Desk):
    (here,) = await heard(whole_desk, "Who pays for the server?")
    await heard(whole_desk, "Who pays for the server?", guild_id=OTHER)

    assert [one.asked for one in await whole_desk.gaps.open_ones(OTHER)] == [1]
    with pytest.raises(NoSuchGap):
        await whole_desk.gaps.get(OTHER, here)


async def test_nobody_is_known_by_asking_and_the_words_are_sealed(whole_desk: Desk):
    await heard(whole_desk, "Who pays for CANARY the server?")

    async def look(session: AsyncSession) -> bytes:
        return (await session.scalars(select(QuestionRow.content))).one()

    assert await count(whole_desk, PersonRow) == 0
    assert b"CANARY" not in await whole_desk.store.read(look)


async def test_who_waits_is_told_once_and_forgotten(whole_desk: Desk):
    (reference,) = await heard(whole_desk, "Who pays for the server?")
    once = f"{GUILD}:Who pays for the server?"
    for who in (ANA, ANA, BEN):
        assert await whole_desk.gaps.wait(GUILD, who, None, once=once) == reference

    assert (await whole_desk.gaps.get(GUILD, reference)).waiting == 2
    assert await answer(whole_desk, reference) == 2
    assert await answer(whole_desk, reference) == 0

    parcels = []
    while some := await whole_desk.outbox.claim():
        parcels += some
        for parcel in some:
            await whole_desk.outbox.done(parcel)
    assert [one.kind for one in parcels] == [ANSWERED, ANSWERED]
    told = {await whole_desk.gaps.reader(one.payload["person"]) for one in parcels}
    assert told == {ANA, BEN}
    assert await count(whole_desk, WaiterRow) == 0
    assert (await whole_desk.gaps.get(GUILD, reference)).state is GapState.ANSWERED
    assert await whole_desk.gaps.open_ones(GUILD) == []


async def test_a_question_that_was_not_kept_is_kept_when_somebody_wants_its_answer(
    whole_desk: Desk,
):
    reference = await whole_desk.gaps.wait(GUILD, ANA, "Who pays for the server?", once="x")
    assert (await whole_desk.gaps.get(GUILD, reference)).title == "Who pays for the server?"
    with pytest.raises(TooLate):
        await whole_desk.gaps.wait(GUILD, ANA, None, once="unheard of")


async def test_an_editor_merges_two_gaps_and_takes_a_question_out_again(whole_desk: Desk):
    one, two = await heard(whole_desk, "Who pays for the server?", "Is there a dark mode?")
    await whole_desk.gaps.wait(GUILD, ANA, None, once=f"{GUILD}:Is there a dark mode?")
    await whole_desk.gaps.wait(GUILD, ANA, None, once=f"{GUILD}:Who pays for the server?")

    merged = await whole_desk.gaps.merge(GUILD, two, one, EVA)

    assert (merged.reference, merged.asked, merged.waiting) == (one, 2, 1)
    with pytest.raises(NoSuchGap):
        await whole_desk.gaps.get(GUILD, two)
    parted = await whole_desk.gaps.take_out(GUILD, merged.questions[0].id, EVA)
    assert parted.title == "Is there a dark mode?"
    assert (await whole_desk.gaps.get(GUILD, one)).asked == 1


async def test_a_gap_that_is_set_aside_is_off_the_list_and_takes_what_is_like_it(whole_desk: Desk):
    (reference,) = await heard(whole_desk, "Who pays for the server?")
    await whole_desk.gaps.set_aside(GUILD, reference, EVA)

    assert await heard(whole_desk, "who pays for the server") == [reference]
    assert await whole_desk.gaps.open_ones(GUILD) == []


async def test_erasing_takes_the_question_along_and_exporting_shows_it(whole_desk: Desk):
    await whole_desk.gaps.wait(GUILD, ANA, "Who pays for the server?", once="a")

    export = (await whole_desk.privacy.export(ANA, GUILD)).as_json()
    assert "Who pays for the server?" in str(export)
    preview = await whole_desk.privacy.preview(ANA, GUILD)
    assert preview.goes["questions"] == 1
    await whole_desk.privacy.erase(ANA, GUILD)

    assert await count(whole_desk, QuestionRow) == 0
    assert await count(whole_desk, WaiterRow) == 0


async def test_words_go_after_their_days_and_the_count_stays(
    whole_desk: Desk, clock: StandingClock
):
    (reference,) = await heard(whole_desk, "Who pays for the server?")
    clock.move(days=366)
    removed = {one.rule: one.count for one in await whole_desk.retention.enforce()}

    assert removed["questions"] == 1
    gap = await whole_desk.gaps.get(GUILD, reference)
    assert (gap.asked, gap.questions) == (1, ())
