"""Lab 7 as a student starts it: each close on the wire, saved, and read by the starter."""

import re
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually


@pytest.fixture(scope="module")
def lab7(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab7")
    return project


@pytest.fixture(scope="module")
def wire(lab7: Project) -> testinfra.host.Host:
    return lab7.host("lab7")


@pytest.fixture(scope="module")
def client(lab7: Project) -> testinfra.host.Host:
    server = lab7.host("lab7-server")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:7070").is_listening
    for attempt in eventually():
        with attempt:
            assert "Ctrl-C" in lab7.logs("lab7")  # the wire sees what comes from here on
    return lab7.host("lab7-client")


@pytest.fixture(scope="module")
def saved(client: testinfra.host.Host, wire: testinfra.host.Host) -> str:
    """What `save` says of the starter's exchange."""
    assert client.check_output("python3 client.py server 7070 server-first") == "server-first"
    return str(wire.check_output("save server-first"))


def test_the_last_connection_can_be_saved(saved: str) -> None:
    ends = r"#1  client:\d+ ─── server:7070, \d+ segments"
    assert re.fullmatch(rf"{ends}: /captures/server-first\.pcap", saved)


def test_the_starter_reads_what_was_saved(
    lab7: Project, client: testinfra.host.Host, saved: str
) -> None:
    port = saved.split()[1].removeprefix("client:")
    report = client.check_output("python3 observe.py /captures/server-first.pcap")
    lines = dict(line.split(": ", 1) for line in report.splitlines())
    assert lines["opened by"] == f"{lab7.net}.5 port {port}"
    assert lines["bytes from client"] == lines["bytes from server"] == "13"
    assert lines["ended with"] == "FIN"


def test_tcpdump_reads_what_was_saved(client: testinfra.host.Host, saved: str) -> None:
    assert saved
    read = client.check_output("tcpdump -n -r /captures/server-first.pcap")
    assert "Flags [S]," in read.splitlines()[0]


def test_both_hosts_can_read_captures_and_none_can_write(
    lab7: Project, client: testinfra.host.Host, saved: str
) -> None:
    assert saved
    for host in (client, lab7.host("lab7-server")):
        assert host.file("/captures/server-first.pcap").size > 24
        assert host.run("touch /captures/mine").rc != 0
        assert host.run("rm /captures/server-first.pcap").rc != 0


def test_a_capture_is_not_in_the_way_of_traces(lab7: Project, client: testinfra.host.Host) -> None:
    client.check_output("trace python3 client.py server 7070 client-first")
    for attempt in eventually():
        with attempt:
            assert re.search(r'client ●\s+send\(\d+, "client-first', lab7.logs("lab7"))
