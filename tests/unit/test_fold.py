"""Long transfers are folded, short exchanges never, and nothing stays untold."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest

from unit.segments import CLIENT, HELLO, SERVER, build_datagram, build_echo, build_segment, read
from wire.diagram import draw, show_size
from wire.fold import (
    DRAWN_AFTER,
    DRAWN_FIRST,
    DRAWN_UNUSUAL,
    QUIET_S,
    TELL_EVERY_S,
    TOO_FEW,
    Folded,
    Folding,
)
from wire.model import Conversation, Event
from wire.note import Note
from wire.packet import Endpoint, Flags
from wire.words import Language

ACK, PSH, FIN = Flags.ACK, Flags.PSH, Flags.FIN
NAMES = {"10.207.1.4": "server", "10.207.1.5": "client"}
STEP_S = 0.001

client = build_segment
server = partial(build_segment, is_reply=True)


class Reader:
    """Reads frames a step apart, as the wire does."""

    def __init__(self) -> None:
        self.folding = Folding()
        self.now_s = 100.0
        self._conversation = Conversation()

    def read(self, *frames: bytes) -> list[Event | Folded]:
        out = []
        for frame in frames:
            self.now_s += STEP_S
            event = self._conversation.observe(read(frame, time_s=self.now_s))
            out += self.folding.take(event, now_s=self.now_s)
        return out

    def wait(self, seconds: float) -> list[Event | Folded]:
        self.now_s += seconds
        return self.folding.overdue(now_s=self.now_s)


@pytest.fixture
def reader() -> Reader:
    return Reader()


def upload(count: int, *, first: int = 0, size: int = 1448, end: Endpoint = CLIENT) -> list[bytes]:
    """Data segments from the client, one after another, after a first byte that opens the flow."""
    opening = [client(PSH | ACK, 100, 500, b"x", client=end)] if first == 0 else []
    data = [
        client(ACK, 101 + number * size, 500, b"x" * size, client=end)
        for number in range(first, first + count)
    ]
    return opening + data


def folded(events: list[Event | Folded]) -> list[tuple[int, int, int]]:
    return [
        (each.count, each.forward_bytes, each.back_bytes)
        for each in events
        if isinstance(each, Folded)
    ]


def lines(events: Sequence[Event | Folded], language: Language = "en") -> list[str]:
    return [line for event in events for line in draw(event, names=NAMES, language=language)]


def test_short_exchange_is_drawn_whole(reader: Reader) -> None:
    events = reader.read(*HELLO)
    assert len(events) == len(HELLO)
    assert not reader.folding.is_pending


def test_run_is_folded_after_its_first_segments(reader: Reader) -> None:
    assert len(reader.read(*upload(1000))) == 1 + DRAWN_FIRST
    told = reader.folding.flush()
    assert folded(told) == [(1000 - DRAWN_FIRST, (1000 - DRAWN_FIRST) * 1448, 0)]
    assert reader.folding.flush() == []


def test_nothing_is_lost_or_turned_around(reader: Reader) -> None:
    """What is drawn and what is counted make up all that passed."""
    events = reader.read(*upload(50), server(ACK, 500, 101 + 50 * 1448), *upload(50, first=50))
    events += reader.read(client(FIN | ACK, 101 + 100 * 1448, 500))
    counted = sum(each.count for each in events if isinstance(each, Folded))
    drawn = sum(isinstance(each, Event) for each in events)
    assert counted + drawn == 103
    assert [each.time_s for each in events] == sorted(each.time_s for each in events)


def test_acks_for_the_data_are_counted_with_it(reader: Reader) -> None:
    opening, *data = upload(40)
    acks = [server(ACK, 500, 101 + number * 1448) for number in range(1, 41)]
    reader.read(opening, *(frame for pair in zip(data, acks, strict=True) for frame in pair))
    assert folded(reader.folding.flush()) == [(80 - DRAWN_FIRST, 34 * 1448, 0)]


def test_what_stands_out_is_drawn_after_what_was_folded(reader: Reader) -> None:
    data = upload(100)
    reader.read(*data)
    events = reader.read(data[-1])
    assert folded(events) == [(88, 88 * 1448, 0)]
    assert isinstance(events[-1], Event)
    assert events[-1].notes == ("retransmission",)


def test_transfer_goes_on_folded_soon_after_something_stood_out(reader: Reader) -> None:
    data = upload(100)
    reader.read(*data, data[-1])
    assert len(reader.read(*upload(50, first=100))) == DRAWN_AFTER
    assert folded(reader.folding.flush()) == [(47, 47 * 1448, 0)]


def test_note_in_a_short_exchange_folds_nothing_sooner(reader: Reader) -> None:
    data = upload(3)
    reader.read(*data, data[-1])
    assert len(reader.read(*upload(50, first=3))) == DRAWN_FIRST - 3


def test_fin_is_drawn_after_what_was_folded(reader: Reader) -> None:
    reader.read(*upload(100))
    kinds = [type(each) for each in reader.read(client(FIN | ACK, 101 + 100 * 1448, 500))]
    assert kinds == [Folded, Event]


def test_so_few_that_a_line_would_not_save_any_are_drawn(reader: Reader) -> None:
    reader.read(*upload(DRAWN_FIRST + TOO_FEW))
    told = reader.folding.flush()
    assert [type(each) for each in told] == [Event] * TOO_FEW


def test_end_of_a_transfer_is_told_soon(reader: Reader) -> None:
    reader.read(*upload(100))
    assert reader.wait(QUIET_S / 2) == []
    assert folded(reader.wait(QUIET_S)) == [(88, 88 * 1448, 0)]
    assert not reader.folding.is_pending


def test_transfer_that_goes_on_is_told_each_second(reader: Reader) -> None:
    steps = int((TELL_EVERY_S * 2.5) / STEP_S)
    events = reader.read(*upload(steps, size=1))
    assert len(folded(events)) == 2
    assert len(events) == 1 + DRAWN_FIRST + 2


def test_lines_that_a_person_types_are_each_drawn_at_once(reader: Reader) -> None:
    for frame in upload(3 * DRAWN_FIRST, size=6):
        reader.wait(QUIET_S * 1.5)
        assert len(reader.read(frame)) == 1


def test_dialogue_is_never_folded(reader: Reader) -> None:
    for turn in range(50):
        ask = client(PSH | ACK, 100 + 3 * turn, 500 + 4 * turn, b"ab\n")
        answer = server(PSH | ACK, 500 + 4 * turn, 103 + 3 * turn, b"abc\n")
        assert len(reader.read(ask, answer)) == 2


def test_transfers_both_ways_are_folded_together(reader: Reader) -> None:
    frames = [frame for turn in range(40) for frame in both_ways(turn)]
    reader.read(*upload(0), *frames)
    assert folded(reader.folding.flush()) == [(68, 34 * 1448, 34 * 1448)]


def both_ways(turn: int) -> list[bytes]:
    there, back = 101 + turn * 1448, 500 + turn * 1448
    return [client(ACK, there, back, b"x" * 1448), server(ACK, back, there + 1448, b"y" * 1448)]


def test_line_of_another_flow_comes_after_what_was_folded_before(reader: Reader) -> None:
    reader.read(*upload(100))
    events = reader.read(build_datagram(b"beside"))
    assert [type(each) for each in events] == [Folded, Event]
    reader.read(*upload(20, first=100))  # the run goes on: nothing of it is drawn again
    assert folded(reader.folding.flush()) == [(20, 20 * 1448, 0)]


def test_transfers_at_once_are_told_apart(reader: Reader) -> None:
    other = CLIENT._replace(port=40001)
    reader.read(*upload(20), *upload(20, end=other))
    pairs = zip(upload(50, first=20), upload(50, first=20, end=other), strict=True)
    reader.read(*(frame for pair in pairs for frame in pair))
    assert folded(reader.folding.flush()) == [(58, 58 * 1448, 0), (50, 50 * 1448, 0)]


def test_datagrams_one_way_are_folded(reader: Reader) -> None:
    reader.read(*[build_datagram(b"x" * 10)] * 113)
    told = reader.folding.flush()
    assert lines(told) == ["   0.112  #1  … 100 datagrams, 1000 bytes client ──▶ server …"]


def test_ping_is_never_folded(reader: Reader) -> None:
    assert len(reader.read(*[build_echo()] * 50)) == 50


def test_line_in_both_languages() -> None:
    told = [Folded(1, (CLIENT, SERVER), 7.424, 7412, 10 * 2**20, 0, is_datagrams=False)]
    assert lines(told) == ["   7.424  #1  … 7,412 segments, 10.0 MiB client ──▶ server …"]
    assert lines(told, "zh") == ["   7.424  #1  … 7,412 个报文段，10.0 MiB client ──▶ server …"]


def test_line_of_both_ways_names_both() -> None:
    told = [Folded(12, (SERVER, CLIENT), 7.424, 80, 1024, 2048, is_datagrams=False)]
    shown = "2.0 KiB client ──▶ server, 1.0 KiB client ◀── server"
    assert lines(told) == [f"   7.424  #12 … 80 segments, {shown} …"]


def test_client_stays_left(reader: Reader) -> None:
    back = [server(ACK, 500 + number * 1448, 100, b"y" * 1448) for number in range(100)]
    reader.read(*back)
    (line,) = lines(reader.folding.flush())
    assert "… 87 segments, 123.0 KiB client ◀── server …" in line


def test_runs_that_have_ended_are_forgotten(reader: Reader) -> None:
    for port in range(100):
        reader.read(*upload(1, end=CLIENT._replace(port=port + 1)))
    reader.wait(2 * QUIET_S)
    assert not reader.folding._runs


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (10 * 2**20, "10.0 MiB"),
        (2**30, "1.0 GiB"),
        (5 * 2**40, "5120.0 GiB"),
    ],
)
def test_size_is_shown_in_the_largest_unit_that_fits(size_bytes: int, shown: str) -> None:
    assert show_size(size_bytes, "en") == shown
    assert show_size(size_bytes, "zh") == shown.replace("bytes", "字节")


def test_trouble_is_drawn_at_first_and_counted_when_there_is_much(reader: Reader) -> None:
    events = reader.read(*upload(30))
    for number in range(30, 330, 3):  # the third of three segments comes first
        frames = upload(3, first=number)
        events += reader.read(frames[2], *frames[:2], server(ACK, 500, 101 + 1448 * (number + 3)))
    events += reader.folding.flush()
    drawn = sum(isinstance(each, Event) and bool(each.notes) for each in events)
    noted: Counter[Note] = Counter()
    for each in events:
        if isinstance(each, Folded):
            noted.update(dict(each.notes))
    assert DRAWN_UNUSUAL <= drawn <= 2 * DRAWN_UNUSUAL
    assert noted[Note.GAP] + noted[Note.OUT_OF_ORDER] + drawn >= 200
    assert sum(sum(each[1:]) for each in folded(events)) > 300 * 1448 / 2
    told = [line for line in lines(events) if "… " in line][-1]
    assert re.search(r"; \d+ times out of order: later bytes came first", told)


def test_trouble_that_comes_rarely_is_always_drawn(reader: Reader) -> None:
    reader.read(*upload(30))
    for number in range(30, 330, 3):
        frames = upload(3, first=number)
        events = reader.read(frames[2], *frames[:2])
        assert any(isinstance(each, Event) and Note.GAP in each.notes for each in events)
        reader.wait(QUIET_S / 2)
