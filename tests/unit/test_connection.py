"""Relative numbers, the life of a connection, and what stands out in it."""

from functools import partial

import pytest

from unit.segments import CLIENT, HELLO, IPV6, REFUSED, SERVER, build_segment, observe
from wire.connection import Note
from wire.model import Event
from wire.packet import Flags

ACK, FIN, PSH, RST, SYN = Flags.ACK, Flags.FIN, Flags.PSH, Flags.RST, Flags.SYN


client = build_segment
server = partial(build_segment, is_reply=True)


def shake_hands(ours: int = 100, theirs: int = 500) -> list[bytes]:
    return [
        client(SYN, ours),
        server(SYN | ACK, theirs, ours + 1),
        client(ACK, ours + 1, theirs + 1),
    ]


def notes(events: list[Event]) -> list[tuple[Note, ...]]:
    return [event.notes for event in events]


def numbers(events: list[Event]) -> list[tuple[int | None, int | None]]:
    return [(event.sequence, event.acknowledgement) for event in events]


def test_refused_connection() -> None:
    events = observe(REFUSED)
    assert notes(events) == [(), (Note.REFUSED,)]
    assert numbers(events) == [(0, None), (0, 1)]


def test_reset_after_the_handshake() -> None:
    events = observe([*shake_hands(), client(RST | ACK, 101, 501, window=0)])
    connection = events[-1].connection
    assert events[-1].notes == (Note.RESET,)
    assert connection is not None
    assert [each.port for each in connection.resets] == [CLIENT.port]
    assert not connection.is_open


def test_reset_of_a_connection_joined_midway() -> None:
    assert notes(observe([server(RST, 5000)])) == [(Note.MIDWAY, Note.RESET)]


def test_recorded_exchange_from_handshake_to_close() -> None:
    events = observe(HELLO)
    expected: list[tuple[Note, ...]] = [()] * 10
    expected[2], expected[7] = (Note.HANDSHAKE,), (Note.FIRST_FIN,)
    expected[8], expected[9] = (Note.SECOND_FIN,), (Note.CLOSED,)
    assert notes(events) == expected
    assert numbers(events)[:5] == [(0, None), (0, 1), (1, 1), (1, 1), (1, 7)]
    assert numbers(events)[5:] == [(1, 7), (7, 16), (16, 7), (7, 17), (17, 8)]


@pytest.mark.parametrize("recorded", [HELLO, IPV6], ids=["IPv4", "IPv6"])
def test_questions_about_a_recorded_exchange(recorded: tuple[bytes, ...]) -> None:
    events = observe(recorded)
    connection = events[-1].connection
    assert connection is not None
    assert connection.opened_by == events[0].packet.source
    assert connection.handshake_seen
    assert connection.first_fin_from == events[0].packet.target
    assert connection.resets == ()
    assert connection.closed_by_fins
    assert not connection.is_open


def test_handshake_is_not_seen_before_its_third_step() -> None:
    connection = observe(shake_hands()[:2])[-1].connection
    assert connection is not None
    assert not connection.handshake_seen


def test_reset_is_no_third_step_of_the_handshake() -> None:
    events = observe([*shake_hands()[:2], client(RST, 101)])
    connection = events[-1].connection
    assert connection is not None
    assert not connection.handshake_seen
    assert events[-1].notes == (Note.RESET,)


def test_half_closed_connection_is_open() -> None:
    events = observe([*shake_hands(), client(FIN | ACK, 101, 501), server(ACK, 501, 102)])
    connection = events[-1].connection
    assert connection is not None
    assert connection.is_open
    assert events[-1].notes == ()


def test_both_sides_close_at_the_same_time() -> None:
    events = observe(
        [
            *shake_hands(),
            client(FIN | ACK, 101, 501),
            server(FIN | ACK, 501, 101),
            client(ACK, 102, 502),
            server(ACK, 502, 102),
        ]
    )
    assert notes(events)[3:] == [(Note.FIRST_FIN,), (Note.SECOND_FIN,), (), (Note.CLOSED,)]


def test_late_ack_takes_nothing_back() -> None:
    events = observe(
        [
            *shake_hands(),
            client(FIN | ACK, 101, 501),
            server(ACK, 501, 102),
            server(ACK, 501, 101),
            server(FIN, 501),
            client(ACK, 102, 502),
        ]
    )
    assert events[-1].notes == (Note.CLOSED,)


def test_retransmission_of_data() -> None:
    data = client(PSH | ACK, 101, 501, b"hello\n")
    events = observe([*shake_hands(), data, data])
    assert notes(events)[3:] == [(), (Note.RETRANSMISSION,)]
    assert events[4].sequence == 1


def test_retransmission_of_syn_and_fin() -> None:
    fin = client(FIN | ACK, 101, 501)
    assert observe([client(SYN, 100), client(SYN, 100)])[1].notes == (Note.RETRANSMISSION,)
    assert observe([*shake_hands(), fin, fin])[4].notes == (Note.RETRANSMISSION,)


def test_retransmission_that_brings_more_data() -> None:
    events = observe(
        [
            *shake_hands(),
            client(ACK, 101, 501, b"ab"),
            client(ACK, 101, 501, b"abcd"),
            client(ACK, 105, 501, b"e"),
        ]
    )
    assert notes(events)[3:] == [(), (Note.RETRANSMISSION,), ()]


