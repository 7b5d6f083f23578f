"""The channels where people ask are each server's own, and survive a restart."""

import pytest

from bot.guilds.questions import (
    MOST,
    QuestionChannel,
    QuestionChannels,
    TooManyChannels,
    Unsure,
    Use,
)
from bot.store import Store
from tests.conftest import StandingClock

HERE, ELSEWHERE = 1, 2


async def test_what_was_chosen_is_kept_changed_and_taken_away(
    store: Store, clock: StandingClock
) -> None:
    channels = QuestionChannels(store, clock)
    await channels.save(HERE, QuestionChannel(10, Use.ANSWER, Unsure.LINE))
    await channels.save(HERE, QuestionChannel(10, Use.SUGGEST, Unsure.MESSAGE))

    assert await channels.get(HERE, 10) == QuestionChannel(10, Use.SUGGEST, Unsure.MESSAGE)
    assert await QuestionChannels(store, clock).of(HERE) == await channels.of(HERE)
    assert await channels.get(ELSEWHERE, 10) is None
    assert not await channels.remove(ELSEWHERE, 10)
    assert await channels.remove(HERE, 10)
    assert not await channels.of(HERE)


async def test_a_server_has_so_many_and_may_change_them(store: Store, clock: StandingClock) -> None:
    channels = QuestionChannels(store, clock)
    for number in range(MOST):
        await channels.save(HERE, QuestionChannel(number, Use.ANSWER, Unsure.LINE))

    with pytest.raises(TooManyChannels):
        await channels.save(HERE, QuestionChannel(MOST, Use.ANSWER, Unsure.LINE))
    await channels.save(HERE, QuestionChannel(0, Use.SUGGEST, Unsure.LINE))
    await channels.save(ELSEWHERE, QuestionChannel(MOST, Use.ANSWER, Unsure.LINE))
