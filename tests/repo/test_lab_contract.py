"""What every lab has in common, and what no lab may ask for."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from acceptance.compose import ROOT, labs
from repo.completeness import missing_of

SHAPE = {"README.md", "README.zh-CN.md", "compose.yaml", "programs", "reference"}
LABS = [lab.name for lab in labs(ROOT)]
# What every host and every wire is started with, the same in all labs.
HOST = {
    "image": "socklab/host",
    "cap_drop": ["ALL"],
    "read_only": True,
    "init": True,
    "tmpfs": ["/tmp:size=64m,mode=1777", "/home/student:size=16m,mode=1777"],  # noqa: S108
    "mem_limit": str(256 * 2**20),
    "pids_limit": 128,
    "cpus": 1,
    "user": "1000:1000",
}
WIRE = {
    "image": "socklab/wire",
    "cap_drop": ["ALL"],
    "read_only": True,
    "init": True,
    "security_opt": ["no-new-privileges:true"],
    "tmpfs": ["/run:size=1m,mode=755"],
    "mem_limit": str(128 * 2**20),
    "pids_limit": 32,
    "cpus": 1,
    "user": "root",
}
# Where a lab's hosts differ, and why.
OTHERWISE: dict[str, dict[str, Any]] = {
    "lab4": {"pids_limit": 512},  # a server may have two threads for each of 50 clients and more
    "lab5": {  # large files, and a disk that is soon full
        "mem_limit": str(512 * 2**20),
        "tmpfs": [
            *("/tmp:size=64m,mode=1777", "/home/student:size=16m,mode=1777"),  # noqa: S108
            *("/srv/files:size=200m,uid=1000", "/srv/small:size=1m,uid=1000"),
        ],
    },
}
# Volumes of one lab alone, in its wire and, to be read only, in its hosts.
OTHER_MOUNTS = {"lab7": {"/captures": "captures"}}  # what `save` writes, observe.py reads
# Where one of them differs from the other: only root's programs get the capability they are for.
OF_ONE_HOST: dict[str, dict[str, Any]] = {"lab10-client": {"user": "root"}}
# The only capabilities a lab may add, and what for: a wire, and a host.
CAPABILITIES = {
    "NET_ADMIN": "impair leads packets into its queue",
    "NET_RAW": "tcpdump and the wire read packets",
}
HOST_CAPABILITIES = {"NET_RAW"}
OPENS = "LAB_PROGRAMS_OPEN"  # what grader/topology.py reads
FORBIDDEN_KEYS = {
    *("container_name", "ports", "profiles", "privileged", "devices", "pid", "ipc", "userns_mode"),
    *("extends", "links", "external_links", "extra_hosts", "cgroup_parent", "healthcheck"),
}


@cache
def config() -> dict[str, Any]:
    """The whole project as Compose reads it, with the defaults of a fresh clone."""
    command = ["docker", "compose", "--env-file", "/dev/null", "config", "--format", "json"]
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LAB", "COMPOSE_"))
    }
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def services(lab: str) -> dict[str, dict[str, Any]]:
    return {
        name: service
        for name, service in config()["services"].items()
        if name == lab or name.startswith(f"{lab}-")
    }


def hosts(lab: str) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in services(lab).items() if name != lab}


@pytest.fixture(params=LABS)
def lab(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_project_is_named_and_includes_every_lab() -> None:
    lines = (ROOT / "compose.yaml").read_text().splitlines()
    included = [f"labs/{name}/compose.yaml" for name in LABS]
    included += [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("images/*/compose.yaml"))]
    code = [line.split(" #")[0].rstrip() for line in lines if not line.startswith("#")]
    assert code == ["name: socklab", "include:", *(f"  - {path}" for path in included)]


def test_nothing_is_missing_in_a_lab(lab: str) -> None:
    assert missing_of(ROOT, lab) == []


def test_a_lab_has_its_files(lab: str) -> None:
    assert {path.name for path in (ROOT / "labs" / lab).iterdir()} == SHAPE


def test_the_reference_has_the_same_files_as_the_programs(lab: str) -> None:
    programs, reference = (
        {path.name for path in (ROOT / "labs" / lab / folder).iterdir()} - {"__pycache__"}
        for folder in ("programs", "reference")
    )
    assert programs == reference
    assert programs


def test_a_lab_is_a_wire_and_two_hosts_or_more(lab: str) -> None:
    assert {lab, f"{lab}-server", f"{lab}-client"} <= set(services(lab))


def test_every_host_has_the_same_limits(lab: str) -> None:
    wanted = HOST | OTHERWISE.get(lab, {})
    for name, service in hosts(lab).items():
        own = wanted | OF_ONE_HOST.get(name, {})
        assert {key: service.get(key) for key in HOST} == own, name


def test_every_wire_has_the_same_limits(lab: str) -> None:
    service = config()["services"][lab]
    assert {key: service.get(key) for key in WIRE} == WIRE


def test_only_one_hosts_programs_open_raw_sockets_in_a_grading() -> None:
    services = config()["services"].items()
    said = {name: service.get("environment", {}).get(OPENS) for name, service in services}
    assert {name for name, value in said.items() if value} == {"lab10-client"}


def test_only_known_capabilities_are_added(lab: str) -> None:
    for name, service in services(lab).items():
        allowed = set(CAPABILITIES) if name == lab else HOST_CAPABILITIES
        assert set(service.get("cap_add", ())) <= allowed, name


def test_every_wire_can_be_told_to_impair_the_network(lab: str) -> None:
    service = config()["services"][lab]
    assert set(service["cap_add"]) == set(CAPABILITIES)
    assert "LAB_IMPAIR" in service["environment"]


def test_calls_are_shown_in_a_whole_lab_or_not_at_all(lab: str) -> None:
    shown = {service["environment"].get("LAB_TRACE") for service in services(lab).values()}
    assert shown in ({None}, {"server client"})


def test_nothing_opens_a_container_to_its_machine(lab: str) -> None:
    for name, service in services(lab).items():
        assert FORBIDDEN_KEYS.isdisjoint(service), name
        mounts = {mount["target"]: mount["source"] for mount in service.get("volumes", ())}
        programs = {"/lab": str(ROOT / "labs" / lab / "programs")}
        own = {"/run/events": "events"} if name == lab else programs
        assert mounts == own | {"/run/calls": "calls"} | OTHER_MOUNTS.get(lab, {}), name


def test_the_volumes_are_labelled_and_the_one_that_hosts_write_to_is_bounded() -> None:
    volumes = config()["volumes"]
    assert set(volumes) == {"calls", "events", "captures"}
    labels = {name: volume["labels"]["socklab"] for name, volume in volumes.items()}
    assert labels == {"calls": "wire", "events": "wire", "captures": "lab7"}
    options = volumes["calls"]["driver_opts"]
    assert options["type"] == "tmpfs"
    assert {"size=16m", "nosuid", "nodev", "noexec"} <= set(options["o"].split(","))


@pytest.mark.parametrize("lab", OTHER_MOUNTS)
def test_hosts_cannot_write_to_a_labs_own_volumes(lab: str) -> None:
    for service in hosts(lab).values():
        mounts = [each for each in service["volumes"] if each["target"] in OTHER_MOUNTS[lab]]
        assert [each["read_only"] for each in mounts] == [True]


def test_the_board_can_read_what_wires_saw_and_nothing_else() -> None:
    board = config()["services"]["board"]
    assert board["user"] == "65534:65534"
    assert board["cap_drop"] == ["ALL"]
    assert board["read_only"]
    assert board["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "network_mode", "depends_on"} & set(board)
    (volume,) = board["volumes"]
    assert (volume["source"], volume["read_only"]) == ("events", True)
    (port,) = board["ports"]
    assert (port["host_ip"], port["published"]) == ("127.0.0.1", "8000")
    assert set(board["networks"]) == {"board"}


def test_the_wire_shares_the_servers_network_only(lab: str) -> None:
    assert config()["services"][lab]["network_mode"] == f"service:{lab}-server"
    for name, service in hosts(lab).items():
        assert "network_mode" not in service, name
        assert set(service["networks"]) == {lab}, name


def test_hosts_are_called_by_their_names(lab: str) -> None:
    for name, service in hosts(lab).items():
        short = name.removeprefix(f"{lab}-")
        assert service["hostname"] == short
        assert service["networks"][lab]["aliases"] == [short]


def test_the_network_is_private_and_can_be_moved(lab: str) -> None:
    network = config()["networks"][lab]
    assert network["internal"]
    number = lab.removeprefix("lab")
    subnets = [pool["subnet"] for pool in network["ipam"]["config"]]
    prefix = f"${{{lab.upper()}_NET:-10.207.{number}}}"
    written = (ROOT / "labs" / lab / "compose.yaml").read_text()
    assert subnets[0] == f"10.207.{number}.0/24"
    assert f"subnet: {prefix}.0/24" in written
    assert len(re.findall(r"ipv4_address: ", written)) == written.count(f"ipv4_address: {prefix}.")
    # A lab may have IPv6 as well, in a second subnet that can be moved by itself.
    prefix6 = f"${{{lab.upper()}_NET6:-fd10:207:{number}}}"
    assert subnets[1:] == ([f"fd10:207:{number}::/64"] if network.get("enable_ipv6") else [])
    assert written.count("ipv6_address: ") == written.count(f"ipv6_address: {prefix6}::")
    assert written.count(f"subnet: {prefix6}::/64") == len(subnets[1:])


def test_everything_carries_the_label(lab: str) -> None:
    for name, service in services(lab).items():
        assert service["labels"]["socklab"] == lab, name
    assert config()["networks"][lab]["labels"]["socklab"] == lab


def test_every_service_has_the_labs_settings(lab: str) -> None:
    for name, service in services(lab).items():
        assert {"LAB", "LAB_PORT", "LAB_TRY", "LAB_LANG"} <= set(service["environment"]), name
        assert service["environment"]["LAB"] == lab, name


@pytest.mark.parametrize("folder", ["programs", "reference"])
def test_programs_import_the_standard_library_only(lab: str, folder: str) -> None:
    paths = sorted((ROOT / "labs" / lab / folder).glob("**/*.py"))
    own = {path.stem for path in paths}
    imported = {name for path in paths for name in imports(path)}
    assert imported - own <= sys.stdlib_module_names


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


@pytest.fixture(params=[path.parent.name for path in sorted(ROOT.glob("images/*/Dockerfile"))])
def dockerfile(request: pytest.FixtureRequest) -> str:
    return (ROOT / "images" / str(request.param) / "Dockerfile").read_text()


def test_an_image_is_debian_and_its_packages(dockerfile: str) -> None:
    code = re.sub(r"^\s*#.*$", "", dockerfile, flags=re.MULTILINE)
    assert re.search(r"^ARG BASE=debian:trixie-slim\nFROM \$\{BASE\}$", dockerfile, re.MULTILINE)
    assert len(re.findall(r"^FROM ", code, re.MULTILINE)) == 1
    assert not re.search(r"\b(pip3?|pipx|uv|curl|wget|git|npm)\b|^ADD ", code, re.MULTILINE)
    assert "--no-install-recommends" in code


def test_the_classic_builder_can_make_an_image(dockerfile: str) -> None:
    buildkit = (
        r"^# *syntax=|^RUN +--|<<-?['\"]?\w|^(COPY|ADD) .*--(chmod|link|parents|exclude|checksum)"
    )
    assert not re.search(buildkit, dockerfile, re.MULTILINE)
