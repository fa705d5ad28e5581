"""Put packets, calls and samples, which come from three places, into one order. Pure.

While a program is traced everything is held for a moment, as its calls arrive a little later than
the packets they caused. Without a trace nothing needs to pass through here.
"""

import heapq
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from wire.calls import Call
from wire.fold import Folded
from wire.model import Event
from wire.samples import Sample

# Longer than a call needs from strace to us on a busy machine, shorter than a person notices.
HOLD_S = 0.3
# How often the traces are looked at.
LOOK_EVERY_S = 0.05

# A number stands for so many missed packets.
Drawn = Event | Folded | int
Seen = Drawn | Call | Sample

_CallKey = tuple[str, int, float]


class Timeline:
    """Takes packets and calls and gives them back in the order of their times (Unix time)."""

    def __init__(self) -> None:
        self._held: list[tuple[float, int, Seen]] = []
        self._numbers = count()
        self._last_s = 0.0
        self._told: set[_CallKey] = set()

    @property
    def is_holding(self) -> bool:
        """Whether anything is held."""
        return bool(self._held)

    def add(self, drawn: Drawn) -> None:
        """Take what comes next; what has no time of its own stands right behind what came last."""
        if isinstance(drawn, Event):
            self._last_s = max(self._last_s, drawn.packet.time_s)
        self._push(self._last_s, drawn)

    def add_calls(self, calls: Iterable[Call], waiting: Iterable[Call], *, now_s: float) -> None:
        """Take calls that have returned, and look at those that wait.

        One that has waited longer than the hold is told; it is told again when it returns.
        """
        for call in calls:
            if _key(call) in self._told:
                self._told.discard(_key(call))
                call = replace(call, is_return=True)
            self._push(call.moment_s, call)
        still = set()
        for call in waiting:
            if now_s - call.time_s <= HOLD_S:
                continue
            still.add(_key(call))
            if _key(call) not in self._told:
                self._push(call.moment_s, call)
        self._told = still

    def add_sample(self, sample: Sample) -> None:
        """Take what a host has told of a socket."""
        self._push(sample.time_s, sample)

    def ready(self, *, now_s: float) -> list[Seen]:
        """Give back what is old enough; `now_s` is how far both packets and calls were read."""
        out = []
        while self._held and self._held[0][0] <= now_s - HOLD_S:
            out.append(heapq.heappop(self._held)[2])
        return out

    def _push(self, time_s: float, item: Seen) -> None:
        heapq.heappush(self._held, (time_s, next(self._numbers), item))


def _key(call: Call) -> _CallKey:
    return call.host, call.process, call.time_s
