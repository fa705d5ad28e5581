"""Say when bytes stand still in a buffer, because a program does not take them. Pure."""

from dataclasses import dataclass

from wire.diagram import show_size
from wire.samples import Ends, Sample
from wire.words import Language, say

# A program that waits for its user, or for another, takes longer than this to come back to recv().
STANDS_S = 1.0
SOCKETS_REMEMBERED = 256


@dataclass
class _Buffer:
    sample: Sample
    number: int
    since_s: float
    is_told: bool = False


class Stuck:
    """Follows both buffers of each socket; a buffer is told once, until it has been empty."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._buffers: dict[tuple[Ends, str], _Buffer] = {}

    def take(self, sample: Sample, number: int) -> None:
        """Take a new sample of a socket of that flow."""
        for key, size in (("received", sample.received), ("unacknowledged", _unsent(sample))):
            known = self._buffers.get((sample.ends, key))
            if size == 0:
                self._buffers.pop((sample.ends, key), None)
            elif known is None:
                if len(self._buffers) < SOCKETS_REMEMBERED:
                    self._buffers[sample.ends, key] = _Buffer(sample, number, sample.time_s)
            else:
                if getattr(known.sample, key) != size:
                    known.since_s = sample.time_s
                known.sample = sample

    def overdue(self, *, now_s: float) -> list[str]:
        """Return a line for each buffer in which nothing has moved for long enough."""
        lines = []
        for (_, key), buffer in self._buffers.items():
            if buffer.is_told or now_s - buffer.since_s < STANDS_S:
                continue
            buffer.is_told = True
            size = show_size(getattr(buffer.sample, key), self._language)
            host = buffer.sample.host
            text = say(f"stuck-{key}", self._language, size=size, host=host)
            lines.append(f"{'':14}^ #{buffer.number} {text}")
        return lines


def _unsent(sample: Sample) -> int:
    """What a socket without a peer any more has kept is of no interest."""
    return sample.unacknowledged if sample.window is not None else 0
