"""A wall clock that is set while calls wait."""

import pytest

from wire.clock import WallClock


class Clocks:
    """A wall clock and one that is never set, which a test moves on."""

    def __init__(self) -> None:
        self.wall_s, self.steady_s = 1000.0, 5.0

    def pass_by(self, seconds: float, *, set_s: float = 0.0) -> None:
        self.steady_s += seconds
        self.wall_s += seconds + set_s

    def wall_clock(self) -> WallClock:
        return WallClock(lambda: self.wall_s, lambda: self.steady_s)


def test_a_clock_that_is_left_alone_was_not_set() -> None:
    clocks = Clocks()
    clock = clocks.wall_clock()
    for _ in range(3):
        clocks.pass_by(1.0)
        clock.look()
    assert clock.set_within(900.0) == 0.0
    assert clock.set_within(1.0) == 0.0


@pytest.mark.parametrize("set_s", [0.02, -0.02, 3600.0, -3600.0])
def test_what_began_before_it_was_set_is_told_by_how_much(set_s: float) -> None:
    clocks = Clocks()
    clock = clocks.wall_clock()
    clocks.pass_by(1.0)
    clock.look()
    clocks.pass_by(1.0, set_s=set_s)
    clock.look()
    clocks.pass_by(1.0)
    clock.look()
    assert clock.set_within(2.0) == pytest.approx(set_s)


def test_what_began_after_it_was_set_is_right() -> None:
    clocks = Clocks()
    clock = clocks.wall_clock()
    clocks.pass_by(1.0, set_s=0.02)
    clock.look()
    clocks.pass_by(1.0)
    clock.look()
    assert clock.set_within(0.5) == 0.0
