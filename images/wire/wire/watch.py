"""From frames to lines of text, as they come: the loop in the middle of the wire."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from wire.fold import LOOK_EVERY_S, Folded, Folding
from wire.model import Conversation, Event
from wire.note import Note
from wire.packet import Packet, decode, is_background
from wire.picture import Picture
from wire.ring import Caught, Skim
from wire.skim import Skimmer

# While a transfer is folded, frames may gather: each time that the wire wakes, it takes a processor
# from the hosts, which costs them more than what it reads meanwhile. Nothing is drawn later than
# this because of it.
GATHER_S = 0.2

SHOWN_AT_ONCE = 200  # lines

# How often is asked what else is told, while frames come.
ASK_EVERY_S = 0.001


class Source(Protocol):
    """Where frames come from: a Ring."""

    @property
    def skimmed_s(self) -> float: ...  # noqa: D102
    def read(self, skim: Skim) -> Caught | None: ...  # noqa: D102
    def wait(self, limit_s: float | None) -> None: ...  # noqa: D102
    def count_missed(self) -> int: ...  # noqa: D102


class Told(Protocol):
    """What else is told about packets, out of the source's sight: see impair/fates.py."""

    def read(self) -> list[tuple[Packet, Note]]: ...  # noqa: D102


def watch(
    source: Source,
    show: Callable[[Iterable[str]], None],
    picture: Picture,
    *,
    told: Told | None = None,
) -> str:
    """Show what passes, in lines, until nothing more can be read; return why."""
    watcher = Watcher(source, told, wake_every_s=picture.look_every_s)
    lines: list[str] = []
    while True:
        events = watcher.read()
        # What is there is read first: to show line by line costs more than to read.
        if lines and (events is None or len(lines) >= SHOWN_AT_ONCE):
            show(lines)
            lines = []
        if events is None:
            lines += picture.look()
            if lines:
                show(lines)
                lines = []
            try:
                events = watcher.rest()
            except OSError as error:
                return error.strerror or str(error)
        lines += picture.take(events)


class Watcher:
    """Reads, folds, and says how many packets were missed."""

    def __init__(
        self, source: Source, told: Told | None = None, *, wake_every_s: float | None = None
    ) -> None:
        self._source = source
        self._wake_every_s = wake_every_s
        self._told = told
        self._waiting: list[tuple[Packet, Note]] = []
        self._conversation = Conversation()
        self._folding = Folding()
        self._skimmer = Skimmer()
        self._last_data: Event | None = None
        self._is_busy = False
        self._asked_s = 0.0

    def read(self) -> list[Event | Folded | int] | None:
        """Take the next frame; return what is to be drawn because of it, None if there was none.

        A number stands for so many missed frames.
        """
        caught = self._source.read(self._skimmer)
        now_s = time.monotonic()
        self._settle(now_s)
        if caught is None:
            return None
        events = self._what_is_told(until_s=caught.frame.time_s, now_s=now_s)
        if caught.after_loss:
            self._conversation.miss()
            events += self._missed()
        packet = decode(caught.frame.data, time_s=caught.frame.time_s)
        if packet is None or is_background(packet):
            return events
        event = self._conversation.observe(packet, caught.frame)
        events += self._folding.take(event, now_s=now_s)
        if not events and self._folding.is_telling(event.number):
            self._skim_from(event, now_s)
        return events

    def _skim_from(self, event: Event, now_s: float) -> None:
        """Skim what comes after a folded event; the way is that of the last one with data."""
        if event.packet.length:
            self._last_data = event
        if self._last_data is not None and self._last_data.connection is event.connection:
            counts_trouble = self._folding.is_past_trouble(event.number, now_s=now_s)
            self._skimmer.follow(self._last_data, counts_trouble=counts_trouble)
            self._is_busy = True

    def rest(self) -> list[Event | Folded | int]:
        """Return what is to be drawn now that nothing is there to read; wait if that is nothing.

        Raises OSError once the source has ended.
        """
        now_s = time.monotonic()
        events: list[Event | Folded | int] = [*self._folding.overdue(now_s=now_s)]
        events += self._missed()
        events += self._what_is_told(until_s=float("inf"), now_s=now_s)
        if events:
            return events
        if self._is_busy:
            time.sleep(GATHER_S)
            self._is_busy = False
        else:
            limit_s = LOOK_EVERY_S if self._folding.is_pending else self._wake_every_s
            self._source.wait(limit_s)
        return []

    def _what_is_told(self, *, until_s: float, now_s: float) -> list[Event | Folded | int]:
        """Draw what was told of packets before that time, in its place among the frames."""
        if self._told is None:
            return []
        if now_s - self._asked_s > ASK_EVERY_S:
            self._asked_s = now_s
            self._waiting += self._told.read()
        events: list[Event | Folded | int] = []
        while self._waiting and self._waiting[0][0].time_s <= until_s:
            event = self._conversation.speak_of(*self._waiting.pop(0))
            if event is not None:
                events += self._folding.take(event, now_s=now_s)
        return events

    def _settle(self, now_s: float) -> None:
        """Count what was only skimmed."""
        for each in self._skimmer.settle():
            passed_s = self._source.skimmed_s - each.event.packet.time_s
            last = replace(each.event, time_s=each.event.time_s + max(0.0, passed_s))
            self._folding.add(
                last,
                each.count,
                sent_bytes=each.sent_bytes,
                received_bytes=each.received_bytes,
                notes=each.notes,
                now_s=now_s,
            )

    def _missed(self) -> list[Event | Folded | int]:
        missed = self._source.count_missed()
        return [*self._folding.flush(), missed] if missed else []
