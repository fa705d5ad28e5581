"""What a lab's compose file says about its two hosts: image, limits, addresses."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.errors import GraderError, UsageError
from grader.language import Text
from grader.settings import FOLDERS

COMPOSE_LIMIT_S = 30.0
LONGEST_PREFIX = 28  # 14 addresses are enough for server, client, peer and gateway
# Compose's own variables could name another file; a lab's address range is not ours anyway.
FOREIGN_VARIABLE = re.compile(r"COMPOSE_(FILE|PROFILES|PROJECT_NAME|PATH_SEPARATOR)|LAB\d+_NET6?")
# A check's outcome must not depend on the language of the teacher's terminal.
DROPPED_ENVIRONMENT = {"LAB_LANG"}


@dataclass(frozen=True)
class HostSpec:
    """One host: what it is made from, what it may use, and its place in the network."""

    name: str
    image: str
    environment: Mapping[str, str]
    memory_bytes: int
    pids_limit: int
    cpus: float
    host_part: int  # its address minus the network's
    folders: Mapping[str, int] = field(default_factory=dict)  # more to write to: path, size in MiB
    opens_raw_sockets: bool = False  # do the submission's programs, see agent/raw.py


@dataclass(frozen=True)
class Topology:
    """A lab's two hosts and the port its server listens on.

    `is_dual_stack`: each host has an IPv6 address, too, that ends in the digits of its IPv4 one.
    """

    lab: str
    server: HostSpec
    client: HostSpec
    port: int
    is_dual_stack: bool = False
    wire_image: str = "socklab/wire"

    @property
    def prefix_length(self) -> int:
        """Give the length of the smallest subnet that has room for all, at most a /28."""
        highest = max(self.server.host_part, self.client.host_part)
        return min(LONGEST_PREFIX, 32 - (highest + 1).bit_length())  # the last is for broadcast

    @property
    def gateway_part(self) -> int:
        """Give the address the engine keeps for itself: .1 unless the lab uses that."""
        return self._free_parts()[0]

    @property
    def peer(self) -> HostSpec:
        """Describe our own host: as the client, at the highest address that is free."""
        host_part = self._free_parts()[-1]
        return replace(self.client, name="peer", host_part=host_part, opens_raw_sockets=False)

    def _free_parts(self) -> list[int]:
        taken = {self.server.host_part, self.client.host_part}
        size = 1 << (32 - self.prefix_length)
        return [part for part in range(1, size - 1) if part not in taken]


def read_topology(project: Path, lab: str) -> Topology:
    """Read a lab's topology. Raises as read_compose() and parse_topology() do."""
    return parse_topology(lab, read_compose(project, lab))


def read_compose(project: Path, lab: str) -> Mapping[str, Any]:
    """Read a lab's file by `docker compose config`, which needs no engine.

    Raises UsageError for a lab that does not exist, GraderError if Compose is missing or the
    lab's file is wrong.
    """
    labs = sorted(
        (file.parent.name for file in project.glob("labs/*/compose.yaml")),
        key=lambda name: (len(name), name),
    )
    if lab not in labs:
        raise UsageError(NO_LAB.fill(lab=lab, labs=", ".join(labs)))
    return _compose_config(project / "labs" / lab / "compose.yaml")


def parse_topology(lab: str, config: Mapping[str, Any]) -> Topology:
    """Make a topology of Compose's canonical form. Raises GraderError, the lab author's fault."""
    try:
        return Topology(
            lab=lab,
            server=_host(lab, "server", config),
            client=_host(lab, "client", config),
            port=int(config["services"][f"{lab}-server"]["environment"]["LAB_PORT"]),
            is_dual_stack=bool(config["networks"][lab].get("enable_ipv6")),
            wire_image=config["services"][lab]["image"],
        )
    except (KeyError, TypeError, ValueError) as problem:
        reason = f"no {problem}" if isinstance(problem, KeyError) else str(problem)
        raise GraderError(f"labs/{lab}/compose.yaml cannot be graded: {reason}") from problem


