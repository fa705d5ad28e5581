"""Sandboxes of a lab with IPv6: its hosts talk in both families, and IPv6 is no way out."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from docker.api import APIClient

from acceptance.sandboxes import PROJECT, SUBMISSION
from grader.host import Host
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.topology import Topology, read_topology

# Tries to connect, and to send a datagram, in every way to every address; prints those that the
# kernel did not refuse: nobody says that a datagram was heard.
WAYS_OUT = """
import json, socket, sys
def way(kind, address, *options):
    with socket.socket(socket.AF_INET6, kind) as tried:
        for option in options:
            tried.setsockopt(*option)
        tried.settimeout(1)
        tried.connect(socket.getaddrinfo(address, int(sys.argv[1]), socket.AF_INET6)[0][4])
        tried.send(b"x")
        return True
eth0 = socket.if_nametoindex("eth0")
device = (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
multicast = (socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, eth0)
unicast = (socket.IPPROTO_IPV6, 76, socket.htonl(eth0).to_bytes(4, sys.byteorder))
went = []
for address in sys.argv[2:]:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        direct = (socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)
        for options in ((), (device,), (device, direct), (multicast,), (unicast,)):
            try:
                went.append(repr(way(kind, address, *options)) + repr((kind, address, options)))
            except OSError:
                pass
print(json.dumps(went))
"""


@pytest.fixture(scope="module")
def topology() -> Topology:
    return read_topology(PROJECT, "lab6")


@pytest.fixture(scope="module")
def server(sandbox: Sandbox) -> Iterator[Host]:
    with sandbox.hosts(SUBMISSION) as (server, _):
        yield server


def test_names_of_the_lab_stand_for_both_addresses(sandbox: Sandbox, server: Host) -> None:
    assert sandbox.addresses.keys() == sandbox.addresses6.keys() == {"server", "client", "peer"}
    for name in sandbox.addresses:
        found = server.run("getent", "ahosts", name).stdout.decode()
        addresses = {line.split()[0] for line in found.splitlines()}
        assert {sandbox.addresses[name], sandbox.addresses6[name]} <= addresses


def test_the_three_hosts_reach_each_other(sandbox: Sandbox, server: Host) -> None:
    assert server.address6 == sandbox.addresses6["server"]
    for address in (*sandbox.addresses.values(), *sandbox.addresses6.values()):
        assert server.run("ping", "-c1", "-W5", address).exit_status == 0
        assert sandbox.peer.run("ping", "-c1", "-W5", address).exit_status == 0


def test_ipv6_is_no_way_out(server: Host) -> None:
    """The engine's machine has addresses of its own on the bridge, one of each kind."""
    prefix = str(server.address6).rpartition(":")[0]
    machine = json.loads(
        subprocess.run(["ip", "-6", "-j", "address"], capture_output=True, check=True).stdout
    )
    own = [info for link in machine for info in link["addr_info"]]
    addresses = {f"{prefix}:1", "ff02::1%eth0", "ff02::1", "ff05::1", "2606:4700:4700::1111"}
    for info in own:
        scope = "%eth0" if info["scope"] == "link" else ""
        if info["scope"] != "host":
            addresses.add(info["local"] + scope)
    with ExitStack() as sockets:
        listener = sockets.enter_context(
            socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        )
        port = listener.getsockname()[1]
        heard = sockets.enter_context(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
        heard.bind(("::", port))
        command = ("python3", "-c", WAYS_OUT, str(port), *sorted(addresses))
        tried = server.run(*command, timeout_s=60)
        assert json.loads(tried.stdout) == []
        for each in (listener, heard):
            each.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        with pytest.raises(BlockingIOError):
            heard.recv(1)


def test_programs_cannot_open_the_way_again(server: Host) -> None:
    tried = server.run("ip", "-6", "route", "add", "default", "dev", "eth0")
    assert b"Operation not permitted" in tried.stderr
    status = server.run("cat", "/proc/self/status").stdout.decode()
    assert "CapEff:\t0000000000000000" in status


def test_two_runs_do_not_reach_each_other(
    engine: APIClient, topology: Topology, server: Host
) -> None:
    with open_sandbox(topology, run_id=new_run_id(), engine=engine) as other:
        assert other.peer.address6
        assert server.run("ping", "-c1", "-W1", other.peer.address6).exit_status != 0
