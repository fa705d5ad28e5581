"""Where a call belongs among the segments: its flow, and its time on the picture's clock. Pure."""

from dataclasses import dataclass

from wire.calls import Call
from wire.model import Event
from wire.packet import Endpoint

# A call that belongs to no flow and comes so long after everything else begins something new.
APART_S = 1.0

FLOWS_REMEMBERED = 1024


@dataclass(frozen=True)
class Place:
    """Where a call belongs: the number of its flow, None if that is not known, and its time.

    `is_first` marks one that began a conversation.
    """

    number: int | None
    time_s: float
    is_first: bool = False


class Places:
    """Follows what is drawn, in its order, to say where the next call belongs."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[Endpoint], int] = {}
        self._started_s = 0.0
        self._last_s = float("-inf")

    def pass_by(self, event: Event) -> None:
        """Take note of a packet that is drawn."""
        self._started_s = event.packet.time_s - event.time_s
        self._last_s = event.packet.time_s
        if event.is_first:
            if len(self._numbers) >= FLOWS_REMEMBERED:
                del self._numbers[next(iter(self._numbers))]
            self._numbers[frozenset(event.ends)] = event.number

    def number_of(self, ends: tuple[Endpoint, Endpoint]) -> int | None:
        """Return the number of the flow between two endpoints; None if none was drawn."""
        return self._numbers.get(frozenset(ends))

    def place(self, call: Call) -> Place:
        """Return where a call belongs; the first one of something new starts the clock."""
        local, remote = call.ends
        number = self._numbers.get(frozenset((local, remote))) if local and remote else None
        moment_s = call.moment_s
        is_apart = moment_s - self._last_s > APART_S
        is_first = number is None and is_apart and call.name != "close"
        if is_first:
            self._started_s = moment_s
        self._last_s = max(self._last_s, moment_s)
        return Place(number, max(0.0, moment_s - self._started_s), is_first)
