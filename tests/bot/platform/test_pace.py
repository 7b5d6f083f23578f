"""Turns run out for the one who asks without pause, and for nobody else."""

from bot.platform.pace import Pace
from tests.conftest import StandingClock

ANA, BEN, GUILD = 1, 2, 10


def test_one_persons_500_questions_leave_the_others_theirs(clock: StandingClock) -> None:
    pace = Pace(clock, per_person=10, per_server=60)

    allowed = 0
    for _ in range(500):
        allowed += pace.allows(ANA, GUILD)
        clock.move(seconds=0.12)

    assert 18 <= allowed <= 20
    assert all(pace.allows(BEN, GUILD) for _ in range(10))


def test_turns_come_back(clock: StandingClock) -> None:
    pace = Pace(clock, per_person=10, per_server=60)
    while pace.allows(ANA, None):
        pass
    clock.move(seconds=5)
    assert not pace.allows(ANA, None)

    clock.move(seconds=2)

    assert pace.allows(ANA, None)


def test_somebody_is_told_once_until_they_have_a_turn_again(clock: StandingClock) -> None:
    pace = Pace(clock, per_person=1, per_server=60)
    assert pace.allows(ANA, None)
    assert not pace.allows(ANA, None)
    assert [pace.tell(ANA) for _ in range(3)] == [True, False, False]

    clock.move(minutes=1)

    assert pace.allows(ANA, None)
    assert pace.tell(ANA)


def test_a_server_has_an_end_too(clock: StandingClock) -> None:
    pace = Pace(clock, per_person=10, per_server=20)

    assert sum(pace.allows(person, GUILD) for person in range(100)) == 20
