"""A host over a scripted agent: whose fault it is when the container is gone, what is sent."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from grader.channel import pack
from grader.deadline import Deadline
from grader.errors import CheckFailed, GraderError
from grader.host import Host
from grader.language import Text
from grader.program import Output
from grader.steps import Steps
from unit.agents import LOCAL, Script, ScriptedAgent, answer, scripted_channel

COMPLETED = {
    "exit_status": 3,
    "stdout": pack("你好".encode()),
    "stderr": "",
    "duration_s": 0.5,
    "timed_out": False,
    "truncated": True,
}


def ends(agent: list[ScriptedAgent]) -> Script:
    """End the container at the first request."""

    def script(request: dict[str, Any]) -> list[dict[str, Any]]:
        agent[0].far.shutdown(socket.SHUT_RDWR)
        return []

    return script


def ask_gone(**kind: Any) -> None:
    agents: list[ScriptedAgent] = []
    with scripted_channel(ends(agents)) as (channel, agent):
        agents.append(agent)
        Host(channel, address="10.0.0.4", **kind).sockets()


def test_submission_that_ends_its_container_fails_the_check() -> None:
    with pytest.raises(CheckFailed) as failed:
        ask_gone(why_closed=lambda: Text("out of memory", "内存不足"))
    assert failed.value.lesson.saw == Text(
        "host server was ended: out of memory", "主机 server 已被终止：内存不足"
    )


def test_reason_unknown_to_the_engine() -> None:
    with pytest.raises(CheckFailed, match="took the whole host with it"):
        ask_gone()


def test_our_own_host_that_ends_is_our_fault() -> None:
    with pytest.raises(GraderError, match="host server was ended"):
        ask_gone(is_ours=True)


def test_program_s_wait_ends_with_the_container() -> None:
    with scripted_channel(answer(pid=5, at=1.0)) as (channel, agent):
        program = Host(channel, address="").start("python3", "server.py")
        agent.far.shutdown(socket.SHUT_RDWR)
        with pytest.raises(CheckFailed, match="host server was ended"):
            program.wait(10)
        assert not program.is_running
        assert program.exit_status is None


def test_nothing_runs_after_the_check_s_time() -> None:
    with scripted_channel(answer(**COMPLETED)) as (channel, agent):
        host = Host(channel, address="")
        host.steps = Steps(deadline=Deadline.after(0))
        with pytest.raises(CheckFailed, match="was not over after 0 s"):
            host.run("true")
        assert agent.requests == []


def test_private_names_are_not_testinfra_s() -> None:
    with scripted_channel(answer()) as (channel, _):
        host = Host(channel, address="")
        assert not hasattr(host, "_no_such_name")
        assert not hasattr(host, "no_such_module")


def test_run_cuts_its_time_to_the_check_s() -> None:
    with scripted_channel(answer(**COMPLETED)) as (channel, agent):
        host = Host(channel, address="")
        host.steps = Steps(deadline=Deadline.after(2.0))
        done = host.run("cat", "/lab/x", stdin=b"\0", timeout_s=60.0, user="observer")
    (request,) = agent.requests
    assert 0 < request["limit_s"] <= 2.0
    assert (request["argv"], request["stdin"]) == (["cat", "/lab/x"], "AA==")
    assert request["user"] == "observer"
    assert (done.exit_status, done.stdout.decode(), done.truncated) == (3, "你好", True)


def test_start_is_a_step_at_the_agent_s_time() -> None:
    with scripted_channel(answer(pid=5, at=17.5)) as (channel, _):
        host = Host(channel, address="")
        program = host.start("python3", "server.py", env={"A": "b"})
        (step,) = host.steps
    assert (step.who, step.what.en, step.at_s) == ("server", "starts python3 server.py", 17.5)
    assert (program.pid, program.started_at_s) == (5, 17.5)
    assert host.programs == (program,)


@pytest.mark.parametrize("renew", [Host.reset, lambda host: host.unpack(b"tar")])
def test_programs_are_forgotten_with_a_reset(renew: Callable[[Host], None]) -> None:
    with scripted_channel(answer(pid=5, at=1.0)) as (channel, agent):
        host = Host(channel, address="")
        program = host.start("true")
        renew(host)
        agent.say(output(program.number, b"late"))
        host.stay()
    assert host.programs == ()
    assert program.stdout == b""


def test_output_for_programs_of_ours_is_handed_over() -> None:
    heard: list[Output] = []
    with scripted_channel(answer(pid=5, at=1.0)) as (channel, agent):
        host = Host(channel, address="")
        program = host.start("python3", on_output=heard.append)
        agent.say(output(program.number, b"line\n"))
        host.stay()
    assert heard == [Output(2.0, "stdout", b"line\n")]
    assert program.stdout == b""
    assert agent.requests[0]["is_limited"] is False


def test_only_the_student_s_processes_are_listed() -> None:
    def status(pid: int, uid: int) -> str:
        return f"Name:\tx\nState:\tS (sleeping)\nPid:\t{pid}\nPPid:\t1\nUid:\t{uid}\t0\t0\t0\n"

    rows = [[status(1, 0), "agent"], [status(7, LOCAL.student_uid), "python3\0server.py\0"]]
    with scripted_channel(answer(processes=rows)) as (channel, _):
        (process,) = Host(channel, address="").processes()
    assert (process.pid, process.argv) == (7, ("python3", "server.py"))


def test_sockets_of_a_kernel_that_dumps_none() -> None:
    table = "  sl  local_address\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:0\n"
    with scripted_channel(answer(dumped={}, tabled={"tcp": table})) as (channel, _):
        (found,) = Host(channel, address="").sockets()
    assert (found.local, found.state, found.receive_queue_bytes) == (
        ("127.0.0.1", 8080),
        "LISTEN",
        1,
    )


def output(number: int, data: bytes) -> dict[str, object]:
    return {
        "event": "output",
        "program": number,
        "stream": "stdout",
        "data": pack(data),
        "at": 2.0,
    }
