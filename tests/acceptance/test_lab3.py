"""Lab 3 as a student starts it: the hosts, the dialogue, and what the handout says goes wrong."""

import re
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually

DATE = r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]"


@pytest.fixture(scope="module")
def lab(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab3")
    return project


@pytest.fixture
def client(lab: Project) -> testinfra.host.Host:
    """The client, with the server listening: each exception ends server.py for a moment."""
    server = lab.host("lab3-server")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:3000").is_listening
    return lab.host("lab3-client")


def test_the_hosts_have_the_tutorials_addresses(lab: Project) -> None:
    for name, part in (("server", 4), ("client", 5)):
        assert f"{lab.net}.{part}" in lab.host(f"lab3-{name}").interface("eth0").addresses


def test_each_line_typed_comes_back_with_the_time(client: testinfra.host.Host) -> None:
    done = client.run("printf '%s\\n' hello 你好 | python3 client.py server 3000")
    assert done.rc == 0, done.stderr
    head, *answers = done.stdout.splitlines()
    assert head == "connected to server port 3000; Ctrl-D ends"
    assert [re.sub(DATE, "[]", answer) for answer in answers] == ["[] hello", "[] 你好"]


def test_the_time_is_that_of_the_day(client: testinfra.host.Host) -> None:
    done = client.run("echo hello | python3 client.py server 3000")
    told = re.search(r"\[(.*)\]", done.stdout)
    assert told
    now_s = int(client.check_output("date +%s"))
    assert abs(now_s - int(client.check_output(f"date -d '{told[1]}' +%s"))) < 10


def test_lines_that_come_at_once_get_one_answer(client: testinfra.host.Host) -> None:
    done = client.run("printf 'hello\\nworld\\n' | nc -N server 3000")
    assert re.fullmatch(rf"{DATE} hello\nworld\n", done.stdout)


def test_bytes_that_are_no_utf_8_end_the_server(client: testinfra.host.Host, lab: Project) -> None:
    assert client.run("printf '\\344\\275\\n' | nc -N server 3000").stdout == ""
    for attempt in eventually():
        with attempt:
            assert "stopped: 'utf-8' codec can't decode" in lab.logs("lab3-server")


def test_the_server_is_there_again_after_an_exception(client: testinfra.host.Host) -> None:
    assert "hello" in client.check_output("echo hello | python3 client.py server 3000")


def test_without_a_server_the_client_says_so(client: testinfra.host.Host, lab: Project) -> None:
    lab.exec("lab3-server", "stop-server")
    done = client.run("echo hello | python3 client.py server 3000")
    lab.exec("lab3-server", "start-server")
    assert (done.rc, done.stdout) == (1, "")
    assert done.stderr == "the server is gone: [Errno 111] Connection refused\n"
