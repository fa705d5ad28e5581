"""What two hosts said to each other by TCP, in a check's words: hosts by name, not by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.language import Text
from grader.steps import WIRE, Step
from wire import model
from wire.connection import Connection
from wire.diagram import draw_packet
from wire.note import Note
from wire.packet import Endpoint, Packet, Segment

FIRST_PACKETS, LAST_PACKETS = 40, 40  # of thousands a reader wants the beginning and the end


@dataclass(frozen=True)
class Conversation:
    """One TCP connection as it passed the host that captured it.

    `opened_by` sent the first SYN, `closed_first` the first FIN, `reset_by` are those that sent a
    RST, `time_wait` those that wait in TIME-WAIT; None and () where that was not seen.
    `handshake_seen` says that SYN, SYN-ACK and ACK passed, `closed_by_fins` that both sides' FINs
    were acknowledged. `sent` is how many bytes of its stream each host sent, each counted once.
    `segments` are all, in the order in which they passed; `notes` counts what stood out.
    """

    opened_by: str | None
    handshake_seen: bool
    closed_first: str | None
    reset_by: tuple[str, ...]
    time_wait: tuple[str, ...]
    closed_by_fins: bool
    sent: Mapping[str, int]
    notes: Mapping[Note, int]
    segments: tuple[Segment, ...]

    @property
    def retransmissions(self) -> int:
        """How many segments were sent again, as far as can be seen here."""
        return self.notes.get(Note.RETRANSMISSION, 0)


def read_conversations(
    packets: Iterable[Packet], *, names: Mapping[str, str]
) -> list[Conversation]:
    """Read packets to their end; give the TCP connections in the order in which they began."""
    order = model.Conversation()
    found: dict[Connection, list[Segment]] = {}
    for packet in packets:
        event = order.observe(packet)
        if event.connection and isinstance(packet, Segment):
            found.setdefault(event.connection, []).append(packet)
    return [_conversation(*each, names=names) for each in found.items()]


def draw_packets(packets: Sequence[Packet], *, names: Mapping[str, str]) -> list[Step]:
    """Draw packets as the wire does, each as a step at its time; of very many both ends."""
    order = model.Conversation()
    events = [order.observe(packet) for packet in packets]
    if len(events) > FIRST_PACKETS + LAST_PACKETS:
        events = [*events[:FIRST_PACKETS], *events[-LAST_PACKETS:]]
    return [
        Step(
            event.packet.time_s,
            WIRE,
            Text(
                draw_packet(event, names=names, language="en", is_aligned=False),
                draw_packet(event, names=names, language="zh", is_aligned=False),
            ),
        )
        for event in events
    ]


def _conversation(
    connection: Connection, segments: Sequence[Segment], *, names: Mapping[str, str]
) -> Conversation:
    def named(ends: Iterable[Endpoint]) -> tuple[str, ...]:
        return tuple(names.get(end.address, end.address) for end in ends)

    def name(end: Endpoint | None) -> str | None:
        return named([end])[0] if end else None

    ends = (segments[0].source, segments[0].target)
    return Conversation(
        opened_by=name(connection.opened_by),
        handshake_seen=connection.handshake_seen,
        closed_first=name(connection.first_fin_from),
        reset_by=named(connection.resets),
        time_wait=named(connection.time_wait),
        closed_by_fins=connection.closed_by_fins,
        sent={named([end])[0]: connection.sent_by(end) for end in ends},
        notes=dict(connection.counts),
        segments=tuple(segments),
    )
