"""Calls stand beside segments, with `trace` and without, and the program stays its own."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from acceptance.compose import Project
from acceptance.terminal import CTRL_C, Terminal
from acceptance.waiting import eventually

# The window changes its size again and again while a program starts.
RESIZED = """for i in 1 2 3; do
    python3 -c 'print(1)' & for k in $(seq 5000); do kill -WINCH 0; done; wait
done 2>&1"""
NO_CHILD = "ChildProcessError: [Errno 10] No child processes\n"
# What the lab's own server and both hosts write.
RUNNING = ["lab1-client.sockets", "lab1-server.N", "lab1-server.sockets"]


@pytest.fixture(scope="module")
def printed(lab1: Project) -> list[str]:
    """The wire's lines of one exchange of a client behind `trace` with the lab's server."""
    for attempt in eventually():
        with attempt:
            assert "docker compose down" in lab1.logs("lab1")
    for attempt in eventually():
        with attempt:
            done = lab1.exec(
                *("lab1-client", "trace", "python3", "client.py", "server", "8080", "跟踪"),
                check=False,
            )
            assert done.status == 0
    assert done.stdout == "connected to server port 8080\nreply: 2 bytes: 跟踪\n"
    assert done.stderr == ""
    for attempt in eventually():
        with attempt:
            shown = lab1.logs("lab1")
            assert re.search(
                r"跟踪(.*\n)+.*client ●           close\((.*\n)+.*connection closed", shown
            )
    return shown[shown.rindex("client ●           socket(") :].splitlines()


def test_calls_stand_beside_their_segments_in_order(printed: list[str]) -> None:
    rest = iter(printed)
    for expected in (
        r"client ●           socket\(AF_INET, SOCK_STREAM\) = 3",
        r"client ●           connect\(3, server:8080\) = 0",
        r"client ──▶ server  SYN ",
        r'client ●           send\(3, "跟踪\\n"\) = 7',
        r'client ──▶ server  PSH-ACK .*"跟踪\\n"',
        r'client ●           recv\(3, \d+\) = \d+ "2 bytes: 跟踪\\n"',
        r"client ●           close\(3\) = 0",
        r"client ──▶ server  FIN-ACK ",
    ):
        assert any(re.search(expected, line) for line in rest), (expected, printed)


def test_looking_up_the_name_is_not_shown(printed: list[str]) -> None:
    assert not any("127.0.0.11" in line or "SOCK_DGRAM" in line for line in printed)


def test_the_labs_server_shows_its_calls_too(printed: list[str]) -> None:
    rest = iter(printed)
    for expected in (
        r"● server  accept\(3\) = 4 client:\d+",
        r'● server  recv\(4, 1024\) = 7 "跟踪\\n"',
        r'● server  send\(4, "2 bytes: 跟踪\\n"\) = 16',
        r"● server  close\(4\) = 0",
    ):
        assert any(re.search(expected, line) for line in rest), (expected, printed)


def test_how_the_server_came_to_listen_is_shown_though_it_began_before(lab1: Project) -> None:
    shown = lab1.logs("lab1")
    before = shown[: shown.index("#1 ")]
    for call in ("socket(AF_INET, SOCK_STREAM) = 3", "bind(3, 0.0.0.0:8080) = 0", "listen(3, "):
        assert f"● server  {call}" in before


def test_a_program_of_an_interactive_shell_needs_no_trace(lab1: Project) -> None:
    command = ("docker", "compose", "exec", "lab1-client", "bash")
    with Terminal(command, folder=lab1.folder, environment=lab1.environment) as terminal:
        terminal.wait_for(r"client:/lab\$ $")
        terminal.type("python3 client.py server 8080 直接 | cat; echo status ${PIPESTATUS[0]}\n")
        terminal.wait_for(r"reply: 2 bytes: 直接\r?\nstatus 0")
        terminal.type("python3 -c 'import time; print(\"sleeps\", 9); time.sleep(60)'\n")
        terminal.wait_for("sleeps 9")
        terminal.type(CTRL_C)
        terminal.wait_for("KeyboardInterrupt")
        terminal.type("echo status $?\n")
        terminal.wait_for("status 130")
    for attempt in eventually():
        with attempt:
            assert 'client ●           send(3, "直接\\n") = 7' in lab1.logs("lab1")


# In a shell of the lab, through the python3 that it finds first.
IN_SHELL = "unset PS1; . /etc/bash.bashrc\n"


@pytest.mark.parametrize(
    ("script", "said", "status"),
    [
        ("python3 -c 'raise SystemExit(7)'", "", 7),
        ("echo in | python3 -c 'print(input())' | cat", "in\n", 0),
        ("python3 -c 'import time; time.sleep(60)' & kill -TERM $!; wait $!", "", 143),
        ("timeout 1 python3 -c 'import time; time.sleep(60)'", "", 124),
        ("python3 -c 'import os; print(os.getppid() == '$$')'; true", "True\n", 0),
        ("python3 -c 'import os; os.wait()' 2>&1 | tail -n 1", NO_CHILD, 0),
        ("strace -f -o /dev/null python3 -c 'print(1)'", "1\n", 0),
        ("LAB_TRACE= python3 -c 'print(1)'; ls /tmp/.trace.* 2>/dev/null; true", "1\n", 0),
        (RESIZED, "1\n1\n1\n", 0),
    ],
    ids=[
        *("status", "pipe", "kill", "timeout", "parent", "children", "own-strace", "switched-off"),
        "resized",
    ],
)
def test_a_traced_program_is_as_any_other(
    lab1: Project, script: str, said: str, status: int
) -> None:
    done = lab1.exec("lab1-client", "bash", "-c", f"{IN_SHELL}{script}", check=False)
    assert (done.stdout, done.status) == (said, status)


def test_where_it_is_switched_off_segments_are_shown_only(
    make_project: Callable[[], Project],
) -> None:
    lab = replace(made := make_project(), settings={**made.settings, "LAB_TRACE": ""})
    lab.compose("up", "--detach", "lab1")
    script = f"{IN_SHELL}python3 client.py server 8080 无声"
    for attempt in eventually():
        with attempt:
            assert "docker compose down" in lab.logs("lab1")
    for attempt in eventually():
        with attempt:
            assert lab.exec("lab1-client", "bash", "-c", script, check=False).status == 0
    for attempt in eventually():
        with attempt:
            assert "connection closed" in lab.logs("lab1")
    assert "●" not in lab.logs("lab1")
    assert lab.exec("lab1-server", "pgrep", "-c", "strace", check=False).stdout == "0\n"


@pytest.mark.parametrize(
    ("command", "status"),
    [("exit 7", 7), ("kill -TERM $$", 143)],
)
def test_the_status_is_the_programs(lab1: Project, command: str, status: int) -> None:
    done = lab1.exec("lab1-client", "trace", "sh", "-c", f"echo out; {command}", check=False)
    assert (done.status, done.stdout, done.stderr) == (status, "out\n", "")


def test_input_and_errors_are_the_programs(lab1: Project) -> None:
    done = lab1.exec("lab1-client", "trace", "sh", "-c", "cat; echo no >&2", stdin="line\n")
    assert (done.stdout, done.stderr) == ("line\n", "no\n")


def test_ctrl_c_ends_the_program_and_a_call_that_waits_is_shown(lab1: Project) -> None:
    program = "import socket; socket.create_server(('', 9123)).accept()"
    command = ("docker", "compose", "exec", "lab1-server", "trace", "python3", "-c", program)
    with Terminal(command, folder=lab1.folder, environment=lab1.environment) as terminal:
        for attempt in eventually():
            with attempt:
                assert re.search(r":9123(.*\n)+.*● server  accept\(3\) … waits", lab1.logs("lab1"))
        terminal.type(CTRL_C)
        assert terminal.wait() == 130
        assert "KeyboardInterrupt" in terminal.output
    for attempt in eventually():
        with attempt:
            shown = lab1.logs("lab1")
            assert re.search(r":9123(.*\n)+.*● server  accept\(3\) = -1 EINTR  after ", shown)


def test_of_a_program_that_has_ended_nothing_stays(lab1: Project) -> None:
    for attempt in eventually():
        with attempt:
            names = lab1.exec("lab1", "ls", "-A", "/run/calls").stdout.split()
            assert sorted(re.sub(r"\d{2,}|\d$", "N", name) for name in names) == RUNNING
    left = lab1.exec("lab1-client", "find", "/tmp", "-mindepth", "1", "-name", ".*")  # noqa: S108
    assert left.stdout.split() == ["/tmp/.can-trace"]  # noqa: S108


def test_a_missing_program_is_said(lab1: Project) -> None:
    done = lab1.exec("lab1-client", "trace", "clinet", check=False)
    assert (done.status, done.stderr) == (127, "trace: clinet: there is no such program\n")


def test_without_a_program_it_says_how(lab1_zh: Project) -> None:
    done = lab1_zh.exec("lab1-client", "trace", check=False)
    assert done.status == 2
    assert done.stderr.startswith("用法：trace COMMAND")


def test_hostile_files_do_not_stop_the_wire(lab1: Project) -> None:
    script = """
        cd /run/calls
        ln -s /etc/passwd lab1-client.1; mkfifo lab1-client.2; mkdir lab1-client.3
        head -c 3000000 /dev/urandom > lab1-client.4
        printf '1 1.0 listen(3<TCP:[1]>, \\033[2J) = 0\\nend\\n' > lab1-client.5
        dd if=/dev/zero of=fill bs=1M count=64 2>/dev/null
        ls -l fill | cut -d' ' -f5
        rm -rf fill lab1-client.3
    """
    done = lab1.exec("lab1-client", "sh", "-c", script)
    assert int(done.stdout) <= 16 * 2**20
    for attempt in eventually():
        with attempt:
            assert "client ●           listen(3, ?[2J) = 0" in lab1.logs("lab1")
            assert "lab1-client.5" not in lab1.exec("lab1", "ls", "-A", "/run/calls").stdout
    lab1.exec("lab1-client", "sh", "-c", "rm -f /run/calls/lab1-client.[0-9]")
    lab1.exec("lab1-client", "python3", "client.py", "server", "8080", "仍在", check=False)
    for attempt in eventually():
        with attempt:
            assert "仍在" in lab1.logs("lab1")
