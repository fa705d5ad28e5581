"""Follow transfers that are being folded with a glance at each frame. Pure.

Decoding a frame whole, and asking what stands out about it, takes as long as a fast transfer needs
for forty. So once a TCP connection is folded, a frame of it is only compared with what has to come
next. If it is just that, it is counted; if anything differs, it is left to be decoded. Many frames
are compared at once, field by field, by functions that loop in C; if anything differs in any of
them, each is compared by itself.
"""

import ipaddress
import struct
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, compress
from operator import eq

from wire.connection import Progress
from wire.fold import FULL_BYTES
from wire.model import Event
from wire.packet import Endpoint, Flags
from wire.ring import Columns

# Ethernet II, IPv4 without options, TCP: type, version and length, total length, identification,
# fragment, protocol, both addresses with both ports in one, then what a segment is judged by.
_FRAME = struct.Struct("!12xHBxHHHxBxx12sLLBBH")
_PORTS = struct.Struct("!HH")
_KEY = struct.Struct("!IQ")  # the source's address, the rest
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
        self._followed: list[tuple[Event, bytes, bytes]] = []

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
        keys = _key(packet.source, packet.target), _key(packet.target, packet.source)
        self._lanes.update(zip(keys, (there, back), strict=True))
        self._followed.append((event, *keys))

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

    def skim_all(self, columns: Columns) -> bool:
        """Whether all these frames are more of the same; if so, they are counted."""
        if not self._lanes:
            return False
        (offset,) = columns.numbers(46, "B")[:1]
        is_plain = (
            columns.has_only(12, b"\x08")
            and columns.has_only(13, b"\0")  # IPv4
            and columns.has_only(14, b"\x45")
            and columns.has_only(20, b"\0\x40")
            and columns.has_only(21, b"\0")  # no fragment
            and columns.has_only(23, b"\6")  # TCP
            and columns.has_only(46, bytes([offset]))
            and columns.has_only(47, bytes(_PLAIN))
        )
        if not is_plain:
            return False
        headers = 20 + (offset >> 4) * 4
        sources = columns.numbers(26, "I")
        rest_of_keys = columns.numbers(30, "Q")
        fields = (
            [total - headers for total in columns.numbers(16, "H")],
            columns.numbers(38, "I"),
            columns.numbers(42, "I"),
            columns.numbers(48, "H"),
            columns.numbers(18, "H"),
        )
        after = {}
        for rest in set(rest_of_keys):
            own = [each == rest for each in rest_of_keys]
            source, *others = set(compress(sources, own))
            key = _KEY.pack(source, rest)
            if others or key not in self._lanes:
                return False
            moved = _move_on(self._lanes[key], *(list(compress(each, own)) for each in fields))
            if moved is None:
                return False
            after[key] = moved
        self._lanes.update(after)
        return True

    def settle(self) -> list[Skimmed]:
        """Tell the connections what they carried, and return it; nothing is followed any more."""
        skimmed = []
        for event, *keys in self._followed:
            there, back = (self._lanes[key] for key in keys)
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


def _move_on(
    lane: _Lane,
    sizes: list[int],
    sequences: list[int],
    acknowledgements: list[int],
    windows: list[int],
    identifications: list[int],
) -> _Lane | None:
    """Return the lane after these segments; None if anything stands out, or numbers begin at 0."""
    *expected, next_raw = accumulate(sizes, initial=lane.next_raw)
    acknowledged = [lane.acknowledged_raw, *acknowledgements]
    if (
        sequences != expected
        or next_raw >= _MODULUS
        or acknowledged != sorted(acknowledged)
        or acknowledged[-1] - lane.acknowledged_raw >= _HALF
        or min(windows) == 0
    ):
        return None
    after = replace(
        lane,
        next_raw=next_raw,
        acknowledged_raw=acknowledged[-1],
        window=windows[-1],
        count=lane.count + len(sizes),
    )
    if not any(sizes):
        told = list(zip(acknowledged, [lane.window, *windows], strict=True))
        return None if any(map(eq, told, told[1:])) else after  # a duplicate ACK
    if min(sizes) < max(1, lane.least_bytes):
        return None
    size_bytes = lane.size_bytes + next_raw - lane.next_raw
    return replace(after, identification=identifications[-1], size_bytes=size_bytes)


@lru_cache
def _key(source: Endpoint, target: Endpoint) -> bytes:
    addresses = b"".join(ipaddress.IPv4Address(each.address).packed for each in (source, target))
    return addresses + _PORTS.pack(source.port, target.port)
