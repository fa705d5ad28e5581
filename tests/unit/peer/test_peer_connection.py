"""A connection of the peer, on loopback; the other host is a stand-in."""

import socket
from typing import TYPE_CHECKING, cast

import pytest

from grader.errors import CheckFailed
from grader.peer import Peer
from grader.steps import Steps
from unit.loopback import SHORT_S, Connected, OtherHost, Waiting, ended_by, lesson_of

if TYPE_CHECKING:
    from grader.host import Host


def test_nobody_coming_fails_the_check(peer: Peer) -> None:
    listener = peer.listen()
    with pytest.raises(CheckFailed) as failure:
        listener.accept(timeout_s=SHORT_S)
    assert lesson_of(failure) == (
        f"no connection came to 127.0.0.1 port {listener.port} within 0.01 s"
    )


def test_client_that_has_ended_is_not_waited_for(peer: Peer) -> None:
    client = OtherHost("client", "127.0.0.2", programs=(ended_by(b"EOFError: x"),))
    peer.begin(steps=Steps(), hosts={"client": cast("Host", client)})
    with pytest.raises(CheckFailed) as failure:
        peer.listen().accept(timeout_s=3600)
    assert "within" not in lesson_of(failure)
    assert lesson_of(failure).endswith("server.py line 3: EOFError: x")


def test_line_that_is_not_ended_fails_the_check(connected: Connected) -> None:
    connection, accepted = connected
    accepted.sendall(b"5 bytes")
    accepted.close()
    with pytest.raises(CheckFailed) as failure:
        connection.receive_line()
    assert lesson_of(failure) == 'server sent 7 bytes, "5 bytes", then closed the connection'


def test_stream_without_end_fails_the_check(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.peer_connection.MAX_BYTES", 4)
    connected[1].sendall(b"yyyyyyyy")
    with pytest.raises(CheckFailed) as failure:
        connected[0].receive_line()
    assert lesson_of(failure) == 'server sent 4 bytes, "yyyy", and does not stop'


def test_silence_fails_the_check(connected: Connected) -> None:
    with pytest.raises(CheckFailed) as failure:
        connected[0].receive_line(timeout_s=SHORT_S)
    assert lesson_of(failure) == ("server sent nothing within 0.01 s; the connection is still open")


def test_reset_instead_of_the_end_fails_the_check(connected: Connected) -> None:
    connection, accepted = connected
    connection.send(b"unread")
    assert accepted.recv(1)
    accepted.close()
    with pytest.raises(CheckFailed) as failure:
        connection.receive_until_end()
    assert lesson_of(failure) == "server reset the connection (RST) and sent nothing"


def test_exception_that_ended_the_program_is_told(connected: Connected, other: OtherHost) -> None:
    other.programs = (ended_by(b"ValueError: no line"),)
    connected[1].close()
    with pytest.raises(CheckFailed) as failure:
        connected[0].receive_line()
    assert lesson_of(failure) == (
        "server sent nothing\nserver.py ended with status 1\nserver.py line 3: ValueError: no line"
    )


def test_line_is_read_without_what_follows(connected: Connected) -> None:
    connection, accepted = connected
    accepted.sendall("6 bytes: 你好\nmore".encode())
    accepted.close()
    assert connection.receive_line() == "6 bytes: 你好\n".encode()
    assert connection.receive_until_end() == b"more"


def test_size_is_read_slowly(connected: Connected) -> None:
    connection, accepted = connected
    accepted.sendall(b"hello, world")
    received = connection.receive(size=5, chunk_bytes=2, gap_s=0.001)
    assert (received.data, received.end) == (b"hello", "size")


def test_pieces_wait_until_the_one_before_is_read(connected: Connected, other: OtherHost) -> None:
    connection, accepted = connected
    unread = Waiting(connection.remote, connection.local, 1)
    stranger = Waiting(connection.remote, ("127.0.0.1", 9), 1)
    other.states = [[unread], [unread], [stranger], [unread], []]
    connection.send_in_pieces(b"abc", (1, 2))
    assert other.states == []
    assert accepted.recv(3, socket.MSG_WAITALL) == b"abc"


def test_steps_show_each_of_a_few_pieces(connected: Connected, peer: Peer) -> None:
    connected[0].send_in_pieces(b"abc", (1,))
    assert [step.data for step in peer.steps][-2:] == [b"a", b"bc"]


def test_steps_show_many_pieces_as_one(connected: Connected, peer: Peer) -> None:
    connected[0].send_in_pieces(b"hello")
    *_, last = peer.steps
    assert (last.what.en, last.data) == ("sends 5 bytes in 5 pieces", b"hello")


def test_half_close_leaves_the_other_direction_open(connected: Connected) -> None:
    connection, accepted = connected
    connection.shutdown()
    assert accepted.recv(1) == b""
    accepted.sendall(b"late")
    accepted.close()
    assert connection.receive_until_end() == b"late"


def test_close_is_an_end_of_stream(connected: Connected) -> None:
    connection, accepted = connected
    connection.close()
    assert accepted.recv(1) == b""


def test_reset_is_seen(connected: Connected) -> None:
    connection, accepted = connected
    connection.reset()
    with pytest.raises(ConnectionResetError):
        accepted.recv(1)


def test_peer_that_does_not_read_stops_the_sender(peer: Peer, listener: socket.socket) -> None:
    connection = peer.connect("server", listener.getsockname()[1], receive_buffer_bytes=8192)
    accepted, _ = listener.accept()
    with accepted:
        accepted.setblocking(False)
        sent_bytes = accepted.send(bytes(20_000_000))
        assert sent_bytes < 20_000_000
        assert 0 < connection.wait_until_full(quiet_s=0.02) <= sent_bytes
        connection.enlarge(1 << 20)
        assert len(connection.receive(size=sent_bytes).data) == sent_bytes


def test_client_that_comes_is_accepted(peer: Peer) -> None:
    listener = peer.listen()
    with socket.create_connection(("127.0.0.1", listener.port)) as client:
        connection = listener.accept()
        assert connection.remote == client.getsockname()
        client.sendall(b"hello\n")
        assert connection.receive_line() == b"hello\n"
    listener.close()
