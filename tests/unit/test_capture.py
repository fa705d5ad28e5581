"""The capture's own part: what it makes of what the kernel hands over."""

import ast
import errno
import socket
import struct
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from unit.segments import HELLO
from wire import capture
from wire.capture import (
    SNAP_LENGTH_BYTES,
    Frame,
    count_missed,
    is_drained,
    open_capture,
    read_frame,
)

ETHERNET, LOOPBACK = 1, 772
TIME = [(socket.SOL_SOCKET, capture.SO_TIMESTAMPNS, struct.pack("@ll", 1_700_000_000, 250_000_000))]


class FakeSocket:
    """A packet socket that hands over what it was given."""

    def __init__(self, *packets: tuple[bytes, int, int], ancillary: list[Any] = TIME) -> None:
        self._packets = iter(packets)
        self._ancillary = ancillary

    def recvmsg_into(
        self, buffers: list[bytearray], _ancillary_size: int, flags: int
    ) -> tuple[int, list[Any], int, tuple[Any, ...]]:
        data, packet_type, hardware_type = next(self._packets)
        size = min(len(data), len(buffers[0]))
        buffers[0][:size] = data[:size]
        length = len(data) if flags & socket.MSG_TRUNC else size
        return length, self._ancillary, 0, ("eth0", 0x0800, packet_type, hardware_type, b"")

    def getsockopt(self, _level: int, _option: int, _size: int) -> bytes:
        return struct.pack("@II", 100, 3)


def read(*packets: tuple[bytes, int, int], ancillary: list[Any] = TIME) -> Frame:
    return read_frame(cast(socket.socket, FakeSocket(*packets, ancillary=ancillary)))


def test_interface_that_is_missing_raises() -> None:
    with pytest.raises(OSError, match=r"No such device|not permitted"):
        open_capture("missing0")


def test_end_of_the_interface_is_raised() -> None:
    class Gone(FakeSocket):
        def recvmsg_into(self, *_: object) -> Any:
            raise OSError(errno.ENETDOWN, "Network is down")

    with pytest.raises(OSError, match="Network is down"):
        read_frame(cast(socket.socket, Gone()))


def test_frame_has_the_time_of_the_kernel() -> None:
    data = HELLO[0]
    frame = read((data, socket.PACKET_HOST, ETHERNET))
    assert (frame.time_s, frame.data, frame.original_length) == (1_700_000_000.25, data, len(data))


def test_long_frame_is_cut_at_the_snap_length() -> None:
    frame = read((bytes(65_226), socket.PACKET_OUTGOING, ETHERNET))
    assert (len(frame.data), frame.original_length) == (SNAP_LENGTH_BYTES, 65_226)


def test_both_directions_of_an_interface_are_read() -> None:
    assert read((b"out", socket.PACKET_OUTGOING, ETHERNET)).data == b"out"
    assert read((b"in", socket.PACKET_HOST, ETHERNET)).data == b"in"


def test_loopback_packet_is_read_once() -> None:
    frame = read(
        (b"sent", socket.PACKET_OUTGOING, LOOPBACK), (b"come", socket.PACKET_HOST, LOOPBACK)
    )
    assert frame.data == b"come"


def test_frame_without_a_time_stamp_gets_the_time_it_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: 12.5)
    assert read((b"x", socket.PACKET_HOST, ETHERNET), ancillary=[]).time_s == 12.5


def test_capture_is_drained_when_nothing_waits() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert is_drained(ours)
        theirs.send(b"frame")
        assert not is_drained(ours)


def test_lost_frames_are_counted() -> None:
    assert count_missed(cast(socket.socket, FakeSocket())) == 3


def test_source_stands_alone() -> None:
    """It is sent into containers that have Python and nothing of ours."""
    tree = ast.parse(Path(capture.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported
    assert imported <= sys.stdlib_module_names
