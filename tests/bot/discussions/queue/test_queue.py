"""The question queue on both databases: fairness, joining, two hosts, thousands of votes."""

import asyncio

import pytest
from sqlalchemy import insert, select

from bot.desk import Desk
from bot.discussions.model import BadPlan
from bot.discussions.queue.model import (
    MOST_LISTED,
    AlreadyAsked,
    AlreadyMoved,
    HeldByAnother,
    NoSuchQuestion,
    Question,
    QueueIsClosed,
    Stage,
    TooManyWaiting,
    TooSoon,
    Ways,
)
from bot.discussions.queue.records import QuestionRow, UpvoteRow
from bot.discussions.queue.service import BOARD
from bot.discussions.records import SessionRow
from bot.store.people import PersonRow
from tests.bot.discussions.test_sessions import GUILD, HOST, OTHER, announced, posted
from tests.conftest import StandingClock

ANA, BEN = 710_000_000_000_000_001, 710_000_000_000_000_002


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    return whole_desk


async def asked(desk: Desk, session: str, by: int, text: str) -> Question:
    return await desk.queue.ask(GUILD, session, by, text, intake=f"{by}:{session}:{text}")


async def test_nobody_fills_the_queue_and_newcomers_come_first(desk: Desk, clock: StandingClock):
    before = await announced(desk)
    await asked(desk, before.reference, ANA, "First of all?")
    session = await announced(desk, intake="interaction:2")
    ref = session.reference
    old = await asked(desk, ref, ANA, "What about faces?")
    with pytest.raises(TooSoon):
        await asked(desk, ref, ANA, "And voices then?")
    clock.move(seconds=30)
    await asked(desk, ref, ANA, "And voices then?")
    with pytest.raises(TooManyWaiting):
        await asked(desk, ref, ANA, "One more thing?")
    new = await asked(desk, ref, BEN, "Who may opt out?")
    # The same act again, and a question like one that waits, make none.
    assert (await asked(desk, ref, BEN, "Who may opt out?")).votes == 1
    joined = await asked(desk, ref, HOST, "what about FACES")
    assert (joined.reference, joined.votes) == (old.reference, 2)
    order = [one.reference for one in await desk.queue.questions(session.id)]
    assert order.index(new.reference) < order.index(old.reference)
    with pytest.raises(BadPlan):
        await asked(desk, ref, BEN, "  ")
    with pytest.raises(QueueIsClosed):
        await asked(desk, "S-0000-00", BEN, "Anybody there?")


async def test_questions_are_joined_by_hand_and_taken_apart(desk: Desk):
    session = await announced(desk)
    ref = session.reference
    one = await asked(desk, ref, ANA, "Who owns a face?")
    two = await asked(desk, ref, BEN, "Is my face mine?")
    whole = await desk.queue.join(GUILD, two.reference, HOST, one.reference, version=two.version)
    assert (whole.reference, whole.votes, whole.joined) == (
        one.reference,
        2,
        ("Is my face mine?",),
    )
    with pytest.raises(AlreadyMoved):
        await desk.queue.join(GUILD, one.reference, HOST, two.reference, version=whole.version)
    apart = await desk.queue.take_apart(GUILD, one.reference, HOST)
    assert apart.joined == ()
    again = [one for one in await desk.queue.questions(session.id) if one.id == two.id]
    assert [(one.stage, one.votes) for one in again] == [(Stage.ASKED, 1)]


async def test_an_open_queue_with_names_and_what_cannot_be_changed_later(desk: Desk):
    session = await announced(desk)
    ref = session.reference
    ways = Ways(moderated=False, named=True)
    assert await desk.queue.set_ways(GUILD, ref, HOST, ways) == ways
    one = await asked(desk, ref, ANA, "Who owns a face?")
    assert (one.stage, one.asked_by) == (Stage.APPROVED, ANA)
    await desk.queue.set_ways(GUILD, ref, HOST, Ways())
    (now,) = await desk.queue.questions(session.id)
    assert now.asked_by is None
    with pytest.raises(AlreadyAsked):
        await desk.queue.set_ways(GUILD, ref, HOST, ways)


