"""`trace` as a student uses it: calls stand beside segments, and the program stays its own."""

import re

import pytest

from acceptance.compose import Project
from acceptance.terminal import CTRL_C, Terminal
from acceptance.waiting import eventually


@pytest.fixture(scope="module")
def printed(lab1: Project) -> list[str]:
    """The wire's lines of one exchange of a traced client with the untraced server."""
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


def test_only_a_traced_program_shows_calls(printed: list[str]) -> None:
    assert not any("● server" in line for line in printed)


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
                assert re.search(r"● server  accept\(3\) … waits", lab1.logs("lab1"))
        terminal.type(CTRL_C)
        assert terminal.wait() == 130
        assert "KeyboardInterrupt" in terminal.output
    for attempt in eventually():
        with attempt:
            assert re.search(r"● server  accept\(3\) = -1 EINTR  after ", lab1.logs("lab1"))


def test_nothing_stays_in_the_folder(lab1: Project) -> None:
    for attempt in eventually():
        with attempt:
            assert lab1.exec("lab1", "ls", "-A", "/run/calls").stdout == ""


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
            assert lab1.exec("lab1", "ls", "-A", "/run/calls").stdout in ("", "lab1-client.4\n")
    lab1.exec("lab1-client", "sh", "-c", "rm -f /run/calls/*")
