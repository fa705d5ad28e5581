"""A hostile program and the world around it: this machine, other containers, the internet."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from acceptance.compose import engine
from acceptance.grading import REFERENCE, Grading, attack, open_grading

INTERNET = ("1.1.1.1", "8.8.8.8", "2606:4700:4700::1111")
RESOLVERS = ("127.0.0.11", "127.0.0.1", "8.8.8.8")
# Linux takes every address for a neighbour when told to route nothing and to use this interface.
# A machine whose net.ipv4.conf.*.rp_filter is 0 then hears datagrams, which it cannot answer;
# systemd sets 2, and the machine hears nothing.
ONE_WAY = ("UDP", b"unrouted through eth0\n")


class Bystander:
    """A service at all addresses of this machine that remembers who came."""

    def __init__(self) -> None:
        self.heard: set[tuple[str, bytes]] = set()
        self._tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._udp.bind(("::", self.port))

    def serve_connections(self) -> None:
        with suppress(OSError):
            while True:
                self._tcp.accept()[0].close()
                self.heard.add(("TCP", b""))

    def serve_datagrams(self) -> None:
        with suppress(OSError):
            while data := self._udp.recvfrom(1000)[0]:  # shut down, it gives no bytes
                self.heard.add(("UDP", data))

    def close(self) -> None:
        for opened in (self._tcp, self._udp):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()


@pytest.fixture
def bystander() -> Iterator[Bystander]:
    service = Bystander()
    threads = [
        threading.Thread(target=serve)
        for serve in (service.serve_connections, service.serve_datagrams)
    ]
    for thread in threads:
        thread.start()
    yield service
    service.close()
    for thread in threads:
        thread.join()


@pytest.fixture
def neighbour() -> Iterator[str]:
    """The address of a container in another network that answers on port 8080."""
    with engine() as client:
        container = client.containers.run(
            "socklab/host",
            ["python3", "-m", "http.server", "8080"],
            detach=True,
            auto_remove=True,
            labels={"socklab": "test"},
        )
        try:
            container.reload()
            yield container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
        finally:
            container.kill()


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    with open_grading(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def addresses_of_this_machine() -> list[str]:
    """Give them all; link-local ones as a container of the sandbox would name them."""
    listed = subprocess.run(["ip", "-j", "address"], capture_output=True, check=True).stdout
    return [
        f"{one['local']}%eth0" if one["scope"] == "link" else one["local"]
        for interface in json.loads(listed)
        if not interface["ifname"].startswith("veth")
        for one in interface["addr_info"]
        if one["scope"] != "host"
    ]


def reach_out(grading: Grading, tmp_path: Path, addresses: list[str], port: int) -> list[str]:
    """Give what the attack says of its attempts on these addresses."""
    targets = {"addresses": addresses, "port": port, "name_servers": RESOLVERS}
    submission = attack("reaches-out", tmp_path, "server", targets=targets)
    return grading.run(submission, "python3", "attack.py", limit_s=15).splitlines()


def test_machine_and_internet_do_not_answer(
    grading: Grading, bystander: Bystander, tmp_path: Path
) -> None:
    gateway = grading.addresses["server"].rpartition(".")[0]
    addresses = [*addresses_of_this_machine(), *INTERNET]
    addresses += [f"{gateway}.{part}" for part in gateway_parts(grading)]
    said = reach_out(grading, tmp_path, addresses, bystander.port)
    assert len(said) > 4 * 2 * len(addresses)  # routes, protocols
    assert not [line for line in said if "answered" in line]
    assert bystander.heard <= {ONE_WAY}


def gateway_parts(grading: Grading) -> list[int]:
    """The last numbers of the sandbox's /28 that are not one of its hosts."""
    last = {int(address.rpartition(".")[2]) for address in grading.addresses.values()}
    first = min(last) // 16 * 16
    return [part for part in range(first + 1, first + 15) if part not in last]


def test_container_of_another_network_does_not_answer(
    grading: Grading, neighbour: str, tmp_path: Path
) -> None:
    said = reach_out(grading, tmp_path, [neighbour], 8080)
    assert not [line for line in said if "answered" in line]


def test_attempt_sees_an_answer(grading: Grading, tmp_path: Path) -> None:
    targets = {"addresses": ["127.0.0.1"], "port": 8080, "name_servers": []}
    submission = attack("reaches-out", tmp_path, "server", targets=targets)
    serves = "python3 -m http.server 8080 >/dev/null 2>&1 & "
    waits = "until nc -z 127.0.0.1 8080 2>&1; do :; done; python3 attack.py"
    assert "plain, TCP 127.0.0.1: answered" in grading.run(submission, "sh", "-c", serves + waits)


def test_gets_a_normal_report(grading: Grading, tmp_path: Path) -> None:
    targets = {"addresses": ["172.17.0.1"], "port": 80, "name_servers": RESOLVERS}
    submission = attack("reaches-out", tmp_path, "server", "client", targets=targets)
    report = grading.grade(submission, "server-listens", "client-sends-line")
    assert (report.errors, report.earned) == ([], report.possible)
    assert grading.grade(REFERENCE).exit_status == 0
