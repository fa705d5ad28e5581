"""Whose address range is it?"""

import ipaddress
from typing import Any

import pytest

from machine import addresses
from machine.addresses import Network
from machine.command import Answer
from machine.errors import SetupError

CONFIG = (
    '{"name": "socklab", "networks": {"lab1": {"ipam": {"config": [{"subnet": "10.207.1.0/24"}]}}}}'
)


def network(name: str, subnet: str, *, project: str = "", containers: str = "{}") -> str:
    labels = (
        f'{{"com.docker.compose.project": "{project}", "com.docker.compose.network": "lab1"}}'
        if project
        else "null"
    )
    return (
        f'{{"Name": "{name}", "IPAM": {{"Config": [{{"Subnet": "{subnet}"}}]}},'
        f' "Labels": {labels}, "Containers": {containers}}}'
    )


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The networks that the engine is said to have, as JSON texts to append to."""
    networks: list[str] = []

    def answer(*command: str, **_: Any) -> Answer:
        out = {"config": CONFIG, "ls": "id", "inspect": f"[{', '.join(networks)}]"}
        return Answer(0, out[command[2]], "")

    monkeypatch.setattr(addresses, "answer", answer)
    return networks


def test_a_taken_range_is_refused_with_the_name_of_its_holder(engine: list[str]) -> None:
    engine.append(network("mine", "10.207.0.0/16", containers='{"1": {"Name": "web"}}'))
    with pytest.raises(SetupError) as caught:
        addresses.check_ranges()
    said = caught.value.report("en")
    for part in ("10.207.1.0/24", "mine", "web", "docker network rm mine", "LAB1_NET=10.217.1"):
        assert part in said
    assert "mine" in caught.value.report("zh")


def test_a_range_held_by_another_project_is_freed_through_compose(engine: list[str]) -> None:
    engine.append(network("old_lab1", "10.207.1.0/24", project="old"))
    with pytest.raises(SetupError) as caught:
        addresses.check_ranges()
    assert caught.value.commands[0] == "docker compose -p old down"


def test_our_own_running_lab_is_no_clash(engine: list[str]) -> None:
    engine.append(network("socklab_lab1", "10.207.1.0/24", project="socklab"))
    addresses.check_ranges()


def test_other_ranges_of_either_family_are_no_clash(engine: list[str]) -> None:
    engine.append(network("bridge", "172.17.0.0/16"))
    engine.append(network("six", "fd00:1::/64"))
    addresses.check_ranges()


def test_the_suggested_range_is_free() -> None:
    taken = [ipaddress.ip_network("10.217.1.0/24"), ipaddress.ip_network("fd00::/64")]
    assert addresses.move_command("lab1", taken) == "LAB1_NET=10.217.2 docker compose up lab1"
    everything = [ipaddress.ip_network("10.217.0.0/16")]
    assert addresses.move_command("lab1", everything).startswith("LAB1_NET=192.168.7 ")


def test_a_lab_with_ipv6_is_moved_in_both_families() -> None:
    taken = [ipaddress.ip_network("fd10:217:1::/64")]
    move = addresses.move_command("lab6", taken, (4, 6))
    assert move == "LAB6_NET=10.217.2 LAB6_NET6=fd10:217:2 docker compose up lab6"


def test_a_network_without_pools_or_labels_is_read() -> None:
    read = addresses.read_network({"Name": "host", "IPAM": {"Config": None}, "Labels": None})  # type: ignore[dict-item]
    assert read == Network(name="host", subnets=())
