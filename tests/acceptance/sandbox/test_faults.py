"""What goes wrong on our side never looks like a student's mistake."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from docker.api import APIClient

from acceptance.sandboxes import (
    RELAY,
    SUBMISSION,
    containers,
    networks,
)
from acceptance.waiting import eventually
from grader.cleaning import clean
from grader.engine import connect
from grader.errors import CheckFailed, GraderError
from grader.host import Host
from grader.labels import GRADE
from grader.network import RANGE, create_network
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.topology import Topology


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
            pytest.raises(GraderError, match="does not answer any more"),
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
        engine.kill(identity_of(engine, client))
        with pytest.raises(GraderError, match="was ended from outside"):
            client.run("true")
        assert server.run("true").exit_status == 0


def identity_of(engine: APIClient, host: Host) -> str:
    """The container with the host's address, or the one that was made beside it."""
    found = engine.containers(filters={"label": GRADE})
    [own] = [
        container["Id"]
        for container in found
        for network in container["NetworkSettings"]["Networks"].values()
        if network["IPAddress"] == host.address
    ]
    mode = f"container:{own}"
    return next((str(c["Id"]) for c in found if c["HostConfig"]["NetworkMode"] == mode), str(own))


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
