"""How a segment lies in its stream: again, once more, or acknowledged once more."""

from functools import partial

from unit.segments import build_segment, observe
from wire.note import Note
from wire.packet import Flags

ACK, SYN = Flags.ACK, Flags.SYN

client = build_segment
server = partial(build_segment, is_reply=True)

HANDSHAKE = [client(SYN, 100), server(SYN | ACK, 500, 101), client(ACK, 101, 501)]


def test_duplicate_ack() -> None:
    events = observe(
        [
            *HANDSHAKE,
            client(ACK, 101, 501, b"ab"),
            server(ACK, 501, 101),
            server(ACK, 501, 101),
            server(ACK, 501, 101, window=9000),
        ]
    )
    # The first repeats nothing, the third moves the window: RFC 5681 section 2 counts neither.
    assert [event.notes for event in events][4:] == [(), (Note.DUPLICATE_ACK,), ()]


def test_ack_that_repeats_itself_behind_a_gap_is_a_duplicate_whatever_its_window() -> None:
    acks = [server(ACK, 501, 101, window=window) for window in (9000, 9000, 9500)]
    events = observe([*HANDSHAKE, client(ACK, 103, 501, b"cd"), *acks])
    assert [event.notes for event in events][4:] == [(Note.DUPLICATE_ACK,)] * 3


def test_same_packet_once_more_was_doubled_by_the_network() -> None:
    data = client(ACK, 101, 501, b"ab", identification=7)
    again = client(ACK, 101, 501, b"ab", identification=8)
    events = observe([*HANDSHAKE, data, data, again])
    assert [event.notes for event in events][3:] == [(), (Note.DUPLICATE,), (Note.RETRANSMISSION,)]
