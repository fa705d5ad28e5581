"""What the wire has seen, as lines of JSON: the one format between the wire and all that reads it.

Version 1. Each line is one object; `type` says which of the records below it is, and its other
names are the record's fields. The first line of a file is a `run`. Addresses and ports travel as
[address, port]; bytes in base64. A reader leaves out what it does not know: a new kind of record
or field does not make a new version, a changed meaning does. Pure.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from wire.call_line import show_call, show_parts
from wire.calls import Call
from wire.diagram import escape_hex, escape_text, lanes
from wire.fold import Folded
from wire.model import Event
from wire.packet import Datagram, Echo, Endpoint, Flags, Segment
from wire.place import Place
from wire.samples import Sample

VERSION = 2

# Headers of Ethernet, IPv6 and TCP with all options, and as much payload as the views show.
FRAME_BYTES = 14 + 40 + 60 + 64

Ends = tuple[Endpoint, Endpoint]


@dataclass(frozen=True)
class Run:
    """A wire began to watch. `hosts` are their addresses by name, `at` is Unix time in seconds."""

    version: int
    lab: str
    port: str
    at: float
    hosts: dict[str, list[str]]


@dataclass(frozen=True)
class Buffers:
    """A socket after a segment: see wire.life.Socket."""

    state: str
    in_flight: int
    window: int | None
    most_window: int | None


@dataclass(frozen=True)
class Passed:
    """A packet.

    `ends` are its flow's, the left one of the picture in front; `source` is 0 or 1, the one that
    sent it. `time` is in seconds since the conversation began, `at` is Unix time. `seq` and `ack`
    are relative, and `payload` is text without anything that could control a terminal, made of the
    first `shown` of `length` bytes. `frame` is the beginning of a frame of `size` bytes. `notes`
    are keys of wire.words. `sockets` are those of a TCP connection after this segment, as `ends`.
    """

    flow: int
    ends: Ends
    is_first: bool
    source: int
    time: float
    at: float
    kind: str
    flags: list[str]
    seq: int | None
    ack: int | None
    length: int
    payload: str
    shown: int
    notes: list[str]
    sockets: list[Buffers] | None
    frame: str
    size: int


@dataclass(frozen=True)
class Counted:
    """Segments or datagrams in the middle of a transfer, which were only counted.

    `left` and `right` are the bytes that the left and the right one of `ends` has sent; `noted`
    says what stood out, and how often.
    """

    flow: int
    ends: Ends
    time: float
    count: int
    left: int
    right: int
    kind: str
    noted: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Missed:
    """Packets that came too fast to be seen, or records too many to be kept."""

    count: int


@dataclass(frozen=True)
class Called:
    """A system call of a traced program: see wire.calls.Call.

    `side` is 0 for a host on the left of the picture, 1 for the server. `text` is the call as it is
    shown, `result` what it returned as text, both made printable; `result` is None while it waits.
    `took` is in seconds; `is_return` marks the end of a call that was told while it waited, and
    `count` is above 1 for calls that were folded into one, which have moved `length` bytes.
    """

    flow: int | None
    host: str
    side: int
    process: int
    descriptor: int
    time: float
    at: float
    name: str
    text: str
    result: str | None
    is_error: bool
    took: float | None
    is_return: bool
    count: int
    length: int


@dataclass(frozen=True)
class Sampled:
    """One socket as its own kernel has it: see wire.samples.Sample; `ends` begin with its own."""

    flow: int
    ends: Ends
    at: float
    state: str
    received: int
    unacknowledged: int
    room: int | None
    send_room: int | None
    window: int | None
    retransmitted: int | None
    rtt: float | None


Record = Run | Passed | Counted | Missed | Called | Sampled

KINDS: dict[str, type[Record]] = {
    "run": Run,
    "packet": Passed,
    "folded": Counted,
    "missed": Missed,
    "call": Called,
    "sampled": Sampled,
}
_NAMES = {record: name for name, record in KINDS.items()}


def to_line(record: Record) -> str:
    """Write a record as one line, its end included."""
    content = {"type": _NAMES[type(record)], **vars(record)}
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"), default=vars) + "\n"


def from_line(line: str) -> Record | None:
    """Read a line; None for what is no record, or one of another version's. Never raises."""
    try:
        content = json.loads(line)
        kind = KINDS[content["type"]]
        values = {each.name: content[each.name] for each in fields(kind)}
        return _with_types(kind, values)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def from_event(event: Event, *, names: Mapping[str, str]) -> Passed:
    """Make a record of a packet; `names` maps addresses to the names of the lab's hosts."""
    packet = event.packet
    ends = lanes(event, names)
    is_turned = ends != event.ends
    shown, text = 0, ""
    if packet.length and not isinstance(packet, Echo):
        shown, text = escape_text(packet.payload) or escape_hex(packet.payload)
    sockets = None
    if event.sockets:
        ordered = reversed(event.sockets) if is_turned else iter(event.sockets)
        sockets = [
            Buffers(str(each.state), each.in_flight, each.window, each.most_window)
            for each in ordered
        ]
    frame = event.frame
    return Passed(
        flow=event.number,
        ends=ends,
        is_first=event.is_first,
        source=int(packet.source != ends[0]),
        time=round(event.time_s, 6),
        at=packet.time_s,
        kind=_kind(event),
        flags=_flags(event),
        seq=event.sequence,
        ack=event.acknowledgement,
        length=packet.length,
        payload=text,
        shown=shown,
        notes=[str(note) for note in event.notes],
        sockets=sockets,
        frame=base64.b64encode(frame.data[:FRAME_BYTES]).decode() if frame else "",
        size=frame.original_length if frame else 0,
    )