def _host(lab: str, name: str, config: Mapping[str, Any]) -> HostSpec:
    service = config["services"][f"{lab}-{name}"]
    pools = config["networks"][lab]["ipam"]["config"]
    subnet = ipaddress.IPv4Network(pools[0]["subnet"])
    address = ipaddress.IPv4Address(service["networks"][lab]["ipv4_address"])
    if address not in subnet:
        raise ValueError(f"{name}'s address {address} is not in {subnet}")
    if config["networks"][lab].get("enable_ipv6"):
        _require_same_digits(name, address, service["networks"][lab]["ipv6_address"], pools[1])
    return HostSpec(
        name=name,
        image=service["image"],
        environment={
            variable: value
            for variable, value in service["environment"].items()
            if variable not in DROPPED_ENVIRONMENT
        },
        memory_bytes=int(service["mem_limit"]),
        pids_limit=int(service["pids_limit"]),
        cpus=float(service["cpus"]),
        host_part=int(address) - int(subnet.network_address),
        folders=_more_folders(service.get("tmpfs", ())),
        opens_raw_sockets=_opens_raw_sockets(service["environment"]),
    )


def _opens_raw_sockets(environment: Mapping[str, str]) -> bool:
    said = environment.get("LAB_PROGRAMS_OPEN")
    if said not in (None, "raw sockets"):
        raise ValueError(f"LAB_PROGRAMS_OPEN: {said}; raw sockets are all that can be opened")
    return said is not None


def _require_same_digits(
    name: str, address: ipaddress.IPv4Address, address6: str, pool: Mapping[str, str]
) -> None:
    """Raise ValueError unless both addresses of a host end alike, as 10.207.6.4 and fd10::4 do."""
    wanted = ipaddress.IPv6Network(pool["subnet"])[int(str(address).rpartition(".")[2], 16)]
    if ipaddress.IPv6Address(address6) != wanted:
        raise ValueError(f"{name}'s address {address6} is not {wanted}, as {address} wants it")


def _more_folders(tmpfs: Sequence[str]) -> dict[str, int]:
    """Read PATH:size=NUMBERm,... of a lab's own tmpfs, without those that every sandbox has."""
    sizes = {}
    for each in tmpfs:
        path, _, options = each.partition(":")
        if path not in FOLDERS:
            found = re.search(r"\bsize=(\d+)m\b", options)
            if not found:
                raise ValueError(f"tmpfs {each} has no size=NUMBERm")
            sizes[path] = int(found[1])
    return sizes


def _compose_config(file: Path) -> Mapping[str, Any]:
    environment = {
        name: value for name, value in os.environ.items() if not FOREIGN_VARIABLE.fullmatch(name)
    }
    try:
        answer = subprocess.run(
            ["docker", "compose", "-f", file, "config", "--format", "json"],
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=COMPOSE_LIMIT_S,
            check=True,
        )
        config: Mapping[str, Any] = json.loads(answer.stdout)
    except (FileNotFoundError, PermissionError):
        raise GraderError(NO_COMPOSE) from None
    except subprocess.TimeoutExpired:
        raise GraderError(f"docker compose did not answer in {COMPOSE_LIMIT_S:g} s") from None
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode(errors="replace").strip()
        if "is not a docker command" in said or "unknown shorthand flag" in said:
            raise GraderError(NO_COMPOSE) from None
        raise GraderError(WRONG_COMPOSE.fill(file=str(file), said=said[-500:])) from problem
    except ValueError as problem:
        raise GraderError(WRONG_COMPOSE.fill(file=str(file), said=str(problem))) from problem
    return config


NO_LAB = Text(
    "There is no lab {lab}. Labs: {labs}",
    "没有名为 {lab} 的实验。现有实验：{labs}",
)
NO_COMPOSE = Text(
    "Docker Compose is missing. Type: scripts/setup",
    "没有安装 Docker Compose。请输入：scripts/setup",
)
WRONG_COMPOSE = Text(
    "docker compose cannot read {file}: {said}",
    "docker compose 无法读取 {file}：{said}",
)
