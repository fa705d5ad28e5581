"""Numbered flows and their one clock."""

import pytest

from unit.segments import (
    CLIENT,
    HELLO,
    REFUSED,
    SERVER,
    build_datagram,
    build_echo,
    build_segment,
    observe,
    read,
)
from wire import model
from wire.model import read_connections
from wire.packet import Flags


def syn(port: int) -> bytes:
    return build_segment(Flags.SYN, sequence=100, client=CLIENT._replace(port=port))


def test_nothing_captured_holds_no_connection() -> None:
    assert read_connections([]) == []


def test_connections_come_in_the_order_they_began() -> None:
    frames = [*REFUSED, *HELLO, build_datagram(b"beside")]
    refused, hello = read_connections(read(frame) for frame in frames)
    assert [each.port for each in refused.resets] == [9999]
    assert hello.handshake_seen


def test_flows_at_once_are_told_apart() -> None:
    events = observe([syn(1), syn(2), build_echo(), syn(1), build_datagram(b"x"), build_echo()])
    assert [event.number for event in events] == [1, 2, 3, 1, 4, 3]
    assert [event.is_first for event in events] == [True, True, True, False, True, False]


def test_each_run_of_ping_is_a_flow() -> None:
    events = observe([build_echo(), build_echo(is_reply=True), build_echo(identifier=8)])
    assert [event.number for event in events] == [1, 1, 2]
    assert events[0].sequence == 1


def test_first_sender_stands_first() -> None:
    reply = build_segment(Flags.SYN | Flags.ACK, sequence=1, acknowledgement=101, is_reply=True)
    events = observe([build_segment(Flags.SYN, sequence=100), reply])
    assert [event.ends for event in events] == [(CLIENT, SERVER)] * 2


def test_clock_starts_again_when_no_connection_is_open() -> None:
    events = observe([build_datagram(b"x"), *REFUSED, build_echo(), build_echo(is_reply=True)])
    assert [event.time_s for event in events] == pytest.approx([0, 0, 0.01, 0, 0.01])


def test_clock_goes_on_while_a_connection_is_open() -> None:
    events = observe([syn(1), syn(2), build_echo()])
    assert [event.time_s for event in events] == pytest.approx([0, 0.01, 0.02])


def test_oldest_flow_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "FLOWS_REMEMBERED", 2)
    events = observe([syn(1), build_datagram(b"x"), build_echo(), syn(1)])
    assert [event.number for event in events] == [1, 2, 3, 4]
    # A forgotten connection no longer holds the clock.
    assert events[2].time_s == 0.0
