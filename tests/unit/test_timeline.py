"""Packets and calls in one order, though calls arrive later."""

from unit.segments import HELLO, read
from wire.calls import Call
from wire.model import Conversation, Event
from wire.timeline import HOLD_S, Timeline


def packet(time_s: float) -> Event:
    return Conversation().observe(read(HELLO[0], time_s=time_s))


def call(name: str, time_s: float, took_s: float | None = 0.0) -> Call:
    return Call("client", 1, time_s, took_s, name, 3, ("3",), ("0",) if took_s is not None else ())


def names(timeline: Timeline, *, now_s: float) -> list[str]:
    ready = timeline.ready(now_s=now_s)
    return [each.name if isinstance(each, Call) else "packet" for each in ready]


def test_a_call_that_comes_late_stands_before_its_segment() -> None:
    timeline = Timeline()
    timeline.add(packet(10.002))
    timeline.add_calls([call("connect", 10.001)], [], now_s=10.05)
    assert names(timeline, now_s=10.1) == []
    assert timeline.is_holding
    assert names(timeline, now_s=10.4) == ["connect", "packet"]
    assert not timeline.is_holding


def test_a_call_that_waits_is_told_and_told_again_when_it_returns() -> None:
    timeline = Timeline()
    waiting = [call("accept", 10.0, None)]
    timeline.add_calls([], waiting, now_s=10.1)
    assert names(timeline, now_s=10.1) == []
    for now_s in (10.4, 10.5):
        timeline.add_calls([], waiting, now_s=now_s)
    assert names(timeline, now_s=10.6) == ["accept"]
    timeline.add(packet(14.9))
    timeline.add_calls([call("accept", 10.0, 5.0)], [], now_s=15.05)
    first, second = timeline.ready(now_s=16)
    assert not isinstance(first, Call)
    assert isinstance(second, Call)
    assert second.is_return
    assert second.moment_s == 15.0


def test_a_call_that_returns_soon_is_told_once() -> None:
    timeline = Timeline()
    timeline.add_calls([], [call("recv", 10.0, None)], now_s=10.0 + HOLD_S / 2)
    timeline.add_calls([call("recv", 10.0, 0.15)], [], now_s=10.2)
    assert names(timeline, now_s=11) == ["recv"]


def test_what_has_no_time_stays_behind_what_came_before() -> None:
    timeline = Timeline()
    timeline.add(packet(10.0))
    timeline.add(3)
    timeline.add(packet(10.1))
    assert [isinstance(each, int) for each in timeline.ready(now_s=11)] == [False, True, False]