def overtaken(identification: int) -> list[Event]:
    """One segment that comes after the one behind it, with this identification."""
    return observe(
        [
            *shake_hands(),
            client(ACK, 103, 501, b"cd", identification=0xFFFF),
            client(ACK, 101, 501, b"ab", identification=identification),
            client(ACK, 105, 501, b"ef", identification=1),
        ]
    )


def test_segment_that_was_overtaken_is_out_of_order() -> None:
    assert notes(overtaken(0xFFFE))[3:] == [(Note.GAP,), (Note.OUT_OF_ORDER,), ()]


def test_segment_that_was_sent_again_after_a_gap_is_a_retransmission() -> None:
    # The identification has wrapped around: 2 comes after 0xFFFF.
    assert overtaken(2)[4].notes == (Note.RETRANSMISSION,)


def test_late_segment_without_identification_is_out_of_order() -> None:
    assert overtaken(0)[4].notes == (Note.OUT_OF_ORDER,)


def test_gap_that_the_receiver_acknowledged_was_only_not_captured() -> None:
    events = observe(
        [
            *shake_hands(),
            client(ACK, 103, 501, b"cd"),
            server(ACK, 501, 105),
            client(ACK, 101, 501, b"ab"),
        ]
    )
    assert notes(events)[3:] == [(Note.GAP,), (), (Note.RETRANSMISSION,)]


def test_gap_is_filled_in_pieces() -> None:
    events = observe(
        [
            *shake_hands(),
            client(ACK, 107, 501, b"g"),
            client(ACK, 103, 501, b"cd"),
            client(ACK, 101, 501, b"ab"),
            client(ACK, 105, 501, b"ef"),
            client(ACK, 105, 501, b"ef"),
        ]
    )
    late = (Note.OUT_OF_ORDER,)
    assert notes(events)[3:] == [(Note.GAP,), late, late, late, (Note.RETRANSMISSION,)]


def test_repeated_ack_with_nothing_outstanding_is_no_duplicate() -> None:
    events = observe([*shake_hands(), client(ACK, 101, 501), client(ACK, 101, 501)])
    assert notes(events)[3:] == [(), ()]


def test_keep_alive_and_its_answer() -> None:
    events = observe([*shake_hands(), client(ACK, 100, 501), server(ACK, 501, 101)])
    assert notes(events)[3:] == [(Note.KEEP_ALIVE,), ()]


def test_zero_window_from_full_to_open() -> None:
    events = observe(
        [
            *shake_hands(),
            client(ACK, 101, 501, b"abc"),
            server(ACK, 501, 104, window=0),
            client(ACK, 103, 501),
            server(ACK, 501, 104, window=0),
            server(ACK, 501, 104, window=800),
        ]
    )
    zero = (Note.ZERO_WINDOW,)
    assert notes(events)[4:] == [zero, (Note.WINDOW_PROBE,), zero, (Note.WINDOW_OPEN,)]


def test_window_of_a_reset_says_nothing() -> None:
    events = observe([*shake_hands(), server(RST, 501, window=0)])
    assert events[-1].notes == (Note.RESET,)


def test_numbers_wrap_around() -> None:
    first, theirs = 2**32 - 3, 2**32 - 1
    events = observe(
        [
            *shake_hands(first, theirs),
            client(ACK, first + 1, theirs + 1, b"abcd"),
            server(ACK, theirs + 1, first + 5),
            client(ACK, first + 1, theirs + 1, b"abcd"),
            client(FIN | ACK, first + 5, theirs + 1),
        ]
    )
    assert numbers(events)[1:] == [(0, 1), (1, 1), (1, 1), (1, 5), (1, 1), (5, 1)]
    assert notes(events)[3:] == [(), (), (Note.RETRANSMISSION,), (Note.FIRST_FIN,)]


def test_relative_numbers_pass_four_gib() -> None:
    step = 2**30
    frames = [client(ACK, 101 + turn * step, 501) for turn in range(6)]
    assert observe([*shake_hands(), *frames])[-1].sequence == 1 + 5 * step


def test_connection_joined_midway_counts_from_one() -> None:
    events = observe(
        [client(PSH | ACK, 7000, 9000, b"abc"), server(ACK, 9000, 7003), client(ACK, 7003, 9000)]
    )
    connection = events[0].connection
    assert numbers(events) == [(1, 1), (1, 4), (4, 1)]
    assert notes(events) == [(Note.MIDWAY,), (), ()]
    assert connection is not None
    assert (connection.opened_by, connection.handshake_seen) == (None, False)


def test_new_syn_on_the_same_ports_is_a_new_connection() -> None:
    events = observe([*shake_hands(), *shake_hands(ours=90_000, theirs=70_000)])
    assert [event.number for event in events] == [1, 1, 1, 2, 2, 2]
    assert numbers(events)[3:] == [(0, None), (0, 1), (1, 1)]


def test_same_syn_after_a_reset_is_a_new_connection() -> None:
    refusal = server(RST | ACK, 0, 101, window=0)
    events = observe([client(SYN, 100), refusal, client(SYN, 100), refusal])
    assert [event.number for event in events] == [1, 1, 2, 2]
    assert notes(events) == [(), (Note.REFUSED,)] * 2


def test_simultaneous_open_is_one_connection() -> None:
    events = observe([client(SYN, 100), server(SYN, 500), client(SYN | ACK, 100, 501)])
    connection = events[0].connection
    assert {event.number for event in events} == {1}
    assert connection is not None
    assert connection.opened_by == CLIENT != SERVER
