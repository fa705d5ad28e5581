"""A program as its events tell of it."""

import threading
from collections.abc import Iterator

import pytest

from grader.channel import pack
from grader.deadline import Deadline
from grader.errors import CheckFailed
from grader.host import Host
from grader.program import Program
from grader.steps import Steps
from unit.agents import ScriptedAgent, answer, scripted_channel

Started = tuple[Program, ScriptedAgent]


@pytest.fixture
def started() -> Iterator[Started]:
    with scripted_channel(answer(pid=5, at=1.0, was_running=True)) as (channel, agent):
        yield Host(channel, address="").start("python3", "server.py"), agent


def prints(program: Program, data: bytes, *, stream: str = "stdout", at: float = 2.0) -> None:
    program.note({"event": "output", "stream": stream, "data": pack(data), "at": at})


def ends(program: Program, status: int) -> None:
    program.note({"event": "exit", "status": status, "at": 3.0})


def test_wait_in_a_check_that_is_over(started: Started) -> None:
    program, _ = started
    program.host.steps = Steps(deadline=Deadline.after(0))
    with pytest.raises(CheckFailed, match="was not over"):
        program.wait(1)


def test_wait_for_a_program_that_runs_on(started: Started) -> None:
    program, _ = started
    assert program.wait(0.01) is None
    assert program.is_running


def test_wait_for_output_that_never_comes(started: Started) -> None:
    program, _ = started
    prints(program, b"hello")
    ends(program, 0)
    assert not program.wait_for_output(b"hello\n", 10)


def test_output_that_was_cut_is_said(started: Started) -> None:
    program, _ = started
    program.note({"event": "truncated"})
    assert program.truncated


def test_end_by_a_signal(started: Started) -> None:
    program, _ = started
    threading.Timer(0, ends, [program, -9]).start()
    assert program.wait(10) == -9
    assert (program.is_running, program.exit_status, program.ended_at_s) == (False, -9, 3.0)


def test_output_in_pieces_is_found(started: Started) -> None:
    program, _ = started
    prints(program, "你好\n".encode()[:2])
    threading.Timer(0, prints, [program, "你好\n".encode()[2:]]).start()
    assert program.wait_for_output("你好\n".encode(), 10)


def test_condition_on_stderr(started: Started) -> None:
    program, _ = started
    prints(program, b"Traceback", stream="stderr")
    assert program.wait_for_output(lambda said: said.startswith(b"Trace"), 1, stream="stderr")
    assert (program.stdout, program.stderr) == (b"", b"Traceback")


def test_outputs_keep_their_order_and_time(started: Started) -> None:
    program, _ = started
    prints(program, b"1", at=2.0)
    prints(program, b"2", at=2.5, stream="stderr")
    assert [(o.at_s, o.stream, o.data) for o in program.output] == [
        (2.0, "stdout", b"1"),
        (2.5, "stderr", b"2"),
    ]


def test_input_is_sent_as_bytes(started: Started) -> None:
    program, agent = started
    program.send(b"\xff\n")
    program.close_stdin()
    sent = [(r["data"], r["closes"]) for r in agent.requests if r["op"] == "send"]
    assert sent == [("/wo=", False), ("", True)]


def test_signal_is_a_step(started: Started) -> None:
    program, agent = started
    program.signal(2)
    assert agent.requests[-1]["signum"] == 2
    assert [step.what.en for step in program.host.steps][-1] == (
        "sends SIGINT to python3 server.py"
    )
