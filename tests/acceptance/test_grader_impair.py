"""A bad network in the sandbox: as asked for, only while it lasts, and nothing left behind."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from acceptance.sandboxes import PROJECT, SUBMISSION, containers
from grader.engine import connect
from grader.errors import GraderError
from grader.host import Host
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.stage import SandboxStage, open_stage
from grader.steps import Steps
from grader.topology import read_topology


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(read_topology(PROJECT, "lab1"), run_id=new_run_id()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def open_for_all(sandbox: Sandbox) -> Iterator[SandboxStage]:
    with open_stage(sandbox, SUBMISSION) as stage:
        yield stage


@pytest.fixture
def stage(open_for_all: SandboxStage) -> SandboxStage:
    open_for_all.begin(Steps())
    return open_for_all


def round_trips_ms(host: Host, name: str) -> list[float]:
    """The times of the pings that were answered, of 20."""
    pinged = host.run("ping", "-c20", "-i0.02", "-W1", name, timeout_s=30)
    return [float(found) for found in re.findall(rb"time=([\d.]+) ms", pinged.stdout)]


@pytest.mark.parametrize("at", ["server", "client"])
def test_the_network_is_bad_while_it_lasts(stage: SandboxStage, at: str) -> None:
    with stage.impair("delay 60ms from server", at=at, seed=1):
        assert min(round_trips_ms(stage.client, "server")) >= 60
    assert min(round_trips_ms(stage.client, "server")) < 60


def test_another_one_takes_its_place(stage: SandboxStage) -> None:
    with stage.impair("cut", at="server", seed=1):
        assert round_trips_ms(stage.client, "server") == []
    with stage.impair("loss 50%", at="server", seed=1):
        assert 0 < len(round_trips_ms(stage.client, "server")) < 20
    assert len(round_trips_ms(stage.client, "server")) == 20


def test_the_same_seed_loses_the_same_packets(stage: SandboxStage) -> None:
    lost = []
    for seed in (5, 5, 6):
        with stage.impair("loss 40%", at="server", seed=seed):
            pinged = stage.client.run("ping", "-c20", "-i0.02", "-W1", "server", timeout_s=30)
            lost.append(re.findall(rb"icmp_seq=(\d+)", pinged.stdout))
    assert lost[0] == lost[1] != lost[2]


def test_a_programs_host_cannot_end_it(stage: SandboxStage) -> None:
    with stage.impair("cut", at="client", seed=1):
        seen = stage.client.run("ps", "-e", "-o", "args=", user="observer").stdout
        assert b"impair" not in seen
        assert stage.client.run("iptables", "-t", "mangle", "-F").exit_status != 0
        assert round_trips_ms(stage.client, "server") == []


def test_wrong_words_are_the_authors_fault(stage: SandboxStage) -> None:
    with (
        pytest.raises(GraderError, match="impair los 20% --seed 1"),
        stage.impair("los 20%", at="server", seed=1),
    ):
        pass


def test_nothing_is_left() -> None:
    run_id = new_run_id()
    with closing(connect()) as engine:
        with (
            open_sandbox(read_topology(PROJECT, "lab1"), run_id=run_id) as sandbox,
            open_stage(sandbox, SUBMISSION) as stage,
        ):
            stage.begin(Steps())
            with stage.impair("loss 5%", at="server", seed=1):
                assert "impair" in containers(engine, run_id)
        assert containers(engine, run_id) == []
