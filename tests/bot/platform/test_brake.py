"""The courier's brake: on when Discord is in trouble, and not for one lane's own."""

from bot.platform.brake import Brake


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_lane_that_fails_over_and_over_brakes_nothing():
    brake = Brake(_Seconds())
    for _ in range(20):
        brake.fail("a")
    assert brake.places(10) == 10


def test_several_lanes_that_fail_leave_one_careful_try_after_growing_pauses():
    seconds = _Seconds()
    brake = Brake(seconds)
    for lane in "abc":
        brake.fail(lane)
    pauses = []
    for _ in range(9):
        assert brake.places(10) == 0
        pauses.append(brake.pause())
        seconds.now += brake.pause()
        assert brake.places(10) == 1
        brake.fail("d")
    assert pauses == [5, 10, 20, 40, 80, 120, 120, 120, 120]


def test_what_was_under_way_when_it_was_put_on_does_not_lengthen_the_pause():
    brake = Brake(_Seconds())
    for lane in "abcdefghij":
        brake.fail(lane)
    assert brake.pause() == 5


def test_the_first_success_lets_go():
    brake = Brake(_Seconds())
    for lane in "abc":
        brake.fail(lane)
    assert brake.on
    brake.release()
    assert not brake.on
    assert brake.places(10) == 10
