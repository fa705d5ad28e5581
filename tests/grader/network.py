"""The private network of a run: a small subnet of a range that is ours, found by trying."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass

from docker.api import APIClient
from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool

from grader.engine import engine_errors
from grader.errors import GraderError
from grader.labels import labels_of_run
from grader.language import Text

# 4,096 subnets of /28. The labs have 10.207; the engine's default pools are in 172 and 192.168.
RANGE = ipaddress.IPv4Network("10.213.0.0/16")
RANGE6 = ipaddress.IPv6Network("fd10:213::/48")  # 65,536 subnets of /64, one for each address above
ATTEMPTS = 100


@dataclass(frozen=True)
class Network:
    """A network in the engine and its range; `subnet6` is None where it has no IPv6."""

    name: str
    identity: str
    subnet: ipaddress.IPv4Network
    subnet6: ipaddress.IPv6Network | None = None

    def address(self, part: int) -> str:
        """Give the address of a host by its place in the network."""
        return str(self.subnet[part])

    def address6(self, part: int) -> str | None:
        """Give the IPv6 address of that host: it ends in the same digits as its place."""
        return _address6(self.subnet6, part) if self.subnet6 else None


def create_network(
    engine: APIClient,
    *,
    run_id: str,
    prefix_length: int,
    gateway_part: int,
    is_dual_stack: bool = False,
) -> Network:
    """Create a network whose range no other of this engine has.

    Neither the internet nor the engine's own machine can be reached from it, by IPv6 only when the
    hosts are closed as container.py does it. Raises GraderError if the engine refuses, or if the
    range is used up.
    """
    name = f"socklab-{run_id}"
    for subnet in random_subnets(prefix_length):
        subnet6 = subnet6_of(subnet) if is_dual_stack else None
        pools = [IPAMPool(subnet=str(subnet), gateway=str(subnet[gateway_part]))]
        if subnet6:
            pools.append(IPAMPool(subnet=str(subnet6), gateway=_address6(subnet6, gateway_part)))
        with engine_errors():
            try:
                created = engine.create_network(
                    name,
                    driver="bridge",
                    internal=True,
                    enable_ipv6=is_dual_stack,
                    # The bridge gets no address: no service of the machine listens in here.
                    options={"com.docker.network.bridge.inhibit_ipv4": "true"},
                    ipam=IPAMConfig(pool_configs=pools),
                    labels=dict(labels_of_run(run_id)),
                )
            except APIError as problem:
                if "overlap" not in str(problem.explanation).lower():
                    raise
            else:
                return Network(name, created["Id"], subnet, subnet6)
    raise GraderError(NO_ROOM.fill(range=str(RANGE), attempts=ATTEMPTS))


def random_subnets(prefix_length: int) -> Iterator[ipaddress.IPv4Network]:
    """Give subnets to try. At random, as many runs begin at the same time on one engine."""
    size = 1 << (32 - prefix_length)
    count = RANGE.num_addresses // size
    for index in random.sample(range(count), min(count, ATTEMPTS)):
        yield ipaddress.IPv4Network((int(RANGE.network_address) + index * size, prefix_length))


def subnet6_of(subnet: ipaddress.IPv4Network) -> ipaddress.IPv6Network:
    """Give the IPv6 subnet beside an IPv4 one of our range; no two have the same."""
    index = int(subnet.network_address) - int(RANGE.network_address)
    return ipaddress.IPv6Network((int(RANGE6.network_address) + (index << 64), 64))


def _address6(subnet: ipaddress.IPv6Network, part: int) -> str:
    return str(subnet[int(str(part), 16)])


NO_ROOM = Text(
    "No free subnet was found in {range} in {attempts} attempts. Type: scripts/grade --clean",
    "尝试 {attempts} 次后，仍未在 {range} 中找到空闲子网。请输入：scripts/grade --clean",
)
