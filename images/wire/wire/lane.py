"""One direction of a transfer that is skimmed: what has to come next, and what has come. Pure.

Numbers are those of the header, modulo 2**32. What counts as plain, and what is noted, is as in
connection.py and side.py, which see all other segments.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, compress, count
from operator import eq, gt, ne
from typing import NamedTuple

from wire.connection import Progress
from wire.note import Note
from wire.packet import Endpoint
from wire.side import is_later

_HALF = 1 << 31
_MODULUS = 1 << 32


class Segments(NamedTuple):
    """A field of several segments of one lane at a time, in their order."""

    sizes: list[int]
    sequences: list[int]
    acknowledgements: list[int]
    windows: list[int]
    identifications: list[int]


@dataclass
class Lane:
    """One direction; `least_bytes` are those of a segment with data.

    With `counts_trouble` segments that overtook another, or acknowledge nothing new, are counted
    as well; `gap` is what one has left out that is still to come.
    """

    source: Endpoint
    least_bytes: int
    next_raw: int
    acknowledged_raw: int
    window: int
    counts_trouble: bool = False
    identification: int | None = None
    count: int = 0
    size_bytes: int = 0
    gap: tuple[int, int] | None = None
    notes: Counter[Note] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, source: Endpoint, progress: Progress, least_bytes: int, *, counts_trouble: bool
    ) -> "Lane":
        """Begin where a connection's side is."""
        place = progress.next_raw, progress.acknowledged_raw, progress.window
        return cls(source, least_bytes, *place, counts_trouble)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        place = self.next_raw, self.acknowledged_raw, self.window
        return Progress(*place, self.identification, self.gap)

    def take(
        self,
        other: "Lane",
        size: int,
        sequence: int,
        acknowledgement: int,
        window: int,
        identification: int,
    ) -> bool:
        """Whether this segment is one more of the same, beside the other lane; then it counts."""
        newly_acknowledged = (acknowledgement - self.acknowledged_raw) % _MODULUS
        if window == 0 or newly_acknowledged >= _HALF or _is_beyond(acknowledgement, other.gap):
            return False
        if size > 0:
            if size < self.least_bytes:
                return False
            if sequence == self.next_raw:
                self._extend(sequence + size, identification)
            elif not self._takes_reordered(size, sequence, identification):
                return False
            self.size_bytes += size
        elif size < 0 or sequence != self.next_raw:
            return False
        elif newly_acknowledged == 0 and (window == self.window or other.gap):
            is_behind = 0 < (other.next_raw - acknowledgement) % _MODULUS < _HALF
            if not self.counts_trouble or not is_behind:
                return False
            self.notes[Note.DUPLICATE_ACK] += 1
        self.acknowledged_raw = acknowledgement
        self.window = window
        self.count += 1
        return True

    def count_plain(self, segments: Segments) -> int:
        """How many of these are more of the same, up to the first one about which something is."""
        sizes, sequences, acknowledgements, windows, _ = segments
        *expected, end = accumulate(sizes, initial=self.next_raw)
        acknowledged = [self.acknowledged_raw, *acknowledgements]
        if end >= _MODULUS or acknowledged[-1] - self.acknowledged_raw >= _HALF:
            return 0
        limits = [len(sizes)]
        if sequences != expected:
            limits.append(_first(map(ne, sequences, expected)))
        if acknowledged != sorted(acknowledged):
            limits.append(_first(map(gt, acknowledged, acknowledged[1:])))
        if 0 in windows:
            limits.append(windows.index(0))
        if sizes[0]:
            least = max(1, self.least_bytes)
            if min(sizes) < least:
                limits.append(_first(size < least for size in sizes))
        else:
            told = list(zip(acknowledged, [self.window, *windows], strict=True))
            limits += _first(map(eq, told, told[1:])), _first(sizes)  # a duplicate ACK, or data
        return min(limits)

    def move_on(self, segments: Segments, number: int) -> None:
        """Take so many of these, which are plain."""
        last = number - 1
        if segments.sizes[last]:
            before = self.next_raw
            end = segments.sequences[last] + segments.sizes[last]
            self._extend(end, segments.identifications[last])
            self.size_bytes += end - before
        self.acknowledged_raw = segments.acknowledgements[last]
        self.window = segments.windows[last]
        self.count += number

    def _takes_reordered(self, size: int, sequence: int, identification: int) -> bool:
        """Take one that left a gap, or the one that fills it."""
        if not self.counts_trouble:
            return False
        if self.gap is None:
            if (sequence - self.next_raw) % _MODULUS >= _HALF:
                return False
            self.gap = self.next_raw, sequence
            self._extend(sequence + size, identification)
            self.notes[Note.GAP] += 1
            return True
        fills = self.gap == (sequence, (sequence + size) % _MODULUS)
        if not fills or is_later(identification, self.identification):
            return False
        self.gap = None
        self.notes[Note.OUT_OF_ORDER] += 1
        return True

    def _extend(self, end: int, identification: int) -> None:
        self.next_raw = end % _MODULUS
        self.identification = identification


def _is_beyond(acknowledgement: int, gap: tuple[int, int] | None) -> bool:
    """Whether the receiver has what is missing."""
    return gap is not None and 0 < (acknowledgement - gap[0]) % _MODULUS < _HALF


def _first(marks: Iterable[object]) -> int:
    """The place of the first one that is true; beyond all if none is."""
    return next(compress(count(), marks), _MODULUS)
