"""Lab 4 as a student starts it: one client at a time, and everything a crowd needs is there."""

from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually

TALK = "printf 'hello\\n你好\\n' | python3 client.py server 4000 anna"
REPLIES = "anna joined\nanna: hello\nanna: 你好\n"
CROWD = 300  # connections to the server of the closing part


@pytest.fixture(scope="module")
def lab4(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab4")
    return project


@pytest.fixture(scope="module")
def server(lab4: Project) -> testinfra.host.Host:
    return lab4.host("lab4-server")


@pytest.fixture(scope="module")
def client(lab4: Project) -> testinfra.host.Host:
    return lab4.host("lab4-client")


def wait_for_listener(server: testinfra.host.Host) -> None:
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:4000").is_listening


def test_the_starter_talks_with_a_client(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    wait_for_listener(server)
    assert client.check_output(TALK) == REPLIES.rstrip()


def test_the_starter_serves_the_next_client_when_the_first_has_left(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    wait_for_listener(server)
    both = f"(sleep 1 | python3 client.py server 4000 ben) & {TALK}; wait"
    assert sorted(client.check_output(both).splitlines()) == sorted(
        ["ben joined", *REPLIES.splitlines()]
    )


def test_the_wire_shows_the_conversation(lab4: Project, client: testinfra.host.Host) -> None:
    assert client.run(TALK).succeeded
    for attempt in eventually():
        with attempt:
            assert '"anna joined\\n"' in lab4.logs("lab4")


def test_the_greeting_says_what_to_type(client: testinfra.host.Host) -> None:
    assert "python3 client.py server 4000 anna" in client.check_output("bash -ic true")


def test_the_server_with_selectors_holds_a_crowd(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    assert server.run("stop-server").succeeded
    server.check_output("python3 server_selectors.py 0.0.0.0 4000 > /tmp/out 2>&1 &")
    wait_for_listener(server)
    done = client.run(f"echo | python3 crowd.py server 4000 {CROWD}")
    assert done.rc == 0, done.stderr
    assert f"{CROWD} connections are open" in done.stdout
    assert server.run("pkill -f [s]erver_selectors").succeeded
    assert server.run("start-server").succeeded
    wait_for_listener(server)
    assert client.check_output(TALK) == REPLIES.rstrip()
