"""The peer's UDP on loopback: its agent is a plain process here, the other host a stand-in."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from grader import peer_datagrams_agent
from grader.errors import CheckFailed, GraderError
from grader.peer import Peer
from grader.peer_datagrams import DatagramSocket
from unit.loopback import LIMIT_S, SHORT_S, OtherHost, ended_by, lesson_of

LONGEST_BYTES = 65507  # in IPv4: 65,535 less two headers


@pytest.fixture
def program() -> Iterator[socket.socket]:
    """A socket of the other host's program."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(LIMIT_S)
        yield opened


@pytest.fixture
def ours(peer: Peer) -> DatagramSocket:
    return peer.bind("server")


def told(peer: Peer) -> list[str]:
    return [step.what.en for step in peer.steps]


def test_datagrams_keep_their_boundaries(ours: DatagramSocket, program: socket.socket) -> None:
    ours.send(b"one", b"", b"two", to=program.getsockname()[1])
    assert [program.recv(100) for _ in range(3)] == [b"one", b"", b"two"]


def test_a_datagram_tells_who_sent_it(ours: DatagramSocket, program: socket.socket) -> None:
    program.sendto(b"hello", ("127.0.0.1", ours.port))
    assert ours.receive().source == program.getsockname()


def test_an_answer_goes_to_where_the_question_came_from(
    ours: DatagramSocket, program: socket.socket
) -> None:
    program.sendto(b"hello", ("127.0.0.1", ours.port))
    ours.send(b"answer", to=ours.receive().source)
    assert program.recvfrom(100) == (b"answer", ("127.0.0.1", ours.port))


@pytest.mark.parametrize("size", [0, 1, LONGEST_BYTES])
def test_datagrams_of_any_size_arrive_whole(
    ours: DatagramSocket, program: socket.socket, size: int
) -> None:
    program.sendto(bytes(size), ("127.0.0.1", ours.port))
    assert ours.receive().data == bytes(size)


def test_all_that_has_come_is_taken_and_no_more_is_waited_for(
    ours: DatagramSocket, program: socket.socket
) -> None:
    for each in (b"one", b"two"):
        program.sendto(each, ("127.0.0.1", ours.port))
    assert [each.data for each in ours.receive_all()] == [b"one", b"two"]
    assert ours.receive_all() == []


def test_nothing_within_a_time_is_none(ours: DatagramSocket) -> None:
    assert ours.receive_within(SHORT_S) is None


def test_no_datagram_fails_the_check(ours: DatagramSocket, peer: Peer) -> None:
    with pytest.raises(CheckFailed) as failure:
        ours.receive(timeout_s=SHORT_S)
    assert lesson_of(failure) == "no datagram came from server within 0.01 s"
    assert told(peer)[-1] == "receives no datagram within 0.01 s"


def test_a_program_that_has_ended_is_not_waited_for(ours: DatagramSocket, other: OtherHost) -> None:
    program = SimpleNamespace(
        argv=("python3", "server.py"), is_running=False, exit_status=0, stdout=b"", stderr=b""
    )
    program.wait = lambda timeout_s: 0
    other.programs = (program,)
    with pytest.raises(CheckFailed) as failure:
        ours.receive(timeout_s=100)
    assert lesson_of(failure) == "no datagram came from server\nserver.py ended with status 0"


def test_an_exception_of_the_program_is_told_once(ours: DatagramSocket, other: OtherHost) -> None:
    other.programs = (ended_by(b"KeyError: 7\n"),)
    with pytest.raises(CheckFailed) as failure:
        ours.receive(timeout_s=100)
    assert lesson_of(failure).count("KeyError") == 1


def test_steps_tell_size_and_bytes(
    ours: DatagramSocket, peer: Peer, program: socket.socket
) -> None:
    port = program.getsockname()[1]
    ours.send(b"a", to=port)
    ours.send(b"a", b"b", to=port)
    program.sendto(b"hello", ("127.0.0.1", ours.port))
    ours.receive()
    ours.close()
    assert told(peer) == [
        f"has UDP port {ours.port}",
        f"sends a datagram of 1 byte to server port {port}",
        f"sends 2 datagrams to server port {port}",
        "receives a datagram of 5 bytes",
        f"gives UDP port {ours.port} back",
    ]
    assert [step.data for step in peer.steps] == [None, b"a", b"b", b"hello", None]


def test_the_end_of_a_check_gives_all_ports_back(ours: DatagramSocket, peer: Peer) -> None:
    peer.end()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("0.0.0.0", ours.port))


def test_a_port_in_use_is_our_fault(ours: DatagramSocket, peer: Peer) -> None:
    with pytest.raises(GraderError, match=f"cannot bind UDP port {ours.port}: EADDRINUSE"):
        peer.bind("server", port=ours.port)


def test_what_cannot_be_sent_is_our_fault(ours: DatagramSocket) -> None:
    with pytest.raises(GraderError, match=r"cannot send to 127\.0\.0\.1 port 9: EMSGSIZE"):
        ours.send(bytes(LONGEST_BYTES + 1), to=9)


def test_the_agent_speaks_json_lines_without_the_library() -> None:
    source = Path(peer_datagrams_agent.__file__).read_text(encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source],
        input=json.dumps({"id": 9, "op": "bind", "port": 0}).encode() + b"\n",
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
        cwd="/",
    )
    answer = json.loads(finished.stdout)
    assert cast(int, answer["id"]) == 9
    assert answer["at"] <= answer["done_at"]
