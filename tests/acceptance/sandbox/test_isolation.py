"""Sandboxes on the engine: closed to the outside, fresh for each submission."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from docker.api import APIClient

from acceptance.sandboxes import (
    SUBMISSION,
)
from grader.host import Host
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.submission import Submission
from grader.topology import Topology

# Tries ways out of the network; prints those that got an answer.
WAYS_OUT = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
host, port, sender = sys.argv[1:]
def way(kind, address, *options):
    with socket.socket(socket.AF_INET, kind) as tried:
        for option in options:
            tried.setsockopt(socket.SOL_SOCKET, *option)
        tried.settimeout(1)
        tried.connect((address, int(port)))
        if kind == socket.SOCK_DGRAM:
            tried.send(sender.encode())
            tried.recv(100)
        return True
device = (socket.SO_BINDTODEVICE, b"eth0")
def answer(words):
    try:
        return way(*words)
    except OSError:
        return False
ways = [
    (kind, address, *options)
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
    for address in (host, "172.17.0.1", "1.1.1.1", "host.docker.internal", "deb.debian.org")
    for options in ((), (device,), (device, (socket.SO_DONTROUTE, 1)))
]
with ThreadPoolExecutor(len(ways)) as threads:
    answers = list(threads.map(answer, ways))
print(json.dumps([repr(way) for way, answered in zip(ways, answers) if answered]))
"""


def test_neither_the_machine_nor_the_internet_answers(server: Host) -> None:
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("0.0.0.0", 0)))
        port = listener.getsockname()[1]
        echo = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        echo.bind(("0.0.0.0", port))
        threading.Thread(target=answer_all, args=(echo,), daemon=True).start()
        tried = server.run("python3", "-c", WAYS_OUT, own_address(), str(port), "x", timeout_s=60)
        assert json.loads(tried.stdout) == []
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def answer_all(echo: socket.socket) -> None:
    try:
        while True:
            echo.sendto(b"answer", echo.recvfrom(100)[1])
    except OSError:
        return


def own_address() -> str:
    """The address this machine would speak from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect(("192.0.2.1", 9))
        return str(unsent.getsockname()[0])


def test_names_of_the_lab_are_known_and_no_others(sandbox: Sandbox, server: Host) -> None:
    for name, address in sandbox.addresses.items():
        found = server.run("getent", "hosts", name)
        assert found.stdout.split()[0].decode() == address
    assert server.run("getent", "hosts", "deb.debian.org", timeout_s=8).exit_status == 2


def test_the_three_hosts_reach_each_other(sandbox: Sandbox, server: Host) -> None:
    for name in sandbox.addresses:
        assert server.run("ping", "-c1", "-W5", name).exit_status == 0
        assert sandbox.peer.run("ping", "-c1", "-W5", name).exit_status == 0


def test_two_runs_do_not_reach_each_other(
    engine: APIClient, topology: Topology, server: Host
) -> None:
    with open_sandbox(topology, run_id=new_run_id(), engine=engine) as other:
        assert server.run("ping", "-c1", "-W1", other.peer.address).exit_status != 0


def test_a_submission_is_alone_with_its_files(sandbox: Sandbox) -> None:
    with sandbox.hosts(SUBMISSION) as (server, client):
        assert server.run("python3", "server.py").stdout == b"hello\n"
        assert server.run("sh", "-c", "touch /lab/x /tmp/x ~/x && ls").exit_status == 0
        server.start("sleep", "1000")
        before = server.address, client.address, sandbox.peer
    with sandbox.hosts(SUBMISSION) as (server, client):
        found = server.run("find", "/lab", "/tmp", "/home/student", "-type", "f")  # noqa: S108
        assert sorted(found.stdout.split()) == [b"/lab/server.py", b"/lab/sub/x.py"]
        assert server.processes() == []
        assert (server.address, client.address, sandbox.peer) == before


def test_programs_have_no_rights(server: Host) -> None:
    status = server.run("cat", "/proc/self/status").stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {int(fields[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Amb")} == {0}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    assert not {"0", "1000"} & set(fields["Uid"].split() + fields["Gid"].split())
    assert fields["Groups"].split() in ([], [fields["Gid"].split()[0]])


def test_only_a_few_folders_can_be_written_to(server: Host) -> None:
    command = r"find / \( -path /proc -o -path /sys \) -prune -o -type d,f -writable -print"
    found = server.run("sh", "-c", f"{command} 2>/dev/null", timeout_s=20).stdout.decode()
    own = {"/lab", "/lab/server.py", "/lab/sub", "/lab/sub/x.py", "/home/student"}
    assert set(found.split()) == {*own, "/tmp", "/dev/shm", "/dev/mqueue"}  # noqa: S108


def test_no_two_hosts_share_a_uid(sandbox: Sandbox) -> None:
    with sandbox.hosts(SUBMISSION) as hosts:
        uids = {host.run("id", "-u").stdout for host in (*hosts, sandbox.peer)}
    assert len(uids) == 3


def test_many_runs_at_once(engine: APIClient, topology: Topology) -> None:
    count = 8
    up = threading.Barrier(count)

    def one_run(number: int) -> str:
        with (
            open_sandbox(topology, run_id=new_run_id()) as opened,
            opened.hosts(Submission(f"hw{number}", SUBMISSION.archive)) as (server, _),
        ):
            up.wait(120)
            assert server.run("ping", "-c1", "-W5", "peer", timeout_s=20).exit_status == 0
            return server.address

    with ThreadPoolExecutor(count) as threads:
        assert len(set(threads.map(one_run, range(count)))) == count
