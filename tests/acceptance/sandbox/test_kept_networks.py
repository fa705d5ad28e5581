"""Network namespaces that outlive a submission: nobody meets in them what another has left."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from docker.api import APIClient

from acceptance.sandboxes import SUBMISSION
from acceptance.waiting import eventually
from grader.errors import GraderError
from grader.host import Host
from grader.labels import GRADE
from grader.ports import ports_of
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.topology import Topology

# Leaves a connection of its own in TIME_WAIT at each of the ports it is given, first to last.
LEAVE = """
import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", port))
        listener.listen()
        client = socket.create_connection(("server", port))
        accepted, _ = listener.accept()
        accepted.close()
        assert client.recv(1) == b""
        client.close()
"""
# Leaves one whose bytes nobody takes: its kernel goes on sending.
LEAVE_UNREAD = """
import os, socket, sys, time
listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
connection, _ = listener.accept()
connection.setblocking(False)
try:
    while True:
        connection.send(bytes(65536))
except BlockingIOError:
    os._exit(0)
"""


@pytest.fixture(scope="module")
def sandbox(engine: APIClient, topology: Topology) -> Iterator[Sandbox]:
    with open_sandbox(topology, run_id=new_run_id(), engine=engine, keeps_networks=True) as opened:
        yield opened


def identities(sandbox: Sandbox, number: int, *argv: str) -> tuple[list[bytes], bytes]:
    """Put a submission into the sandbox; run a program on its server if one is given.

    Gives what tells the networks of its hosts from all others, and the server's container.
    """
    with sandbox.hosts(SUBMISSION, ports=ports_of(number)) as (server, client):
        networks = [network_of(host) for host in (server, client)]
        if argv:
            look(server, *argv)
        return networks, look(server, "id", "-u")


def network_of(host: Host) -> bytes:
    """The other end of its cable, which the kernel counts: it uses a namespace's number again."""
    return look(host, "cat", "/sys/class/net/eth0/iflink")


def look(host: Host, *argv: str) -> bytes:
    done = host.run(*argv, timeout_s=20)
    assert done.exit_status == 0, done.stderr
    return done.stdout


def leave(first: int, last: int) -> tuple[str, ...]:
    return ("python3", "-c", LEAVE, str(first), str(last))


def test_containers_are_new_and_networks_stay(sandbox: Sandbox) -> None:
    mine, yours = ports_of(1), ports_of(2)
    networks, container = identities(sandbox, 1, *leave(mine[0], mine[19]))
    again, other = identities(sandbox, 2)
    assert again == networks
    assert other != container
    assert mine[-1] < yours[0]


def test_who_would_find_a_port_in_use_gets_new_networks(sandbox: Sandbox) -> None:
    port = ports_of(4)[7]
    networks, _ = identities(sandbox, 3, *leave(port, port))
    again, _ = identities(sandbox, 4, *leave(port, port))  # it could not bind() in the old one
    assert not set(again) & set(networks)


def test_prepared_hosts_are_made_again_for_new_networks(sandbox: Sandbox) -> None:
    port = ports_of(6)[0]
    with sandbox.hosts(SUBMISSION, ports=ports_of(5)) as (server, client):
        networks = {network_of(host) for host in (server, client)}
        sandbox.prepare()
        look(server, *leave(port, port))
    again, _ = identities(sandbox, 6, *leave(port, port))
    assert not set(again) & networks


def test_what_still_sends_is_left_behind(sandbox: Sandbox) -> None:
    with sandbox.hosts(SUBMISSION, ports=ports_of(7)) as (server, client):
        networks = {network_of(host) for host in (server, client)}
        port = ports_of(7)[0]
        sends = server.start("python3", "-c", LEAVE_UNREAD, str(port))
        assert sends.wait_for_output(b"ready", 10)
        connects = f"import socket; c = socket.create_connection(({sandbox.addresses['server']!r},"
        sandbox.peer.start("python3", "-c", f"{connects} {port})); input()")
        assert sends.wait(10) == 0
        left = [each for each in server.sockets() if each.local[1] == port]
        assert [each.state for each in left] == ["FIN-WAIT-1"]
        assert client.processes() == []
    again, _ = identities(sandbox, 8)
    assert not set(again) & networks


def test_a_bad_network_is_not_used_again(sandbox: Sandbox) -> None:
    with sandbox.hosts(SUBMISSION, ports=ports_of(9)) as (server, _):
        network = network_of(server)
        sandbox.impairment("server").apply("loss 20%", seed=1)
    again, _ = identities(sandbox, 10)
    assert network not in again


def test_a_network_that_is_lost_is_our_fault(engine: APIClient, topology: Topology) -> None:
    """Its programs would be blamed for what they cannot reach."""
    run = new_run_id()
    with ExitStack() as stack:
        opened = open_sandbox(topology, run_id=run, engine=engine, keeps_networks=True)
        server, _ = stack.enter_context(stack.enter_context(opened).hosts(SUBMISSION))
        engine.kill(pauses(engine, run)[0])
        assert server.run("true").exit_status == 0
        for attempt in eventually():
            with attempt:
                assert len(pauses(engine, run)) == 1
        with pytest.raises(GraderError, match="was ended from outside"):
            stack.close()


def pauses(engine: APIClient, run: str) -> list[str]:
    """The containers of a run's pair that are in the network themselves."""
    return [
        each["Id"]
        for each in engine.containers(filters={"label": GRADE, "name": f"socklab-{run}-"})
        if any(f"-{name}-" in each["Names"][0] for name in ("server", "client"))
        and each["NetworkSettings"]["Networks"]
    ]
