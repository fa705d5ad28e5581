"""How long a check may still take; every wait of a host or the peer asks here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson

CHECK_LIMIT_S = 10.0


@dataclass(frozen=True)
class Deadline:
    """The end of a check's time, in seconds of the grader's monotonic clock."""

    end_s: float
    limit_s: float
    clock: Callable[[], float] = field(default=time.monotonic, compare=False)

    @classmethod
    def after(cls, limit_s: float, *, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """Start now, end `limit_s` seconds from now."""
        return cls(clock() + limit_s, limit_s, clock)

    @property
    def rest_s(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self.end_s - self.clock())

    def clip(self, timeout_s: float) -> float:
        """Shorten a wait to what is left of the check.

        Raises CheckFailed when nothing is left, so a check ends at its next wait.
        """
        rest_s = self.rest_s
        if not rest_s:
            raise CheckFailed(over_limit(self.limit_s))
        return min(timeout_s, rest_s)

    def wait_until(
        self, condition: Callable[[], bool], timeout_s: float, *, poll_s: float = 0.005
    ) -> bool:
        """Ask again and again until `condition` holds or time is over; tell whether it holds."""
        end = Deadline.after(self.clip(timeout_s), clock=self.clock)
        while not condition():
            if not end.rest_s:
                return False
            time.sleep(min(poll_s, end.rest_s))
        return True


def over_limit(limit_s: float) -> Lesson:
    """Say that a check took longer than it may."""
    return Lesson(
        saw=Text(
            "the check was not over after {limit:g} s",
            "检查在 {limit:g} 秒内没有完成",
        ).fill(limit=limit_s),
        wanted=Text("all of it within {limit:g} s", "{limit:g} 秒内全部完成").fill(limit=limit_s),
        hint=Text(
            "a call that blocks (accept, recv, input) waits for ever if what it waits for never"
            " comes; the last step below shows where it stood still",
            "阻塞调用（accept、recv、input）等不到要等的东西，就会一直等下去；"
            "看下面最后一步，就知道停在哪里",
        ),
    )
