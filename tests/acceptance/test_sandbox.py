"""Sandboxes on the engine: closed to the outside, fresh for each submission, gone afterwards."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from acceptance.waiting import eventually
from docker.api import APIClient
from grader import cleaning
from grader.cleaning import clean
from grader.container import Place, create_container
from grader.engine import connect
from grader.errors import CheckFailed, GraderError
from grader.host import Host
from grader.labels import GRADE
from grader.network import RANGE, create_network
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.submission import Submission, pack
from grader.topology import HostSpec, Topology, read_topology

PROJECT = Path(__file__).parents[2]
SUBMISSION = Submission("hw", pack({"server.py": b"print('hello')\r\n", "sub/x.py": b""}))

# A whole run in a process of its own, that waits where the test tells it to go on.
RUN = """
import sys
from pathlib import Path
from grader.sandbox import open_sandbox
from grader.submission import Submission, pack
from grader.topology import read_topology
topology = read_topology(Path(sys.argv[2]), "lab1")
with open_sandbox(topology, run_id=sys.argv[1]) as sandbox:
    with sandbox.hosts(Submission("hw", pack({}))) as (server, client):
        server.start("sleep", "1000")
        print(sandbox.peer.address, flush=True)
        if sys.argv[3] == "keep":
            print(sandbox.keep_open()["server"], flush=True)
        else:
            sys.stdin.readline()
"""

# Stands between the grader and the engine, so that the engine can go away.
RELAY = """
import asyncio, sys
async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
async def relay(reader, writer):
    far_reader, far_writer = await asyncio.open_unix_connection("/var/run/docker.sock")
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
async def main():
    server = await asyncio.start_unix_server(relay, sys.argv[1])
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""

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


@pytest.fixture(scope="module")
def engine() -> Iterator[APIClient]:
    with closing(connect()) as engine:
        yield engine


@pytest.fixture(scope="module")
def topology() -> Topology:
    return read_topology(PROJECT, "lab1")


@pytest.fixture(scope="module")
def sandbox(engine: APIClient, topology: Topology) -> Iterator[Sandbox]:
    with open_sandbox(topology, run_id=new_run_id(), engine=engine) as opened:
        yield opened


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Host]:
    with sandbox.hosts(SUBMISSION) as (server, _):
        yield server


@contextmanager
def run_elsewhere(run_id: str, way: str = "wait") -> Iterator[subprocess.Popen[str]]:
    """A run in another process, up when this begins; killed and cleaned at the end."""
    search = os.pathsep.join(str(PROJECT / folder) for folder in ("tests", "images/wire"))
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN, run_id, PROJECT, way],
        env=os.environ | {"PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("10.213."), process.communicate()[1]
        yield process
    finally:
        process.kill()
        process.communicate()
        with closing(connect()) as engine:
            clean(engine, everything=True, run_id=run_id)


def containers(engine: APIClient, run_id: str) -> list[str]:
    found = engine.containers(all=True, filters={"label": f"{GRADE}={run_id}"})
    return sorted(container["Names"][0].split("-")[-2] for container in found)


def networks(engine: APIClient, run_id: str) -> list[str]:
    return [found["Name"] for found in engine.networks(filters={"label": f"{GRADE}={run_id}"})]


# What goes wrong on our side never looks like a student's mistake


def test_a_missing_image_says_what_to_type(engine: APIClient, topology: Topology) -> None:
    run_id = new_run_id()
    broken = replace(topology, server=replace(topology.server, image="socklab/no-such-image"))
    with (
        pytest.raises(GraderError, match=r"socklab/no-such-image is missing. Type: scripts/setup"),
        open_sandbox(broken, run_id=run_id, engine=engine) as opened,
        opened.hosts(SUBMISSION),
    ):
        pass
    assert (containers(engine, run_id), networks(engine, run_id)) == ([], [])


# The SDK leaves a socket open that could not be connected; the collector closes it, and complains.
forgets_sockets = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture
def _collected() -> Iterator[None]:
    """Collects what a test has left, when nothing of the test is in use any more."""
    yield
    gc.collect()


@forgets_sockets
@pytest.mark.usefixtures("_collected")
def test_no_engine_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"No Docker engine answers at .*type: scripts/setup"):
        connect({"DOCKER_HOST": f"unix://{tmp_path}/docker.sock"})


