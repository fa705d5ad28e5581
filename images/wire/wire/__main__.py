"""Greet the student, then print the conversation until told to stop.

Environment: LAB (its name, such as lab1), LAB_PORT, LAB_TRY (what to type on the client), LAB_LANG,
and LAB_INTERFACE (eth0). Status: 0 when told to stop, 2 without one of the first three, 3 if
nothing can be captured.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from wire.capture import count_missed, is_drained, open_capture, read_frame
from wire.events import VERSION, Run
from wire.greeting import greet
from wire.journal import Journal
from wire.packet import decode, is_background
from wire.picture import Picture
from wire.timeline import LOOK_EVERY_S
from wire.traces import Traces
from wire.words import language_of, say

# The client's container may start after this one; it has its name as soon as it runs.
LOOKUP_LIMIT_S = 5.0
LOOKUP_PAUSE_S = 0.1

# Volumes of the lab; the wire does without where they are not mounted.
EVENTS = Path("/run/events")  # read by the board
CALLS = Path("/run/calls")  # written by the hosts


def main() -> int:
    """Run until a signal comes or the interface goes; return the exit status."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    language = language_of(os.environ.get("LAB_LANG", ""))
    try:
        lab, port, command = (os.environ[name] for name in ("LAB", "LAB_PORT", "LAB_TRY"))
    except KeyError as missing:
        return _fail(say("usage", language, name=missing.args[0]), status=2)
    interface = os.environ.get("LAB_INTERFACE", "eth0")
    try:
        # Before the greeting, so that what a quick client sends meanwhile is not missed.
        capture = open_capture(interface)
    except PermissionError as error:
        return _fail(say("no-permission", language, reason=error.strerror), status=3)
    except OSError as error:
        reason = error.strerror
    else:
        server, client = _find("server"), _find("client")
        hosts = {"server": server, "client": client}
        names = dict.fromkeys(server, "server") | dict.fromkeys(client, "client")
        journal = Journal(EVENTS / lab, Run(VERSION, lab, port, time.time(), hosts))
        journal.begin()
        traces = Traces(CALLS, lab=lab)
        picture = Picture(names=names, language=language, traces=traces, journal=journal)
        _print(greet(lab=lab, port=port, command=command, language=language, **hosts))
        reason = _watch(capture, picture)
    text = say("no-interface", language, interface=interface, lab=lab, reason=reason)
    return _fail(text, status=3)


def _watch(capture: socket.socket, picture: Picture) -> str:
    """Print what passes; return why nothing more can be read."""
    while True:
        try:
            # Said once a burst is over: the kernel does not tell where in it frames were lost.
            if is_drained(capture):
                if missed := count_missed(capture):
                    _print(picture.miss(missed))
                while is_drained(capture, wait_s=LOOK_EVERY_S):
                    _print(picture.look())
            frame = read_frame(capture)
        except OSError as error:
            return error.strerror or str(error)
        packet = decode(frame.data, time_s=frame.time_s)
        if packet is not None and not is_background(packet):
            _print(picture.take(packet, frame))


def _find(name: str) -> list[str]:
    """Look a host up until it is known or the limit is over; return its addresses, IPv4 first."""
    deadline_s = time.monotonic() + LOOKUP_LIMIT_S
    while True:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError:
            if time.monotonic() > deadline_s:
                return []
            time.sleep(LOOKUP_PAUSE_S)
        else:
            found.sort(key=lambda each: each[0] != socket.AF_INET)
            return [str(address[0]) for *_, address in found]


def _print(lines: Iterable[str]) -> None:
    # One write for all lines: nothing of another service comes between them.
    text = "".join(f"{line}\n" for line in lines)
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()


def _fail(message: str, *, status: int) -> int:
    print(message, file=sys.stderr, flush=True)
    return status


def _stop(signal_number: int, _: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
