"""Lab 1's two hosts: where they are, that they talk, and that nobody else is there."""

import ipaddress
import json
import socket

import pytest
import testinfra

from acceptance.compose import Project, engine
from acceptance.waiting import eventually

HOSTS = {"lab1-server": ("server", 4), "lab1-client": ("client", 5)}
# Prints each of its arguments ADDRESS:PORT that takes a TCP connection.
CONNECT = """
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def try_one(target):
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print(target)
    except OSError:
        pass
with ThreadPoolExecutor() as threads:
    list(threads.map(try_one, sys.argv[1:]))
"""


@pytest.fixture(scope="module", params=HOSTS)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def host(lab1: Project, service: str) -> testinfra.host.Host:
    return lab1.host(service)


@pytest.fixture(scope="module")
def client(lab1: Project) -> testinfra.host.Host:
    return lab1.host("lab1-client")


def test_all_containers_run(lab1: Project) -> None:
    states = {name: one.status for name, one in lab1.containers().items()}
    assert states == {"lab1": "running", "lab1-server": "running", "lab1-client": "running"}


def test_each_host_has_its_name(host: testinfra.host.Host, service: str) -> None:
    assert host.check_output("hostname") == HOSTS[service][0]


def test_each_host_has_its_address(host: testinfra.host.Host, lab1: Project, service: str) -> None:
    assert f"{lab1.net}.{HOSTS[service][1]}" in host.interface("eth0").addresses
    assert host.interface.names() == ["lo", "eth0"]


def test_the_hosts_are_on_one_private_network(lab1: Project) -> None:
    networks = {
        tuple(lab1.containers()[service].attrs["NetworkSettings"]["Networks"]) for service in HOSTS
    }
    assert networks == {(f"{lab1.name}_lab1",)}
    with engine() as docker:
        network = docker.networks.get(f"{lab1.name}_lab1").attrs
    assert network["Internal"]
    assert [pool["Subnet"] for pool in network["IPAM"]["Config"]] == [f"{lab1.net}.0/24"]


@pytest.mark.parametrize("name", ["server", "client"])
def test_each_host_knows_both_by_name(host: testinfra.host.Host, lab1: Project, name: str) -> None:
    expected = {"server": f"{lab1.net}.4", "client": f"{lab1.net}.5"}[name]
    assert expected in host.addr(name).ipv4_addresses


@pytest.mark.parametrize("name", ["server", "client"])
def test_each_host_reaches_both(host: testinfra.host.Host, name: str) -> None:
    assert host.addr(name).is_reachable


def test_no_host_reaches_anything_outside(host: testinfra.host.Host, lab1: Project) -> None:
    with engine() as docker, socket.create_server(("0.0.0.0", 0)) as listener:
        bridge = docker.networks.get("bridge").attrs["IPAM"]["Config"][0]["Subnet"]
        engine_address = next(ipaddress.ip_network(bridge).hosts())
        port = listener.getsockname()[1]
        outside = [f"{lab1.net}.1:{port}", f"{engine_address}:{port}", "1.1.1.1:443"]
        found = host.check_output(f"python3 -c '{CONNECT}' server:8080 {' '.join(outside)}")
    assert found == "server:8080"


def test_no_host_gets_an_answer_to_ping_from_outside(
    host: testinfra.host.Host, lab1: Project
) -> None:
    assert host.run("ping -c 1 -W 1 server").succeeded
    for address in (f"{lab1.net}.1", "1.1.1.1"):
        assert host.run(f"ping -c 1 -W 1 {address}").failed


def test_a_name_from_outside_is_unknown(host: testinfra.host.Host) -> None:
    assert host.run("getent hosts example.org").rc == 2  # getent(1): key not found


def test_the_server_listens_on_every_address(lab1: Project) -> None:
    server = lab1.host("lab1-server")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:8080").is_listening


@pytest.mark.parametrize("text", ["hello", "你好"])
def test_the_client_gets_its_reply(client: testinfra.host.Host, text: str) -> None:
    for attempt in eventually():  # a one-shot server is away for a moment after each client
        with attempt:
            done = client.run(f"python3 client.py server 8080 {text}")
            assert done.rc == 0
    assert done.stdout == f"connected to server port 8080\nreply: {len(text)} bytes: {text}\n"


def test_nothing_is_published(lab1: Project) -> None:
    for container in lab1.containers().values():
        assert not container.attrs["HostConfig"]["PortBindings"]


def test_config_is_what_docker_compose_shows(lab1: Project) -> None:
    config = json.loads(lab1.compose("config", "--format", "json").stdout)
    assert config["name"] == lab1.name
    assert config["networks"]["lab1"]["ipam"]["config"] == [{"subnet": f"{lab1.net}.0/24"}]
