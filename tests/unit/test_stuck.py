"""Bytes that nobody takes are said once."""

from dataclasses import replace

from wire.life import State
from wire.packet import Endpoint
from wire.samples import Sample
from wire.stuck import Stuck

ENDS = (Endpoint("10.207.1.4", 8080), Endpoint("10.207.1.5", 41270))
EMPTY = Sample("server", 10.0, ENDS, State.ESTABLISHED, window=65536)
FULL = replace(EMPTY, received=7)
LINE = (
    "              ^ #3 7 bytes wait in server's receive buffer: "
    "its program has not called recv() for 1 s"
)


def stuck(*samples: Sample) -> Stuck:
    made = Stuck("en")
    for sample in samples:
        made.take(sample, 3)
    return made


def test_what_stands_still_is_said_once() -> None:
    made = stuck(EMPTY, FULL)
    assert made.overdue(now_s=10.9) == []
    assert made.overdue(now_s=11.1) == [LINE]
    assert made.overdue(now_s=12.0) == []
    made.take(replace(FULL, time_s=12.0), 3)
    assert made.overdue(now_s=14.0) == []


def test_what_moves_does_not_stand_still() -> None:
    made = stuck(FULL, replace(FULL, time_s=10.8, received=9))
    assert made.overdue(now_s=11.5) == []
    assert len(made.overdue(now_s=11.9)) == 1


def test_after_it_was_empty_it_is_said_again() -> None:
    made = stuck(FULL)
    assert made.overdue(now_s=11.1) == [LINE]
    made.take(replace(EMPTY, time_s=12.0), 3)
    assert made.overdue(now_s=14.0) == []
    made.take(replace(FULL, time_s=15.0), 3)
    assert made.overdue(now_s=16.1) == [LINE]


def test_a_full_send_buffer_is_said() -> None:
    (line,) = stuck(replace(EMPTY, unacknowledged=621192)).overdue(now_s=12.0)
    assert line.endswith(
        "606.6 KiB wait in server's send buffer: for 1 s the other side has taken none"
    )


def test_a_socket_without_a_program_is_left_out() -> None:
    made = stuck(replace(EMPTY, state=State.FIN_WAIT_2, window=None, unacknowledged=1))
    assert made.overdue(now_s=12.0) == []
