"""What a compose file has to say, and where hosts, peer and gateway go in a small subnet."""

import copy
import ipaddress
from pathlib import Path
from typing import Any

import pytest

from grader.errors import GraderError, UsageError
from grader.topology import Topology, parse_topology, read_topology

PROJECT = Path(__file__).parents[2]


def service(address: str) -> dict[str, Any]:
    return {
        "image": "socklab/host",
        "environment": {"LAB": "lab3", "LAB_PORT": "3000", "LAB_LANG": "zh"},
        "mem_limit": "268435456",
        "pids_limit": 128,
        "cpus": 0.5,
        "networks": {"lab3": {"ipv4_address": address}},
    }


def config(
    server: str = "10.207.3.4", client: str = "10.207.3.5", subnet: str = "10.207.3.0/24"
) -> dict[str, Any]:
    return {
        "services": {
            "lab3": {"image": "socklab/wire"},
            "lab3-server": service(server),
            "lab3-client": service(client),
        },
        "networks": {"lab3": {"ipam": {"config": [{"subnet": subnet}]}}},
    }


def topology(server: str, client: str) -> Topology:
    return parse_topology("lab3", config(server, client))


@pytest.mark.parametrize(
    "path",
    [
        ("services", "lab3", "image"),
        ("services", "lab3-client"),
        ("services", "lab3-server", "image"),
        ("services", "lab3-server", "environment", "LAB_PORT"),
        ("services", "lab3-server", "mem_limit"),
        ("services", "lab3-server", "pids_limit"),
        ("services", "lab3-server", "cpus"),
        ("services", "lab3-server", "networks", "lab3"),
        ("networks", "lab3"),
    ],
    ids=lambda path: path[-1],
)
def test_what_is_missing_is_named_as_the_authors_mistake(path: tuple[str, ...]) -> None:
    broken = copy.deepcopy(config())
    inner = broken
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    with pytest.raises(GraderError, match=rf"labs/lab3/compose.yaml.*{path[-1]}"):
        parse_topology("lab3", broken)


def test_an_address_outside_the_labs_subnet_is_named() -> None:
    with pytest.raises(GraderError, match=r"client's address 10\.9\.9\.9"):
        topology("10.207.3.4", "10.9.9.9")


def test_an_unknown_lab_lists_the_labs_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for lab in ("lab1", "lab10", "lab2"):
        (tmp_path / "labs" / lab).mkdir(parents=True)
        (tmp_path / "labs" / lab / "compose.yaml").touch()
    with pytest.raises(UsageError, match=r"lab3.*lab1, lab2, lab10"):
        read_topology(tmp_path, "lab3")


@pytest.mark.parametrize("lab", ["", "../lab1", "/etc", "lab1/"])
def test_a_path_is_no_lab(lab: str) -> None:
    with pytest.raises(UsageError, match="Labs: "):
        read_topology(PROJECT, lab)


def test_a_file_that_compose_refuses_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "labs" / "lab1").mkdir(parents=True)
    (tmp_path / "labs" / "lab1" / "compose.yaml").write_text("services: [wrong]\n")
    with pytest.raises(GraderError, match=r"cannot read .*lab1/compose.yaml: .*services"):
        read_topology(tmp_path, "lab1")


def test_without_compose_the_message_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraderError, match=r"Docker Compose is missing.*scripts/setup"):
        read_topology(PROJECT, "lab1")


def test_the_terminals_language_is_not_the_hosts() -> None:
    read = topology("10.207.3.4", "10.207.3.5")
    assert read.server.environment == {"LAB": "lab3", "LAB_PORT": "3000"}
    assert read.port == 3000


def test_lab1_is_read_whatever_network_its_user_has_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_topology(PROJECT, "lab1")
    monkeypatch.setenv("LAB1_NET", "no network at all")
    monkeypatch.setenv("COMPOSE_FILE", "/nowhere.yaml")
    assert read_topology(PROJECT, "lab1") == before
    assert (before.server.host_part, before.client.host_part) == (4, 5)


