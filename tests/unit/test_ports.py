"""Ports of a submission's checks, and whether what is left of others is in their way."""

import pytest

from grader.ports import ALONE, END, FIRST, MOST_LEFT, PER_SUBMISSION, are_free, ports_of
from grader.proctable import SocketState


def left(port: int = 9_999, state: str = "TIME-WAIT", protocol: str = "tcp") -> SocketState:
    return SocketState(protocol, ("10.213.0.4", port), ("10.213.0.5", 40_000), state)


def test_submissions_in_turn_have_other_ports() -> None:
    in_turn = [ports_of(number) for number in range((END - FIRST) // PER_SUBMISSION)]
    assert sorted(port for ports in in_turn for port in ports) == list(range(FIRST, END))
    assert ports_of(len(in_turn)) == ports_of(0) == ports_of() == in_turn[0]
    assert in_turn[0][0] == ALONE


def test_nothing_is_left() -> None:
    resolver = SocketState("tcp", ("127.0.0.11", 40_001), ("0.0.0.0", 0), "LISTEN")
    datagrams = SocketState("udp", ("127.0.0.11", 40_002), ("0.0.0.0", 0), "UNCONN")
    assert are_free(ports_of(), [resolver, datagrams])


def test_time_wait_at_other_ports_is_in_nobodys_way() -> None:
    ports = ports_of(3)
    around = (ports[0] - 1, ports[-1] + 1)
    assert are_free(ports, [left(port, protocol="tcp6") for port in around])


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize("protocol", ["tcp", "tcp6"])
def test_time_wait_at_a_port_of_a_check_is(place: int, protocol: str) -> None:
    assert not are_free(ports_of(3), [left(), left(ports_of(3)[place], protocol=protocol)])


@pytest.mark.parametrize("state", ["FIN-WAIT-1", "FIN-WAIT-2", "LAST-ACK", "CLOSING", "ESTAB"])
def test_what_may_still_send_is(state: str) -> None:
    assert not are_free(ports_of(), [left(state=state)])


def test_too_many_are() -> None:
    assert are_free(ports_of(), [left()] * MOST_LEFT)
    assert not are_free(ports_of(), [left()] * (MOST_LEFT + 1))
