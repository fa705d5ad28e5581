"""The peer: connecting, listening, many at once; its agent is a plain process here."""

import socket
from typing import TYPE_CHECKING, Any, cast

import pytest

from grader.deadline import Deadline
from grader.errors import CheckFailed, GraderError
from grader.peer import Peer
from grader.peer_hands import Hands
from grader.program import Output
from grader.steps import Steps
from unit.loopback import Connected, OtherHost, ending, lesson_of

if TYPE_CHECKING:
    from grader.host import Host


def test_refused_connection_fails_the_check(peer: Peer, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(CheckFailed) as failure:
        peer.connect("server", port)
    assert lesson_of(failure) == f"the connection to server port {port} was refused (ECONNREFUSED)"


def test_refused_as_the_program_has_ended(
    peer: Peer, other: OtherHost, listener: socket.socket
) -> None:
    other.programs = (ending(0),)
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(CheckFailed) as failure:
        peer.connect("server", port)
    assert lesson_of(failure).endswith("\nserver.py ended with status 0")
    assert "accept()" in str(failure.value.lesson.hint)


def test_wait_after_the_check_is_over_fails_it(peer: Peer, other: OtherHost) -> None:
    peer.begin(steps=Steps(deadline=Deadline.after(0)), hosts={"server": cast("Host", other)})
    with pytest.raises(CheckFailed, match="not over after 0 s"):
        peer.connect("server", 9)


def test_port_that_the_peer_cannot_have_is_our_fault(peer: Peer) -> None:
    port = peer.listen().port
    with pytest.raises(GraderError, match=f"cannot listen on port {port}: EADDRINUSE"):
        peer.listen(port)


def test_agent_that_was_never_started_is_our_fault() -> None:
    with pytest.raises(GraderError, match="not started"):
        Hands().request("close_all")


def test_last_words_of_the_agent_are_told() -> None:
    hands = Hands()
    hands.attach(cast(Any, type("Gone", (), {"post": lambda *_: None})()))
    hands.hear(Output(0.0, "stderr", b"KeyError: 3"))
    with pytest.raises(GraderError, match="the peer failed at close: KeyError: 3"):
        hands.request("close", socket=3)


def test_late_answer_to_an_older_request_is_passed_over() -> None:
    hands = Hands()
    hands.attach(cast(Any, type("Slow", (), {"post": lambda *_: None})()))
    hands.hear(Output(0.0, "stdout", b'{"id": 0, "done_at": 1}\n{"id": 1, "done'))
    hands.hear(Output(0.0, "stdout", b'_at": 2}\n'))
    assert hands.request("close_all")["done_at"] == 2


def test_crowd_talks_at_the_same_time(peer: Peer, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    crowd = peer.crowd("server", port, count=3)
    accepted = [listener.accept()[0] for _ in crowd]
    for each in accepted:
        each.sendall(b"hello\n")
    received = peer.exchange(crowd, [b"a", b"b", b"c"], until=b"\n")
    assert [each.data for each in received] == [b"hello\n"] * 3
    assert {each.recv(1) for each in accepted} == {b"a", b"b", b"c"}
    for each in accepted:
        each.close()


def test_ipv4_and_ipv6_clients_of_one_listener(peer: Peer, other: OtherHost) -> None:
    other.address6 = "::1"
    listener = peer.listen(address="::")
    for address in ("127.0.0.1", "::1"):
        with socket.create_connection((address, listener.port)) as client:
            connection = listener.accept()
            assert connection.remote == client.getsockname()[:2]
            assert connection.other_name == "server"


def test_a_listener_tells_where_it_can_be_reached(peer: Peer) -> None:
    where = [peer.listen(address=each).address for each in ("0.0.0.0", "::", "::1")]
    assert where == ["127.0.0.1", "127.0.0.1", "::1"]  # this peer has no IPv6 address


def test_a_host_is_also_known_by_its_address(peer: Peer, other: OtherHost) -> None:
    other.address6 = "::1"
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        connection = peer.connect("::1", listener.getsockname()[1])
        assert (connection.remote[0], connection.other_name) == ("::1", "server")


def test_end_closes_what_a_check_left_open(connected: Connected, peer: Peer) -> None:
    peer.end()
    with pytest.raises(ConnectionResetError):
        connected[1].recv(1)


def test_steps_are_of_the_peer_in_the_order_of_their_time(connected: Connected, peer: Peer) -> None:
    connection, accepted = connected
    connection.send(b"hi")
    accepted.close()
    connection.receive()
    told = [(step.who, step.what.en) for step in peer.steps]
    assert told[0] == ("peer", f"connects to server port {connection.remote[1]}")
    assert told[1] == ("peer", "sends 2 bytes")
    assert sorted(step.at_s for step in peer.steps) == [step.at_s for step in peer.steps]


def test_a_crowd_may_leave_no_step(peer: Peer, listener: socket.socket) -> None:
    peer.crowd("server", listener.getsockname()[1], count=2, is_noted=False)
    assert len(peer.steps) == 0
