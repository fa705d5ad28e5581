"""What is done to the bytes of a packet."""

import pytest

from unit.segments import HELLO, IPV6, PING6
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
