"""Opinion maps on both databases: saying, voting, drawing, closing, erasing, starting again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.desk import Desk
from bot.discussions.model import BadPlan, NoSuchSession
from bot.discussions.opinions.figures import Side, Vote
from bot.discussions.opinions.model import (
    MapIsClosed,
    NoSuchMap,
    NoSuchStatement,
    OpinionMap,
    SaidAlready,
    State,
    TooManyStatements,
)
from bot.discussions.opinions.records import OpinionMapRow, VoterRow
from bot.store.outbox import OutboxRow
from tests.bot.discussions.test_sessions import GUILD, HOST, OTHER, announced
from tests.conftest import StandingClock

ANA = 720_000_000_000_000_006
CROWD = [730_000_000_000_000_000 + one for one in range(12)]


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    return whole_desk


async def opened(desk: Desk, *, session: str = "", said: int = 8) -> OpinionMap:
    closes = desk.clock() + timedelta(days=7)
    made = await desk.opinions.open(
        GUILD,
        HOST,
        "May faces be collected?",
        intake="interaction:1",
        channel_id=5,
        closes_at=closes,
        session=session,
    )
    for number in range(said):
        await desk.opinions.say(GUILD, made.reference, HOST, f"Statement {number}", host=True)
    return await desk.opinions.map(GUILD, made.reference)


async def crowd_votes(desk: Desk, made: OpinionMap, people: list[int] = CROWD) -> None:
    """Let two camps of six vote: all agree on the first statement, and on nothing else."""
    for place, person in enumerate(people):
        for number in range(1, made.shown + 1):
            agrees = number == 1 or place % 2 == 0
            vote = Vote.AGREE if agrees else Vote.DISAGREE
            await desk.opinions.vote(GUILD, made.reference, person, number, vote)


async def rows(desk: Desk, table: type) -> int:
    return await desk.store.read(lambda s: s.scalar(select(func.count()).select_from(table))) or 0


async def test_a_map_from_opening_to_its_last_picture(desk: Desk, clock: StandingClock):
    made = await opened(desk)
    again = await desk.opinions.open(
        GUILD, HOST, "Twice?", intake="interaction:1", channel_id=5, closes_at=clock()
    )
    assert again.reference == made.reference
    with pytest.raises(NoSuchMap):
        await desk.opinions.map(OTHER, made.reference)
    await crowd_votes(desk, made)
    drawn = await desk.opinions.drawn(GUILD, made.reference)
    assert drawn.figures is not None
    assert [group.size for group in drawn.figures.groups] == [6, 6]
    assert drawn.figures.unites[0].number == 1
    assert drawn.figures.unites[0].side is Side.AGREE
    assert set(drawn.figures.divides) <= set(range(2, 9))
    assert drawn.texts[1] == "Statement 0"

    clock.move(days=7)
    with pytest.raises(MapIsClosed):
        await desk.opinions.vote(GUILD, made.reference, ANA, 1, Vote.AGREE)
    await desk.opinions.look()
    closed = await desk.opinions.drawn(GUILD, made.reference)
    assert closed.map.state is State.CLOSED
    assert closed.map.people == 12
    assert closed.figures is not None
    assert closed.figures.groups == drawn.figures.groups
    assert await rows(desk, VoterRow) == 0


async def test_statements_wait_for_hosts_and_are_said_once(desk: Desk):
    made = await opened(desk, said=0)
    said = await desk.opinions.say(GUILD, made.reference, ANA, "Ask  first, always!")
    assert (await desk.opinions.serve(GUILD, made.reference, HOST)).statement is None
    with pytest.raises(NoSuchStatement):
        await desk.opinions.vote(GUILD, made.reference, HOST, said.number, Vote.AGREE)
    with pytest.raises(SaidAlready):
        await desk.opinions.say(GUILD, made.reference, HOST, "ask first always", host=True)
    with pytest.raises(BadPlan):
        await desk.opinions.say(GUILD, made.reference, ANA, "x" * 141)
    (waiting,) = await desk.opinions.waiting(GUILD, made.reference)
    assert waiting.text == "Ask first, always!"
    assert await desk.opinions.moderate(GUILD, made.reference, 1, HOST, show=True)
    # Two hosts at once: the second is told that it is decided.
    assert not await desk.opinions.moderate(GUILD, made.reference, 1, HOST, show=False)
    turn = await desk.opinions.serve(GUILD, made.reference, HOST)
    assert turn.statement is not None
    assert turn.statement.text == "Ask first, always!"
    for number in range(9):
        await desk.opinions.say(GUILD, made.reference, ANA, f"One more, {number}")
    with pytest.raises(TooManyStatements):
        await desk.opinions.say(GUILD, made.reference, ANA, "And one too many")


async def test_what_was_seen_least_comes_first_and_nothing_twice(desk: Desk):
    made = await opened(desk, said=4)
    first = []
    for person in CROWD[:4]:
        turn = await desk.opinions.serve(GUILD, made.reference, person)
        assert turn.statement is not None
        first.append(turn.statement.number)
        # Looking again, as after a restart, shows the same one and counts once.
        again = await desk.opinions.serve(GUILD, made.reference, person)
        assert again.statement == turn.statement
    assert sorted(first) == [1, 2, 3, 4]
    seen = set()
    turn = await desk.opinions.serve(GUILD, made.reference, ANA)
    while turn.statement is not None:
        assert turn.statement.number not in seen
        seen.add(turn.statement.number)
        number = turn.statement.number
        turn = await desk.opinions.vote(GUILD, made.reference, ANA, number, Vote.PASS)
    assert seen == {1, 2, 3, 4}
    assert (turn.done, turn.of) == (4, 4)
    back = await desk.opinions.serve(GUILD, made.reference, ANA, number=2)
    assert back.statement is not None
    assert back.statement.number == 2
    changed = await desk.opinions.vote(GUILD, made.reference, ANA, 2, Vote.AGREE)
    assert (changed.done, changed.said) == (4, Vote.AGREE)


async def test_it_is_not_drawn_anew_for_fewer_than_five(desk: Desk, clock: StandingClock):
    made = await opened(desk)
    await crowd_votes(desk, made, CROWD[:4])
    assert (await desk.opinions.drawn(GUILD, made.reference)).figures is None
    await crowd_votes(desk, made, CROWD[:8])
    before = (await desk.opinions.drawn(GUILD, made.reference)).figures
    assert before is not None
    assert before.people == 8
    clock.move(hours=1)
    await crowd_votes(desk, made, CROWD[8:])
    assert (await desk.opinions.drawn(GUILD, made.reference)).figures == before
    # Nor at the close: what four people voted could be read from the difference.
    await desk.opinions.close(GUILD, made.reference, HOST)
    after = await desk.opinions.drawn(GUILD, made.reference)
    assert after.figures == before
    assert after.late


async def test_a_desk_that_died_while_it_closed_a_map_goes_on(desk: Desk):
    made = await opened(desk)
    await crowd_votes(desk, made)

    async def dies(session):
        row = await session.get(OpinionMapRow, made.id)
        await desk.opinions._begin_closing(session, row, None)

    await desk.store.write(dies)
    await desk.opinions.look()
    done = await desk.opinions.drawn(GUILD, made.reference)
    assert done.map.state is State.CLOSED
    assert done.figures is not None
    assert done.figures.counted == 12


async def test_who_erases_takes_their_words_and_votes_out(desk: Desk, clock: StandingClock):
    made = await opened(desk)
    said = await desk.opinions.say(GUILD, made.reference, CROWD[0], "Mine alone", host=True)
    made = await desk.opinions.map(GUILD, made.reference)
    await crowd_votes(desk, made)
    exported = await desk.privacy.export(CROWD[0])
    assert "Mine alone" in str(exported)
    assert "'2': 'agree'" in str(exported)
    await desk.privacy.erase(CROWD[0])
    assert await rows(desk, VoterRow) == 11
    with pytest.raises(NoSuchStatement):
        await desk.opinions.vote(GUILD, made.reference, CROWD[1], said.number, Vote.AGREE)
    await desk.opinions.close(GUILD, made.reference, HOST)
    drawn = await desk.opinions.drawn(GUILD, made.reference)
    assert drawn.figures is not None
    assert drawn.figures.people == 11
    assert said.number not in drawn.texts
    assert drawn.figures.said(said.number) is None


async def test_a_map_closes_with_its_session_and_a_session_that_is_over_takes_none(desk: Desk):
    session = await announced(desk)
    made = await opened(desk, session=session.reference)
    assert made.session_id == session.id
    assert (await desk.sessions.session(GUILD, session.reference)).maps == 1
    await desk.opinions.look()
    assert (await desk.opinions.map(GUILD, made.reference)).state is State.OPEN
    await desk.sessions.cancel(GUILD, session.reference, HOST)
    await desk.opinions.look()
    assert (await desk.opinions.map(GUILD, made.reference)).state is State.CLOSED
    with pytest.raises(NoSuchSession):
        await desk.opinions.open(
            GUILD,
            HOST,
            "Late?",
            intake="interaction:2",
            channel_id=5,
            closes_at=desk.clock(),
            session=session.reference,
        )


async def test_however_many_vote_a_board_is_asked_for_once_a_look(desk: Desk, clock: StandingClock):
    made = await opened(desk)
    await crowd_votes(desk, made)

    async def boards(session):
        query = select(OutboxRow).where(OutboxRow.kind == "opinion.show")
        return (await session.scalars(query.order_by(OutboxRow.id))).all()

    assert len(await desk.store.read(boards)) == 1  # posted when it was opened
    for seconds, many in ((0, 2), (5, 2)):
        clock.move(seconds=seconds)
        await desk.opinions.look()
        assert len(await desk.store.read(boards)) == many
    await desk.opinions.vote(GUILD, made.reference, ANA, 1, Vote.AGREE)
    await desk.opinions.look()
    assert len(await desk.store.read(boards)) == 3
