import itertools
import math

import pytest

from grader.deadline import Deadline
from grader.errors import CheckFailed


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_wait_after_the_end_fails_the_check() -> None:
    clock = Clock()
    deadline = Deadline.after(10, clock=clock)
    clock.now_s += 10
    with pytest.raises(CheckFailed) as failed:
        deadline.clip(1)
    assert "10 s" in failed.value.lesson.saw.en
    assert "10 秒" in failed.value.lesson.saw.zh


def test_a_wait_is_cut_to_the_rest() -> None:
    clock = Clock()
    deadline = Deadline.after(10, clock=clock)
    assert deadline.clip(3) == 3
    clock.now_s += 8
    assert deadline.clip(3) == 2


def test_an_endless_deadline_cuts_nothing() -> None:
    assert Deadline.after(math.inf).clip(1e6) == 1e6


def test_waiting_for_what_never_comes_ends_with_the_deadline() -> None:
    ticks = itertools.count()
    deadline = Deadline.after(10, clock=lambda: float(next(ticks)))
    assert deadline.wait_until(lambda: False, 1e9, poll_s=0) is False


def test_what_holds_already_is_not_waited_for() -> None:
    assert Deadline.after(10, clock=Clock()).wait_until(lambda: True, 1) is True


def test_waits_until_it_holds() -> None:
    answers = iter([False, False, True])
    assert Deadline.after(10, clock=Clock()).wait_until(lambda: next(answers), 5, poll_s=0)
