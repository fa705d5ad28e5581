"""Which ports a check may use: such that no other check, or submission, has left in TIME_WAIT."""

from __future__ import annotations

from collections.abc import Iterable

from grader.proctable import LISTENS, TIME_WAIT, SocketState

# Above those that labs and tutorials use, below those of students, see personal.py.
FIRST, END = 10_000, 21_000
PER_SUBMISSION = 100  # one for each check, and one 50 above it for a check that needs another
ALONE = 20_000  # where a submission's begin that is graded by itself
MOST_LEFT = 1_000


def ports_of(number: int = 0) -> range:
    """Give the ports of a submission by its place in the class: 110 in turn have others."""
    first = FIRST + (ALONE - FIRST + number * PER_SUBMISSION) % (END - FIRST)
    return range(first, first + PER_SUBMISSION)


def are_free(ports: range, left: Iterable[SocketState]) -> bool:
    """Tell whether sockets that are left of ended programs are in nobody's way.

    That is so when all are TCP connections in TIME_WAIT at other ports, and not too many. Another
    state would send segments of its own; so many have been made on purpose.
    """
    others = [each for each in left if each.protocol.startswith("tcp") and each.state != LISTENS]
    return len(others) <= MOST_LEFT and all(
        each.state == TIME_WAIT and each.local[1] not in ports for each in others
    )
