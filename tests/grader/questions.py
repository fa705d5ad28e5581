"""Questions that rows of hints ask about symptoms; an answer that is false means: no."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from grader.language import Text
from grader.proctable import LISTENS, TIME_WAIT
from grader.symptoms import ANY_ADDRESS, Symptoms

ENGINES_RESOLVER = "127.0.0.11"  # listens in every container of a private network

Question = Callable[[Symptoms], str | bool | None]


@dataclass(frozen=True)
class Hint:
    """One row: when it holds, what to say. `{found}` in the text is what the question found.

    A general row says little; what a check itself has to say goes before it.
    """

    name: str
    holds: Question
    text: Text
    is_general: bool = False


def has_errno(*numbers: int) -> Question:
    """Did the program end with one of these error numbers of errno(3)?"""
    return lambda seen: bool(seen.raised and seen.raised.errno in numbers)


def raised(*kinds: str, saying: str = "") -> Question:
    """Did it end with one of these exceptions, saying something like this?

    Finds the group of the pattern, if it has one.
    """

    def question(seen: Symptoms) -> str | None:
        if seen.raised is None or seen.raised.kind not in kinds:
            return None
        found = re.search(saying, seen.raised.message)
        return found and (found[found.lastindex or 0] or seen.raised.kind)

    return question


def shadowed_module(seen: Symptoms) -> str | None:
    """Name the student's file that stands before a module of Python's own library."""
    if seen.raised is None:
        return None
    suspects = {*seen.files, *seen.raised.files}
    for name in sorted(suspects):
        stem = name.removesuffix(".py")
        is_telling = name in seen.raised.files or re.search(
            rf"\b{re.escape(stem)}\b", seen.raised.message
        )
        if stem in sys.stdlib_module_names and name != seen.program and is_telling:
            return name
    return None


def port_waits(seen: Symptoms) -> bool:
    """Is the port in use because a closed connection holds it in TIME_WAIT?"""
    return bool(has_errno(errno.EADDRINUSE)(seen) and seen.at_port(TIME_WAIT))


def listens_locally(seen: Symptoms) -> str | None:
    """Which loopback address is the only one it listens on, at the port asked about?"""
    addresses = [listener.local[0] for listener in seen.at_port(LISTENS)]
    if not addresses or any(address in ANY_ADDRESS for address in addresses):
        return None
    return next((a for a in addresses if a.startswith("127.") or a == "::1"), None)


def listens_elsewhere(seen: Symptoms) -> str | None:
    """Which other port does it listen on?"""
    if seen.port is None or seen.exit_status is not None or seen.at_port(LISTENS):
        return None
    others = (socket.local for socket in seen.listeners if socket.local[0] != ENGINES_RESOLVER)
    return next((str(port) for _, port in others), None)


def nothing_listens(seen: Symptoms) -> bool:
    """Does the program run without listening at the port asked about?"""
    return seen.port is not None and seen.exit_status is None and not seen.at_port(LISTENS)


def is_datagram(seen: Symptoms) -> bool:
    """Is the port bound by UDP where TCP was asked for?"""
    return nothing_listens(seen) and bool(seen.at_port("UNCONN", "udp"))


def source_of(seen: Symptoms) -> bytes:
    """Give the first bytes of the program's file."""
    return seen.files.get(seen.program, b"")


def missing_file(seen: Symptoms) -> str | None:
    """Which file did Python not find in /lab?"""
    found = re.search(rb"can't open file '/lab/([^']{1,200})'", seen.stderr)
    return found[1].decode("utf-8", "replace") if found and seen.exit_status == 2 else None
