"""Lab 6 as a student starts it: two hosts with both families, and the starter's report."""

import re
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project, engine
from acceptance.waiting import eventually


@pytest.fixture(scope="module")
def lab6(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab6")
    return project


@pytest.fixture(scope="module")
def client(lab6: Project) -> testinfra.host.Host:
    return lab6.host("lab6-client")


@pytest.fixture(scope="module")
def server(lab6: Project) -> testinfra.host.Host:
    host = lab6.host("lab6-server")
    for attempt in eventually():
        with attempt:
            assert host.socket("tcp://0.0.0.0:6000").is_listening
    return host


def test_each_host_has_an_address_of_each_family(
    lab6: Project, client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    for host, number in ((server, 4), (client, 5)):
        addresses = host.interface("eth0").addresses
        assert {f"{lab6.net}.{number}", f"{lab6.net6}::{number}"} <= set(addresses)


def test_the_networks_prefixes_are_the_copys(lab6: Project) -> None:
    with engine() as docker:
        network = docker.networks.get(f"{lab6.name}_lab6").attrs
    assert network["Internal"]
    subnets = [pool["Subnet"] for pool in network["IPAM"]["Config"]]
    assert subnets == [f"{lab6.net}.0/24", f"{lab6.net6}::/64"]


@pytest.mark.parametrize("family", ["-4", "-6"])
def test_the_hosts_reach_each_other_by_name(
    client: testinfra.host.Host, server: testinfra.host.Host, family: str
) -> None:
    assert client.run(f"ping {family} -c 1 -W 5 server").rc == 0
    assert server.run(f"ping {family} -c 1 -W 5 client").rc == 0


def test_a_name_stands_for_both_addresses(lab6: Project, client: testinfra.host.Host) -> None:
    found = client.check_output("getent ahosts server")
    assert {line.split()[0] for line in found.splitlines()} == {
        f"{lab6.net}.4",
        f"{lab6.net6}::4",
    }


def test_the_starter_reports_and_is_told(
    lab6: Project, client: testinfra.host.Host, server: testinfra.host.Host
) -> None:
    del server  # it listens now
    report = client.check_output("python3 whoami.py server 6000")
    lines = dict(line.split(": ", 1) for line in report.splitlines())
    assert lines["addresses"] == f"{lab6.net}.4"
    assert lines["local"] == "0.0.0.0 port 0"
    told = rf"you are {re.escape(lab6.net)}\.5 port \d+, I am 0\.0\.0\.0 port 6000"
    assert re.fullmatch(told, lines["server"])


def test_the_services_database_is_there(client: testinfra.host.Host) -> None:
    assert client.check_output("getent services 6000").startswith("x11 ")


def test_the_wire_names_both_addresses_of_a_host(
    lab6: Project, client: testinfra.host.Host
) -> None:
    for attempt in eventually():
        with attempt:
            greeting = lab6.logs("lab6")
            assert f"server {lab6.net}.4, {lab6.net6}::4, port 6000" in greeting
    client.run("ping -6 -c 1 server")
    for attempt in eventually():
        with attempt:
            drawn = lab6.logs("lab6")
            assert re.search(r"client ──▶ server\s+(ICMP )?echo", drawn, re.IGNORECASE)
