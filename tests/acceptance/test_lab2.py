"""Lab 2 as a student starts it: the dialogue, and what the handout says of the starter."""

import re
import shutil
from collections.abc import Callable

import pytest

from acceptance.compose import ROOT, Project
from acceptance.waiting import eventually

REFERENCE = ROOT / "labs/lab2/reference"
# A client that the server has not said goodbye to: nc goes on until the server closes.
SERVER_CLOSES_FIRST = "echo exit | nc server 7777"
DIES_WITHOUT_READING = """
import socket
connection = socket.create_connection(("server", 7777))
connection.send(b"hello\\n")
connection.recv(1)
"""


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab2")
    return project


@pytest.fixture
def lab(project: Project) -> Project:
    """Lab 2 with its server listening."""
    wait_for_listener(project)
    return project


@pytest.fixture
def mended_lab(make_project: Callable[[], Project]) -> Project:
    """Lab 2 with the reference as its programs."""
    project = make_project()
    for program in REFERENCE.glob("*.py"):
        shutil.copy(program, project.folder / "labs/lab2/programs")
    project.compose("up", "--detach", "lab2")
    wait_for_listener(project)
    return project


def wait_for_listener(project: Project) -> None:
    host = project.host("lab2-server")
    for attempt in eventually():
        with attempt:
            assert host.socket("tcp://0.0.0.0:7777").is_listening


def edit_server(project: Project) -> str:
    """Let the server close first, then save its program; the log before that."""
    project.exec("lab2-client", "sh", "-c", SERVER_CLOSES_FIRST)
    before = project.logs("lab2-server")
    project.exec("lab2-client", "touch", "server.py")
    return before


def talk(project: Project, *lines: str) -> str:
    """Run the client's program and type these lines; what it prints."""
    typed = "".join(f"{line}\n" for line in lines)
    done = project.exec("lab2-client", "python3", "client.py", "server", "7777", stdin=typed)
    return done.stdout


def wait_for_log(project: Project, pattern: str, *, after: str) -> None:
    for attempt in eventually():
        with attempt:
            new = project.logs("lab2-server").removeprefix(after)
            assert re.search(pattern, new, re.MULTILINE), new


@pytest.mark.parametrize(("service", "part"), [("lab2-server", 4), ("lab2-client", 5)])
def test_each_host_has_the_tutorial_s_place(project: Project, service: str, part: int) -> None:
    assert f"{project.net}.{part}" in project.host(service).interface("eth0").addresses


def test_the_starter_dies_with_a_client_and_is_started_again(lab: Project) -> None:
    # Before any dialogue: after one the port may be in TIME-WAIT, if the server closed first.
    before = lab.logs("lab2-server")
    lab.exec("lab2-client", "python3", "-c", DIES_WITHOUT_READING)
    said = r"^ConnectionResetError.*\n\[lab\] server\.py ended with status 1: again in 1 s"
    wait_for_log(lab, said, after=before)


def test_the_two_talk_until_exit(lab: Project) -> None:
    assert talk(lab, "hello", "你好", "exit") == (
        "connected to server port 7777\n"
        "you: server: received: hello\n"
        "you: server: received: 你好\n"
        "you: "
    )


def test_the_server_serves_the_next(lab: Project) -> None:
    for number in range(3):
        assert f"received: client {number}\n" in talk(lab, f"client {number}", "exit")


def test_the_log_shows_the_dialogue(lab: Project) -> None:
    before = lab.logs("lab2-server")
    talk(lab, "hello", "exit")
    said = r"client: hello\nyou: received: hello\nclient: exit\nclosed\n"
    wait_for_log(lab, said, after=before)


def test_time_wait_keeps_the_starter_from_starting_again(lab: Project) -> None:
    before = edit_server(lab)
    wait_for_log(lab, r"\[lab\] port 7777 is already in use: TIME-WAIT", after=before)


def test_the_reference_starts_again_at_once(mended_lab: Project) -> None:
    before = edit_server(mended_lab)
    said = (
        r"\A\[lab\] server\.py edited: starting again\n"
        r"\[lab\] running: python3 server\.py 0\.0\.0\.0 7777\n"
        r"listening on 0\.0\.0\.0 port 7777\n"
    )
    wait_for_log(mended_lab, said, after=before)
    assert "received: hello\n" in talk(mended_lab, "hello", "exit")
