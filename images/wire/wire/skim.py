"""Follow transfers that are being folded with a glance at each frame. Pure.

Decoding a frame whole, and asking what stands out about it, takes as long as a fast transfer needs
for forty. So once a TCP connection is folded, a frame of it is only compared with what has to come
next. If it is just that, it is counted; if anything differs, it is left to be decoded.
"""

import ipaddress
import struct
from dataclasses import dataclass

from wire.connection import Progress
from wire.fold import FULL_BYTES
from wire.model import Event
from wire.packet import Endpoint, Flags

# Ethernet II, IPv4 without options, TCP: type, version and length, total length, identification,
# fragment, protocol, both addresses with both ports in one, then what a segment is judged by.
_FRAME = struct.Struct("!12xHBxHHHxBxx12sLLBBH")
_PORTS = struct.Struct("!HH")
_IPV4 = 0x0800
_TWENTY_BYTES = 0x45
_FRAGMENT = 0x3FFF
_TCP = 6
_PLAIN = (int(Flags.ACK), int(Flags.ACK | Flags.PSH))
_HALF = 1 << 31
_MODULUS = 1 << 32


@dataclass
class _Lane:
    """One direction of a connection: what has to come next in it, and what has come."""

    source: Endpoint
    least_bytes: int  # of a segment with data
    next_raw: int
    acknowledged_raw: int
    window: int
    identification: int | None = None
    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class Skimmed:
    """What was counted of one connection since `event`, by direction as seen from its sender."""

    event: Event
    count: int
    sent_bytes: int
    received_bytes: int


class Skimmer:
    """Counts segments about which nothing stands out."""

    def __init__(self) -> None:
        self._lanes: dict[bytes, _Lane] = {}
        self._followed: list[tuple[Event, _Lane, _Lane]] = []

    def follow(self, event: Event) -> None:
        """Skim the connection of this event, which brought data and was folded, until `settle`."""
        packet, connection = event.packet, event.connection
        if connection is None or ":" in packet.source.address:
            return
        sent, received = (connection.progress(end) for end in (packet.source, packet.target))
        if sent is None or received is None:
            return
        there = _Lane(packet.source, 0, sent.next_raw, sent.acknowledged_raw, sent.window)
        back = _Lane(
            packet.target,
            FULL_BYTES,
            received.next_raw,
            received.acknowledged_raw,
            received.window,
        )
        self._lanes[_key(packet.source, packet.target)] = there
        self._lanes[_key(packet.target, packet.source)] = back
        self._followed.append((event, there, back))

    def skim(self, memory: memoryview, at: int) -> bool:
        """Whether the frame that begins there is one more of the same; if so, it is counted."""
        (
            kind,
            head,
            total,
            identification,
            fragment,
            protocol,
            key,
            sequence,
            acknowledgement,
            offset,
            flags,
            window,
        ) = _FRAME.unpack_from(memory, at)
        lane = self._lanes.get(key)
        if lane is None or kind != _IPV4 or head != _TWENTY_BYTES or protocol != _TCP:
            return False
        size = total - 20 - (offset >> 4) * 4
        newly_acknowledged = (acknowledgement - lane.acknowledged_raw) % _MODULUS
        if (
            sequence != lane.next_raw
            or flags not in _PLAIN
            or window == 0
            or fragment & _FRAGMENT
            or newly_acknowledged >= _HALF
        ):
            return False
        if size > 0:
            if size < lane.least_bytes:
                return False
            lane.next_raw = (sequence + size) % _MODULUS
            lane.identification = identification
            lane.size_bytes += size
        elif size < 0 or (newly_acknowledged == 0 and window == lane.window):
            return False
        lane.acknowledged_raw = acknowledgement
        lane.window = window
        lane.count += 1
        return True

    def settle(self) -> list[Skimmed]:
        """Tell the connections what they carried, and return it; nothing is followed any more."""
        skimmed = []
        for event, there, back in self._followed:
            count = there.count + back.count
            if count == 0 or event.connection is None:
                continue
            for lane in (there, back):
                progress = Progress(lane.next_raw, lane.acknowledged_raw, lane.window)
                event.connection.skip(lane.source, progress, identification=lane.identification)
            skimmed.append(Skimmed(event, count, there.size_bytes, back.size_bytes))
        self._followed.clear()
        self._lanes.clear()
        return skimmed


def _key(source: Endpoint, target: Endpoint) -> bytes:
    addresses = b"".join(ipaddress.IPv4Address(each.address).packed for each in (source, target))
    return addresses + _PORTS.pack(source.port, target.port)