async def test_two_hosts_cannot_both_decide(desk: Desk, clock: StandingClock):
    session = await announced(desk)
    one = await asked(desk, session.reference, ANA, "Who decides?")
    results = await asyncio.gather(
        *(
            desk.queue.move(GUILD, one.reference, by, Stage.APPROVED, version=one.version)
            for by in (HOST, OTHER)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Question) for result in results) == 1
    assert sum(isinstance(result, AlreadyMoved) for result in results) == 1
    await desk.queue.hold(GUILD, one.reference, HOST)
    with pytest.raises(HeldByAnother):
        await desk.queue.hold(GUILD, one.reference, OTHER)
    # The host left: after two minutes it is free.
    clock.move(minutes=3)
    assert (await desk.queue.hold(GUILD, one.reference, OTHER)).stage is Stage.APPROVED
    with pytest.raises(NoSuchQuestion):
        await desk.queue.hold(GUILD + 1, one.reference, HOST)


async def test_five_thousand_votes_bring_the_board_once_a_look(desk: Desk, clock: StandingClock):
    session = await announced(desk)
    one = await asked(desk, session.reference, ANA, "How fast?")
    await desk.queue.move(GUILD, one.reference, HOST, Stage.APPROVED, version=one.version)

    async def channel(store):
        (await store.get_one(SessionRow, session.id)).channel_id = 7

    await desk.store.write(channel)
    await desk.queue.look()
    for _ in range(2):
        await desk.queue.look()
    assert len(await posted(desk, BOARD)) == 1

    async def crowd(store):
        now = desk.clock()
        people = [
            {"guild_id": GUILD, "fingerprint": f"crowd{number}", "since": now}
            for number in range(5000)
        ]
        await store.execute(insert(PersonRow), people)
        ids = await store.scalars(select(PersonRow.id).where(PersonRow.fingerprint.like("crowd%")))
        await store.execute(
            insert(UpvoteRow),
            [{"question_id": one.id, "person_id": n, "guild_id": GUILD} for n in ids],
        )

    await desk.store.write(crowd)
    for press in (["x"], [one.reference], [one.reference]):
        await desk.queue.upvote(GUILD, session.reference, BEN, press)
    clock.move(seconds=5)
    await desk.queue.look()
    assert len(await posted(desk, BOARD)) == 2
    assert (await desk.queue.questions(session.id))[0].votes == 5002


async def test_upvotes_beyond_the_menu_stay_and_two_presses_at_once_are_one(desk: Desk):
    session = await announced(desk)
    ones = [
        await asked(desk, session.reference, 500 + number, f"word{number} other{number}?")
        for number in range(MOST_LISTED + 1)
    ]
    for one in ones:
        await desk.queue.move(GUILD, one.reference, HOST, Stage.APPROVED, version=one.version)
    # Its own author's upvote is the one that no menu lists.
    last, author = ones[-1], 500 + MOST_LISTED
    await desk.queue.upvote(GUILD, session.reference, author, [])
    left = {one.reference: one.votes for one in await desk.queue.questions(session.id)}
    assert left[last.reference] == 1
    press = [ones[0].reference]
    await asyncio.gather(
        *(desk.queue.upvote(GUILD, session.reference, BEN, press) for _ in range(4))
    )
    found = {one.reference: one.votes for one in await desk.queue.questions(session.id)}
    assert found[ones[0].reference] == 2


async def test_erasing_takes_words_and_votes(desk: Desk):
    session = await announced(desk)
    one = await asked(desk, session.reference, ANA, "Forget me?")

    async def author(store):
        return (await store.get_one(QuestionRow, one.id)).content

    assert b"Forget" not in await desk.store.read(author)
    await desk.privacy.erase(ANA, GUILD)
    (left,) = await desk.queue.questions(session.id)
    assert (left.content, left.votes, left.stage) == (None, 0, Stage.DECLINED)
