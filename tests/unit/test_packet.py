"""From bytes to segments, datagrams and echoes, with bytes that are cut, odd or garbage."""

import random
from dataclasses import replace

import pytest
from dpkt import ethernet

from unit.segments import (
    CLIENT,
    HELLO,
    IPV6,
    NOISE,
    PING6,
    SERVER,
    build_datagram,
    build_echo,
    build_segment,
)
from unit.segments import read as read_frame
from wire.packet import Datagram, Echo, Endpoint, Flags, Segment, decode, is_background

DATA = HELLO[3]
HEADERS_BYTES = 14 + 20 + 32


def read_segment(data: bytes) -> Segment:
    packet = read_frame(data)
    assert isinstance(packet, Segment)
    return packet


@pytest.mark.parametrize("size_bytes", [0, 1, 13, 14, 33, 34, 53])
def test_frame_cut_inside_its_headers_is_nothing(size_bytes: int) -> None:
    assert decode(DATA[:size_bytes], time_s=0.0) is None


@pytest.mark.parametrize(
    "recorded", NOISE, ids=["ARP", "ARP reply", "NS", "NA", "MLD", "MLDv2", "router"]
)
def test_background_of_the_network_is_nothing(recorded: bytes) -> None:
    assert decode(recorded, time_s=0.0) is None


def test_no_garbage_raises() -> None:
    # A fixed seed: the same 20,000 frames each time, half random, half a real frame with damage.
    dice = random.Random(1)  # noqa: S311
    originals = (*HELLO, *IPV6, *PING6, *NOISE)
    for _ in range(10_000):
        damaged = bytearray(dice.choice(originals)[: dice.randrange(120)])
        for _ in range(dice.randrange(4)):
            if damaged:
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        for data in (bytes(damaged), dice.randbytes(dice.randrange(120))):
            packet = decode(data, time_s=0.0)
            assert packet is None or packet.length >= 0


def test_error_of_the_decoder_that_is_not_its_own_is_caught() -> None:
    # An MPLS label with nothing behind it: dpkt 1.9.8 lets an IndexError through.
    mpls = DATA[:12] + ethernet.ETH_TYPE_MPLS.to_bytes(2) + b"\0\0\x01\x40"
    with pytest.raises(IndexError):
        ethernet.Ethernet(mpls)
    assert decode(mpls, time_s=0.0) is None


def test_later_fragment_is_nothing() -> None:
    assert decode(build_datagram(b"x" * 64, flags=185), time_s=0.0) is None


def test_header_length_below_five_words_is_nothing() -> None:
    damaged = bytearray(DATA)
    damaged[14 + 20 + 12] = 0x40
    assert decode(bytes(damaged), time_s=0.0) is None


def test_payload_cut_by_the_snap_length_is_marked() -> None:
    segment = read_segment(DATA[: HEADERS_BYTES + 2])
    assert (segment.payload, segment.length, segment.is_truncated) == (b"he", 6, True)


def test_segment_cut_inside_its_options_is_marked() -> None:
    segment = read_segment(DATA[: HEADERS_BYTES - 4])
    assert (segment.payload, segment.length, segment.is_truncated) == (b"", 6, True)


def test_recorded_segment_is_read() -> None:
    segment = read_segment(HELLO[3])
    assert segment.source == Endpoint("10.208.7.5", 39172)
    assert segment.target == Endpoint("10.208.7.4", 8080)
    assert segment.flags == Flags.PSH | Flags.ACK
    assert (segment.payload, segment.length, segment.is_truncated) == (b"hello\n", 6, False)
    assert segment.identification == 0xC255


def test_padding_of_a_short_frame_is_no_payload() -> None:
    segment = read_segment(build_segment(Flags.ACK, sequence=1) + bytes(6))
    assert (segment.payload, segment.length) == (b"", 0)


def test_size_of_zero_that_offload_leaves_means_all_that_was_captured() -> None:
    joined = bytearray(DATA)
    joined[16:18] = b"\0\0"
    assert read_segment(bytes(joined)).length == 6


def test_vlan_tag_is_skipped() -> None:
    tag = ethernet.ETH_TYPE_8021Q.to_bytes(2) + (5).to_bytes(2)
    assert read_segment(DATA[:12] + tag + DATA[12:]) == read_segment(DATA)


def test_ipv6_segment_is_read() -> None:
    segment = read_segment(IPV6[3])
    assert segment.source.address == "fd00:208::5"
    assert segment.payload.decode() == "你好\n"
    assert segment.identification is None


def test_ipv6_extension_header_is_no_payload() -> None:
    plain, options = IPV6[3], bytes([6, 0, 1, 4, 0, 0, 0, 0])  # RFC 8200 section 4.6, PadN
    extended = bytearray(plain[:54] + options + plain[54:])
    extended[18:20] = (int.from_bytes(plain[18:20]) + len(options)).to_bytes(2)
    extended[20] = 60
    assert read_segment(bytes(extended)) == read_segment(plain)


def test_bytes_behind_a_datagram_are_no_payload() -> None:
    short = bytearray(build_datagram(b"abcdef"))
    short[14 + 20 + 5] = 8 + 4
    datagram = read_frame(bytes(short))
    assert isinstance(datagram, Datagram)
    assert (datagram.length, datagram.payload) == (4, b"abcd")


def test_syn_and_fin_occupy_one_number_each() -> None:
    segment = replace(read_segment(DATA), flags=Flags.SYN | Flags.FIN)
    assert segment.occupied == 8


def test_datagram_is_read() -> None:
    assert read_frame(build_datagram("数据报".encode())) == Datagram(
        0.0, CLIENT, SERVER, 9, "数据报".encode()
    )


def test_first_fragment_has_the_length_of_the_whole_datagram() -> None:
    whole = build_datagram(b"x" * 2000, flags=0x2000)
    first = bytearray(whole[: 14 + 1500])
    first[16:18] = (1500).to_bytes(2)
    datagram = read_frame(bytes(first))
    assert isinstance(datagram, Datagram)
    assert (datagram.length, len(datagram.payload)) == (2000, 1472)


def test_echo_and_its_reply_are_read() -> None:
    request, reply = read_frame(build_echo(sequence=3)), read_frame(build_echo(is_reply=True))
    assert request == Echo(0.0, CLIENT._replace(port=0), SERVER._replace(port=0), False, 7, 3, 56)
    assert isinstance(reply, Echo)
    assert reply.is_reply


def test_echo_over_ipv6_is_read() -> None:
    request, reply = (read_frame(each) for each in PING6)
    assert isinstance(request, Echo)
    assert isinstance(reply, Echo)
    assert (request.is_reply, reply.is_reply, request.length) == (False, True, 56)


@pytest.mark.parametrize("address", ["127.0.0.11", "224.0.0.251", "255.255.255.255"])
def test_resolver_multicast_and_broadcast_are_background(address: str) -> None:
    assert is_background(read_frame(build_datagram(b"?", target=Endpoint(address, 53))))


def test_packet_between_two_hosts_is_no_background() -> None:
    assert not is_background(read_frame(HELLO[0]))
    assert not is_background(read_frame(IPV6[0]))
