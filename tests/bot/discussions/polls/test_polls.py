"""Polls on both databases: voting, hiding, closing, erasing, starting again, thousands of votes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.desk import Desk
from bot.discussions.model import BadPlan
from bot.discussions.polls.model import (
    Asked,
    BadBallot,
    Kind,
    NoSuchPoll,
    Poll,
    PollIsClosed,
    Result,
    State,
)
from bot.discussions.polls.records import BallotRow, PollRow
from bot.discussions.polls.service import END
from bot.store.outbox import OutboxRow
from tests.bot.discussions.opinions.test_opinions import CROWD
from tests.bot.discussions.test_sessions import GUILD, HOST, OTHER, announced
from tests.conftest import StandingClock

ASKED = Asked("When shall we meet?", ("Monday", "Tuesday", "Friday"), Kind.ONE)


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    return whole_desk


async def opened(desk: Desk, asked: Asked = ASKED, **more: object) -> Poll:
    return await desk.polls.open(
        GUILD,
        HOST,
        asked,
        intake="interaction:1",
        channel_id=5,
        closes_at=desk.clock() + timedelta(hours=2),
        **more,  # type: ignore[arg-type]  # session and native
    )


async def ballots(desk: Desk) -> int:
    query = select(func.count()).select_from(BallotRow)
    return await desk.store.read(lambda s: s.scalar(query)) or 0


async def test_a_poll_from_opening_to_its_result(desk: Desk, clock: StandingClock):
    poll = await opened(desk)
    assert (await opened(desk)).reference == poll.reference
    with pytest.raises(NoSuchPoll):
        await desk.polls.poll(OTHER, poll.reference)
    for place, person in enumerate(CROWD[:7]):
        await desk.polls.cast(GUILD, poll.reference, person, (0,))
        await desk.polls.cast(GUILD, poll.reference, person, (1 if place < 4 else 2,))
    await desk.polls.cast(GUILD, poll.reference, CROWD[7], (0,))
    await desk.polls.cast(GUILD, poll.reference, CROWD[7], ())
    assert await desk.polls.ballot(GUILD, poll.reference, CROWD[0]) == (1,)
    for bad in ((0, 1), (3,), (-1,)):
        with pytest.raises(BadBallot):
            await desk.polls.cast(GUILD, poll.reference, CROWD[0], bad)
    standing = await desk.polls.standing(await desk.polls.poll(GUILD, poll.reference))
    assert standing == Result(7, (0, 4, 3), (1,))
    clock.move(hours=2)
    with pytest.raises(PollIsClosed):
        await desk.polls.cast(GUILD, poll.reference, CROWD[0], (2,))
    await desk.polls.look()
    closed = await desk.polls.poll(GUILD, poll.reference)
    assert (closed.state, closed.result, closed.tells) == (State.CLOSED, standing, True)
    assert await ballots(desk) == 0


async def test_hidden_and_ranked_polls_show_nothing_before_they_close(desk: Desk):
    poll = await opened(desk, Asked("Which?", ("A", "B", "C"), Kind.RANKED, hidden=True))
    for person, ballot in zip(CROWD, [(0, 2)] * 3 + [(1,)] * 3 + [(2, 1)] * 2, strict=False):
        await desk.polls.cast(GUILD, poll.reference, person, ballot)
    poll = await desk.polls.poll(GUILD, poll.reference)
    assert poll.voters == 8
    assert await desk.polls.standing(poll) is None
    closed = await desk.polls.close(GUILD, poll.reference, HOST)
    assert closed.result is not None
    assert closed.result.winners == (1,)
    assert closed.result.rounds[0].out == (2,)
    with pytest.raises(PollIsClosed):
        await desk.polls.close(GUILD, poll.reference, HOST)


async def test_of_fewer_than_five_voters_only_that_is_told(desk: Desk):
    poll = await opened(desk)
    for person in CROWD[:4]:
        await desk.polls.cast(GUILD, poll.reference, person, (0,))
    closed = await desk.polls.close(GUILD, poll.reference, HOST)
    assert not closed.tells
    assert closed.voters == 4


async def test_a_desk_that_died_between_closing_and_counting_goes_on(desk: Desk):
    poll = await opened(desk)
    for person in CROWD[:5]:
        await desk.polls.cast(GUILD, poll.reference, person, (2,))

    async def dies(session):
        row = await session.get(PollRow, poll.id)
        await desk.polls._begin_closing(session, row, None)

    await desk.store.write(dies)
    await desk.polls.look()
    done = await desk.polls.poll(GUILD, poll.reference)
    assert done.result == Result(5, (0, 0, 5), (2,))


async def test_who_erases_takes_their_ballot_back(desk: Desk):
    poll = await opened(desk)
    for person in CROWD[:6]:
        await desk.polls.cast(GUILD, poll.reference, person, (0,))
    await desk.polls.standing(poll)
    assert "Monday" in str(await desk.privacy.export(CROWD[0]))
    await desk.privacy.erase(CROWD[0])
    assert (await desk.polls.poll(GUILD, poll.reference)).voters == 5
    closed = await desk.polls.close(GUILD, poll.reference, HOST)
    assert closed.result == Result(5, (5, 0, 0), (0,))


async def test_a_poll_of_discords_own_is_fetched_and_closes_with_its_session(desk: Desk):
    session = await announced(desk)
    poll = await opened(desk, native=True, session=session.reference)
    assert poll.native
    assert (await desk.sessions.session(GUILD, session.reference)).polls == 1
    with pytest.raises(PollIsClosed):
        await desk.polls.cast(GUILD, poll.reference, CROWD[0], (0,))
    await desk.sessions.cancel(GUILD, session.reference, HOST)
    await desk.polls.look()
    query = select(OutboxRow.kind).where(OutboxRow.kind == END)
    assert (await desk.store.read(lambda s: s.scalar(query))) == END
    result = Result(3, (2, 1, 0), (0,))
    for _ in range(2):
        await desk.store.write(lambda s: desk.polls.told(s, GUILD, poll.reference, result))
    done = await desk.polls.poll(GUILD, poll.reference)
    assert (done.state, done.result, done.tells) == (State.CLOSED, result, True)


@pytest.mark.parametrize(
    ("question", "options", "problem"),
    [
        ("", ("A", "B"), "poll.bad.question"),
        ("Q", ("A", " "), "poll.bad.options"),
        ("Q", ("A", "a"), "poll.bad.twice"),
        ("Q", ("A", "B" * 101), "poll.bad.option"),
        ("Q", tuple("ABCDEFGHIJKLM"), "poll.bad.options"),
    ],
)
async def test_what_cannot_be_asked(
    desk: Desk, question: str, options: tuple[str, ...], problem: str
):
    with pytest.raises(BadPlan) as refused:
        await opened(desk, Asked(question, options, Kind.ONE))
    assert refused.value.problem == problem


def test_what_discord_can_ask_itself():
    assert ASKED.fits_discord
    assert not Asked("Q", ("A" * 56, "B"), Kind.ONE).fits_discord
    assert not Asked("Q", ("A", "B"), Kind.RANKED).fits_discord
    assert not Asked("Q", ("A", "B"), Kind.ONE, hidden=True).fits_discord
