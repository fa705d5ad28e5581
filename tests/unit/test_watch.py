"""The loop: what is skimmed and what is decoded come to the same picture."""

import errno
import random
import re
from functools import partial

import pytest

from unit.filled_ring import Kernel
from unit.segments import CLIENT, HELLO, NOISE, build_datagram, build_segment, read
from unit.test_ring import Nothing
from wire import watch as watch_module
from wire.note import Note
from wire.packet import Flags, Packet
from wire.picture import Picture
from wire.ring import TOGETHER, TP_STATUS_LOSING, TP_STATUS_USER, Caught, Columns, Skim
from wire.watch import watch

ACK, FIN, PSH, SYN = Flags.ACK, Flags.FIN, Flags.PSH, Flags.SYN
NAMES = {"10.207.1.4": "server", "10.207.1.5": "client"}
PICTURE = Picture(names=NAMES, language="en", explains=False)

client = build_segment
server = partial(build_segment, is_reply=True)


class Counting:
    """Counts what is skimmed one by one, and what together."""

    def __init__(self, recording: "Recording", skim: Skim) -> None:
        self._recording = recording
        self._skim = skim

    def skim(self, memory: memoryview, at: int) -> bool:
        is_enough = self._skim.skim(memory, at)
        self._recording.skimmed += is_enough
        return is_enough

    def skim_all(self, columns: Columns) -> int:
        number = self._skim.skim_all(columns)
        self._recording.together += number
        return number


