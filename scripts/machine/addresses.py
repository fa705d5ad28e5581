"""Whether the labs' address ranges are free, and who holds the one that is not.

The engine itself only says "Pool overlaps with other one on this address space".
"""

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass

from machine import text
from machine.command import answer
from machine.errors import SetupError

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Network:
    """A network of the engine; `project` and `key` say which Compose project made it as what."""

    name: str
    subnets: tuple[Subnet, ...]
    containers: tuple[str, ...] = ()
    project: str = ""
    key: str = ""

    def free_it(self) -> str:
        """Return the command that frees the range."""
        if self.project:
            return f"docker compose -p {self.project} down"
        return f"docker network rm {self.name}"


@dataclass(frozen=True)
class Range:
    """The range that a lab asks for; `key` is its network's name in the compose file."""

    key: str
    subnet: Subnet


def check_ranges() -> None:
    """Raise SetupError that names the holder of the first range that is taken."""
    config = json.loads(answer("docker", "compose", "config", "--format", "json").out or "{}")
    ids = answer("docker", "network", "ls", "--quiet").out.split()
    networks = json.loads(answer("docker", "network", "inspect", *ids).out or "[]") if ids else []
    project, ranges = wanted_ranges(config)
    ours, others = split(map(read_network, networks), project)
    for wanted in ranges:
        if wanted.key in ours:
            continue
        for holder in others:
            if any(overlaps(subnet, wanted.subnet) for subnet in holder.subnets):
                taken = [subnet for other in others for subnet in other.subnets]
                own = [each.subnet.version for each in ranges if each.key == wanted.key]
                raise SetupError(
                    text.RANGE_TAKEN,
                    commands=[holder.free_it(), move_command(wanted.key, taken, own)],
                    lab=wanted.key,
                    subnet=wanted.subnet,
                    network=holder.name,
                    containers=", ".join(holder.containers) or "-",
                )


def wanted_ranges(config: dict[str, object]) -> tuple[str, list[Range]]:
    """Return the project's name and its labs' ranges, from `docker compose config`."""
    networks = config.get("networks")
    ranges = []
    for key, network in networks.items() if isinstance(networks, dict) else ():
        for pool in (network.get("ipam") or {}).get("config") or ():
            ranges.append(Range(key=key, subnet=ipaddress.ip_network(pool["subnet"], strict=False)))
    return str(config.get("name", "")), ranges


def read_network(inspected: dict[str, dict[str, object]]) -> Network:
    """Read one entry of `docker network inspect`."""
    pools = inspected["IPAM"].get("Config") or []
    labels = inspected.get("Labels") or {}
    containers = inspected.get("Containers") or {}
    assert isinstance(pools, list)
    return Network(
        name=str(inspected["Name"]),
        subnets=tuple(
            ipaddress.ip_network(pool["Subnet"], strict=False) for pool in pools if "Subnet" in pool
        ),
        containers=tuple(
            sorted(str(container.get("Name", "")) for container in containers.values())  # type: ignore[attr-defined]
        ),
        project=str(labels.get("com.docker.compose.project", "")),
        key=str(labels.get("com.docker.compose.network", "")),
    )


def split(networks: Iterable[Network], project: str) -> tuple[set[str], list[Network]]:
    """Return the labs of this project that are up, and everybody else's networks."""
    everything = list(networks)
    ours = {network.key for network in everything if network.project == project}
    return ours, [network for network in everything if network.project != project]


def overlaps(one: Subnet, other: Subnet) -> bool:
    """Do two ranges share an address?"""
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one.overlaps(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one.overlaps(other)
    return False


def move_command(lab: str, taken: Iterable[Subnet], versions: Iterable[int] = (4,)) -> str:
    """Return the command that starts the lab on ranges that nobody holds, of these IP versions."""
    held = list(taken)
    for third in range(1, 255):
        subnets: list[Subnet] = [ipaddress.IPv4Network(f"10.217.{third}.0/24")]
        moves = f"{lab.upper()}_NET=10.217.{third}"
        if 6 in versions:
            subnets.append(ipaddress.IPv6Network(f"fd10:217:{third}::/64"))
            moves += f" {lab.upper()}_NET6=fd10:217:{third}"
        if not any(overlaps(subnet, other) for subnet in subnets for other in held):
            return f"{moves} docker compose up {lab}"
    return f"{lab.upper()}_NET=192.168.7 docker compose up {lab}"
