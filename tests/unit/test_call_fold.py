"""A program that sends in a loop does not fill the picture."""

from wire.call_fold import SHOWN_FIRST, CallFolding
from wire.calls import Call


def call(name: str, *, length: int = 0, descriptor: int = 3) -> Call:
    return Call("client", 1, 5.0, 0.0, name, descriptor, ("3",), ("0",), length=length)


def shown(calls: list[Call]) -> list[tuple[str, int, int]]:
    return [(each.name, each.count, each.length) for each in calls]


def test_a_loop_of_sends_is_counted_after_the_first() -> None:
    folding = CallFolding()
    out = [each for _ in range(100) for each in folding.take(call("send", length=10), now_s=1.0)]
    assert len(out) == SHOWN_FIRST
    assert folding.is_pending
    count = 100 - SHOWN_FIRST
    assert shown(folding.take(call("close"), now_s=1.1)) == [
        ("send", count, count * 10),
        ("close", 1, 0),
    ]
    assert not folding.is_pending


def test_what_was_counted_is_told_when_it_is_quiet() -> None:
    folding = CallFolding()
    for _ in range(SHOWN_FIRST + 2):
        folding.take(call("recv", length=1), now_s=1.0)
    assert folding.overdue(now_s=1.2) == []
    assert shown(folding.overdue(now_s=2.0)) == [("recv", 2, 2)]
    assert folding.overdue(now_s=3.0) == []


def test_another_socket_does_not_end_a_run() -> None:
    folding = CallFolding()
    for _ in range(SHOWN_FIRST + 2):
        folding.take(call("recv", length=1), now_s=1.0)
    assert shown(folding.take(call("close", descriptor=4), now_s=1.0)) == [("close", 1, 0)]
    assert folding.is_pending


def test_the_end_of_the_stream_is_never_folded() -> None:
    folding = CallFolding()
    for _ in range(SHOWN_FIRST):
        folding.take(call("recv", length=1), now_s=1.0)
    assert shown(folding.take(call("recv"), now_s=1.0)) == [("recv", 1, 0)]
