"""The peer's hands, on loopback."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from grader import peer_agent
from grader.peer_agent import Agent, Transfer, exchange, pack, unpack

LIMIT_S = 5.0
ALL = 1 << 24
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def agent() -> Iterator[Agent]:
    agent = Agent()
    yield agent
    agent.close_all()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT_S)
        yield listener


# What every request to listen has besides.
NO_BUFFER = {"receive_buffer_bytes": 0, "host": "0.0.0.0"}


def connect(agent: Agent, listener: socket.socket, *, count: int = 1) -> dict[str, Any]:
    return agent.answer(
        {
            "id": 1,
            "op": "connect",
            "host": "127.0.0.1",
            "port": listener.getsockname()[1],
            "count": count,
            "timeout_s": LIMIT_S,
            "receive_buffer_bytes": 0,
        }
    )


def receive(agent: Agent, number: int, **wanted: object) -> dict[str, Any]:
    timeout_s = wanted.pop("timeout_s", LIMIT_S)
    request = {
        "id": 2,
        "op": "exchange",
        "timeout_s": timeout_s,
        "transfers": [{"socket": number, "size": ALL, **wanted}],
    }
    transfer: dict[str, Any] = agent.answer(request)["transfers"][0]
    return transfer


# What fails is an answer, not an exception.


def test_refused_connection_is_named(agent: Agent, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    request = {
        "id": 4,
        "op": "connect",
        "host": "127.0.0.1",
        "port": port,
        "count": 2,
        "timeout_s": LIMIT_S,
        "receive_buffer_bytes": 0,
    }
    answer = agent.answer(request)
    assert (answer["id"], answer["error"]) == (4, "ECONNREFUSED")


def test_port_in_use_is_named(agent: Agent, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    request = {"id": 1, "op": "listen", "port": port, "backlog": 1, **NO_BUFFER}
    assert agent.answer(request)["error"] == "EADDRINUSE"


def test_nobody_to_accept_is_a_timeout(agent: Agent) -> None:
    request = {"id": 1, "op": "listen", "port": 0, "backlog": 1, **NO_BUFFER}
    number = agent.answer(request)["socket"]
    answer = agent.answer({"id": 2, "op": "accept", "socket": number, "timeout_s": 0})
    assert "error" in answer


def test_reset_is_an_end(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
    accepted.close()
    transfer = receive(agent, number)
    assert (transfer["end"], transfer["error"]) == ("reset", "ECONNRESET")


def test_reset_that_met_a_send_is_still_an_end(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
    accepted.close()
    assert receive(agent, number, data=pack(b"x"), size=0)["error"] == "ECONNRESET"
    assert receive(agent, number)["end"] == "reset"


def test_sending_to_nobody_is_an_error_of_the_transfer(pair: Pair) -> None:
    ours, theirs = pair
    theirs.close()
    transfer = Transfer(ours, data=pack(b"hello"), size=0)
    exchange([transfer], LIMIT_S)
    assert transfer.answer()["error"] == "EPIPE"


def test_silence_is_a_timeout(pair: Pair) -> None:
    transfer = Transfer(pair[0], size=ALL)
    exchange([transfer], 0.01)
    assert transfer.answer()["end"] == "timeout"


def test_unread_bytes_stop_a_sender(pair: Pair) -> None:
    data = bytes(4_000_000)
    transfer = Transfer(pair[0], data=pack(data), size=0)
    exchange([transfer], 0.01)
    assert 0 < transfer.answer()["sent_bytes"] < len(data)


# What works.


def test_size_leaves_the_rest(pair: Pair) -> None:
    pair[1].sendall(b"hello")
    transfer = Transfer(pair[0], size=2)
    exchange([transfer], LIMIT_S)
    assert (bytes(transfer.incoming), transfer.end) == (b"he", "size")
    assert pair[0].recv(10) == b"llo"


def test_until_leaves_the_rest(pair: Pair) -> None:
    pair[1].sendall(b"one\r\ntwo\r\n")
    transfer = Transfer(pair[0], size=ALL, until=pack(b"\r\n"))
    exchange([transfer], LIMIT_S)
    assert (bytes(transfer.incoming), transfer.end) == (b"one\r\n", "until")
    assert pair[0].recv(10) == b"two\r\n"


def test_until_is_found_across_reads(pair: Pair) -> None:
    pair[1].sendall(b"one\r\ntwo")
    transfer = Transfer(pair[0], size=ALL, until=pack(b"\r\n"), chunk_bytes=4)
    exchange([transfer], LIMIT_S)
    assert (bytes(transfer.incoming), transfer.end) == (b"one\r\n", "until")


def test_end_of_stream_before_the_mark_is_fin(pair: Pair) -> None:
    pair[1].sendall(b"one")
    pair[1].close()
    transfer = Transfer(pair[0], size=ALL, until=pack(b"\n"))
    exchange([transfer], LIMIT_S)
    assert (bytes(transfer.incoming), transfer.end) == (b"one", "fin")


def test_sender_without_anything_to_do_is_done(pair: Pair) -> None:
    transfer = Transfer(pair[0], size=0)
    exchange([transfer], LIMIT_S)
    assert transfer.interest == 0


def test_sending_waits_for_reading_on_the_same_connection(pair: Pair) -> None:
    data = bytes(range(256)) * 8000
    one = Transfer(pair[0], data=pack(data), size=len(data))
    other = Transfer(pair[1], data=pack(data), size=len(data))
    exchange([one, other], LIMIT_S)
    assert bytes(one.incoming) == bytes(other.incoming) == data
    assert one.interest | other.interest == 0


def test_crowd_is_open_at_the_same_time(agent: Agent, listener: socket.socket) -> None:
    opened = connect(agent, listener, count=5)["connections"]
    with ExitStack() as accepted:
        addresses = set()
        for _ in opened:
            connection, address = listener.accept()
            accepted.enter_context(connection)
            addresses.add(address)
    assert {tuple(each["local"]) for each in opened} == addresses


def test_half_close_is_seen_and_the_answer_still_read(
    agent: Agent, listener: socket.socket
) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    with accepted:
        agent.answer({"id": 2, "op": "shutdown", "socket": number})
        assert accepted.recv(1) == b""
        accepted.sendall(b"late")
    assert unpack(receive(agent, number)["data"]) == b"late"


def test_reset_reaches_the_other_side(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    with accepted:
        agent.answer({"id": 2, "op": "reset", "socket": number})
        with pytest.raises(ConnectionResetError):
            accepted.recv(1)


def test_close_all_resets_what_is_open(agent: Agent, listener: socket.socket) -> None:
    connect(agent, listener)
    accepted, _ = listener.accept()
    with accepted:
        agent.answer({"id": 2, "op": "close_all"})
        with pytest.raises(ConnectionResetError):
            accepted.recv(1)


def test_queues_count_unread_bytes(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    with accepted:
        accepted.sendall(b"hello")
        answer = agent.answer({"id": 2, "op": "queues", "socket": number})
        assert answer["unread_bytes"] == 5
        assert unpack(receive(agent, number, size=5)["data"]) == b"hello"


def test_queues_count_what_is_not_acknowledged(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    with accepted:
        sent = receive(agent, number, data=pack(bytes(20_000_000)), size=0, timeout_s=0.01)
        answer = agent.answer({"id": 2, "op": "queues", "socket": number})
        assert 0 < answer["unacknowledged_bytes"] <= sent["unacknowledged_bytes"]
        assert sent["unacknowledged_bytes"] <= sent["sent_bytes"]


def test_nothing_is_awaited_from_a_side_that_has_reset(
    agent: Agent, listener: socket.socket
) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    receive(agent, number, data=pack(bytes(20_000_000)), size=0, timeout_s=0.01)
    accepted.close()
    receive(agent, number)
    answer = agent.answer({"id": 2, "op": "queues", "socket": number})
    assert answer["unacknowledged_bytes"] == 0


def test_small_receive_buffer_can_be_enlarged(agent: Agent, listener: socket.socket) -> None:
    number = connect(agent, listener)["connections"][0]["socket"]
    accepted, _ = listener.accept()
    with accepted:
        request = {"id": 2, "op": "enlarge", "socket": number, "receive_buffer_bytes": 1 << 20}
        assert "error" not in agent.answer(request)


def test_it_speaks_json_lines_without_the_library() -> None:
    source = Path(peer_agent.__file__).read_text(encoding="utf-8")
    request = {"id": 9, "op": "listen", "port": 0, "backlog": 1, **NO_BUFFER}
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source],
        input=json.dumps(request).encode() + b"\n",
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
        cwd="/",
    )
    answer = json.loads(finished.stdout)
    assert answer["id"] == 9
    assert answer["at"] <= answer["done_at"]
    assert answer["local"][0] == "0.0.0.0"
