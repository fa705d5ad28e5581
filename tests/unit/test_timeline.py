"""Packets and calls in one order, though calls arrive later."""

from unit.segments import CLIENT, HELLO, SERVER, read
from wire.calls import Call
from wire.capture import Frame
from wire.model import Conversation
from wire.packet import Packet
from wire.timeline import HOLD_S, Timeline


def packet(time_s: float) -> tuple[Packet, Frame]:
    return read(HELLO[0], time_s=time_s), Frame(time_s, HELLO[0], len(HELLO[0]))


def call(name: str, time_s: float, took_s: float | None = 0.0) -> Call:
    return Call("client", 1, time_s, took_s, name, 3, ("3",), ("0",) if took_s is not None else ())


def names(timeline: Timeline, *, now_s: float) -> list[str]:
    ready = timeline.ready(now_s=now_s)
    return [each.name if isinstance(each, Call) else "packet" for each in ready]


def test_a_call_that_comes_late_stands_before_its_segment() -> None:
    timeline = Timeline()
    timeline.add(*packet(10.002))
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
    timeline.add(*packet(14.9))
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


def test_calls_that_prepare_a_conversation_share_its_clock() -> None:
    conversation = Conversation()
    assert conversation.place((None, None), time_s=10.0).time_s == 0
    event = conversation.observe(read(HELLO[0], time_s=10.5))
    assert event.time_s == 0.5
    ends = event.packet.source, event.packet.target
    place = conversation.place(ends, time_s=10.75)
    assert (place.number, place.time_s) == (1, 0.75)


def test_a_conversation_long_after_the_calls_has_its_own_clock() -> None:
    conversation = Conversation()
    conversation.place((SERVER, None), time_s=10.0)
    assert conversation.observe(read(HELLO[0], time_s=60)).time_s == 0


def test_closing_begins_no_conversation() -> None:
    conversation = Conversation()
    place = conversation.place((SERVER, None), time_s=10.0, may_begin=False)
    assert not place.is_first
    assert conversation.observe(read(HELLO[0], time_s=10.5)).time_s == 0


def test_a_call_of_a_flow_that_is_not_known_has_no_number() -> None:
    assert Conversation().place((CLIENT, SERVER), time_s=1.0).number is None
