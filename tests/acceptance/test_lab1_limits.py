"""What lab 1's containers may not do: read from the engine, then tried."""

import pytest
import testinfra

from acceptance.compose import Project, engine

MIB = 2**20
MOST_MEMORY = {"lab1": 128 * MIB, "lab1-server": 256 * MIB, "lab1-client": 256 * MIB}
MOST_PIDS = {"lab1": 32, "lab1-server": 128, "lab1-client": 128}
NET_RAW = 1 << 13  # capabilities(7), linux/capability.h
KILLED = 137  # 128 + SIGKILL
# Prints how many children could be started at once, and ends them.
FORK = """
import os, signal
children = []
try:
    while len(children) < 1000:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
except BlockingIOError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
print(len(children))
"""


@pytest.fixture(scope="module")
def client(lab1: Project) -> testinfra.host.Host:
    return lab1.host("lab1-client")


@pytest.mark.parametrize("service", MOST_MEMORY)
def test_the_engine_has_the_limits(lab1: Project, service: str) -> None:
    config = lab1.containers()[service].attrs["HostConfig"]
    assert config["Memory"] == MOST_MEMORY[service]
    assert config["PidsLimit"] == MOST_PIDS[service]
    assert config["NanoCpus"] == 1_000_000_000
    assert config["ReadonlyRootfs"]
    assert config["CapDrop"] == ["ALL"]
    added = ["NET_ADMIN", "NET_RAW"] if service == "lab1" else ["NET_RAW"]
    assert sorted(name.removeprefix("CAP_") for name in config["CapAdd"]) == added
    assert not config["Privileged"]
    assert config["Init"]


def test_too_much_memory_ends_the_program_only(client: testinfra.host.Host) -> None:
    assert client.run("python3 -c 'b\"x\" * 700_000_000'").rc == KILLED
    assert client.run("true").succeeded


def test_too_many_processes_cannot_be_started(client: testinfra.host.Host) -> None:
    assert 100 < int(client.check_output(f"python3 -c '{FORK}'")) < MOST_PIDS["lab1-client"]


@pytest.mark.parametrize("path", ["/usr/bin/new", "/etc/hosts.new", "/new", "/var/tmp/new"])  # noqa: S108
def test_the_root_is_read_only(client: testinfra.host.Host, path: str) -> None:
    assert "Read-only file system" in client.run(f"touch {path}").stderr


@pytest.mark.parametrize("folder", ["/lab", "/tmp", "/home/student"])  # noqa: S108
def test_a_student_can_write(client: testinfra.host.Host, folder: str) -> None:
    assert client.run(f"touch {folder}/new.txt && rm {folder}/new.txt").succeeded


def test_memory_file_systems_are_bounded(client: testinfra.host.Host) -> None:
    done = client.run("head -c 100M /dev/zero > /tmp/big; rm /tmp/big")
    assert "No space left on device" in done.stderr


def test_the_student_is_not_root(client: testinfra.host.Host) -> None:
    assert client.check_output("id -u") != "0"


def test_the_student_has_no_capability(client: testinfra.host.Host) -> None:
    status = dict(
        line.split(":\t") for line in client.file("/proc/self/status").content_string.splitlines()
    )
    assert int(status["CapEff"], 16) == 0
    assert int(status["CapBnd"], 16) == NET_RAW


def test_no_file_makes_root(client: testinfra.host.Host) -> None:
    assert client.run("find / -xdev -type f -perm /6000").stdout == ""
    tcpdump = client.check_output("command -v tcpdump")
    assert client.check_output("getcap -r /usr 2>/dev/null").split() == [tcpdump, "cap_net_raw=ep"]


@pytest.mark.parametrize("image", ["socklab/host", "socklab/wire"])
def test_an_image_is_small(image: str) -> None:
    with engine() as docker:
        assert docker.images.get(image).attrs["Size"] <= 200_000_000
