"""Captures for observe.py: TCP connections written down segment by segment, as pcap files.

Only the headers and the first bytes of each segment are kept, as the wire keeps them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from dpkt import ethernet, ip, tcp, udp

from wire.packet import Endpoint, Flags, Segment

if TYPE_CHECKING:
    from grader.seed import Draws

Side = Literal["client", "server"]

# https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html: microseconds, Ethernet.
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
PCAP_PACKET = struct.Struct("<IIII")
BEGAN_S = 1_700_000_000
GAP_S = 0.001
DATA = b"lab 7"  # as much as is kept of a payload
LEAST_FRAME_BYTES = 60  # shorter ones are padded on Ethernet (IEEE 802.3)
NUMBERS = 2**32
# What Linux offers in a SYN (MSS, SACK, timestamps, scale), and puts into every other segment.
SYN_OPTIONS = bytes.fromhex("020405b40402080a00000001000000000103030a")
OPTIONS = bytes.fromhex("0101080a0000000100000001")


class Exchange:
    """One TCP connection between two ends; each method adds segments to `segments`."""

    def __init__(
        self, client: Endpoint, server: Endpoint, *, client_isn: int, server_isn: int
    ) -> None:
        self.segments: list[Segment] = []
        self._ends: dict[Side, Endpoint] = {"client": client, "server": server}
        self._next: dict[Side, int] = {"client": client_isn, "server": server_isn}

    def put(self, sender: Side, flags: Flags, length: int = 0) -> Segment:
        """Add the next segment of a side."""
        other: Side = "server" if sender == "client" else "client"
        segment = Segment(
            time_s=0.0,
            source=self._ends[sender],
            target=self._ends[other],
            flags=flags,
            sequence=self._next[sender],
            acknowledgement=self._next[other] if flags & Flags.ACK else 0,
            window=64240,
            length=length,
            payload=DATA[:length],
        )
        self._next[sender] = (segment.sequence + segment.occupied) % NUMBERS
        self.segments.append(segment)
        return segment

    def open(self) -> None:
        """Add the three-way handshake."""
        self.put("client", Flags.SYN)
        self.put("server", Flags.SYN | Flags.ACK)
        self.put("client", Flags.ACK)

    def send(self, sender: Side, *lengths: int) -> list[Segment]:
        """Add segments with data, each acknowledged; give those with data."""
        sent = []
        for length in lengths:
            sent.append(self.put(sender, Flags.PSH | Flags.ACK, length))
            self.put("server" if sender == "client" else "client", Flags.ACK)
        return sent

    def repeat(self, *segments: Segment) -> None:
        """Add segments that follow each other once more, joined to one."""
        size = sum(segment.length for segment in segments)
        payload = DATA[:size]
        self.segments.append(replace(segments[0], length=size, payload=payload))

    def close(self, first: Side) -> None:
        """Add the four-way close that this side begins."""
        other: Side = "server" if first == "client" else "client"
        self.put(first, Flags.FIN | Flags.ACK)
        self.put(other, Flags.ACK)
        self.put(other, Flags.FIN | Flags.ACK)
        self.put(first, Flags.ACK)

    @property
    def client(self) -> str:
        """The end that opens, as the handout writes it."""
        return f"{self._ends['client'].address} port {self._ends['client'].port}"


def exchange(seed: Draws, *, client_isn: int = 0, **ends: Endpoint) -> Exchange:
    """Begin a connection with ends and numbers of the seed's, or with those given."""
    server = Endpoint(f"198.51.100.{seed.number(1, 254)}", seed.number(1024, 9999))
    client = Endpoint(f"192.0.2.{seed.number(1, 254)}", seed.number(32768, 60999))
    isns = [seed.number(10**9, 4 * 10**9) for _ in range(2)]  # 0 is far away
    return Exchange(
        ends.get("client", client),
        ends.get("server", server),
        client_isn=client_isn or isns[0],
        server_isn=isns[1],
    )


def to_pcap(segments: Sequence[Segment], *, noise: bool = False) -> bytes:
    """Write segments as a pcap file, 1 ms apart; with noise, a UDP datagram before them."""
    frames = [frame_of(segment, number) for number, segment in enumerate(segments)]
    if noise:
        frames.insert(0, datagram(segments[0]))
    return PCAP_HEADER + b"".join(_records(frames))


def _records(frames: Iterable[tuple[bytes, int]]) -> Iterable[bytes]:
    for number, (frame, size) in enumerate(frames):
        yield PCAP_PACKET.pack(BEGAN_S, round(number * GAP_S * 1e6), len(frame), size) + frame


def frame_of(segment: Segment, number: int) -> tuple[bytes, int]:
    """Give the frame of a segment as far as it is kept, and its whole size."""
    options = SYN_OPTIONS if segment.flags & Flags.SYN else OPTIONS
    header = tcp.TCP(
        sport=segment.source.port,
        dport=segment.target.port,
        seq=segment.sequence,
        ack=segment.acknowledgement,
        off=(20 + len(options)) // 4,
        flags=int(segment.flags),
        win=segment.window,
        opts=options,
        data=segment.payload,
    )
    frame = _frame(segment.source, segment.target, ip.IP_PROTO_TCP, header, number=number)
    size = len(frame) - len(segment.payload) + segment.length
    return _sized(frame, size)


def datagram(like: Segment) -> tuple[bytes, int]:
    """Give the frame of a UDP datagram between the hosts of a segment."""
    header = udp.UDP(sport=like.source.port, dport=like.target.port, ulen=13, data=b"hello")
    frame = _frame(like.source, like.target, ip.IP_PROTO_UDP, header, number=0)
    return _sized(frame, len(frame))


def _frame(
    source: Endpoint, target: Endpoint, protocol: int, payload: tcp.TCP | udp.UDP, *, number: int
) -> bytes:
    packet = ip.IP(
        src=bytes(map(int, source.address.split("."))),
        dst=bytes(map(int, target.address.split("."))),
        p=protocol,
        id=number,
        data=bytes(payload),
    )
    packet.len = len(packet)
    return bytes(ethernet.Ethernet(dst=b"\2" * 6, src=b"\2" * 6, data=packet))


def _sized(frame: bytes, size: int) -> tuple[bytes, int]:
    """Say in the IP header how long the packet was, and pad the frame if it is short."""
    told = frame[:16] + struct.pack("!H", size - 14) + frame[18:]
    return told.ljust(LEAST_FRAME_BYTES, b"\0"), max(size, LEAST_FRAME_BYTES)
