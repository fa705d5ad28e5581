"""Programs that may open raw sockets: lab 10's client alone, nothing beside, and no way out."""

import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from docker.api import APIClient

from acceptance.sandboxes import PROJECT, SUBMISSION
from grader.host import Host
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.topology import Topology, read_topology

NET_RAW = "0000000000002000"  # bit 13 of capabilities(7)
NONE = "0000000000000000"
HELD = ("CapInh", "CapPrm", "CapEff", "CapAmb")

# Opens what CAP_NET_RAW opens elsewhere; prints what the kernel said to each.
OPENS = """
import ctypes, errno, json, socket
def option(kind, level, number):
    with socket.socket(*kind) as opened:
        opened.setsockopt(level, number, 1)
def queue():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 1, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), "")
ICMP, ICMP6, UDP = (2, 3, 1), (10, 3, 58), (2, 2)
ways = {
    "raw": lambda: socket.socket(*ICMP).close(),
    "raw IPv6": lambda: socket.socket(*ICMP6).close(),
    "TTL": lambda: option(ICMP, 0, 2),
    "TCP": lambda: socket.socket().close(),
    "pair": lambda: socket.socketpair()[0].close(),
    "packet": lambda: socket.socket(17, 3, 0x300),
    "packet, not blocking": lambda: socket.socket(17, 3 | socket.SOCK_NONBLOCK, 0x300),
    "old packet": lambda: socket.socket(2, 10, 0x300),
    "XDP": lambda: socket.socket(44, 3),
    "own header": lambda: option(ICMP, 0, 3),
    "own header by protocol": lambda: socket.socket(2, 3, 255),
    "own IPv6 header": lambda: option(ICMP6, 41, 36),
    "another's address": lambda: option(UDP, 0, 19),
    "another's IPv6 address": lambda: option((10, 2), 41, 75),
    "queue": queue,
}
said = {}
for name, attempt in ways.items():
    try:
        attempt()
        said[name] = ""
    except OSError as error:
        said[name] = errno.errorcode[error.errno]
print(json.dumps(said))
"""
ALLOWED = {"raw", "raw IPv6", "TTL", "TCP", "pair"}

# Sends an echo request, a UDP datagram with a word and a TCP SYN, all by raw sockets, to each
# address in every way, also from an address that is not its own; prints who replied.
REACHES_OUT = """
import json, select, socket, struct, sys
port, addresses = int(sys.argv[1]), sys.argv[2:]
def summed(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
def icmp(kind):
    head = struct.pack("!BBHHH", kind, 0, 0, 7, 7)
    return struct.pack("!BBHHH", kind, 0, summed(head), 7, 7)
udp = struct.pack("!HHHH", 4000, port, 12, 0) + b"word"
def tcp(target):
    own = socket.gethostbyname(socket.gethostname())
    head = struct.pack("!HHIIBBHHH", 4000, port, 1, 0, 0x50, 2, 1000, 0, 0)
    whole = socket.inet_aton(own) + socket.inet_aton(target) + struct.pack("!HH", 6, 20) + head
    return head[:16] + struct.pack("!H", summed(whole)) + head[18:]
device = (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
direct = (socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)
free = (0, 15, 1)
listeners = []
went = 0
for address in addresses:
    is6 = ":" in address
    family = socket.AF_INET6 if is6 else socket.AF_INET
    messages = [(58, icmp(128))] if is6 else [(1, icmp(8)), (17, udp), (6, tcp(address))]
    for protocol, message in messages:
        for options in ((), (device,), (device, direct)):
            for source in ("", "192.0.2.77"):
                if source and is6:
                    continue
                try:
                    raw = socket.socket(family, socket.SOCK_RAW, protocol)
                    for option in options + ((free,) if source else ()):
                        raw.setsockopt(*option)
                    if source:
                        raw.bind((source, 0))
                    target = socket.getaddrinfo(address, 0, family)[0][4]
                    raw.sendto(message, target)
                    went += 1
                    listeners.append(raw)
                except OSError:
                    pass
asked = {address.partition("%")[0] for address in addresses}
replied = set()
while ready := select.select(listeners, [], [], 1)[0]:
    for raw in ready:
        sender = raw.recvfrom(2000)[1][0].partition("%")[0]
        if sender in asked:
            replied.add(sender)
print(json.dumps({"went": went, "replied": sorted(replied)}))
"""


