"""Fold the middle of long transfers: which events are drawn, and which are only counted. Pure.

A run is what goes on in one flow, one way, while nothing stands out: data, and the ACKs for it.
Its first events are drawn; from then on they are counted, and told in one line as soon as anything
else is drawn, each second, and soon after the last of them. What stands out is drawn, too, unless
it does so more often than anybody could read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from wire.model import Event
from wire.note import Note
from wire.packet import Datagram, Echo, Endpoint, Flags, Segment

# Longer than any exchange of a lab's handout: those are never folded.
DRAWN_FIRST = 12

# What follows something that stands out in a transfer that is folded already.
DRAWN_AFTER = 3

# So much of what any fast transfer meets now and then is drawn each second; then it is counted.
DRAWN_UNUSUAL = 8
_USUAL_TROUBLE = {Note.OUT_OF_ORDER, Note.GAP, Note.DUPLICATE_ACK, Note.RETRANSMISSION}

# So few are drawn after all: a line that counts them would say less, in as much room.
TOO_FEW = 3

# A run that pauses so long has ended: a person who types lines sees each of them at once.
QUIET_S = 0.5
TELL_EVERY_S = 1.0

# How often runs are looked over; the limits above are kept to this.
LOOK_EVERY_S = 0.1

# Data against the run's direction ends it, as in a dialogue. Segments as full as these do not:
# two transfers pass each other.
FULL_BYTES = 1000

# What impair does is counted as well: at a high share every other line would be about it.
_SAID = {Note.LOST, Note.DAMAGED}

_PLAIN = Flags.PSH | Flags.ACK


@dataclass(frozen=True)
class Folded:
    """Events of one flow that were not drawn.

    `time_s` is the last one's. `forward_bytes` went from the first of `ends` to the second,
    `back_bytes` the other way; `count` has the segments of both, ACKs without data included. `lost`
    is how many were said to be lost; `notes` are what stood out, and how often.
    """

    number: int
    ends: tuple[Endpoint, Endpoint]
    time_s: float
    count: int
    forward_bytes: int
    back_bytes: int
    is_datagrams: bool
    lost: int = 0
    notes: tuple[tuple[Note, int], ...] = ()


@dataclass
class _Run:
    source: Endpoint | None = None
    drawn: int = 0
    last_s: float = 0.0
    since_s: float = 0.0
    kept: list[Event] = field(default_factory=list)
    count: int = 0
    forward_bytes: int = 0
    back_bytes: int = 0
    lost: int = 0
    last: Event | None = None
    notes: Counter[Note] = field(default_factory=Counter)
    unusual: int = 0
    unusual_since_s: float = 0.0

    def is_past_trouble(self, now_s: float) -> bool:
        """Whether usual trouble has been drawn often enough for this second."""
        is_this = now_s - self.unusual_since_s <= TELL_EVERY_S
        return is_this and self.unusual >= DRAWN_UNUSUAL

    def is_too_much(self, event: Event, now_s: float) -> bool:
        """Whether such as stands out about the event has been drawn often enough for a second."""
        if not set(event.notes) <= _USUAL_TROUBLE or not _has_plain_flags(event):
            return False
        if now_s - self.unusual_since_s > TELL_EVERY_S:
            self.unusual, self.unusual_since_s = 0, now_s
        is_past = self.is_past_trouble(now_s)
        self.unusual += 1
        return is_past

    def holds(self, event: Event) -> bool:
        """Whether the event goes on with this run."""
        packet = event.packet
        if packet.length == 0 or self.source in (None, packet.source):
            return True
        return packet.length >= FULL_BYTES

    def count_in(self, event: Event, now_s: float) -> None:
        if self.last is None:
            self.since_s = now_s
        if self.count + self.lost < TOO_FEW:
            self.kept.append(event)
        self.last = event
        if Note.LOST in event.notes:
            self.lost += 1
            return
        self.notes.update(each for each in event.notes if each in _USUAL_TROUBLE)
        self.count += 1
        if event.packet.source == event.ends[0]:
            self.forward_bytes += event.packet.length
        else:
            self.back_bytes += event.packet.length

    def told(self) -> Iterator[Event | Folded]:
        """Give away what is pending; nothing is afterwards."""
        if self.last is None:
            return
        if len(self.kept) == self.count + self.lost:
            yield from self.kept
        else:
            yield Folded(
                self.last.number,
                self.last.ends,
                self.last.time_s,
                self.count,
                self.forward_bytes,
                self.back_bytes,
                isinstance(self.last.packet, Datagram),
                self.lost,
                tuple(sorted(self.notes.items())),
            )
        self.kept, self.last = [], None
        self.notes.clear()
        self.count = self.forward_bytes = self.back_bytes = self.lost = 0


class Folding:
    """Takes events in their order and gives what to draw in that order.

    `now_s` is any clock that never goes back. The caller asks `overdue` every LOOK_EVERY_S while
    `is_pending`, so that nothing stays untold when no further packet comes.
    """

    def __init__(self) -> None:
        self._runs: dict[int, _Run] = {}
        self._look_s = 0.0
        self._waiting: dict[int, _Run] = {}

    @property
    def is_pending(self) -> bool:
        """Whether anything was counted that has not been told."""
        return bool(self._waiting)

    def is_telling(self, number: int) -> bool:
        """Whether a line about this flow is pending, and all that is plain goes into it."""
        run = self._waiting.get(number)
        if run is None:
            return False
        return run.count + run.lost > TOO_FEW and run.drawn >= DRAWN_FIRST

    def is_past_trouble(self, number: int, *, now_s: float) -> bool:
        """Whether usual trouble of this flow is only counted at the moment."""
        run = self._runs.get(number)
        return run is not None and run.is_past_trouble(now_s)

    def take(self, event: Event, *, now_s: float) -> list[Event | Folded]:
        """Take the next event; return what to draw now, which may be nothing."""
        out = self.overdue(now_s=now_s)
        if not _is_plain(event):
            run = self._runs.get(event.number)
            if run is not None and run.is_too_much(event, now_s):
                self._count(run, event, now_s)
                return out
            if run is not None:
                run.drawn = min(run.drawn, DRAWN_FIRST - DRAWN_AFTER)
            return [*out, *self.flush(), event]
        run = self._runs.get(event.number)
        if run is None or now_s - run.last_s > QUIET_S or not run.holds(event):
            out += self.flush()
            run = self._runs[event.number] = _Run()
        if run.source is None and event.packet.length:
            run.source = event.packet.source
        if run.drawn < DRAWN_FIRST:
            run.drawn += 1
            run.last_s = now_s
            return [*out, *self.flush(), event]
        self._count(run, event, now_s)
        return out

    def _count(self, run: _Run, event: Event, now_s: float) -> None:
        run.last_s = now_s
        run.count_in(event, now_s)
        self._waiting[event.number] = run

    def add(
        self,
        last: Event,
        count: int,
        *,
        sent_bytes: int,
        received_bytes: int,
        notes: Counter[Note],
        now_s: float,
    ) -> None:
        """Count more of a flow that is being folded, up to `last`, without a look at each.

        The bytes are as seen from the sender of `last`.
        """
        run = self._runs.setdefault(last.number, _Run(last.packet.source, DRAWN_FIRST))
        if run.last is None:
            run.since_s = now_s
        run.last_s, run.last = now_s, last
        run.count += count
        run.notes.update(notes)
        is_forward = last.packet.source == last.ends[0]
        run.forward_bytes += sent_bytes if is_forward else received_bytes
        run.back_bytes += received_bytes if is_forward else sent_bytes
        self._waiting[last.number] = run

    def overdue(self, *, now_s: float) -> list[Event | Folded]:
        """Return what has waited long enough; to be called when time passes without an event."""
        if now_s < self._look_s:
            return []
        self._look_s = now_s + LOOK_EVERY_S
        quiet = [number for number, run in self._runs.items() if now_s - run.last_s > QUIET_S]
        late = any(now_s - run.since_s > TELL_EVERY_S for run in self._waiting.values())
        is_due = late or any(number in self._waiting for number in quiet)
        for number in quiet:
            del self._runs[number]
        return self.flush() if is_due else []

    def flush(self) -> list[Event | Folded]:
        """Return all that is pending, in the order in which it began."""
        told = [each for run in self._waiting.values() for each in run.told()]
        self._waiting.clear()
        return told


def _is_plain(event: Event) -> bool:
    """Whether nothing stands out about an event: data, or an ACK."""
    if event.is_first or set(event.notes) - _SAID or isinstance(event.packet, Echo):
        return False
    return not isinstance(event.packet, Segment) or _has_plain_flags(event)


def _has_plain_flags(event: Event) -> bool:
    flags = int(getattr(event.packet, "flags", 0))
    return bool(flags & Flags.ACK) and not flags & ~int(_PLAIN)
