"""The line to an agent: what closes it, who is told, and which bytes are whose."""

import json
import marshal
import socket
import threading

import pytest

from grader.channel import HEADER, ChannelClosed, Event, frames, open_channel
from grader.errors import GraderError
from unit.agents import HELLO, LOCAL, STDERR, ScriptedAgent, answer, scripted_channel


def test_agent_that_is_gone_before_it_answers() -> None:
    near, far = socket.socketpair()
    far.close()
    with pytest.raises(ChannelClosed, match="server is gone"):
        open_channel(near, name="server", settings=LOCAL)


def test_container_without_no_new_privileges() -> None:
    agent = ScriptedAgent(answer(**HELLO | {"no_new_privs": False}))
    agent.thread.start()
    with pytest.raises(GraderError, match="without no-new-privileges"):
        open_channel(agent.near, name="server", settings=LOCAL)
    agent.far.close()
    agent.thread.join()


def test_request_that_is_refused() -> None:
    with (
        scripted_channel(lambda request: [{"id": request["id"], "error": "no"}]) as (channel, _),
        pytest.raises(GraderError, match="server: no"),
    ):
        channel.request("start", timeout_s=10)


def test_request_that_is_not_answered() -> None:
    with (
        scripted_channel(lambda request: []) as (channel, _),
        pytest.raises(GraderError, match=r"did not answer sockets within 0\.01 s"),
    ):
        channel.request("sockets", timeout_s=0.01)


def test_answer_that_comes_too_late_is_dropped() -> None:
    with scripted_channel(answer()) as (channel, agent):
        agent.say({"id": 999, "answer": {}})
        assert channel.request("sockets", timeout_s=10) == {}


def test_end_of_the_agent_ends_what_waits_for_it() -> None:
    heard: list[Event] = []
    with scripted_channel(lambda request: []) as (channel, agent):
        channel.subscribe(7, heard.append)
        threading.Timer(0, agent.far.shutdown, [socket.SHUT_RDWR]).start()
        with pytest.raises(ChannelClosed, match="its output ended"):
            channel.request("sockets", timeout_s=10)
        with pytest.raises(ChannelClosed):
            channel.request("sockets", timeout_s=10)
    assert heard == [{"event": "closed"}]


def test_last_words_of_the_agent_are_passed_on() -> None:
    def die(request: Event) -> list[dict[str, object]]:
        agent.say("KeyError: 'op'", kind=STDERR)
        agent.far.shutdown(socket.SHUT_RDWR)
        return []

    with (
        scripted_channel(die) as (channel, agent),
        pytest.raises(ChannelClosed, match="KeyError: 'op'"),
    ):
        channel.request("sockets", timeout_s=10)


def test_agent_that_speaks_no_json() -> None:
    with scripted_channel(lambda request: []) as (channel, agent):
        agent.far.sendall(HEADER.pack(1, 4) + b"???\n")
        with pytest.raises(ChannelClosed, match="JSONDecodeError"):
            channel.request("sockets", timeout_s=10)


def test_close_may_be_called_twice() -> None:
    with scripted_channel(answer()) as (channel, _):
        channel.close()
        channel.close()


def test_events_go_to_their_program_alone() -> None:
    heard: dict[int, list[Event]] = {1: [], 2: []}
    with scripted_channel(answer()) as (channel, agent):
        for number, events in heard.items():
            channel.subscribe(number, events.append)
        channel.unsubscribe(1)
        for number in (1, 2, 3):
            agent.say({"event": "exit", "program": number})
        channel.request("sockets", timeout_s=10)
    assert heard == {1: [], 2: [{"event": "exit", "program": 2}, {"event": "closed"}]}


def test_requests_of_many_threads_get_their_own_answers() -> None:
    answers: dict[int, object] = {}
    with scripted_channel(lambda r: [{"id": r["id"], "answer": {"said": r["word"]}}]) as (c, _):

        def ask(word: int) -> None:
            answers[word] = c.request("echo", timeout_s=10, word=word)["said"]

        threads = [threading.Thread(target=ask, args=(word,)) for word in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {word: word for word in range(20)}


def test_clock_of_another_kernel() -> None:
    agent = ScriptedAgent(answer(**HELLO | {"at": 1e9}))
    agent.thread.start()
    channel = open_channel(agent.near, name="server", settings=LOCAL)
    assert channel.clock_offset_s > 1e8
    channel.close()
    agent.far.close()
    agent.thread.join()


class Pieces:
    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def recv(self, size: int) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def send(self, data: bytes) -> int:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


WHOLE = HEADER.pack(1, 3) + b"one" + HEADER.pack(2, 0) + HEADER.pack(1, 5) + b"two\n!"


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 12, len(WHOLE)])
def test_frames_however_they_are_cut(size: int) -> None:
    pieces = [WHOLE[at : at + size] for at in range(0, len(WHOLE), size)]
    assert list(frames(Pieces(*pieces))) == [(1, b"one"), (2, b""), (1, b"two\n!")]


def test_frame_that_never_ends_is_not_told() -> None:
    assert list(frames(Pieces(WHOLE[:10]))) == []


def test_sources_are_sent_with_their_length() -> None:
    near, far = socket.socketpair()
    with far.makefile("rb") as sent:
        opening = threading.Thread(target=_open_and_fail, args=(near,))
        opening.start()
        sources = marshal.loads(sent.read(int(sent.read(8))))  # noqa: S302 - our own
        hello = json.loads(sent.readline())
    far.close()
    opening.join()
    assert sources["grader"] == sources["grader.agent"] == sources["wire"] == ""
    assert "def main" in sources["grader.agent.loop"]
    assert hello["op"] == "hello"
    assert hello["users"]["student"]["uid"] == LOCAL.student_uid


def _open_and_fail(near: socket.socket) -> None:
    with pytest.raises(ChannelClosed):
        open_channel(near, name="server", settings=LOCAL)


def test_handler_that_fails_closes_the_channel() -> None:
    def handler(event: Event) -> None:
        if event["event"] == "exit":
            raise RuntimeError("our mistake")

    with scripted_channel(lambda request: []) as (channel, agent):
        channel.subscribe(5, handler)
        agent.say({"event": "exit", "program": 5})
        with pytest.raises(ChannelClosed, match="RuntimeError: our mistake"):
            channel.request("sockets", timeout_s=10)
