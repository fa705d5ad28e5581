"""Lab 1 from `docker compose up` to nothing left: Ctrl-C, down, two at once, a taken network."""

from collections.abc import Callable
from datetime import datetime, timedelta

from docker import DockerClient
from docker.types import IPAMConfig, IPAMPool

from acceptance.compose import Project, engine, objects
from acceptance.terminal import CTRL_C, Terminal

GREETED = r"Below, each line is one packet between the hosts as it passes\."
SOFTLY = {
    0,
    130,
    143,
}  # ended by itself, by SIGINT or SIGTERM; 137 is the engine's SIGKILL after 10 s


def up(project: Project) -> Terminal:
    """`docker compose up lab1` in a terminal."""
    return Terminal(
        ("docker", "compose", "up", "lab1"),
        folder=project.folder,
        environment=project.environment,
    )


def test_ctrl_c_then_down_leave_nothing_but_volumes(make_project: Callable[[], Project]) -> None:
    project = make_project()
    with up(project) as terminal:
        terminal.wait_for(GREETED)
        terminal.type(CTRL_C)
        assert terminal.wait() in SOFTLY
    wire = project.containers()["lab1"].attrs["State"]
    assert wire["Status"] == "exited"
    assert wire["ExitCode"] in SOFTLY
    project.compose("down")
    assert objects(project.name) == volumes(project)
    project.compose("down", "--volumes")
    assert objects(project.name) == []


def volumes(project: Project) -> list[str]:
    """What the wire has seen outlives `docker compose down`, so that the board can show it."""
    return [f"{project.name}_{volume}" for volume in ("calls", "events")]


def test_down_leaves_no_container_and_kills_nothing(make_project: Callable[[], Project]) -> None:
    project = make_project()
    project.compose("up", "--detach", "lab1")
    assert len(objects(project.name)) == 4 + len(volumes(project))
    with engine() as docker:
        since = engine_time(docker)
        project.compose("down")
        deaths = docker.events(
            since=since,
            until=engine_time(docker) + timedelta(seconds=1),  # whole seconds are compared
            filters={"label": f"com.docker.compose.project={project.name}", "event": "die"},
            decode=True,
        )
        statuses = [int(death["Actor"]["Attributes"]["exitCode"]) for death in deaths]
    assert len(statuses) == 3
    assert set(statuses) <= SOFTLY
    assert objects(project.name) == volumes(project)


def engine_time(docker: DockerClient) -> datetime:
    return datetime.fromisoformat(docker.info()["SystemTime"][:19])


def test_the_lab_starts_again_after_ctrl_c(make_project: Callable[[], Project]) -> None:
    project = make_project()
    for _ in range(2):
        with up(project) as terminal:
            terminal.wait_for(GREETED)
            terminal.type(CTRL_C)
            assert terminal.wait() in SOFTLY


def test_two_projects_run_at_once(make_project: Callable[[], Project], lab1: Project) -> None:
    other = make_project()
    other.compose("up", "--detach", "lab1")
    assert other.net != lab1.net
    for project in (lab1, other):
        address = project.exec("lab1-client", "getent", "ahostsv4", "server").stdout.split()[0]
        assert address == f"{project.net}.4"
        assert project.exec("lab1-client", "ping", "-c", "1", "server").status == 0
    outside = other.exec("lab1-client", "ping", "-c", "1", "-W", "1", f"{lab1.net}.4", check=False)
    assert outside.status != 0


def test_a_held_network_is_an_error_and_leaves_no_container(
    make_project: Callable[[], Project],
) -> None:
    held = make_project()
    with engine() as docker:
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=f"{held.net}.0/24")])
        holder = docker.networks.create(
            f"{held.name}-holder", ipam=ipam, labels={"socklab": "test"}
        )
        try:
            done = held.compose("up", "--detach", "lab1", check=False)
        finally:
            holder.remove()
    assert done.status != 0
    assert "Pool overlaps with other one on this address space" in done.stderr
    assert set(objects(held.name)) <= set(volumes(held))
