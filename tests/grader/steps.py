"""What was done in a check so far: who did what, when."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.deadline import Deadline
from grader.language import Text, quote_bytes

WIRE = "wire"  # tells packets; no host has this name


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
        self._packets: list[Callable[[], Sequence[Step]]] = []

    def add(
        self, who: str, what: Text, *, at_s: float | None = None, data: bytes | None = None
    ) -> None:
        """Note that `who` did `what`, now unless `at_s` says when."""
        now_s = self._clock() + self.clock_offset_s
        step = Step(now_s if at_s is None else at_s, who, what, data)
        with self._lock:
            self._steps.append(step)

    def note_packets(self, seen: Callable[[], Sequence[Step]]) -> None:
        """Take who can tell the packets of this check as steps; asked only if it fails."""
        self._packets.append(seen)

    def taken(self, *, with_packets: bool = False) -> tuple[Step, ...]:
        """Give the steps so far, earliest first; among them the packets captured, where wanted."""
        with self._lock:
            steps = list(self._steps)
        if with_packets:
            steps += [step for seen in self._packets for step in seen()]
        return tuple(sorted(steps, key=lambda step: step.at_s))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.taken())

    def __len__(self) -> int:
        return len(self._steps)
