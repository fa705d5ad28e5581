"""A long transfer between lab 1's hosts: few lines, and all bytes told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acceptance.compose import Project
from acceptance.waiting import eventually
from wire.ring import SLOTS

SIZE_BYTES = 10 * 2**20
LARGEST_BYTES = 2**16  # of a segment, as segmentation offload hands it over
UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
FOLDED = re.compile(r"… ([\d,]+) segments, (.*) …$")
CARRIED = re.compile(r"([\d.]+) (\w+) client ──▶ server")
MISSING = re.compile(r"([\d,]+) packets are missing")


# More frames than the capture holds.
FLOOD = f"""
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range({2 * SLOTS}):
    sender.sendto(b"flood", ("server", 9002))
"""


def transfer(project: Project, port: int) -> None:
    """Send zeros from the client to the server, to their end."""
    project.exec("lab1-server", "sh", "-c", f"nc -l {port} >/tmp/received-{port} 2>&1 </dev/null &")
    for attempt in eventually():
        with attempt:
            listening = project.exec("lab1-server", "ss", "-Htln", f"sport = :{port}")
            assert listening.stdout
    project.exec("lab1-client", "sh", "-c", f"head -c {SIZE_BYTES} /dev/zero | nc -N server {port}")


def lines_of(project: Project, port: int) -> list[str]:
    """What the wire prints of the connection to that port, to its close."""
    for attempt in eventually():
        with attempt:
            printed = project.logs("lab1")
            heading = re.search(rf"^#(\d+)  TCP .* server:{port}$", printed, re.MULTILINE)
            assert heading
            lines = [line for line in printed.splitlines() if f" #{heading[1]:<2} " in line]
            assert lines[-1].endswith("<- connection closed")
    return lines


@pytest.fixture(scope="module")
def lines(lab1: Project) -> list[str]:
    """A transfer in which little stands out; on a busy machine one or the other may be restless."""
    for port in range(9010, 9015):
        transfer(lab1, port)
        lines = lines_of(lab1, port)
        if sum("ACK: " in line or "window" in line for line in lines) < 20:
            break
    return lines


def carried_bytes(line: str) -> float:
    """How many bytes from client to server a line tells."""
    if folded := FOLDED.search(line):
        carried = CARRIED.search(folded[2])
        return float(carried[1]) * UNITS[carried[2]] if carried else 0
    length = re.search(r"client ──▶ server .* len (\d+)", line)
    return int(length[1]) if length else 0


def rounding_bytes(line: str) -> float:
    """By how much the bytes that a line tells may differ from those that passed: 0.05 MiB."""
    carried = CARRIED.search(line)
    return 0.05001 * UNITS[carried[2]] if carried and carried[2] != "bytes" else 0


def segments_sent_again(line: str) -> int:
    """How many a line tells at most; what comes late may be an original or a retransmission."""
    counted = re.findall(r"([\d,]+) times (?:retransmission|out of order|the same)", line)
    drawn = re.search("<- (?:retransmission|out of order|the same)", line)
    return sum(int(count.replace(",", "")) for count in counted) + bool(drawn)


def test_far_fewer_lines_than_segments(lines: list[str]) -> None:
    folded = [match for line in lines if (match := FOLDED.search(line))]
    count = sum(int(match[1].replace(",", "")) for match in folded)
    assert folded
    assert count > 100
    assert len(lines) < count / 2


def test_all_bytes_are_told(lines: list[str], lab1: Project) -> None:
    assert not MISSING.search(lab1.logs("lab1"))
    told_bytes = sum(map(carried_bytes, lines))
    most_again_bytes = sum(map(segments_sent_again, lines)) * LARGEST_BYTES
    rounded_bytes = sum(map(rounding_bytes, lines))
    assert SIZE_BYTES - rounded_bytes <= told_bytes
    assert told_bytes <= SIZE_BYTES + rounded_bytes + most_again_bytes


def test_handshake_and_close_are_drawn(lines: list[str]) -> None:
    assert lines[2].endswith("<- three-way handshake complete")
    assert any("<- closes first" in line for line in lines)


def test_times_never_go_back(lines: list[str]) -> None:
    times_s = [float(line.split()[0]) for line in lines]
    assert times_s == sorted(times_s)


def test_what_was_missed_is_said(lab1: Project) -> None:
    with paused(lab1):
        lab1.exec("lab1-client", "python3", "-c", FLOOD)
    for attempt in eventually():
        with attempt:
            assert MISSING.search(lab1.logs("lab1"))


@contextmanager
def paused(project: Project) -> Iterator[None]:
    """Nothing is read in there: what is more than the capture holds gets lost."""
    wire = project.containers()["lab1"]
    wire.pause()
    try:
        yield
    finally:
        wire.unpause()