def from_folded(folded: Folded, *, names: Mapping[str, str]) -> Counted:
    """Make a record of packets that were only counted."""
    ends = lanes(folded, names)
    left, right = folded.forward_bytes, folded.back_bytes
    if ends != folded.ends:
        left, right = right, left
    kind = "UDP" if folded.is_datagrams else "TCP"
    time = round(folded.time_s, 6)
    noted = {str(note): count for note, count in folded.notes}
    return Counted(folded.number, ends, time, folded.count, left, right, kind, noted)


def from_call(call: Call, place: Place, *, names: Mapping[str, str]) -> Called:
    """Make a record of a call in its place."""
    return Called(
        flow=place.number,
        host=call.host,
        side=int(call.host == "server"),
        process=call.process,
        descriptor=call.descriptor,
        time=round(place.time_s, 6),
        at=call.moment_s,
        name=call.name,
        text=show_call(call, names),
        result=show_parts(call.results, names) if call.results else None,
        is_error=call.is_error,
        took=call.took_s,
        is_return=call.is_return,
        count=call.count,
        length=call.length,
    )


def from_sample(sample: Sample, number: int) -> Sampled:
    """Make a record of a sample of the flow with that number."""
    return Sampled(
        *(number, sample.ends, sample.time_s, str(sample.state)),
        *(sample.received, sample.unacknowledged, sample.room, sample.send_room),
        *(sample.window, sample.retransmitted, sample.rtt_ms),
    )


def frame_of(record: Passed) -> bytes:
    """Return the beginning of a packet's frame; empty if it is damaged."""
    try:
        return base64.b64decode(record.frame, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _kind(event: Event) -> str:
    match event.packet:
        case Segment():
            return "TCP"
        case Datagram():
            return "UDP"
        case Echo(is_reply=is_reply):
            return "echo reply" if is_reply else "echo request"


def _flags(event: Event) -> list[str]:
    if not isinstance(event.packet, Segment):
        return []
    return [str(flag.name) for flag in Flags if flag in event.packet.flags]


def _with_types(kind: type[Record], values: dict[str, Any]) -> Record | None:
    """Check what readers rely on, and turn lists back to what they were."""
    if kind is Run and values["version"] != VERSION:
        return None
    if "ends" in values:
        first, second = (Endpoint(str(address), int(port)) for address, port in values["ends"])
        values["ends"] = (first, second)
    for name in ("time", "at"):
        if name in values:
            values[name] = float(values[name])
    if kind is Passed:
        values["source"] = 1 if values["source"] else 0
        if values["sockets"] is not None:
            values["sockets"] = [Buffers(**each) for each in values["sockets"]]
    return kind(**values)
