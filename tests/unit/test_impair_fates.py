"""What impair tells the wire, and how it is drawn and counted."""

from pathlib import Path

import pytest

from unit.segments import CLIENT, HELLO, build_datagram, build_segment, read
from wire.diagram import draw
from wire.fold import DRAWN_FIRST, Folded, Folding
from wire.impair.fates import AT_ONCE, KEPT_BYTES, Hearer, Teller
from wire.model import Conversation, Event
from wire.note import Note
from wire.packet import Flags, Segment

NAMES = {"10.207.1.4": "server", "10.207.1.5": "client"}
NAMES |= {"10.208.7.4": "server", "10.208.7.5": "client"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "fates"


def test_packet_is_told_with_what_became_of_it(path: Path) -> None:
    hearer, teller = Hearer(path), Teller(path)
    teller.tell(HELLO[3][14:], Note.LOST)
    teller.tell(build_datagram(b"x" * 1000)[14:], Note.DAMAGED)
    (lost, first), (damaged, second) = hearer.read()
    assert (first, second) == (Note.LOST, Note.DAMAGED)
    assert isinstance(lost, Segment)
    assert lost.payload == b"hello\n"
    assert damaged.length == 1000
    assert hearer.read() == []


def test_nobody_waits(path: Path) -> None:
    Teller(path).tell(HELLO[3][14:], Note.LOST)  # no wire
    hearer, teller = Hearer(path), Teller(path)
    for _ in range(10_000):
        teller.tell(bytes(KEPT_BYTES), Note.LOST)
    teller.tell(HELLO[3][14:], Note.LOST)
    assert hearer.read() == []  # none of the lab's among the first of them
    while hearer.read():
        pass


def test_wire_hears_the_next_daemon_as_well(path: Path) -> None:
    hearer = Hearer(path)
    for _ in range(2):
        Teller(path).tell(HELLO[3][14:], Note.LOST)
        assert len(hearer.read()) == 1
    assert AT_ONCE > 100


def test_lost_segment_is_drawn_with_its_numbers_and_changes_nothing() -> None:
    conversation = Conversation()
    for number, frame in enumerate(HELLO[:5]):
        conversation.observe(read(frame, time_s=number / 100))
    lost = read(HELLO[5], time_s=0.05)
    event = conversation.speak_of(lost, Note.LOST)
    assert event is not None
    (line,) = draw(event, names=NAMES, language="en")
    assert "#1  client ✕── server  PSH-ACK      seq 1     ack 7     len 15 " in line
    assert line.endswith('"5 bytes: hello\\n" <- lost on its way, by impair')
    assert conversation.observe(lost).notes == ()


def test_packet_of_an_unknown_flow_is_not_spoken_of() -> None:
    assert Conversation().speak_of(read(HELLO[0]), Note.LOST) is None


def test_lost_syn_ack_is_number_zero() -> None:
    conversation = Conversation()
    conversation.observe(read(HELLO[0]))
    event = conversation.speak_of(read(HELLO[1]), Note.LOST)
    assert event is not None
    assert (event.sequence, event.acknowledgement) == (0, 1)


def test_many_losses_are_counted_in_the_line_of_what_was_folded() -> None:
    conversation, folding = Conversation(), Folding()
    packet = read(build_datagram(b"x" * 10))
    out: list[Event | Folded] = []
    for number in range(100):
        out += folding.take(conversation.observe(packet), now_s=number / 1000)
        if number % 5 == 0:
            event = conversation.speak_of(packet, Note.LOST)
            assert event is not None
            out += folding.take(event, now_s=number / 1000)
    assert len(out) == 1 + DRAWN_FIRST
    (told,) = folding.flush()
    (line,) = draw(told, names=NAMES, language="en")
    assert line.endswith("… 89 datagrams, 890 bytes client ──▶ server, 18 lost by impair …")


def test_damaged_segment_stays_an_arrow() -> None:
    conversation = Conversation()
    packet = read(build_segment(Flags.ACK, 100, 500, b"x", client=CLIENT))
    conversation.observe(packet)
    event = conversation.speak_of(packet, Note.DAMAGED)
    assert event is not None
    assert "client ──▶ server  ACK " in draw(event, names=NAMES, language="en")[0]
