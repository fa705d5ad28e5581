"""Lab 10 as a student starts it: a capability on one host alone, a link, and a shared folder."""

import re
import shutil
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually

PORT = 7010
NET_RAW, NONE = "0000000000002000", "0000000000000000"  # bit 13 of capabilities(7)
SERVE = "python3 unix_server.py stream"


@pytest.fixture(scope="module")
def lab10(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab10")
    return project


@pytest.fixture(scope="module")
def client(lab10: Project) -> testinfra.host.Host:
    return lab10.host("lab10-client")


@pytest.fixture(scope="module")
def server(lab10: Project) -> testinfra.host.Host:
    host = lab10.host("lab10-server")
    for attempt in eventually():
        with attempt:
            assert host.socket(f"tcp://:::{PORT}").is_listening
    return host


def effective(host: testinfra.host.Host) -> str:
    status = host.check_output("cat /proc/self/status")
    return str(re.findall(r"^CapEff:\t(\w+)$", status, re.MULTILINE)[0])


def test_the_clients_shell_has_one_capability_and_the_servers_none(
    client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    assert effective(client) == NET_RAW
    assert effective(server) == NONE
    assert client.run("touch /lab/new").rc != 0  # no right but that one, root or not


def test_the_starters_ping_works_where_the_capability_is(
    lab10: Project, client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    pinged = client.check_output("python3 ping.py server 2")
    assert f"64 bytes from {lab10.net}.4: icmp_seq=2 ttl=64" in pinged
    assert "2 packets transmitted, 2 received, 0% packet loss" in pinged
    assert "Operation not permitted" in server.run("python3 ping.py client 1").stderr
    assert server.run("ping -c 1 client").rc == 0


@pytest.mark.parametrize("family", ["4", "6"])
def test_the_server_is_reached_by_both_families(
    lab10: Project, client: testinfra.host.Host, server: testinfra.host.Host, family: str
) -> None:
    del server  # it listens now
    own = {"4": f"::ffff:{lab10.net}.5", "6": f"{lab10.net6}::5"}[family]
    told = client.check_output(f"nc -d -{family} server {PORT}")
    assert re.fullmatch(rf"you are {re.escape(own)} port \d+ by IPv6", told)


def test_a_link_local_address_is_reached_with_its_scope(
    client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    found = server.check_output("ip -o -6 address show dev eth0 scope link")
    address = re.findall(r"fe80:[\da-f:]+", found)[0]
    for attempt in eventually():  # the client's own is not used before the kernel has tried it
        with attempt:
            assert client.check_output(f"nc -d {address}%eth0 {PORT}").startswith("you are fe80::")
    assert "Invalid argument" in client.run(f"nc -dv {address} {PORT}").stderr


def test_the_references_server_binds_a_link_local_address(
    lab10: Project, client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    """A grading's sandbox has no such addresses, so this is not checked there."""
    folder = lab10.folder / "labs" / "lab10"
    shutil.copy(folder / "reference" / "server.py", folder / "programs" / "right.py")
    found = server.check_output("ip -o -6 address show dev eth0 scope link")
    address = re.findall(r"fe80:[\da-f:]+", found)[0] + "%eth0"
    server.check_output(f"sh -c 'python3 right.py {address} 7012 > /dev/null 2>&1 &'")
    for attempt in eventually():
        with attempt:
            told = client.check_output(f"nc -d {address} 7012")
            assert re.fullmatch(r"you are fe80:[\da-f:]+ port \d+ by IPv6", told)
    assert "Invalid argument" in server.run(f"python3 server.py {address} 7013").stderr


def test_a_socket_file_is_for_its_owner_also_against_root_on_the_other_host(
    client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    server.check_output(f"sh -c '{SERVE} /lab/shared.sock > /dev/null 2>&1 &'")
    for attempt in eventually():
        with attempt:
            assert server.file("/lab/shared.sock").is_socket
    assert server.file("/lab/shared.sock").mode == 0o755
    ask = "python3 unix_client.py stream /lab/shared.sock hello"
    assert "Permission denied" in client.run(ask).stderr
    server.check_output("chmod 777 /lab/shared.sock")
    assert client.check_output(ask).endswith(": hello")
    server.check_output("pkill -9 -f '^python3 unix_server'")
    assert "Connection refused" in client.run(ask).stderr
    assert server.file("/lab/shared.sock").is_socket
    server.check_output("rm /lab/shared.sock")


def test_the_wire_shows_the_echoes_of_ping_py(lab10: Project, client: testinfra.host.Host) -> None:
    for attempt in eventually():
        with attempt:
            assert "docker compose down ends the lab" in lab10.logs("lab10")
    client.check_output("python3 ping.py server 1")
    for attempt in eventually():
        with attempt:
            assert re.search(r"client ◀── server  echo reply\s+seq 1", lab10.logs("lab10"))
