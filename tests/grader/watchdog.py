"""The last resort for a check that does not look at its deadline."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grader.deadline import over_limit
from grader.errors import CheckFailed

GRACE_S = 2.0


@contextmanager
def watchdog(limit_s: float) -> Iterator[None]:
    """Raise CheckFailed in the main thread when the check is not over soon after its limit.

    Waits look at Steps.deadline themselves; this ends what does not wait in one of ours. In
    another thread than the main one signals cannot be used, and nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def bark(_signum: int, _frame: FrameType | None) -> None:
        raise CheckFailed(over_limit(limit_s))

    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, limit_s + GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
