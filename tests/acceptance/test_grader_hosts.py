"""Hosts of a sandbox under attack by the programs that run on them, and what they show."""

import io
import signal
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.attacks import ATTACKS, REACHES
from grader.host import Host
from grader.sandbox import new_run_id, open_sandbox
from grader.submission import Submission
from grader.topology import read_topology
from wire.packet import Flags

PROJECT = Path(__file__).parents[2]

FILES = {"ok.py": "print('ok')", **{f"{name}.py": text for name, text in ATTACKS.items()}}


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Host, Host]]:
    submission = Submission("attacks", archive(FILES))
    with (
        open_sandbox(read_topology(PROJECT, "lab1"), run_id=new_run_id()) as sandbox,
        sandbox.hosts(submission) as (server, client),
    ):
        yield server, client


@pytest.fixture
def server(hosts: tuple[Host, Host]) -> Host:
    hosts[0].reset()
    return hosts[0]


@pytest.fixture
def client(hosts: tuple[Host, Host]) -> Host:
    hosts[1].reset()
    return hosts[1]


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_host_outlives_its_programs(server: Host, attack: str) -> None:
    program = server.start("python3", f"{attack}.py")
    assert program.wait_for_output(b"ready", 20)
    server.sockets()
    server.processes()
    assert server.run("ss", "-tln", user="observer", cwd="/").exit_status == 0
    server.reset()
    assert server.processes() == []
    assert set(server.run("ls", "-A", "/lab").stdout.decode().splitlines()) == set(FILES)
    left = server.run("ls", "-A", "/tmp", "/home/student", "/dev/shm", user="observer")  # noqa: S108
    assert left.stdout.split() == [b"/dev/shm:", b"/home/student:", b"/tmp:"]
    assert server.run("python3", "ok.py").stdout == b"ok\n"


def test_a_program_reaches_nothing_that_is_not_its_own(server: Host) -> None:
    reached = server.run("python3", "-c", REACHES)
    assert (reached.stdout, reached.stderr) == (b"[]\n", b"")


def test_a_program_has_no_rights(server: Host) -> None:
    status = server.run("cat", "/proc/self/status").stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {fields[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Amb")} == {"0" * 16}
    assert fields["NoNewPrivs"] == "1"
    assert len(set(fields["Uid"].split() + fields["Gid"].split() + fields["Groups"].split())) == 1


def test_only_the_hog_is_killed_for_memory(server: Host) -> None:
    other = server.start("sleep", "60")
    hog = server.start("python3", "-c", "kept = []\nwhile True: kept.append(bytes(1000000) + b'x')")
    assert hog.wait(20) == -signal.SIGKILL
    assert other.is_running


def test_output_is_bounded_and_said_to_be(server: Host) -> None:
    program = server.start("python3", "output without end.py")
    assert program.wait_for(lambda: program.truncated, 20)
    assert len(program.stdout) <= 1 << 20
    assert len(program.stderr) <= 1 << 20


def test_a_reset_brings_the_files_back(server: Host) -> None:
    server.run("sh", "-c", "echo changed > ok.py; echo more > conftest.py")
    server.reset()
    assert server.run("cat", "ok.py").stdout == FILES["ok.py"].encode()
    assert server.run("test", "-e", "conftest.py").exit_status == 1


def test_unpacking_replaces_all_files(server: Host) -> None:
    server.unpack(archive({"only.py": ""}))
    assert server.run("ls").stdout == b"only.py\n"
    server.unpack(archive(FILES))


def test_an_archive_reaches_no_other_folder(server: Host) -> None:
    harmful = io.BytesIO()
    with tarfile.open(fileobj=harmful, mode="w") as tar:
        for name in ("/tmp/absolute", "../tmp/climbing"):  # noqa: S108
            tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(Exception, match="Member name contains"):
        server.unpack(harmful.getvalue())
    assert server.run("ls", "/tmp").stdout == b""  # noqa: S108
    server.unpack(archive(FILES))


SERVE = """
import socket
server = socket.create_server(("0.0.0.0", 8080))
connection, _ = server.accept()
connection.sendall(connection.recv(100))
connection.close()
"""
TALK = """
import socket
with socket.create_connection(("server", 8080)) as connection:
    connection.sendall(b"hello")
    while connection.recv(100):
        pass
"""


def is_listening(host: Host) -> Callable[[], bool]:
    return lambda: any(s.state == "LISTEN" and s.local[1] == 8080 for s in host.sockets())


def test_two_hosts_talk_and_are_overheard(server: Host, client: Host) -> None:
    with server.capture() as capture:
        serves = server.start("python3", "-c", SERVE)
        assert server.steps.deadline.wait_until(is_listening(server), 20)
        assert server.socket("tcp://0.0.0.0:8080").is_listening
        assert client.run("python3", "-c", TALK).exit_status == 0
        assert serves.wait(20) == 0
    first, second, *_ = capture.segments(port=8080)
    (connection,) = capture.connections(port=8080)
    assert (first.flags, second.flags) == (Flags.SYN, Flags.SYN | Flags.ACK)
    assert (first.source.address, first.target.address) == (client.address, server.address)
    assert b"".join(s.payload for s in capture.segments(8080)) == b"hellohello"
    assert not connection.resets
    assert serves.started_at_s < first.time_s < (serves.ended_at_s or 0)
    assert capture.missed == 0


def test_a_flood_does_not_hold_up_a_capture(server: Host) -> None:
    with server.capture() as capture:
        flood = server.start("python3", "floods the network.py")
        assert capture.wait_for(lambda packets: len(packets) > 1000, 20)
        assert flood.is_running
        server.sockets()
    server.reset()
    assert server.processes() == []