def test_a_labs_own_disks_are_read_and_those_of_all_labs_are_not() -> None:
    disks = config()
    everywhere = "/tmp:size=64m,mode=1777"  # noqa: S108 - the container's
    disks["services"]["lab3-server"]["tmpfs"] = [everywhere, "/srv/files:size=200m,mode=1777"]
    assert parse_topology("lab3", disks).server.folders == {"/srv/files": 200}
    assert parse_topology("lab3", disks).client.folders == {}
    disks["services"]["lab3-server"]["tmpfs"] = ["/srv/files"]
    with pytest.raises(GraderError, match=r"tmpfs /srv/files has no size"):
        parse_topology("lab3", disks)


@pytest.mark.parametrize(
    ("server", "client", "prefix_length"),
    [(4, 5, 28), (14, 2, 28), (15, 2, 27), (40, 50, 26), (62, 61, 26), (63, 3, 25), (1, 254, 24)],
)
def test_the_subnet_has_room_for_all_four(server: int, client: int, prefix_length: int) -> None:
    read = topology(f"10.207.3.{server}", f"10.207.3.{client}")
    assert read.prefix_length == prefix_length
    subnet = ipaddress.IPv4Network((0x0AD50000, prefix_length))
    parts = [server, client, read.peer.host_part, read.gateway_part]
    assert len(set(parts)) == 4
    hosts = set(subnet.hosts())
    assert {subnet[part] for part in parts} <= hosts


def dual_stack(server6: str = "fd10:207:3::4", client6: str = "fd10:207:3::5") -> dict[str, Any]:
    read = config()
    network = read["networks"]["lab3"]
    network["enable_ipv6"] = True
    network["ipam"]["config"].append({"subnet": "fd10:207:3::/64"})
    for name, address in (("server", server6), ("client", client6)):
        read["services"][f"lab3-{name}"]["networks"]["lab3"]["ipv6_address"] = address
    return read


def test_a_lab_may_have_ipv6_beside_ipv4() -> None:
    assert parse_topology("lab3", dual_stack()).is_dual_stack
    assert not parse_topology("lab3", config()).is_dual_stack


@pytest.mark.parametrize("address", ["fd10:207:3::6", "fd10:207:9::5", "::1"])
def test_both_addresses_of_a_host_end_alike(address: str) -> None:
    with pytest.raises(GraderError, match=f"client's address {address} is not fd10:207:3::5"):
        parse_topology("lab3", dual_stack(client6=address))


def test_a_dual_stack_host_without_ipv6_is_the_authors_mistake() -> None:
    broken = dual_stack()
    del broken["services"]["lab3-server"]["networks"]["lab3"]["ipv6_address"]
    with pytest.raises(GraderError, match=r"labs/lab3/compose.yaml.*ipv6_address"):
        parse_topology("lab3", broken)


def test_the_peer_is_made_as_the_client_is() -> None:
    read = topology("10.207.3.4", "10.207.3.5")
    assert (read.peer.name, read.peer.image) == ("peer", read.client.image)
    assert (read.gateway_part, read.peer.host_part) == (1, 14)


def test_only_a_host_that_says_so_has_programs_that_open_raw_sockets() -> None:
    raw = config()
    raw["services"]["lab3-client"]["environment"]["LAB_PROGRAMS_OPEN"] = "raw sockets"
    read = parse_topology("lab3", raw)
    opens = [host.opens_raw_sockets for host in (read.client, read.server, read.peer)]
    assert opens == [True, False, False]


def test_what_programs_may_open_is_raw_sockets_or_nothing() -> None:
    wrong = config()
    wrong["services"]["lab3-client"]["environment"]["LAB_PROGRAMS_OPEN"] = "packet sockets"
    with pytest.raises(GraderError, match="LAB_PROGRAMS_OPEN: packet sockets"):
        parse_topology("lab3", wrong)
