"""A sandbox on the engine, with a pair of hosts for each test that asks for one."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from docker.api import APIClient

from acceptance.sandboxes import PROJECT, SUBMISSION
from grader.engine import connect
from grader.host import Host
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.topology import Topology, read_topology


@pytest.fixture(scope="module")
def engine() -> Iterator[APIClient]:
    with closing(connect()) as engine:
        yield engine


@pytest.fixture(scope="module")
def topology() -> Topology:
    return read_topology(PROJECT, "lab1")


@pytest.fixture(scope="module", params=[False, True], ids=["own networks", "kept networks"])
def sandbox(
    engine: APIClient, topology: Topology, request: pytest.FixtureRequest
) -> Iterator[Sandbox]:
    keeps: bool = request.param
    with open_sandbox(topology, run_id=new_run_id(), engine=engine, keeps_networks=keeps) as opened:
        yield opened


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Host]:
    with sandbox.hosts(SUBMISSION) as (server, _):
        yield server
