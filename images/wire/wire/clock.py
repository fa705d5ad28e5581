"""Follow the wall clock, which is set now and then.

When a call began strace tells by that clock, but how long it took by another one, which is never
set: clock_gettime(2), CLOCK_REALTIME and CLOCK_MONOTONIC. A call may wait for hours, in which the
clock is set or a laptop sleeps; then the sum of both is not when it returned.
"""

import time
from collections import deque
from collections.abc import Callable

# What is less does not change the order of anything that is drawn.
NOTICED_S = 0.000_1
CHANGES_REMEMBERED = 1024


class WallClock:
    """Knows how far the wall clock was set, as far as it is asked to `look` often."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._leads: deque[tuple[float, float]] = deque(maxlen=CHANGES_REMEMBERED)
        self.look()

    def look(self) -> None:
        """Take note of where the wall clock stands."""
        now_s = self._steady()
        lead_s = self._wall() - now_s
        if not self._leads or abs(lead_s - self._leads[-1][1]) > NOTICED_S:
            self._leads.append((now_s, lead_s))

    def set_within(self, last_s: float) -> float:
        """By how many seconds it was set forward in the last so many; back is negative."""
        since_s = self._steady() - last_s
        before = (lead_s for noted_s, lead_s in reversed(self._leads) if noted_s <= since_s)
        return self._leads[-1][1] - next(before, self._leads[0][1])
