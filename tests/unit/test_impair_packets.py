"""What is done to the bytes of a packet, and the rules that bring it to us."""

import pytest

from unit.segments import HELLO, IPV6, PING6
from wire.impair import rules
from wire.impair.packets import damage, read, target, version
from wire.packet import Segment

PACKET4, PACKET6 = HELLO[3][14:], IPV6[3][14:]


@pytest.mark.parametrize("packet", [PACKET4, PACKET6], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("where", [0.0, 0.3, 0.999999, 1.0])
def test_one_bit_behind_the_ip_header_is_turned_over(packet: bytes, where: float) -> None:
    damaged = damage(packet, where)
    header = 40 if version(packet) == 6 else 20
    assert damaged[:header] == packet[:header]
    assert len(damaged) == len(packet)
    difference = int.from_bytes(damaged) ^ int.from_bytes(packet)
    assert difference.bit_count() == 1


def test_packet_without_anything_behind_its_header_stays_as_it_is() -> None:
    assert damage(PACKET4[:20], 0.5) == PACKET4[:20]


def test_target_is_the_address_it_goes_to() -> None:
    assert target(PACKET4) == bytes([10, 208, 7, 4])
    assert target(PING6[0][14:])[-1] == 4


def test_packet_is_decoded_without_a_frame() -> None:
    for packet in (PACKET4, PACKET6):
        segment = read(packet, time_s=1.0)
        assert isinstance(segment, Segment)
        assert segment.payload.endswith(b"\n")
    assert read(b"", time_s=1.0) is None


@pytest.mark.parametrize("tool", [tool for tools in rules.TOOLS for tool in tools])
def test_every_rule_that_is_made_is_undone(tool: str) -> None:
    made = rules.install(tool, interface="eth0")
    undone = rules.remove(tool, interface="eth0")
    added = [command[4:] for command in made if command[5] != rules.CHAIN]
    assert [["-D", *rest] for _, *rest in added] == [each[4:] for each in undone[:2]]
    assert [each[4:] for each in undone[2:]] == [["-F", rules.CHAIN], ["-X", rules.CHAIN]]
    assert {command[0] for command in (*made, *undone)} == {tool}


def test_network_is_good_when_nobody_reads_the_queue() -> None:
    queue = [each for each in rules.install("iptables", interface="eth0") if "NFQUEUE" in each]
    assert len(queue) == 1
    assert "--queue-bypass" in queue[0]


def test_neighbour_discovery_always_passes() -> None:
    made = rules.install("ip6tables", interface="eth0")
    kinds = [command[command.index("--icmpv6-type") + 1] for command in made[2:6]]
    assert "neighbour-solicitation" in kinds
    assert all(command[-1] == "RETURN" for command in made[2:6])
