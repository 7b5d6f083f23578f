"""What people typed is there while they decide, and not for longer."""

from datetime import timedelta

from bot.ids import Randomness
from bot.platform.components import custom_id
from bot.platform.memory import NOTHING, ShortMemory
from tests.conftest import StandingClock

ANA, BEN = 1, 2


def test_a_question_can_be_found_again_by_the_person_who_asked(
    clock: StandingClock, randomness: Randomness
) -> None:
    memory = ShortMemory(clock, randomness)
    token = memory.keep(ANA, "May I?")

    assert memory.find(token, ANA) == "May I?"
    assert memory.find(token, BEN) is None
    assert memory.find(NOTHING, ANA) is None
    assert custom_id("ask", "staff", token)


def test_a_question_is_forgotten_after_an_hour(
    clock: StandingClock, randomness: Randomness
) -> None:
    memory = ShortMemory(clock, randomness, life=timedelta(hours=1))
    token = memory.keep(ANA, "May I?")
    clock.move(minutes=59)
    assert memory.find(token, ANA)

    clock.move(minutes=1)

    assert memory.find(token, ANA) is None


def test_when_many_ask_the_oldest_question_goes_first(
    clock: StandingClock, randomness: Randomness
) -> None:
    memory = ShortMemory(clock, randomness, most=3)
    tokens = [memory.keep(ANA, f"question {number}") for number in range(5)]

    found = [memory.find(token, ANA) for token in tokens]

    assert found == [None, None, "question 2", "question 3", "question 4"]
