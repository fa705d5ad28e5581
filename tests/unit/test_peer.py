"""The peer with its agent as a plain process, on loopback; hosts are stand-ins."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from grader.connection import Connection
from grader.deadline import Deadline
from grader.errors import CheckFailed, GraderError
from grader.peer import Hands, Peer, open_peer
from grader.program import Output
from grader.steps import Steps

if TYPE_CHECKING:
    from grader.host import Host

LIMIT_S = 5.0
SHORT_S = 0.01


class LocalProgram:
    """The agent as a process of this machine."""

    def __init__(self, argv: tuple[str, ...], on_output: Callable[[Output], None]) -> None:
        self._process = subprocess.Popen(
            (sys.executable, *argv[1:]), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._on_output = on_output
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        stdout = cast(Any, self._process.stdout)
        while data := stdout.read1(65536):
            self._on_output(Output(0.0, "stdout", data))

    def send(self, data: bytes) -> None:
        stdin = cast(Any, self._process.stdin)
        stdin.write(data)
        stdin.flush()

    def close_stdin(self) -> None:
        cast(Any, self._process.stdin).close()

    def end(self) -> None:
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        cast(Any, self._process.stdout).close()


@dataclass
class LocalHost:
    """Starts what it is told to on this machine."""

    address: str = "127.0.0.1"
    started: list[LocalProgram] = field(default_factory=list)

    def start(self, *argv: str, on_output: Callable[[Output], None]) -> LocalProgram:
        self.started.append(LocalProgram(argv, on_output))
        return self.started[-1]


@dataclass(frozen=True)
class Waiting:
    """A socket of the other host with bytes its program has not read."""

    local: tuple[str, int]
    remote: tuple[str, int]
    receive_queue_bytes: int
    protocol: str = "tcp"
    state: str = "ESTAB"


@dataclass
class OtherHost:
    """The submission's host: says of its sockets what it is told, one list after another."""

    name: str
    address: str
    states: list[list[Waiting]] = field(default_factory=list)
    programs: tuple[object, ...] = ()

    def sockets(self) -> list[Waiting]:
        return self.states.pop(0) if self.states else []

    def run(self, *_argv: str, timeout_s: float) -> object:
        assert timeout_s
        return type("Completed", (), {"stdout": b""})()


@pytest.fixture(scope="module")
def agent() -> Iterator[Peer]:
    host = LocalHost()
    with open_peer(cast("Host", host)) as peer:
        yield peer
    host.started[0].end()


@pytest.fixture
def other() -> OtherHost:
    return OtherHost("server", "127.0.0.1")


@pytest.fixture
def peer(agent: Peer, other: OtherHost) -> Iterator[Peer]:
    agent.begin(steps=Steps(), hosts={"server": cast("Host", other)})
    yield agent
    agent.end()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT_S)
        yield listener


@pytest.fixture
def connected(peer: Peer, listener: socket.socket) -> Iterator[tuple[Connection, socket.socket]]:
    connection = peer.connect("server", listener.getsockname()[1])
    accepted, _ = listener.accept()
    accepted.settimeout(LIMIT_S)
    with accepted:
        yield connection, accepted


Connected = tuple[Connection, socket.socket]


def lesson_of(failure: pytest.ExceptionInfo[CheckFailed]) -> str:
    return failure.value.lesson.saw.en


def ended_by(exception: bytes) -> object:
    """A program that an exception has ended."""
    return SimpleNamespace(
        argv=("python3", "server.py"),
        is_running=False,
        exit_status=1,
        stdout=b"",
        stderr=b'Traceback (most recent call last):\n  File "server.py", line 3\n' + exception,
        wait=lambda timeout_s: 1,
    )


# The student's fault.


def test_refused_connection_fails_the_check(peer: Peer, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(CheckFailed) as failure:
        peer.connect("server", port)
    assert lesson_of(failure) == f"the connection to server port {port} was refused (ECONNREFUSED)"


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
    monkeypatch.setattr("grader.connection.MAX_BYTES", 4)
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


def test_wait_after_the_check_is_over_fails_it(peer: Peer, other: OtherHost) -> None:
    peer.begin(steps=Steps(deadline=Deadline.after(0)), hosts={"server": cast("Host", other)})
    with pytest.raises(CheckFailed, match="not over after 0 s"):
        peer.connect("server", 9)


# Ours.


def test_port_that_the_peer_cannot_have_is_our_fault(peer: Peer) -> None:
    port = peer.listen().port
    with pytest.raises(GraderError, match=f"cannot listen on port {port}: EADDRINUSE"):
        peer.listen(port)


def test_agent_that_was_never_started_is_our_fault() -> None:
    with pytest.raises(GraderError, match="not started"):
        Hands().request("close_all")


def test_last_words_of_the_agent_are_told() -> None:
    hands = Hands()
    hands.attach(cast(Any, type("Gone", (), {"send": lambda *_: None})()))
    hands.hear(Output(0.0, "stderr", b"KeyError: 3"))
    with pytest.raises(GraderError, match="the peer failed at close: KeyError: 3"):
        hands.request("close", socket=3)


def test_late_answer_to_an_older_request_is_passed_over() -> None:
    hands = Hands()
    hands.attach(cast(Any, type("Slow", (), {"send": lambda *_: None})()))
    hands.hear(Output(0.0, "stdout", b'{"id": 0, "done_at": 1}\n{"id": 1, "done'))
    hands.hear(Output(0.0, "stdout", b'_at": 2}\n'))
    assert hands.request("close_all")["done_at"] == 2


# What a check does.


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


def test_client_that_comes_is_accepted(peer: Peer) -> None:
    listener = peer.listen()
    with socket.create_connection(("127.0.0.1", listener.port)) as client:
        connection = listener.accept()
        assert connection.remote == client.getsockname()
        client.sendall(b"hello\n")
        assert connection.receive_line() == b"hello\n"
    listener.close()


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