@forgets_sockets
@pytest.mark.usefixtures("_collected")
def test_an_engine_that_goes_away_is_our_fault(
    engine: APIClient, topology: Topology, tmp_path: Path
) -> None:
    run_id = new_run_id()
    path = tmp_path / "docker.sock"
    command = [sys.executable, "-c", RELAY, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as relay:
        assert relay.stdout
        assert relay.stdout.readline() == b"ready\n"
        with (
            closing(connect({"DOCKER_HOST": f"unix://{path}"})) as through,
            pytest.raises(GraderError, match="No Docker engine answers"),
        ):
            use_until(relay.kill, through, topology, run_id)
    for attempt in eventually():  # each agent's stdin has ended with the relay
        with attempt:
            assert containers(engine, run_id) == []
    clean(engine, everything=True, run_id=run_id)
    assert networks(engine, run_id) == []


def use_until(end: Callable[[], None], engine: APIClient, topology: Topology, run_id: str) -> None:
    with (
        open_sandbox(topology, run_id=run_id, engine=engine) as opened,
        opened.hosts(SUBMISSION) as (server, _),
    ):
        assert opened.peer.run("true").exit_status == 0
        end()
        server.run("true")


def test_a_container_that_another_hand_ends_is_our_fault(
    engine: APIClient, sandbox: Sandbox
) -> None:
    with sandbox.hosts(SUBMISSION) as (server, client):
        [name] = names_of(engine, client)
        engine.kill(name)
        with pytest.raises(GraderError, match="was ended from outside"):
            client.run("true")
        assert server.run("true").exit_status == 0


def names_of(engine: APIClient, host: Host) -> list[str]:
    return [
        container["Names"][0].removeprefix("/")
        for container in engine.containers(filters={"label": GRADE})
        for network in container["NetworkSettings"]["Networks"].values()
        if network["IPAddress"] == host.address
    ]


def test_a_host_that_is_out_of_memory_is_the_submissions_doing(
    engine: APIClient, topology: Topology
) -> None:
    small = replace(topology, server=replace(topology.server, memory_bytes=48 << 20))
    with (
        open_sandbox(small, run_id=new_run_id(), engine=engine) as opened,
        opened.hosts(SUBMISSION) as (server, client),
    ):
        # No program can do this, the kernel ends programs first; so the agent itself has to.
        with pytest.raises(CheckFailed, match="server was ended: it was out of memory"):
            server.run("cat", stdin=bytes(64 << 20), timeout_s=60)
        assert client.run("true").exit_status == 0


def test_a_range_that_is_used_up_says_so(
    engine: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = list(RANGE.subnets(new_prefix=28))[-1]
    monkeypatch.setattr("grader.network.random_subnets", lambda _: iter([last]))
    run_id = new_run_id()
    try:
        create_network(engine, run_id=run_id, prefix_length=28, gateway_part=1)
        with pytest.raises(GraderError, match=r"No free subnet .*scripts/grade --clean"):
            create_network(engine, run_id=new_run_id(), prefix_length=28, gateway_part=1)
    finally:
        clean(engine, everything=True, run_id=run_id)


# Closed to the outside


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


# Fresh for each submission


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


# Gone afterwards


def test_nothing_is_left_and_nothing_else_is_touched(engine: APIClient, topology: Topology) -> None:
    stranger = engine.create_network(
        f"stranger-{os.getpid()}", internal=True, labels={"socklab": "test"}
    )["Id"]
    try:
        run_id = new_run_id()
        with open_sandbox(topology, run_id=run_id) as opened, opened.hosts(SUBMISSION):
            opened.peer.run("true")
            assert containers(engine, run_id) == ["client", "peer", "server"]
        assert (containers(engine, run_id), networks(engine, run_id)) == ([], [])
        clean(engine, everything=False)
        assert engine.inspect_network(stranger)["Id"] == stranger
    finally:
        engine.remove_network(stranger)


@pytest.mark.parametrize("sent", [signal.SIGINT, None], ids=["ctrl-c", "an-exception"])
def test_a_run_that_is_ended_politely_leaves_nothing(
    engine: APIClient, sent: signal.Signals | None
) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id) as process:
        assert len(containers(engine, run_id)) == 3
        process.send_signal(sent) if sent else process.communicate("\n")
        process.wait(60)
        assert (containers(engine, run_id), networks(engine, run_id)) == ([], [])


def test_kill_9_leaves_a_network_and_the_next_run_removes_it(
    engine: APIClient, topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id) as process:
        process.kill()
        for attempt in eventually():
            with attempt:
                assert containers(engine, run_id) == []
        assert len(networks(engine, run_id)) == 1
        clean(engine, everything=False)
        assert len(networks(engine, run_id)) == 1, "it could be a run that has just begun"
        monkeypatch.setattr(cleaning, "YOUNG_S", -60.0)
        assert clean(engine, everything=False, run_id=run_id) == [f"socklab-{run_id}"]


def test_a_container_that_never_started_is_removed(
    engine: APIClient, topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run_id()
    spec: HostSpec = topology.server
    container = create_container(engine, spec, Place(run_id, "none", "", {}), number=1, uid=61000)
    assert clean(engine, everything=False, run_id=run_id) == []
    monkeypatch.setattr(cleaning, "YOUNG_S", -60.0)
    assert clean(engine, everything=False, run_id=run_id) == [container.name]
    container.remove()  # it is gone, which is what was asked for


def test_hosts_that_are_kept_open_stay_until_they_are_cleaned(engine: APIClient) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id, "keep") as process:
        assert process.stdout
        shell = process.stdout.readline().split()
        process.wait(60)
        assert containers(engine, run_id) == ["client", "peer", "server"]
        assert shell[:3] == ["docker", "exec", "-it"]
        seen = subprocess.run(
            ["docker", "exec", *shell[3:-1], "sh", "-c", "id -u; pgrep -a sleep; pwd"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        assert seen[0] == shell[4].split(":")[0]
        assert seen[1].endswith("sleep 1000")
        assert seen[2] == "/lab"
        clean(engine, everything=False)
        assert len(containers(engine, run_id)) == 3
        assert len(clean(engine, everything=True, run_id=run_id)) == 4
