"""What the wire writes is what a reader gets, whatever lies in the file."""

import json
from dataclasses import asdict

import pytest

from unit.segments import CLIENT, HELLO, SERVER, build_datagram, build_echo, build_segment, read
from wire.capture import Frame
from wire.events import (
    FRAME_BYTES,
    Called,
    Counted,
    Missed,
    Passed,
    Record,
    Run,
    Sampled,
    frame_of,
    from_event,
    from_folded,
    from_line,
    to_line,
)
from wire.fold import Folded
from wire.model import Conversation
from wire.packet import Flags

NAMES = {SERVER.address: "server", CLIENT.address: "client"}
HELLO_NAMES = {"10.208.7.4": "server", "10.208.7.5": "client"}

RUN = Run(2, "lab1", "8080", 1_700_000_000.5, {"server": ["10.207.1.4"], "client": []})
CALL = Called(
    flow=1,
    host="client",
    side=0,
    process=14,
    descriptor=3,
    time=0.5,
    at=1.5,
    name="send",
    text='send(3, "你好\\n")',
    result="7",
    is_error=False,
    took=0.001,
    is_return=False,
    count=1,
    length=7,
)

SAMPLED = Sampled(
    *(1, (CLIENT, SERVER), 1.5, "ESTABLISHED", 0, 621_192, 131_072, 691_200, 64_512, 1, 9.987)
)
CLOSED = Sampled(*(1, (CLIENT, SERVER), 1.5, "CLOSED", 0, 0, None, None, None, None, None))


def passed(*frames: bytes, names: dict[str, str] = NAMES) -> list[Passed]:
    conversation = Conversation()
    return [
        from_event(
            conversation.observe(
                read(frame, time_s=100 + number / 100), Frame(100.0, frame, len(frame))
            ),
            names=names,
        )
        for number, frame in enumerate(frames)
    ]


@pytest.mark.parametrize(
    "record",
    [
        RUN,
        CALL,
        SAMPLED,
        CLOSED,
        Counted(2, (CLIENT, SERVER), 1.25, 7412, 10_485_760, 0, "TCP"),
        Missed(12),
        *passed(*HELLO, names=HELLO_NAMES),
        *passed(build_datagram(b"\xff\x00"), build_echo(), build_echo(is_reply=True)),
    ],
)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    line = to_line(record)
    assert line.isascii()
    assert line.count("\n") == 1
    assert from_line(line) == record


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[]",
        '{"type":"packet"}',
        '{"type":"unheard"}',
        '{"type":["run"]}',
        "[" * 100_000,
        to_line(RUN).replace('"version":2', '"version":1'),
        to_line(passed(*HELLO)[0]).replace('"at":100.0', '"at":"soon"'),
        to_line(passed(*HELLO)[0]).replace('"ends":[[', '"ends":[[[]],['),
    ],
)
def test_what_is_no_record_is_left_out(line: str) -> None:
    assert from_line(line) is None


def test_a_reader_leaves_out_fields_it_does_not_know() -> None:
    line = json.dumps({"type": "missed", "count": 3, "later": 1})
    assert from_line(line) == Missed(3)


def test_the_client_is_the_left_end_whoever_began() -> None:
    (record,) = passed(build_segment(Flags.SYN, sequence=1, is_reply=True))
    assert record.ends == (CLIENT, SERVER)
    assert record.source == 1
    assert record.sockets is not None
    assert [each.state for each in record.sockets] == ["LISTEN", "SYN-SENT"]


def test_a_packet_brings_numbers_flags_and_notes() -> None:
    records = passed(*HELLO, names=HELLO_NAMES)
    assert [record.flags for record in records[:4]] == [
        ["SYN"],
        ["SYN", "ACK"],
        ["ACK"],
        ["PSH", "ACK"],
    ]
    assert (records[3].seq, records[3].ack, records[3].length) == (1, 1, 6)
    assert records[3].payload == r'"hello\n"'
    assert records[9].notes == ["closed"]
    assert [round(record.time, 3) for record in records[:2]] == [0.0, 0.01]


def test_payload_cannot_control_anything() -> None:
    (record,) = passed(build_datagram(b"\x1b[2J<script>"))
    assert record.payload == r'"\x1b[2J<script>"'


def test_a_long_frame_is_cut() -> None:
    frame = build_segment(Flags.ACK, 1, 1, bytes(1400))
    (record,) = passed(frame)
    assert frame_of(record) == frame[:FRAME_BYTES]
    assert record.size == len(frame)


def test_a_damaged_frame_is_empty() -> None:
    values = asdict(passed(*HELLO)[0]) | {"frame": "?"}
    assert frame_of(Passed(**values)) == b""


def test_counted_bytes_stand_with_their_sender() -> None:
    folded = Folded(3, (SERVER, CLIENT), 2.0, 100, 1000, 5, False)
    record = from_folded(folded, names=NAMES)
    assert (record.ends, record.left, record.right) == ((CLIENT, SERVER), 5, 1000)
