"""A bad network on demand: what was asked for is what is seen, and nothing is left of it."""

import itertools
import json
import re
import shlex
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from acceptance.compose import Project
from acceptance.waiting import eventually

PORT = 9100
# Prints the numbers it gets, in their order, as soon as none has come for a while.
RECEIVER = f"""
import json, socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
receiver.bind(("0.0.0.0", {PORT}))
receiver.settimeout(20)
numbers = []
try:
    while True:
        numbers.append(int(receiver.recv(100)))
        receiver.settimeout(0.5)
except TimeoutError:
    print(json.dumps(numbers))
"""
SENDER = f"""
import socket, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(sys.argv[2])):
    sender.sendto(b"%d" % number, (sys.argv[1], {PORT}))
    time.sleep(0.0001)
"""
CAP_NET_RAW = 13


class Lab:
    """Lab 1, by commands in its containers that take less time than `docker compose exec`."""

    def __init__(self, project: Project) -> None:
        services = {"wire": "lab1", "client": "lab1-client", "server": "lab1-server"}
        self._hosts = {name: project.host(service) for name, service in services.items()}
        self.project = project

    def run(self, host: str, *command: str, check: bool = True) -> str:
        """What the command prints; it has to succeed if `check`."""
        done = self._hosts[host].run(shlex.join(command))
        assert done.rc == 0 or not check, done
        return str(done.stdout)

    def impair(self, words: str) -> str:
        """What `impair WORDS` says."""
        return self.run("wire", "impair", *words.split())


@pytest.fixture(scope="module")
def running(lab1: Project) -> Lab:
    return Lab(lab1)


@pytest.fixture
def lab(running: Lab) -> Iterator[Lab]:
    """Lab 1 with a good network, before and after."""
    yield running
    running.impair("clear")


def exchange(lab: Lab, count: int, *, sender: str = "client") -> list[int]:
    """Send numbered datagrams to the other host; return those that came, as they came."""
    receiver = {"client": "server", "server": "client"}[sender]
    with ThreadPoolExecutor() as pool:
        received = pool.submit(lab.run, receiver, "python3", "-c", RECEIVER)
        for attempt in eventually():
            with attempt:
                assert lab.run(receiver, "ss", "-Huln", f"sport = :{PORT}")
        lab.run(sender, "python3", "-c", SENDER, receiver, str(count))
        numbers: list[int] = json.loads(received.result())
    return numbers


def ping_times_ms(lab: Lab, count: int) -> list[float]:
    command = ("ping", "-i", "0.02", "-W", "1", "-c", str(count), "server")
    printed = lab.run("client", *command, check=False)
    return [float(found) for found in re.findall(r"time=([\d.]+) ms", printed)]


def test_share_that_is_asked_for_is_lost(lab: Lab) -> None:
    lab.impair("loss 20% from client --seed 1")
    lost = 1 - len(exchange(lab, 2000)) / 2000
    assert lost == pytest.approx(0.20, abs=0.03)
    assert len(exchange(lab, 200, sender="server")) == 200


def test_same_seed_gives_the_same_fate(lab: Lab) -> None:
    fates = []
    for seed in (1, 1, 2):
        lab.impair(f"loss 20% from client --seed {seed}")
        fates.append(exchange(lab, 300))
    assert fates[0] == fates[1] != fates[2]


@pytest.mark.parametrize(
    ("words", "added_ms"), [("delay 100ms from server", 100), ("delay 40ms jitter 10ms", 80)]
)
def test_delay_is_what_was_asked_for(lab: Lab, words: str, added_ms: int) -> None:
    lab.impair(words)
    for attempt in eventually():  # moments in which others keep the machine busy pass
        with attempt:
            times_ms = ping_times_ms(lab, 21)
            assert statistics.median(times_ms) == pytest.approx(added_ms, abs=10)


@pytest.mark.parametrize("sender", ["client", "server"])
def test_packets_come_twice(lab: Lab, sender: str) -> None:
    lab.impair(f"duplicate 30% from {sender} --seed 1")
    numbers = exchange(lab, 500, sender=sender)
    assert set(numbers) == set(range(500))
    assert len(numbers) == pytest.approx(650, abs=45)


def test_packets_are_overtaken(lab: Lab) -> None:
    lab.impair("reorder 10% from client --seed 1")
    numbers = exchange(lab, 500)
    assert sorted(numbers) == list(range(500))
    late = sum(number < before for before, number in itertools.pairwise(numbers))
    assert late == pytest.approx(50, abs=25)


def test_damaged_packets_are_found_by_their_checksum(lab: Lab) -> None:
    before = checksum_errors(lab)
    lab.impair("corrupt 20% from client --seed 1")
    numbers = exchange(lab, 500)
    assert numbers == sorted(set(numbers))
    assert len(numbers) == pytest.approx(400, abs=40)
    assert checksum_errors(lab) - before == pytest.approx(500 - len(numbers), abs=30)


def checksum_errors(lab: Lab) -> int:
    """How many datagrams the server's kernel has thrown away for their checksum."""
    names, values = re.findall(
        r"^Udp: (.*)$", lab.run("server", "cat", "/proc/net/snmp"), re.MULTILINE
    )
    return int(dict(zip(names.split(), values.split(), strict=True))["InCsumErrors"])


def test_rate_is_kept(lab: Lab) -> None:
    lab.impair("rate 1mbit from client")
    lab.run("server", "sh", "-c", f"nc -l {PORT} >/dev/null 2>&1 </dev/null &")
    code = f"""
import socket, time
connection = socket.create_connection(("server", {PORT}))
started_s = time.monotonic()
connection.sendall(bytes(125_000))
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(time.monotonic() - started_s)
"""
    taken_s = float(lab.run("client", "python3", "-c", code))
    assert taken_s == pytest.approx(1.05, abs=0.3)


