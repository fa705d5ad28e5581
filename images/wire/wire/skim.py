"""Follow transfers that are being folded with a glance at each frame. Pure.

Decoding a frame whole, and asking what stands out about it, takes as long as a fast transfer needs
for forty. So once a TCP connection is folded, a frame of it is only compared with what has to come
next. If it is just that, it is counted; if anything differs, it is left to be decoded. Many frames
are compared at once, field by field, by functions that loop in C, up to the first that differs.
"""

import ipaddress
import struct
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

from wire.fold import FULL_BYTES
from wire.lane import Lane, Segments
from wire.model import Event
from wire.note import Note
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


@dataclass(frozen=True)
class Skimmed:
    """What was counted of one connection since `event`; bytes as seen from its sender."""

    event: Event
    count: int
    sent_bytes: int
    received_bytes: int
    notes: Counter[Note]


class Skimmer:
    """Counts segments about which nothing stands out, and usual trouble if asked to."""

    def __init__(self) -> None:
        self._lanes: dict[bytes, tuple[Lane, Lane]] = {}  # and the other way
        self._followed: list[tuple[Event, Lane, Lane]] = []

    def follow(self, event: Event, *, counts_trouble: bool = False) -> None:
        """Skim the connection of this event, which brought data and was folded, until `settle`.

        With `counts_trouble` a segment that was overtaken, the gap it left, and a duplicate ACK
        are counted as well.
        """
        source, target, connection = event.packet.source, event.packet.target, event.connection
        if connection is None or ":" in source.address:
            return
        sent, received = (connection.progress(end) for end in (source, target))
        if sent is None or received is None:
            return
        there = Lane.of(source, sent, 0, counts_trouble=counts_trouble)
        back = Lane.of(target, received, FULL_BYTES, counts_trouble=counts_trouble)
        self._lanes[_key(source, target)] = there, back
        self._lanes[_key(target, source)] = back, there
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
        lanes = self._lanes.get(key)
        if (
            lanes is None
            or kind != _IPV4
            or head != _TWENTY_BYTES
            or protocol != _TCP
            or flags not in _PLAIN
            or fragment & _FRAGMENT
        ):
            return False
        size = total - 20 - (offset >> 4) * 4
        lane, other = lanes
        return lane.take(other, size, sequence, acknowledgement, window, identification)

    def skim_all(self, columns: Columns) -> int:
        """How many of these frames, from the first on, are more of the same; they are counted."""
        if not self._lanes:
            return 0
        (offset,) = columns.numbers(46, "B")[:1]
        number = min(
            columns.count_only(12, b"\x08"),
            columns.count_only(13, b"\0"),  # IPv4
            columns.count_only(14, b"\x45"),
            columns.count_only(20, b"\0\x40"),
            columns.count_only(21, b"\0"),  # no fragment
            columns.count_only(23, b"\6"),  # TCP
            columns.count_only(46, bytes([offset])),
            columns.count_only(47, bytes(_PLAIN)),
        )
        headers = 20 + (offset >> 4) * 4
        sources = columns.numbers(26, "I")[:number]
        rest_of_keys = columns.numbers(30, "Q")[:number]
        fields = (
            [total - headers for total in columns.numbers(16, "H")],
            columns.numbers(38, "I"),
            columns.numbers(42, "I"),
            columns.numbers(48, "H"),
            columns.numbers(18, "H"),
        )
        found = []
        for rest in set(rest_of_keys):
            own = [each == rest for each in rest_of_keys]
            source, *others = set(compress(sources, own))
            lanes = self._lanes.get(_KEY.pack(source, rest))
            if others or lanes is None or any(lane.gap for lane in lanes):
                return 0
            lane = lanes[0]
            segments = Segments(*(list(compress(each, own)) for each in fields))
            plain = lane.count_plain(segments)
            if plain < len(segments.sizes):
                places = list(compress(range(len(own)), own))
                number = min(number, places[plain])
            found.append((lane, own, segments))
        for lane, own, segments in found:
            if plain := sum(own[:number]):
                lane.move_on(segments, plain)
        return number

    def settle(self) -> list[Skimmed]:
        """Tell the connections what they carried, and return it; nothing is followed any more."""
        skimmed = []
        for event, there, back in self._followed:
            count = there.count + back.count
            if count == 0 or event.connection is None:
                continue
            for lane in (there, back):
                event.connection.skip(lane.source, lane.progress, lane.notes)
            notes = there.notes + back.notes
            skimmed.append(Skimmed(event, count, there.size_bytes, back.size_bytes, notes))
        self._followed.clear()
        self._lanes.clear()
        return skimmed


@lru_cache
def _key(source: Endpoint, target: Endpoint) -> bytes:
    addresses = b"".join(ipaddress.IPv4Address(each.address).packed for each in (source, target))
    return addresses + _PORTS.pack(source.port, target.port)
