"""What was captured, put in order: numbered flows, one clock, and the life of each connection.

Pure: packets go in, one event for each comes out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wire.capture import Frame
from wire.connection import Connection, Note
from wire.life import Life, Socket
from wire.packet import Datagram, Echo, Endpoint, Packet, Segment

# A wire that runs for days forgets the oldest flows; 4,096 of them take about 8 MB.
FLOWS_REMEMBERED = 4096

FlowKey = tuple[str, frozenset[Endpoint], int]


@dataclass(frozen=True)
class Event:
    """One packet in its place.

    `number` is the flow's (a TCP connection, the datagrams between two endpoints, one run of ping)
    and `ends` are its two endpoints, the one that sent first in front. `is_first` marks the packet
    that began the flow. `time_s` is the time since the start of the conversation. `sequence` and
    `acknowledgement` are relative, and None where the packet has no such number. `connection`
    is the TCP connection it belongs to, which goes on to change with its next segment; `sockets`
    are its two sockets right after this one, in the order of `ends`. `frame` is what was captured.
    """

    number: int
    ends: tuple[Endpoint, Endpoint]
    is_first: bool
    time_s: float
    packet: Packet
    sequence: int | None = None
    acknowledgement: int | None = None
    notes: tuple[Note, ...] = ()
    connection: Connection | None = None
    sockets: tuple[Socket, Socket] | None = None
    frame: Frame | None = None


@dataclass
class _Flow:
    number: int
    ends: tuple[Endpoint, Endpoint]
    connection: Connection | None
    losses: int
    life: Life | None


class Conversation:
    """All that the hosts say to each other, packet by packet, in the order of capture.

    The clock starts again at 0 when a new flow begins while no connection is open, so flows that
    overlap share one clock.
    """

    def __init__(self) -> None:
        self._flows: dict[FlowKey, _Flow] = {}
        self._open: set[FlowKey] = set()
        self._count = 0
        self._losses = 0
        self._started_s = 0.0

    def observe(self, packet: Packet, frame: Frame | None = None) -> Event:
        """Take the next packet, and the frame it came in; say where it belongs."""
        key = _key(packet)
        flow = self._flows.get(key)
        is_first = flow is None or _begins_again(flow, packet)
        if flow is None or is_first:
            flow = self._begin(key, packet)
        time_s = packet.time_s - self._started_s
        if isinstance(packet, Segment) and flow.connection is not None:
            if flow.losses != self._losses:
                flow.losses = self._losses
                flow.connection.miss()
            reading = flow.connection.observe(packet)
            (self._open.add if flow.connection.is_open else self._open.discard)(key)
            return Event(
                flow.number,
                flow.ends,
                is_first,
                time_s,
                packet,
                reading.sequence,
                reading.acknowledgement,
                reading.notes,
                flow.connection,
                flow.life.observe(packet, reading, flow.connection) if flow.life else None,
                frame,
            )
        sequence = packet.sequence if isinstance(packet, Echo) else None
        return Event(flow.number, flow.ends, is_first, time_s, packet, sequence, frame=frame)

    def speak_of(self, packet: Packet, note: Note) -> Event | None:
        """Return an event for what was done to a packet out of sight; None: its flow is unknown.

        It changes nothing: if the packet passed as well, that is an event of its own.
        """
        flow = self._flows.get(_key(packet))
        if flow is None:
            return None
        sequence, acknowledgement = None, None
        if isinstance(packet, Segment) and flow.connection is not None:
            sequence, acknowledgement = flow.connection.numbers(packet)
        elif isinstance(packet, Echo):
            sequence = packet.sequence
        return Event(
            number=flow.number,
            ends=flow.ends,
            is_first=False,
            time_s=packet.time_s - self._started_s,
            packet=packet,
            sequence=sequence,
            acknowledgement=acknowledgement,
            notes=(note,),
        )

    def miss(self) -> None:
        """Take note that packets passed here which were not captured."""
        self._losses += 1

    def _begin(self, key: FlowKey, packet: Packet) -> _Flow:
        self._forget(key)
        if len(self._flows) >= FLOWS_REMEMBERED:
            self._forget(next(iter(self._flows)))
        if not self._open:
            self._started_s = packet.time_s
        self._count += 1
        connection = Connection(packet) if isinstance(packet, Segment) else None
        life = Life(packet) if isinstance(packet, Segment) else None
        ends = (packet.source, packet.target)
        flow = _Flow(self._count, ends, connection, self._losses, life)
        self._flows[key] = flow
        return flow

    def _forget(self, key: FlowKey) -> None:
        self._flows.pop(key, None)
        self._open.discard(key)


def read_connections(packets: Iterable[Packet]) -> list[Connection]:
    """Read packets to their end; return the TCP connections among them in the order they began."""
    conversation = Conversation()
    events = [conversation.observe(packet) for packet in packets]
    return list(dict.fromkeys(event.connection for event in events if event.connection))


def _begins_again(flow: _Flow, packet: Packet) -> bool:
    if flow.connection is None or not isinstance(packet, Segment):
        return False
    return flow.connection.is_ended_by(packet)


def _key(packet: Packet) -> FlowKey:
    ends = frozenset((packet.source, packet.target))
    match packet:
        case Segment():
            return ("TCP", ends, 0)
        case Datagram():
            return ("UDP", ends, 0)
        case Echo():
            return ("ping", ends, packet.identifier)
