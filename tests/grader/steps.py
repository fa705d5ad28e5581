"""What was done in a check so far: who did what, when."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.deadline import Deadline
from grader.language import Text, quote_bytes


@dataclass(frozen=True)
class Step:
    """One thing done. `at_s` is monotonic time of the engine's kernel; `data` the bytes moved.

    `size_bytes` is how many these were, where only the beginning of them is kept.
    """

    at_s: float
    who: str
    what: Text
    data: bytes | None = None
    size_bytes: int | None = None

    @property
    def told_data(self) -> Text | None:
        """The beginning of the bytes in quotes, with how many there are if that is not all."""
        return None if self.data is None else quote_bytes(self.data, size_bytes=self.size_bytes)


class Steps:
    """The steps of one check in the order of their time, with the check's deadline.

    Hosts and the peer hold the same Steps, so each wait can be cut to what is left of the check:
    `steps.deadline.clip(timeout_s)`. Without a deadline nothing is cut: that is for work outside
    of checks. Safe to add to from several threads.

    `clock_offset_s` is how far the monotonic clock of the engine's kernel is ahead of ours.
    """

    def __init__(
        self,
        *,
        deadline: Deadline | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline = deadline or Deadline.after(math.inf)
        self.clock_offset_s = 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._steps: list[Step] = []

    def add(
        self, who: str, what: Text, *, at_s: float | None = None, data: bytes | None = None
    ) -> None:
        """Note that `who` did `what`, now unless `at_s` says when."""
        now_s = self._clock() + self.clock_offset_s
        step = Step(now_s if at_s is None else at_s, who, what, data)
        with self._lock:
            self._steps.append(step)

    def taken(self) -> tuple[Step, ...]:
        """Give the steps so far, earliest first."""
        with self._lock:
            return tuple(sorted(self._steps, key=lambda step: step.at_s))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.taken())

    def __len__(self) -> int:
        return len(self._steps)
