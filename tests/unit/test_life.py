"""The states of both sockets, and what their buffers hold, told by the segments alone."""

from functools import partial

import pytest

from unit.segments import HELLO, IPV6, REFUSED, build_segment, observe
from wire.life import Socket, State
from wire.packet import Flags

ACK, FIN, RST, SYN = Flags.ACK, Flags.FIN, Flags.RST, Flags.SYN

client = build_segment
server = partial(build_segment, is_reply=True)

OPENED = [client(SYN, 100), server(SYN | ACK, 500, 101), client(ACK, 101, 501)]


def sockets(*frames: bytes) -> list[tuple[Socket, Socket]]:
    return [event.sockets for event in observe(frames) if event.sockets]


def states(*frames: bytes) -> list[tuple[State, State]]:
    return [(first.state, second.state) for first, second in sockets(*frames)]


@pytest.mark.parametrize("recorded", [HELLO, IPV6], ids=["IPv4", "IPv6"])
def test_recorded_exchange(recorded: tuple[bytes, ...]) -> None:
    established = (State.ESTABLISHED, State.ESTABLISHED)
    assert states(*recorded) == [
        (State.SYN_SENT, State.LISTEN),
        (State.SYN_SENT, State.SYN_RECEIVED),
        *[established] * 5,
        (State.ESTABLISHED, State.FIN_WAIT_1),
        (State.LAST_ACK, State.FIN_WAIT_2),
        (State.CLOSED, State.TIME_WAIT),
    ]


def test_refused_connection_is_closed() -> None:
    assert states(*REFUSED) == [(State.SYN_SENT, State.LISTEN), (State.CLOSED, State.CLOSED)]


def test_reset_closes_both() -> None:
    assert states(*OPENED, server(RST, 501))[-1] == (State.CLOSED, State.CLOSED)


def test_half_close_waits_on_both_sides() -> None:
    frames = [client(FIN | ACK, 101, 501), server(ACK, 501, 102), server(ACK, 501, 102, b"more")]
    assert states(*OPENED, *frames)[-3:] == [
        (State.FIN_WAIT_1, State.ESTABLISHED),
        (State.FIN_WAIT_2, State.CLOSE_WAIT),
        (State.FIN_WAIT_2, State.CLOSE_WAIT),
    ]


def test_both_close_at_the_same_time() -> None:
    frames = [
        client(FIN | ACK, 101, 501),
        server(FIN | ACK, 501, 101),
        client(ACK, 102, 502),
        server(ACK, 502, 102),
    ]
    assert states(*OPENED, *frames)[-4:] == [
        (State.FIN_WAIT_1, State.ESTABLISHED),
        (State.FIN_WAIT_1, State.FIN_WAIT_1),
        (State.CLOSING, State.FIN_WAIT_2),  # its own ACK is still to be seen
        (State.TIME_WAIT, State.TIME_WAIT),
    ]


def test_connection_joined_midway_is_established() -> None:
    assert states(client(ACK, 500, 900, b"x")) == [(State.ESTABLISHED, State.ESTABLISHED)]


def test_bytes_are_in_flight_until_they_are_acknowledged() -> None:
    frames = [
        client(ACK, 101, 501, bytes(1000)),
        client(ACK, 1101, 501, bytes(500)),
        server(ACK, 501, 1101),
        client(FIN | ACK, 1601, 501),
        server(ACK, 501, 1602),
    ]
    flights = [first.in_flight for first, _ in sockets(*OPENED, *frames)]
    assert flights == [0, 0, 0, 1000, 1500, 500, 500, 0]


def test_window_is_scaled_as_both_have_agreed() -> None:
    last = sockets(*HELLO)[-1]
    assert [each.window for each in last] == [63 << 10, 64 << 10]


def test_window_is_not_scaled_where_one_side_does_not_offer_it() -> None:
    assert sockets(*OPENED)[-1][0].window == 64240


def test_window_of_a_connection_joined_midway_is_unknown_unless_zero() -> None:
    assert sockets(client(ACK, 500, 900, b"x"))[-1][0].window is None
    assert sockets(client(ACK, 500, 900, b"x", window=0))[-1][0].window == 0


def test_largest_window_is_remembered() -> None:
    first = sockets(*OPENED, client(ACK, 101, 501, window=10))[-1][0]
    assert (first.window, first.most_window) == (10, 64240)
