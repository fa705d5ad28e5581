"""Read what the hosts tell of their own sockets: `sample-sockets` in images/host writes it.

Anybody in the lab may write there, so each line is looked at before it is believed.
"""

import json
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wire.life import State
from wire.packet import Endpoint
from wire.shared import Folder, SharedFile, remove

# LAB-HOST.sockets
_NAME = re.compile(r"([a-z0-9]{1,16})-([a-z][a-z0-9-]{0,15})\.sockets")

HOSTS_AT_ONCE = 8
MOST_SOCKETS = 64
SOCKETS_REMEMBERED = 1024
_MOST = 2**40

Ends = tuple[Endpoint, Endpoint]


@dataclass(frozen=True)
class Sample:
    """A TCP socket as its own kernel has it at `time_s` (Unix time); `ends` begin with its own.

    In bytes: `received` wait for the program's recv(), `unacknowledged` were sent and are kept till
    the other side has acknowledged them; both are what ss(8) calls Recv-Q and Send-Q. `room` and
    `send_room` are the sizes of both buffers, `window` is what it offers. `retransmitted` counts
    segments. What a kernel does not tell, as in TIME-WAIT, is None.
    """

    host: str
    time_s: float
    ends: Ends
    state: State
    received: int = 0
    unacknowledged: int = 0
    room: int | None = None
    send_room: int | None = None
    window: int | None = None
    retransmitted: int | None = None
    rtt_ms: float | None = None


class News:
    """Knows which samples say something new: one unlike the last, or the first after a packet."""

    def __init__(self) -> None:
        self._told: dict[Ends, Sample] = {}
        self._passed: dict[int, float] = {}

    def pass_by(self, number: int, time_s: float) -> None:
        """Take note of a packet of that flow."""
        self._passed.pop(number, None)
        self._passed[number] = time_s
        if len(self._passed) > SOCKETS_REMEMBERED:
            del self._passed[next(iter(self._passed))]

    def is_news(self, sample: Sample, number: int) -> bool:
        """Whether to tell this sample of a socket of that flow."""
        before = self._told.pop(sample.ends, None)
        if before is not None:
            is_same = replace(sample, time_s=before.time_s, rtt_ms=before.rtt_ms) == before
            if is_same and self._passed.get(number, 0.0) <= before.time_s:
                self._told[sample.ends] = before
                return False
        self._told[sample.ends] = sample
        if len(self._told) > SOCKETS_REMEMBERED:
            del self._told[next(iter(self._told))]
        return True


class Samples:
    """The samples of one lab."""

    def __init__(self, folder: Path, *, lab: str) -> None:
        self._folder = folder
        self._names = Folder(folder)
        self._lab = lab
        self._files: dict[str, SharedFile] = {}
        self._ends: dict[str, set[Ends]] = {}

    def poll(self) -> list[Sample]:
        """Return what came since the last time; a socket that is no more is CLOSED."""
        self._open_new()
        samples = []
        for host, file in list(self._files.items()):
            if file.is_removed:
                file.close()
                del self._files[host]
                continue
            for line in file.read():
                samples += self._take(host, line)
        return samples

    def _take(self, host: str, line: str) -> list[Sample]:
        found = read(host, line)
        if found is None:
            return []
        time_s, samples = found
        before = self._ends.get(host, set())
        now = self._ends[host] = {sample.ends for sample in samples}
        gone = [Sample(host, time_s, ends, State.CLOSED) for ends in sorted(before - now)]
        return [*samples, *gone]

    def _open_new(self) -> None:
        for name in self._names.names():
            match = _NAME.fullmatch(name)
            if not match or match[1] != self._lab or match[2] in self._files:
                continue
            if len(self._files) < HOSTS_AT_ONCE:
                try:
                    self._files[match[2]] = SharedFile(self._folder / name)
                except OSError:
                    remove(self._folder / name)


def read(host: str, line: str) -> tuple[float, list[Sample]] | None:
    """Read a line of a host; None if it is not one of `sample-sockets`. Pure."""
    try:
        time_s, sockets = json.loads(line)
        if not 0 < float(time_s) < time.time() + 60:
            return None
        found = [_read_one(host, float(time_s), *each) for each in sockets[:MOST_SOCKETS]]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return float(time_s), found


def _read_one(
    host: str, time_s: float, local: Any, port: Any, remote: Any, remote_port: Any, state: Any,
    received: Any, unacknowledged: Any, *more: Any,
) -> Sample:  # fmt: skip
    room, send_room, window, retransmitted, rtt_us = (_number(each) for each in more)
    return Sample(
        host,
        time_s,
        (Endpoint(str(local), int(port)), Endpoint(str(remote), int(remote_port))),
        State(state),
        _number(received) or 0,
        _number(unacknowledged) or 0,
        room,
        send_room,
        window,
        retransmitted,
        None if rtt_us is None else rtt_us / 1000,
    )


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError(value)
    return value
