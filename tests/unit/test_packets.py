"""A capture as its frames tell of it."""

from contextlib import suppress
from typing import Any

import pytest

from grader.channel import pack
from grader.deadline import over_limit
from grader.errors import CheckFailed, GraderError
from grader.host import Host
from grader.packets import open_capture
from unit.agents import Script, scripted_channel
from unit.segments import HELLO
from wire.packet import Flags


def recorded(frames: list[bytes], **lost: int) -> Script:
    """Tell these frames when the capture ends."""

    def script(request: dict[str, Any]) -> list[dict[str, Any]]:
        ended = {"missed": 0, "over_limit": 0} | lost
        if request["op"] != "capture_end":
            return [{"id": request["id"], "answer": {"at": 1.0}}]
        return [
            *(
                {
                    "event": "frame",
                    "capture": request["capture"],
                    "data": pack(frame),
                    "length": len(frame),
                    "at": 2.0 + number,
                }
                for number, frame in enumerate(frames)
            ),
            {"id": request["id"], "answer": ended},
        ]

    return script


def test_capture_without_the_right_to() -> None:
    def refuse(request: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"id": request["id"], "error": "Operation not permitted"}]

    with (
        scripted_channel(refuse) as (channel, _),
        pytest.raises(GraderError, match="not permitted"),
        Host(channel, address="").capture(),
    ):
        pass


def test_frames_lost_are_counted() -> None:
    with scripted_channel(recorded([], missed=2, over_limit=3)) as (channel, _):
        host = Host(channel, address="")
        with open_capture(host, channel, interface="eth0") as capture:
            pass
    assert capture.missed == 5


def test_frames_are_whole_where_a_check_fails_meanwhile() -> None:
    failure = CheckFailed(over_limit(1))
    with (
        suppress(CheckFailed),
        scripted_channel(recorded(list(HELLO))) as (channel, _),
        Host(channel, address="").capture() as capture,
    ):
        raise failure
    assert len(capture.packets()) == len(HELLO)


def test_garbage_and_background_are_left_out() -> None:
    to_all = b"\xff" * 6 + HELLO[0][6:30] + b"\xff" * 4 + HELLO[0][34:]
    with (
        scripted_channel(recorded([b"", b"garbage", to_all])) as (channel, _),
        Host(channel, address="").capture() as capture,
    ):
        pass
    assert capture.packets() == []


def test_recorded_exchange() -> None:
    with (
        scripted_channel(recorded(list(HELLO))) as (channel, _),
        Host(channel, address="").capture() as capture,
    ):
        assert not capture.wait_for(lambda packets: len(packets) > 0, 0.01)
    first = capture.segments()[0]
    (connection,) = capture.connections(port=first.target.port)
    assert (first.time_s, first.flags) == (2.0, Flags.SYN)
    assert first.payload == b""
    assert len(capture.segments()) == len(HELLO)
    assert capture.segments(port=1) == []
    assert not connection.is_open
    assert not connection.resets
