from concurrent.futures import ThreadPoolExecutor

from grader.language import same
from grader.steps import Steps


def test_steps_are_in_the_order_of_their_time_not_of_their_arrival() -> None:
    steps = Steps(clock=lambda: 2.0)
    steps.add("peer", same("late"), at_s=3.0)
    steps.add("server", same("now"))
    steps.add("client", same("early"), at_s=1.0, data=b"x")
    assert [(step.at_s, step.who) for step in steps] == [
        (1.0, "client"),
        (2.0, "server"),
        (3.0, "peer"),
    ]


def test_steps_at_the_same_time_keep_their_order() -> None:
    steps = Steps(clock=lambda: 1.0)
    for number in range(5):
        steps.add("peer", same(str(number)))
    assert [step.what.en for step in steps.taken()] == list("01234")


def test_many_threads_may_add() -> None:
    steps = Steps()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: steps.add("peer", same(str(number))), range(500)))
    assert len(steps) == 500


def test_without_a_check_nothing_is_cut() -> None:
    assert Steps().deadline.clip(1e6) == 1e6


def test_our_own_steps_are_told_in_the_time_of_a_remote_engine() -> None:
    steps = Steps(clock=lambda: 2.0)
    steps.clock_offset_s = 1000.0
    steps.add("server", same("ours"))
    steps.add("peer", same("theirs"), at_s=1001.0)
    assert [step.what.en for step in steps] == ["theirs", "ours"]