@pytest.fixture(scope="module")
def topology() -> Topology:
    return read_topology(PROJECT, "lab10")


@pytest.fixture(scope="module")
def sandbox(engine: APIClient, topology: Topology) -> Iterator[Sandbox]:
    with open_sandbox(topology, run_id=new_run_id(), engine=engine) as opened:
        yield opened


@pytest.fixture(scope="module")
def hosts(sandbox: Sandbox) -> Iterator[dict[str, Host]]:
    with sandbox.hosts(SUBMISSION) as (server, client):
        yield {"server": server, "client": client, "peer": sandbox.peer}


def capabilities(status: str) -> set[str]:
    """What a program holds in any of its sets but the bounding one, from proc_pid_status(5)."""
    return {re.search(rf"^{each}:\t(\w+)$", status, re.MULTILINE)[1] for each in HELD}  # type: ignore[index]


def test_the_clients_programs_have_one_capability_and_nobody_else_any(
    hosts: dict[str, Host],
) -> None:
    look = ("sh", "-c", "cat /proc/self/status")  # a child of the shell's has it, too
    status = hosts["client"].run(*look).stdout.decode()
    assert capabilities(status) == {NET_RAW}
    assert "NoNewPrivs:\t1\n" in status
    assert not re.search(r"^Uid:.*\b0\b", status, re.MULTILINE)
    for name in ("server", "peer"):
        assert capabilities(hosts[name].run(*look).stdout.decode()) == {NONE}, name
    seen = hosts["client"].run(*look, user="observer").stdout.decode()
    assert capabilities(seen) == {NONE}


@pytest.mark.parametrize("lab", ["lab1", "lab6"])
def test_other_labs_say_nothing_of_raw_sockets(lab: str) -> None:
    read = read_topology(PROJECT, lab)
    assert not any(host.opens_raw_sockets for host in (read.server, read.client, read.peer))


def test_only_raw_sockets_are_opened_by_it(hosts: dict[str, Host]) -> None:
    said = json.loads(hosts["client"].run("python3", "-c", OPENS).stdout)
    assert {name for name, error in said.items() if not error} == ALLOWED
    assert {error for name, error in said.items() if name not in ALLOWED} == {"EPERM"}
    said = json.loads(hosts["server"].run("python3", "-c", OPENS).stdout)
    assert {said["raw"], said["raw IPv6"]} == {"EPERM"}


class Bystander:
    """A service at all addresses of this machine that remembers datagrams, and from whom."""

    def __init__(self) -> None:
        self.heard: set[tuple[bytes, str]] = set()
        self._tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._udp.bind(("::", self.port))

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                data, source = self._udp.recvfrom(100)
                if not data:
                    return
                self.heard.add((data, source[0]))

    def close(self) -> None:
        for opened in (self._udp, self._tcp):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()


@pytest.fixture
def bystander() -> Iterator[Bystander]:
    service = Bystander()
    thread = threading.Thread(target=service.serve)
    thread.start()
    yield service
    service.close()
    thread.join()


def addresses_of_this_machine() -> list[str]:
    listed = subprocess.run(["ip", "-j", "address"], capture_output=True, check=True).stdout
    return [
        f"{one['local']}%eth0" if one["scope"] == "link" else one["local"]
        for interface in json.loads(listed)
        for one in interface["addr_info"]
        if one["scope"] != "host"
    ]


def test_the_machine_does_not_answer_raw_messages(
    hosts: dict[str, Host], bystander: Bystander
) -> None:
    """Nor hears datagrams, but those that any program may send it: see tests/README.md, the gap."""
    client = hosts["client"]
    prefix6 = str(client.address6).rpartition(":")[0]
    addresses = [*addresses_of_this_machine(), f"{prefix6}:1", "1.1.1.1"]
    command = ("python3", "-c", REACHES_OUT, str(bystander.port))
    done = client.run(*command, *addresses, timeout_s=30)
    said = json.loads(done.stdout)
    assert said["went"] > 0, done
    assert said["replied"] == []
    assert bystander.heard <= {(b"word", f"::ffff:{client.address}")}


def test_an_answer_would_be_seen(hosts: dict[str, Host], bystander: Bystander) -> None:
    client, server = hosts["client"], hosts["server"]
    done = client.run(
        *("python3", "-c", REACHES_OUT, str(bystander.port), server.address), timeout_s=30
    )
    assert json.loads(done.stdout)["replied"] == [server.address]
