"""Lab 8 as a student starts it: the starter's numbers, and where the bytes are."""

import re
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually


@pytest.fixture(scope="module")
def lab8(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab8")
    return project


@pytest.fixture(scope="module")
def client(lab8: Project) -> testinfra.host.Host:
    return lab8.host("lab8-client")


@pytest.fixture(scope="module")
def server(lab8: Project) -> testinfra.host.Host:
    host = lab8.host("lab8-server")
    for attempt in eventually():
        with attempt:
            assert host.socket("tcp://0.0.0.0:8008").is_listening
    return host


def report(client: testinfra.host.Host, size: int) -> dict[str, str]:
    """What fill.py says, line by line."""
    printed = client.check_output(f"python3 fill.py server 8008 {size} 5")
    return dict(line.split(": ", 1) for line in printed.splitlines())


def test_a_few_bytes_are_received(client: testinfra.host.Host, server: testinfra.host.Host) -> None:
    del server  # it listens now
    told = report(client, 1000)
    assert told["taken"] == "1000"
    assert told["server"] == "received 1000 bytes"


def test_of_many_the_starter_sends_a_part(
    client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    del server
    told = report(client, 10_000_000)
    assert told["taken"] == "10000000"
    received = re.fullmatch(r"received (\d+) bytes", told["server"])
    assert received
    assert 10_000 < int(received[1]) < 10_000_000


def test_stop_server_says_all_that_the_server_is_started_with(lab8: Project) -> None:
    try:
        said = lab8.exec("lab8-server", "stop-server").stdout
    finally:
        lab8.exec("lab8-server", "start-server")
    assert "Now: python3 server.py 0.0.0.0 8008 2 1 " in said


def test_the_wire_draws_a_receiver_that_does_not_read(
    lab8: Project, client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    server.run("python3 server.py 0.0.0.0 8009 30 1 10000 > /dev/null 2>&1 &")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:8009").is_listening
    client.run("timeout 3 python3 fill.py server 8009 1000000 5")
    memory = server.check_output("ss -tmn state connected")
    assert "rb20000" in memory
    for attempt in eventually():
        with attempt:
            drawn = lab8.logs("lab8")
            assert "zero window" in drawn
            assert "window probe" in drawn


def test_a_call_that_waits_is_ended_by_timeout(client: testinfra.host.Host) -> None:
    assert client.run("timeout 1 python3 wait.py accept 0.0.0.0 8009 0.1").rc == 124
