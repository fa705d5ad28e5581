"""The agent as a process of this machine: what it starts, feeds, tells and refuses."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from grader.channel import Channel, pack, unpack
from grader.errors import GraderError
from grader.host import Completed, Host
from grader.proctable import SocketState
from grader.settings import Settings
from unit.agents import LOCAL, UID, local_agent


@pytest.fixture
def channel() -> Iterator[Channel]:
    with local_agent() as opened:
        yield opened


@pytest.fixture
def host(channel: Channel) -> Host:
    return Host(channel, address="127.0.0.1")


def run(host: Host, *argv: str, stdin: bytes = b"", timeout_s: float = 10.0) -> Completed:
    return host.run(*argv, stdin=stdin, timeout_s=timeout_s, cwd="/")


def test_refuses_to_run_programs_as_root() -> None:
    with pytest.raises(GraderError, match="must not run as root"), local_agent(Settings(0)):
        pass


def test_refuses_to_end_everything_where_it_is_not_pid_1(host: Host) -> None:
    with pytest.raises(GraderError, match="only PID 1"):
        host.reset()


def test_agent_that_another_one_has_compiled(host: Host) -> None:
    assert b"grader.agent.loop" in host.code()
    with local_agent(code=host.code()) as channel:
        second = Host(channel, address="127.0.0.1")
        assert run(second, "echo", "hello").stdout == b"hello\n"
        assert b"do_hello" in second.code()
        assert b"def do_hello" not in second.code()


def test_command_that_does_not_exist(host: Host) -> None:
    done = run(host, "no-such-command")
    assert (done.exit_status, done.stderr) == (
        127,
        b"no-such-command: No such file or directory\n",
    )


def test_command_that_may_not_be_run(host: Host) -> None:
    done = run(host, "/etc/passwd")
    assert (done.exit_status, done.stderr) == (126, b"/etc/passwd: Permission denied\n")


def test_argument_with_a_nul(host: Host) -> None:
    done = run(host, "true", "a\0b")
    assert (done.exit_status, done.stderr) == (126, b"true: embedded null byte\n")


def test_folder_that_does_not_exist(host: Host) -> None:
    assert host.run("true", cwd="/no/such/folder").exit_status == 127


def test_command_that_takes_too_long_is_killed(host: Host) -> None:
    done = run(host, "sh", "-c", "echo begun; sleep 60", timeout_s=0.3)
    assert (done.exit_status, done.timed_out, done.stdout) == (-signal.SIGKILL, True, b"begun\n")


def test_daemon_that_keeps_the_output_open_holds_nothing_up(host: Host) -> None:
    done = run(host, "sh", "-c", "sleep 60 & echo $!")
    os.kill(int(done.stdout), signal.SIGKILL)
    assert not done.timed_out


def test_output_over_the_limit_is_cut(host: Host) -> None:
    done = run(host, "head", "-c", "5000", "/dev/zero")
    assert (len(done.stdout), done.truncated) == (LOCAL.output_bytes, True)


def test_input_nobody_reads_is_bounded(host: Host) -> None:
    program = host.start("sleep", "60", cwd="/")
    with pytest.raises(GraderError, match="unread"):
        program.send(bytes(17 << 20))
    program.signal(signal.SIGKILL)
    assert program.wait(10) == -signal.SIGKILL


def test_input_to_a_program_that_closed_it_is_lost(host: Host) -> None:
    program = host.start("sh", "-c", "exec <&-; echo closed; exec sleep 60", cwd="/")
    assert program.wait_for_output(b"closed\n", 10)
    program.send(b"x" * 100_000)
    program.signal(signal.SIGTERM)
    assert program.wait(10) == -signal.SIGTERM


def test_signal_right_after_the_start_is_the_program_s(host: Host) -> None:
    for _ in range(20):
        program = host.start("sleep", "60", cwd="/")
        program.signal(signal.SIGTERM)
        assert program.wait(10) == -signal.SIGTERM


def test_stopped_program_can_be_ended(host: Host) -> None:
    program = host.start("sleep", "60", cwd="/")
    program.signal(signal.SIGSTOP)
    program.signal(signal.SIGKILL)
    assert program.wait(10) == -signal.SIGKILL


def test_input_larger_than_a_pipe_arrives_whole(host: Host) -> None:
    data = bytes(range(256)) * 4096
    done = run(host, "sha256sum", stdin=data)
    same = run(host, "sh", "-c", "cat | sha256sum", stdin=data)
    assert done.stdout == same.stdout
    assert done.exit_status == 0


def test_outputs_come_apart_and_in_order(host: Host) -> None:
    script = "echo one; read line; echo two >&2; read line; printf three"
    program = host.start("sh", "-c", script, cwd="/")
    assert program.wait_for_output(b"one\n", 10)
    program.send(b"\n")
    assert program.wait_for_output(b"two\n", 10, stream="stderr")
    program.send(b"\n")
    assert program.wait(10) == 0
    assert (program.stdout, program.stderr) == (b"one\nthree", b"two\n")
    assert [output.data for output in program.output] == [b"one\n", b"two\n", b"three"]
    times = [output.at_s for output in program.output]
    assert [program.started_at_s, *times] == sorted([program.started_at_s, *times])


def test_program_has_no_descriptor_but_its_own_three(host: Host) -> None:
    done = run(host, "ls", "/proc/self/fd")
    assert done.stdout.split() == [b"0", b"1", b"2", b"3"]  # 3 reads the folder


def test_program_is_another_user_with_limits(host: Host) -> None:
    done = run(host, "sh", "-c", "grep -w Uid /proc/$$/status; ulimit -Sn; ulimit -Hn")
    assert done.stdout.split() == [b"Uid:", *[b"%d" % UID] * 4, b"64", b"64"]


def test_program_is_killed_by_a_broken_pipe_like_any_other(host: Host) -> None:
    done = run(host, "sh", "-c", "grep SigIgn /proc/$$/status")
    assert int(done.stdout.split()[1], 16) == 0


def test_program_that_prints_the_protocol_is_only_quoted(host: Host) -> None:
    forged = b'{"id": 1, "answer": {}}\n{"event": "exit", "program": 1, "status": 0}\n'
    program = host.start("cat", cwd="/")
    program.send(forged)
    assert program.wait_for_output(forged, 10)
    assert program.is_running
    program.close_stdin()
    assert program.wait(10) == 0


def test_what_is_said_to_an_ended_program_is_lost(host: Host) -> None:
    program = host.start("true", cwd="/")
    assert program.wait(10) == 0
    program.send(b"too late")
    program.signal(signal.SIGTERM)
    assert program.exit_status == 0


def test_lists_the_processes_of_the_student(host: Host) -> None:
    program = host.start("sleep", "61", cwd="/")

    def found() -> list[tuple[str, ...]]:
        return [p.argv for p in host.processes() if p.pid == program.pid and p.uid == UID]

    assert host.steps.deadline.wait_until(lambda: found() == [("sleep", "61")], 10)
    program.signal(signal.SIGKILL)
    program.wait(10)
    assert found() == []


@pytest.mark.parametrize(
    ("family", "address", "protocol"),
    [(socket.AF_INET, "127.0.0.1", "tcp"), (socket.AF_INET6, "::1", "tcp6")],
)
def test_names_sockets_as_ss_does(
    host: Host, family: socket.AddressFamily, address: str, protocol: str
) -> None:
    with socket.create_server((address, 0), family=family, backlog=7) as server:
        port = server.getsockname()[1]
        with socket.create_connection((address, port)) as client:
            local = client.getsockname()[1]
            found = [s for s in host.sockets() if port in (s.local[1], s.remote[1])]
    anywhere = "0.0.0.0" if family == socket.AF_INET else "::"
    here, there = (address, port), (address, local)
    assert sorted(found, key=lambda s: (s.state, s.local == here)) == [
        SocketState(protocol, there, here, "ESTAB"),
        SocketState(protocol, here, there, "ESTAB"),
        SocketState(protocol, here, (anywhere, 0), "LISTEN", 1, 7),
    ]


def test_names_only_what_listens_where_that_is_asked(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            found = host.sockets(only="listening")
    assert [s.state for s in found if port in (s.local[1], s.remote[1])] == ["LISTEN"]
    assert {s.state for s in found} == {"LISTEN"}


@pytest.mark.parametrize(
    ("family", "listens", "address", "protocol"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1", "tcp"),
        (socket.AF_INET6, "::1", "::1", "tcp6"),
        (socket.AF_INET6, "::", "127.0.0.1", "tcp6"),
    ],
)
def test_names_one_connection_by_its_ends(
    host: Host, family: socket.AddressFamily, listens: str, address: str, protocol: str
) -> None:
    with socket.create_server(
        (listens, 0), family=family, dualstack_ipv6=listens == "::"
    ) as server:
        here = address, server.getsockname()[1]
        with socket.create_connection(here) as client:
            there = address, client.getsockname()[1]
            client.sendall(b"hello")
            (found,) = host.sockets(between=(here, there))
            assert (found.protocol, found.state) == (protocol, "ESTAB")
            assert (found.local[1], found.remote[1]) == (here[1], there[1])
            assert found.receive_queue_bytes == 5
    assert not [s for s in host.sockets(between=(here, there)) if s.receive_queue_bytes]


def test_ends_with_its_grader(channel: Channel) -> None:
    pid = channel.request("run", timeout_s=10, **START, program=1, stdin="", limit_s=5)
    agent = int(unpack(pid["stdout"]))
    channel.close()
    with suppress(ProcessLookupError):
        os.kill(agent, 0)
        pytest.fail("the agent is still there")


START = {"argv": ["sh", "-c", "echo $PPID"], "cwd": "/", "env": {}, "user": "student"}


def test_bytes_travel_unchanged() -> None:
    assert unpack(pack(bytes(range(256)))) == bytes(range(256))


def test_a_first_script_runs_before_any_program_and_may_print(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with local_agent(replace(LOCAL, first=f"echo words; touch {made}")):
        assert made.exists()


def test_a_first_script_that_fails_is_our_fault() -> None:
    settings = replace(LOCAL, first="false; true")
    with (
        pytest.raises(GraderError, match="first script ended with status 1"),
        local_agent(settings),
    ):
        pass