def test_nothing_passes_while_cut_and_all_of_it_afterwards(lab: Lab) -> None:
    lab.impair("cut")
    assert ping_times_ms(lab, 3) == []
    lab.impair("clear")
    assert len(ping_times_ms(lab, 3)) == 3


def test_stream_arrives_whole_through_all_of_it(lab: Lab) -> None:
    lab.impair("loss 2% duplicate 5% reorder 5% corrupt 2% delay 2ms jitter 1ms --seed 3")
    received = lab.run("server", "sh", "-c", f"nc -l {PORT} </dev/null >/tmp/came & echo started")
    assert received == "started\n"
    lab.run("client", "sh", "-c", f"seq 30000 >/tmp/sent; nc -N server {PORT} </tmp/sent")
    sums = [lab.run(end, "sha256sum", path).split()[0] for end, path in ENDS]
    assert sums[0] == sums[1]
    assert "lost" in lab.impair("show")


ENDS = (("client", "/tmp/sent"), ("server", "/tmp/came"))  # noqa: S108


def test_picture_shows_what_is_lost(lab: Lab) -> None:
    lab.impair("cut from client")
    ping_times_ms(lab, 1)
    for attempt in eventually():
        with attempt:
            lines = [
                line for line in lab.project.logs("lab1").splitlines() if "echo request" in line
            ]
            assert "client ──▶ server" in lines[-2]
            assert re.search(r"client ──✕ server .* <- lost on its way, by impair$", lines[-1])


def test_kernel_without_a_queue_still_loses_packets(lab: Lab) -> None:
    command = ("exec", "-T", "-e", "IMPAIR_BY=statistic", "lab1", "impair")
    said = lab.project.compose(*command, "loss", "20%", "from", "client").stdout
    assert "by iptables statistic" in said
    assert 1 - len(exchange(lab, 2000)) / 2000 == pytest.approx(0.2, abs=0.045)
    refused = lab.project.compose(*command, "delay", "10ms", check=False)
    assert refused.status == 3
    assert "only loss and cut are possible" in refused.stderr


def test_kernel_with_netem_only_does_all_of_it(lab: Lab) -> None:
    """Where this kernel has none, that is said, and nothing of the attempt remains."""
    command = ("exec", "-T", "-e", "IMPAIR_BY=netem", "lab1", "impair")
    done = lab.project.compose(*command, "delay", "50ms", check=False)
    if done.status == 0:
        assert "by tc netem" in done.stdout
        assert min(ping_times_ms(lab, 5)) == pytest.approx(100, abs=20)
        lab.impair("clear")
    else:
        assert done.status == 3
        assert "netem: " in done.stderr
    assert "50c1:" not in lab.run("wire", "tc", "qdisc", "show")
    assert "ifb-impair" not in lab.run("wire", "ip", "link")
    assert max(ping_times_ms(lab, 5)) < 50


def test_what_applies_is_shown_with_its_counts(lab: Lab) -> None:
    said = lab.impair("cut from client loss 5% delay 1ms from server --seed 7")
    assert said.startswith("cut from client loss 5% delay 1ms from server (seed 7, by NFQUEUE")
    ping_times_ms(lab, 3)
    time.sleep(0.3)  # counts are written five times a second
    shown = lab.impair("show")
    assert "from client: 3 packets, 3 lost" in shown
    lab.impair("clear")
    assert lab.impair("show").startswith("nothing")


def test_nothing_remains_after_clear(lab: Lab) -> None:
    processes = processes_of(lab)
    lab.impair("loss 20%")
    assert len(processes_of(lab)) == len(processes) + 1
    assert "NFQUEUE" in lab.run("wire", "iptables-save")
    lab.impair("clear")
    assert processes_of(lab) == processes
    assert lab.run("wire", "ls", "-A", "/run/impair") == "fates\n"  # the wire's own
    for tool in ("iptables-save", "ip6tables-save"):
        rules = lab.run("wire", tool)
        assert "IMPAIR" not in rules


def processes_of(lab: Lab) -> list[str]:
    top = lab.project.containers()["lab1"].top()
    return sorted(line[-1] for line in top["Processes"])


@pytest.mark.parametrize(
    ("words", "user", "status", "said"),
    [
        ("lose 20%", "root", 2, "what is lose? Known are: loss, "),
        ("loss twenty", "root", 2, "loss cannot be twenty. For example: impair loss 20%"),
        ("loss 20%", "1000", 3, "the capability NET_ADMIN is missing"),
    ],
)
def test_what_is_wrong_is_said(lab: Lab, words: str, user: str, status: int, said: str) -> None:
    command = ("exec", "-T", "-u", user, "lab1", "impair", *words.split())
    done = lab.project.compose(*command, check=False)
    assert done.status == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["client", "server"])
def test_hosts_have_no_more_capabilities_than_before(lab: Lab, host: str) -> None:
    status = lab.run(host, "cat", "/proc/1/status")
    bounding = re.search(r"CapBnd:\s+([0-9a-f]+)", status)
    assert bounding
    assert int(bounding[1], 16) == 1 << CAP_NET_RAW


def test_lab_can_begin_with_a_bad_network_that_ends_with_its_wire(
    make_project: Callable[..., Project],
) -> None:
    project = replace(make_project(), settings={"LAB_IMPAIR": "cut from client"})
    project.compose("up", "--detach", "lab1")
    for attempt in eventually():
        with attempt:
            assert "bad from the start: cut from client (seed " in project.logs("lab1")
    begun = Lab(project)
    assert ping_times_ms(begun, 2) == []
    project.containers()["lab1"].kill()
    for attempt in eventually():
        with attempt:
            assert len(ping_times_ms(begun, 2)) == 2
