"""testinfra's modules over a host's channel."""

from typing import Any

import pytest

from grader.channel import pack
from grader.host import Host
from unit.agents import scripted_channel

SAYS = {
    "uname -s": "Linux\n",
    "command -v ss": "/usr/bin/ss\n",
    "/usr/bin/ss --numeric --listening --tcp": (
        "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
        "LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*\n"
    ),
    "cat -- '/lab/名'": "你好",
}


def shell(request: dict[str, Any]) -> list[dict[str, Any]]:
    line = request["argv"][2]
    done = {
        "exit_status": 127 if line == "no-such-command" else 0,
        "stdout": pack(SAYS.get(line, "").encode()),
        "stderr": "",
        "duration_s": 0.0,
        "timed_out": False,
        "truncated": False,
    }
    return [{"id": request["id"], "answer": done}]


def test_command_that_fails() -> None:
    with scripted_channel(shell) as (channel, _):
        result = Host(channel, address="").testinfra.run("no-such-command")
    assert (result.rc, result.failed, result.command) == (127, True, b"no-such-command")


@pytest.mark.parametrize(("port", "listens"), [(8080, True), (8081, False)])
def test_listening_socket(port: int, *, listens: bool) -> None:
    with scripted_channel(shell) as (channel, agent):
        host = Host(channel, address="")
        assert host.socket(f"tcp://0.0.0.0:{port}").is_listening is listens
    assert {request["user"] for request in agent.requests} == {"observer"}
    assert {request["cwd"] for request in agent.requests} == {"/"}


def test_text_is_utf_8_without_asking() -> None:
    with scripted_channel(shell) as (channel, agent):
        assert Host(channel, address="").testinfra.run("cat -- %s", "/lab/名").stdout == "你好"
    assert len(agent.requests) == 1


def test_names_itself() -> None:
    with scripted_channel(shell) as (channel, _):
        backend = Host(channel, address="").testinfra.backend
    assert backend.get_pytest_id() == "socklab://server"
