"""When each packet of one direction goes on, if at all. Pure: the clock is the caller's."""

import heapq
import random
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from wire.impair.plan import Effects

# A packet that is to be overtaken waits for the next one, but no longer than this.
REORDER_LIMIT_S = 0.1

# What would wait longer than this for its turn at a low rate is lost: a router's buffer has an end.
RATE_QUEUE_S = 1.0

Item = TypeVar("Item")


@dataclass
class Counts:
    """How many packets came, and what became of them."""

    packets: int = 0
    lost: int = 0
    duplicated: int = 0
    corrupted: int = 0
    reordered: int = 0


@dataclass(frozen=True)
class Departure(Generic[Item]):
    """A packet that goes on at `due_s`.

    `damage` is where a bit of it is turned over, from 0 (its first byte) to 1 (its end); None
    leaves it whole. `is_copy` marks a duplicate.
    """

    due_s: float
    item: Item
    damage: float | None
    is_copy: bool


@dataclass(frozen=True)
class _Dice:
    loss: float
    duplicate: float
    corrupt: float
    reorder: float
    jitter: float
    damage: float


class Lane(Generic[Item]):
    """One direction. The fate of its n-th packet depends on the seed and on n alone."""

    def __init__(self, effects: Effects, *, seed: str) -> None:
        self.counts = Counts()
        self._effects = effects
        self._random = random.Random(seed)  # noqa: S311
        self._order = count()
        self._waiting: list[tuple[float, int, Departure[Item]]] = []
        self._held: Departure[Item] | None = None
        self._last_due_s = 0.0
        self._free_s = 0.0

    def arrive(self, item: Item, *, size_bytes: int, now_s: float) -> bool:
        """Take a packet; False if it is lost."""
        effects, dice = self._effects, _Dice(*(self._random.random() for _ in range(6)))
        self.counts.packets += 1
        is_lost = effects.cut or dice.loss < effects.loss
        start_s = None if is_lost else self._start_s(size_bytes, now_s)
        if start_s is None:
            self.counts.lost += 1
            return False
        jitter_s = effects.jitter_s * (2 * dice.jitter - 1)
        due_s = start_s + max(0.0, effects.delay_s + jitter_s)
        is_damaged = dice.corrupt < effects.corrupt
        self.counts.corrupted += is_damaged
        departure = Departure(due_s, item, dice.damage if is_damaged else None, is_copy=False)
        if dice.reorder < effects.reorder and self._held is None:
            self._held = departure
            return True
        # Only `reorder` lets packets overtake each other; what varies in delay keeps its order.
        self._last_due_s = due_s = max(due_s, self._last_due_s)
        self._push(departure, due_s)
        if dice.duplicate < effects.duplicate:
            self.counts.duplicated += 1
            self._push(Departure(due_s, item, None, is_copy=True), due_s)
        if self._held is not None:
            self.counts.reordered += 1
            self._release_held(due_s)
        return True

    def due(self, now_s: float) -> list[Departure[Item]]:
        """Return what goes on now, in its order."""
        if self._held is not None and now_s >= self._held.due_s + REORDER_LIMIT_S:
            self._release_held(now_s)
        out = []
        while self._waiting and self._waiting[0][0] <= now_s:
            out.append(heapq.heappop(self._waiting)[2])
        return out

    @property
    def next_due_s(self) -> float | None:
        """When `due` has something next; None: not before another packet arrives."""
        times_s = [self._waiting[0][0]] if self._waiting else []
        if self._held is not None:
            times_s.append(self._held.due_s + REORDER_LIMIT_S)
        return min(times_s, default=None)

    def _start_s(self, size_bytes: int, now_s: float) -> float | None:
        """Return when it has passed at the rate; None if the buffer before it is full."""
        if self._effects.rate_bps is None:
            return now_s
        begin_s = max(now_s, self._free_s)
        if begin_s - now_s > RATE_QUEUE_S:
            return None
        self._free_s = begin_s + size_bytes * 8 / self._effects.rate_bps
        return self._free_s

    def _release_held(self, due_s: float) -> None:
        if self._held is not None:
            self._push(self._held, due_s)
        self._held = None

    def _push(self, departure: Departure[Item], due_s: float) -> None:
        heapq.heappush(self._waiting, (due_s, next(self._order), departure))
