"""Greet the student, then print the conversation until told to stop.

Environment: LAB (its name, such as lab1), LAB_PORT, LAB_TRY (what to type on the client), LAB_LANG,
LAB_TRACE (the hosts whose programs show their calls), LAB_IMPAIR (a bad network from the start,
such as loss 20%), and LAB_INTERFACE (eth0). Status: 0 when told to stop, 2 without one of the first
three, 3 if nothing can be captured.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from wire.events import VERSION, Run
from wire.greeting import greet
from wire.impair.fates import Hearer
from wire.journal import Journal
from wire.picture import Picture
from wire.ring import Ring
from wire.samples import Samples
from wire.traces import Traces
from wire.watch import watch
from wire.words import Language, language_of, say

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
        ring = Ring(interface)
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
        picture = Picture(
            names=names,
            language=language,
            traces=Traces(CALLS, lab=lab),
            samples=Samples(CALLS, lab=lab),
            journal=journal,
        )
        shows_calls = bool(os.environ.get("LAB_TRACE", "").strip())
        greeting = greet(
            lab=lab,
            server=server,
            client=client,
            port=port,
            command=command,
            language=language,
            shows_calls=shows_calls,
        )
        _print(greeting)
        _impair(os.environ.get("LAB_IMPAIR", ""), language)
        reason = watch(ring, _print, picture, told=_hear(ring))
    text = say("no-interface", language, interface=interface, lab=lab, reason=reason)
    return _fail(text, status=3)


def _impair(words: str, language: Language) -> None:
    """Start with a bad network, if the lab asks for one; what is wrong with it is only said."""
    if not words.strip():
        return
    command = [sys.executable, "-m", "wire.impair", *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    text = (done.stdout + done.stderr).strip()
    _print(["", text if done.returncode else say("impaired", language, text=text)])


def _hear(ring: Ring) -> Hearer | None:
    """Listen to what impair tells; None where the container has no place for it."""
    try:
        hearer = Hearer()
    except OSError:
        return None
    ring.also_wait_for(hearer.fileno())
    return hearer


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
