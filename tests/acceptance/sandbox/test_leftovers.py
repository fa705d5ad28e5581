"""What a run leaves: nothing, or what the next one removes."""

import os
import signal
import subprocess

import pytest
from docker.api import APIClient

from acceptance.sandboxes import SUBMISSION, containers, networks, run_elsewhere
from acceptance.waiting import eventually
from grader import cleaning
from grader.cleaning import clean
from grader.container import Place, create_container
from grader.sandbox import new_run_id, open_sandbox
from grader.topology import HostSpec, Topology


def test_nothing_is_left_and_nothing_else_is_touched(engine: APIClient, topology: Topology) -> None:
    stranger = engine.create_network(
        f"stranger-{os.getpid()}", internal=True, labels={"socklab": "test"}
    )["Id"]
    try:
        run_id = new_run_id()
        with open_sandbox(topology, run_id=run_id) as opened, opened.hosts(SUBMISSION):
            opened.peer.run("true")
            assert containers(engine, run_id) == ["client", "peer", "server"]
        assert (containers(engine, run_id), networks(engine, run_id)) == ([], [])
        clean(engine, everything=False)
        assert engine.inspect_network(stranger)["Id"] == stranger
    finally:
        engine.remove_network(stranger)


@pytest.mark.parametrize("sent", [signal.SIGINT, None], ids=["ctrl-c", "an-exception"])
def test_a_run_that_is_ended_politely_leaves_nothing(
    engine: APIClient, sent: signal.Signals | None
) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id) as process:
        assert len(containers(engine, run_id)) == 3
        process.send_signal(sent) if sent else process.communicate("\n")
        process.wait(60)
        assert (containers(engine, run_id), networks(engine, run_id)) == ([], [])


def test_kill_9_leaves_a_network_and_the_next_run_removes_it(
    engine: APIClient, topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id) as process:
        process.kill()
        for attempt in eventually():
            with attempt:
                assert containers(engine, run_id) == []
        assert len(networks(engine, run_id)) == 1
        clean(engine, everything=False)
        assert len(networks(engine, run_id)) == 1, "it could be a run that has just begun"
        monkeypatch.setattr(cleaning, "YOUNG_S", -60.0)
        assert clean(engine, everything=False, run_id=run_id) == [f"socklab-{run_id}"]


def test_a_container_that_never_started_is_removed(
    engine: APIClient, topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run_id()
    spec: HostSpec = topology.server
    container = create_container(engine, spec, Place(run_id, "none", "", {}), number=1, uid=61000)
    assert clean(engine, everything=False, run_id=run_id) == []
    monkeypatch.setattr(cleaning, "YOUNG_S", -60.0)
    assert clean(engine, everything=False, run_id=run_id) == [container.name]
    container.remove()  # it is gone, which is what was asked for


def test_hosts_that_are_kept_open_stay_until_they_are_cleaned(engine: APIClient) -> None:
    run_id = new_run_id()
    with run_elsewhere(run_id, "keep") as process:
        assert process.stdout
        shell = process.stdout.readline().split()
        process.wait(60)
        assert containers(engine, run_id) == ["client", "peer", "server"]
        assert shell[:3] == ["docker", "exec", "-it"]
        seen = subprocess.run(
            ["docker", "exec", *shell[3:-1], "sh", "-c", "id -u; pgrep -a sleep; pwd"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        assert seen[0] == shell[4].split(":")[0]
        assert seen[1].endswith("sleep 1000")
        assert seen[2] == "/lab"
        clean(engine, everything=False)
        assert len(containers(engine, run_id)) == 3
        assert len(clean(engine, everything=True, run_id=run_id)) == 4