class Recording:
    """A source of frames a millisecond apart that ends when all are read."""

    def __init__(
        self, *frames: bytes, lost_before: dict[int, int] | None = None, is_skimmed: bool = True
    ) -> None:
        self.skimmed = self.together = 0
        self._lost_before = lost_before or {}
        self._missed = 0
        self._is_skimmed = is_skimmed
        kernel = Kernel()
        for number, data in enumerate(frames):
            lost = TP_STATUS_LOSING if number in self._lost_before else 0
            time_ns = 1000 * 10**9 + number * 10**6
            kernel.put(data, status=TP_STATUS_USER | lost, time_ns=time_ns)
        self._slots = kernel.slots

    @property
    def skimmed_s(self) -> float:
        return self._slots.skimmed_s

    def read(self, skim: Skim) -> Caught | None:
        caught = self._slots.read(Counting(self, skim) if self._is_skimmed else Nothing())
        if caught is not None and caught.after_loss:
            self._missed += self._lost_before[round((caught.frame.time_s - 1000) * 1000)]
        return caught

    def wait(self, limit_s: float | None) -> None:
        raise OSError(errno.ENETDOWN, "Network is down")

    def count_missed(self) -> int:
        missed, self._missed = self._missed, 0
        return missed


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still until the end, when what is pending becomes due."""
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    monkeypatch.setattr("time.sleep", lambda _: None)


def show(source: Recording) -> list[str]:
    shown: list[str] = []
    assert watch(source, shown.extend, PICTURE) == "Network is down"
    return shown


def shake_hands() -> list[bytes]:
    return [client(SYN, 100), server(SYN | ACK, 500, 101), client(ACK, 101, 501)]


def bulk(count: int, *, first: int = 0) -> list[bytes]:
    """Data from the client and its ACKs, one after another."""
    return [
        frame
        for number in range(first, first + count)
        for frame in (
            client(ACK, 101 + 1000 * number, 501, b"x" * 1000, identification=number + 1),
            server(ACK, 501, 101 + 1000 * (number + 1)),
        )
    ]


def close(count: int) -> list[bytes]:
    return [
        client(FIN | ACK, 101 + 1000 * count, 501),
        server(FIN | ACK, 501, 102 + 1000 * count),
        client(ACK, 102 + 1000 * count, 502),
    ]


def test_short_exchange_is_shown_whole() -> None:
    lines = show(Recording(*HELLO, *NOISE))
    assert len(lines) == 2 + len(HELLO)
    assert lines[-1].endswith("<- connection closed")


def test_long_transfer_is_folded_and_mostly_skimmed() -> None:
    source = Recording(*shake_hands(), *bulk(500), *close(500))
    lines = show(source)
    assert len(lines) == 2 + 3 + 12 + 1 + 3
    assert re.fullmatch(
        r"   1.002  #1  … 988 segments, 482.4 KiB client ──▶ server …", lines[17]
    ), lines[17]
    assert "seq 500001 " in lines[18]
    assert lines[-1].endswith("<- connection closed")
    assert source.skimmed + source.together > 900
    assert source.together > 5 * TOGETHER


@pytest.mark.parametrize("seed", range(60))
def test_skimming_changes_nothing(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    frames = [*shake_hands(), *bulk(300), *close(300)]
    for _ in range(dice.randrange(12)):
        at = dice.randrange(3, len(frames))
        match dice.randrange(6):
            case 0:
                frames.insert(at, frames[at])
            case 1:
                frames[at - 1], frames[at] = frames[at], frames[at - 1]
            case 2:
                del frames[at]
            case 3:
                frames.insert(at, build_datagram(b"beside"))
            case 4:
                frames.insert(at, client(SYN, 9, client=CLIENT._replace(port=40000 + at)))
            case 5:
                frames.insert(at, server(ACK, 501, 101 + 500 * at, window=dice.choice([0, 77])))
    skimmed, decoded = (show(Recording(*frames, is_skimmed=each)) for each in (True, False))
    assert skimmed == decoded


@pytest.mark.parametrize("seed", range(40))
def test_skimming_changes_nothing_where_much_comes_out_of_order(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    frames = [*shake_hands(), *bulk(1000), *close(1000)]
    for _ in range(150):
        at = dice.randrange(103, len(frames) - 3)
        match dice.randrange(8):
            case 0:
                frames[at - 2 : at + 1] = frames[at], frames[at - 2], frames[at - 1]
            case 1:
                frames.insert(at, frames[at - dice.randrange(3)])
            case 2 if dice.random() < 0.1:
                del frames[at]
            case _:  # one overtakes the one before it, and the other host says so
                at -= at % 2
                first, second = frames[at - 1], frames[at + 1]
                ack = frames[at - 2]
                frames[at - 1 : at + 2] = second, *[ack] * dice.randrange(3), first, frames[at]
    skimmed = Recording(*frames)
    assert show(skimmed) == show(Recording(*frames, is_skimmed=False))
    assert skimmed.skimmed + skimmed.together > 1000


def test_what_comes_out_of_order_is_skimmed_once_it_is_only_counted() -> None:
    data = bulk(3000)
    for at in range(100, 6000, 100):
        first, answer, second = data[at : at + 3]
        data[at : at + 3] = second, first, answer
    source = Recording(*shake_hands(), *data, *close(3000))
    lines = show(source)
    assert source.skimmed + source.together > 5900
    told = [line for line in lines if "times out of order" in line]
    assert len(told) == 1
    assert "55 times bytes before these are missing; 55 times out of order" in told[0]


def test_what_was_missed_is_said_where_it_was_and_makes_no_gap() -> None:
    frames = [*shake_hands(), *bulk(100), *bulk(100, first=150), *close(250)]
    lines = show(Recording(*frames, lost_before={203: 100}))
    said = [number for number, line in enumerate(lines) if "100 packets are missing" in line]
    assert len(said) == 1
    assert "… 188 segments" in lines[said[0] - 1]
    assert not [line for line in lines if "bytes before these" in line or "duplicate" in line]


def test_bytes_that_never_came_are_still_a_gap() -> None:
    lines = show(Recording(*shake_hands(), *bulk(100), *bulk(1, first=101)))
    assert any("<- bytes before these are missing" in line for line in lines)


def test_frames_gather_while_a_transfer_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    show(Recording(*shake_hands(), *bulk(100)))
    assert slept == [watch_module.GATHER_S]


def test_short_exchange_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    show(Recording(*HELLO))
    assert slept == []


class Told:
    """Tells once, at the first call."""

    def __init__(self, *told: tuple[bytes, float]) -> None:
        self._told = [(read(data, time_s=time_s), Note.LOST) for data, time_s in told]

    def read(self) -> list[tuple[Packet, Note]]:
        told, self._told = self._told, []
        return told


def test_what_is_told_of_a_packet_stands_where_it_happened() -> None:
    told = Told((HELLO[3], 1000.0035), (HELLO[5], 1001.0))
    shown: list[str] = []
    watch(Recording(*HELLO), shown.extend, PICTURE, told=told)
    lost = [number for number, line in enumerate(shown) if "lost on its way" in line]
    assert lost == [6, 13]
    assert " #1  10.208.7.5 ──✕ 10.208.7.4  PSH-ACK " in shown[6]
