"""Recordings of every case, made between our own hosts, and what tshark reads in the same files.

captures/record.py made them; no test needs tshark.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from dpkt import pcap

from wire.connection import Connection, Note
from wire.model import Conversation, Event
from wire.packet import decode

FOLDER = Path(__file__).parent / "captures"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pcap"))

# What tshark calls what we note. It has more names, for what we do not note.
READING = {
    "retransmission": "retransmission",
    "fast_retransmission": "retransmission",
    "spurious_retransmission": "retransmission",
    "out_of_order": "out of order",
    "lost_segment": "gap",
    "duplicate_ack": "duplicate ACK",
    "zero_window": "zero window",
    "window_update": "window opens",
    "keep_alive": "probe",
    "zero_window_probe": "probe",
}
NOTING = {
    Note.RETRANSMISSION: "retransmission",
    Note.DUPLICATE: "retransmission",
    Note.OUT_OF_ORDER: "out of order",
    Note.GAP: "gap",
    Note.DUPLICATE_ACK: "duplicate ACK",
    Note.ZERO_WINDOW: "zero window",
    Note.WINDOW_OPEN: "window opens",
    Note.KEEP_ALIVE: "probe",
    Note.WINDOW_PROBE: "probe",
}
# Frames that we read otherwise, as we know more: ours, and why.
OTHERWISE = {
    # Its IPv4 identification is later than that of the segments behind it: it was sent again.
    ("lost-from-server", 52): {"retransmission"},
}


def events_of(name: str) -> list[Event]:
    conversation = Conversation()
    events = []
    with (FOLDER / f"{name}.pcap").open("rb") as file:
        for time_s, data in pcap.Reader(file):
            packet = decode(data, time_s=time_s)
            assert packet is not None
            events.append(conversation.observe(packet))
    return events


def connection_of(name: str) -> Connection:
    connection = events_of(name)[-1].connection
    assert connection is not None
    return connection


def tshark_of(name: str) -> list[set[str]]:
    lines = (FOLDER / f"{name}.tshark").read_text().splitlines()
    return [{READING[word] for word in line.split()[1:] if word in READING} for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_notes_agree_with_tshark(name: str) -> None:
    events, readings = events_of(name), tshark_of(name)
    assert len(events) == len(readings)
    highest: dict[object, int] = {}
    for number, (event, theirs) in enumerate(zip(events, readings, strict=True), 1):
        packet = event.packet
        ours = {NOTING[note] for note in event.notes if note in NOTING}
        # An ACK that repeats itself when no byte is missing is one to us that answers a doubled
        # packet or FIN: nothing to worry about.
        if (event.acknowledgement or 0) >= highest.get(packet.target, 0):
            theirs = theirs - {"duplicate ACK"}
        assert ours == OTHERWISE.get((name, number), theirs), (number, packet)
        end = (event.sequence or 0) + getattr(packet, "occupied", 0)
        highest[packet.source] = max(end, highest.get(packet.source, 0))


@pytest.mark.parametrize(
    ("name", "note", "least"),
    [
        ("lost-from-client", Note.RETRANSMISSION, 5),
        ("lost-from-client", Note.DUPLICATE_ACK, 3),
        ("lost-from-server", Note.GAP, 3),
        ("lost-from-server", Note.DUPLICATE_ACK, 10),
        ("lost-from-server", Note.RETRANSMISSION, 3),
        ("overtaken", Note.OUT_OF_ORDER, 3),
        ("twice", Note.DUPLICATE, 5),
        ("window-full", Note.ZERO_WINDOW, 2),
        ("window-full", Note.WINDOW_PROBE, 1),
        ("window-full", Note.WINDOW_OPEN, 1),
        ("keep-alive", Note.KEEP_ALIVE, 2),
        ("reset", Note.RESET, 1),
        ("refused", Note.REFUSED, 1),
    ],
)
def test_case_has_what_it_was_recorded_for(name: str, note: Note, least: int) -> None:
    connection = connection_of(name)
    assert connection.counts[note] >= least
    assert connection.counts[note] == sum(note in event.notes for event in events_of(name))


def test_nothing_stands_out_in_a_good_network() -> None:
    usual = {Note.HANDSHAKE, Note.FIRST_FIN, Note.SECOND_FIN, Note.CLOSED}
    for name in ("hello", "half-close", "fins-cross"):
        assert set(connection_of(name).counts) == usual


@pytest.mark.parametrize(
    ("name", "opened", "first", "waiting"),
    [
        ("hello", "client", "server", ["server"]),
        ("half-close", "client", "client", ["client"]),
        ("fins-cross", "client", "client", ["client", "server"]),
        ("lost-from-client", "client", "client", ["client"]),
        ("lost-from-server", "client", "server", ["server"]),
        ("keep-alive", "client", "client", ["client"]),
        ("refused", "client", None, []),
        ("reset", "client", None, []),
    ],
)
def test_who_opened_who_closed_first_and_who_waits_in_time_wait(
    name: str, opened: str, first: str | None, waiting: Sequence[str]
) -> None:
    events = events_of(name)
    connection = connection_of(name)
    names = {events[0].packet.source: "client", events[0].packet.target: "server"}
    assert connection.opened_by is not None
    assert names[connection.opened_by] == opened
    assert (connection.first_fin_from and names[connection.first_fin_from]) == first
    assert sorted(names[end] for end in connection.time_wait) == waiting


def test_recordings_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 100_000
