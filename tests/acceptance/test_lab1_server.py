"""Lab 1's server container: the program is edited, ends, crashes, makes room, and it is said."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.compose import Project
from acceptance.waiting import eventually

LISTENING = "listening on 0.0.0.0 port 8080"
SLOW_TO_START = """
import signal, socket, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("starting")
time.sleep(0.5)
listener = socket.create_server(("0.0.0.0", 8080))
time.sleep(60)
"""


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab1")
    return project


@pytest.fixture
def lab(project: Project) -> Iterator[Project]:
    """Lab 1 with its server listening; what the test edits is put back."""
    program = server_py(project)
    starter = program.read_text()
    wait_for_listener(project)
    yield project
    project.exec("lab1-server", "start-server")
    program.write_text(starter)
    wait_for_listener(project)


def server_py(project: Project) -> Path:
    return project.folder / "labs/lab1/programs/server.py"


def wait_for_listener(project: Project) -> None:
    host = project.host("lab1-server")
    for attempt in eventually():
        with attempt:
            assert host.socket("tcp://0.0.0.0:8080").is_listening


def wait_for_log(project: Project, pattern: str, *, after: str) -> str:
    """The text that the server's container printed since `after`, once it holds the pattern."""
    for attempt in eventually():
        with attempt:
            new = project.logs("lab1-server").removeprefix(after)
            assert re.search(pattern, new, re.MULTILINE), new
    return new


def test_an_edited_program_is_started_again(lab: Project) -> None:
    before = lab.logs("lab1-server")
    program = server_py(lab)
    program.write_text(program.read_text().replace("listening on", "edited, listening on"))
    wait_for_log(
        lab,
        r"\A\[lab\] server\.py edited: starting again\n"
        r"\[lab\] running: python3 server\.py 0\.0\.0\.0 8080\n"
        r"edited, listening on 0\.0\.0\.0 port 8080\n",
        after=before,
    )


def test_an_edit_from_inside_counts_too(lab: Project) -> None:
    before = lab.logs("lab1-server")
    lab.exec("lab1-client", "sed", "-i", "s/listening on/inside, listening on/", "server.py")
    wait_for_log(lab, r"^inside, listening on", after=before)


def test_a_one_shot_end_is_said(lab: Project) -> None:
    before = lab.logs("lab1-server")
    lab.exec("lab1-client", "python3", "client.py", "server", "8080")
    wait_for_log(
        lab,
        r"^received: hello\n"
        r"\[lab\] server\.py ended with status 0 \(it served and is done\): starting it again\n"
        rf"\[lab\] running: .*\n{LISTENING}\n",
        after=before,
    )


def test_a_crash_is_shown_with_its_status(lab: Project) -> None:
    before = lab.logs("lab1-server")
    program = server_py(lab)
    program.write_text("import socket\n1 / 0\n")
    wait_for_log(
        lab,
        r"^ZeroDivisionError: division by zero\n"
        r"\[lab\] server\.py ended with status 1: again in 1 s, or when it is edited$",
        after=before,
    )
    # In this order each time: the engine reads a container's stdout and stderr separately.
    assert lab.containers()["lab1-server"].logs(stdout=False) == b""


def test_an_edit_after_a_crash_is_taken_at_once(lab: Project) -> None:
    before = lab.logs("lab1-server")
    program = server_py(lab)
    starter = program.read_text()
    program.write_text("raise SystemExit(7)\n")
    wait_for_log(lab, r"ended with status 7: again in 4 s", after=before)
    program.write_text(starter)
    new = wait_for_log(lab, LISTENING, after=before)
    assert "server.py edited: starting again" in new


def test_a_signal_is_said_by_its_name(lab: Project) -> None:
    before = lab.logs("lab1-server")
    lab.exec("lab1-server", "pkill", "-KILL", "-f", "python3 server.py")
    wait_for_log(lab, r"server\.py was ended by signal SIGKILL", after=before)


def test_address_already_in_use_is_explained(lab: Project) -> None:
    lab.exec("lab1-server", "stop-server")
    before = lab.logs("lab1-server")
    lab.exec("lab1-server", "sh", "-c", "nc -lk 8080 >/dev/null 2>&1 &")
    try:
        wait_for_listener(lab)
        lab.exec("lab1-server", "start-server")
        wait_for_log(
            lab,
            r"^OSError: \[Errno 98\] Address already in use\n"
            r"\[lab\] port 8080 is already in use: .*LISTEN.* \(ss -tanp shows by whom\)\n",
            after=before,
        )
    finally:
        lab.exec("lab1-server", "pkill", "-x", "nc")


def test_stop_server_gives_the_port_to_the_student(lab: Project) -> None:
    before = lab.logs("lab1-server")
    said = lab.exec("lab1-server", "stop-server").stdout
    assert "Now: python3 server.py 0.0.0.0 8080 " in said
    host = lab.host("lab1-server")
    assert not host.socket("tcp://0.0.0.0:8080").is_listening
    wait_for_log(lab, r"server\.py is stopped, the port is yours", after=before)
    by_hand = host.run("timeout 30 python3 server.py 0.0.0.0 8080 > /tmp/by-hand 2>&1 & echo $!")
    assert by_hand.succeeded
    wait_for_listener(lab)
    assert lab.exec("lab1-client", "python3", "client.py", "server", "8080").status == 0
    assert "received: hello" in host.file("/tmp/by-hand").content_string  # noqa: S108


def test_a_server_that_was_just_starting_does_not_take_the_port_after_stop_server(
    lab: Project,
) -> None:
    before = lab.logs("lab1-server")
    server_py(lab).write_text(SLOW_TO_START)
    wait_for_log(lab, r"^starting$", after=before)
    look = 'for _ in 1 2 3 4 5 6 7 8 9; do ss -Htln "sport = :8080"; sleep 0.1; done'
    printed = lab.exec("lab1-server", "sh", "-c", f"stop-server; {look}").stdout
    assert printed.startswith("server.py is stopped.")
    assert "LISTEN" not in printed


def test_start_server_takes_it_back(lab: Project) -> None:
    lab.exec("lab1-server", "stop-server")
    before = lab.logs("lab1-server")
    assert "The container runs server.py again" in lab.exec("lab1-server", "start-server").stdout
    wait_for_log(lab, LISTENING, after=before)


def test_a_missing_program_is_waited_for(lab: Project) -> None:
    before = lab.logs("lab1-server")
    program = server_py(lab)
    away = program.rename(program.with_suffix(".away"))
    wait_for_log(lab, r"there is no server\.py in this folder: waiting for it", after=before)
    away.rename(program)
    wait_for_log(lab, LISTENING, after=before)
